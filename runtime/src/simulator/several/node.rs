//! One machine of several: its disk and store, which outlive a process, and the process with its tenancy.

use std::sync::{Arc, Mutex};

use compact_str::CompactString;

use super::desk::{Desk, Move};
use super::line::{Line, LineLog};
use super::member::{Joining, REIGN, RELEASE};
use super::{Happened, Happening, Missing};
use crate::clock::{Clock, VirtualClock};
use crate::cluster::fence::Fence;
use crate::cluster::log::{Log, Logs};
use crate::cluster::model::ModelLogs;
use crate::cluster::placement::Placement;
use crate::cluster::tenancy::{Course, Identity, Tenancy};
use crate::journal::Failure;
use crate::registry::Registry;
use crate::simulator::Mutation;
use crate::simulator::dice::Dice;
use crate::simulator::disk::SimDisk;
use crate::simulator::machine::{Bounds, Died, Machine, Start};
use crate::simulator::store::SimStore;
use crate::simulator::tally::Tally;

/// See the module's words.
pub(super) struct Node {
    name: CompactString,
    disk: SimDisk,
    store: SimStore,
    tally: Tally,
    pub(super) line: Arc<Mutex<Line>>,
    /// Counts its processes: what was planned for one does not happen to the next.
    pub(super) life: u64,
    pub(super) process: Option<Process>,
    pub(super) asleep_until_ms: u64,
    pub(super) course: Course,
}

/// A process, and how it keeps its leases.
pub(super) struct Process {
    pub(super) machine: Machine,
    tenancy: Tenancy<Desk>,
    n_fenced_off: u64,
}

/// What all machines have in common.
pub(super) struct Common {
    pub(super) logs: ModelLogs,
    pub(super) clock: Arc<VirtualClock>,
    pub(super) registry: Arc<Registry>,
    pub(super) bounds: Bounds,
    pub(super) missing: Missing,
}

impl Node {
    pub(super) fn new(n: usize, dice: &mut Dice) -> Node {
        let tally = Tally::default();
        Node {
            name: format!("n{n}").into(),
            disk: SimDisk::new(dice.split(), tally.clone()),
            store: SimStore::new(dice.split(), tally.clone()),
            tally,
            line: Arc::default(),
            life: 0,
            process: None,
            asleep_until_ms: 0,
            course: Course::Stays,
        }
    }

    /// A process starts from what lies on the disk, and holds nothing.
    pub(super) fn start(&mut self, common: &Common) -> Result<(), Failure> {
        let fence = Arc::new(Fence::closed());
        let way = || -> Box<dyn Log> {
            Box::new(LineLog { line: Arc::clone(&self.line), log: common.logs.log() })
        };
        let clock = Arc::clone(&common.clock);
        let joining = Joining {
            logs: (way(), way()),
            fence: Arc::clone(&fence),
            clock: Arc::clone(&clock),
            missing: common.missing,
        };
        let mut machine = Machine::open(Start {
            disk: self.disk.clone(),
            store: self.store.clone(),
            registry: Arc::clone(&common.registry),
            bounds: common.bounds,
            tally: self.tally.clone(),
            mutation: Mutation::None,
            joining: Some(joining),
        })?;
        let Some(member) = machine.member() else { return Ok(()) };
        let me = Identity {
            name: self.name.clone(),
            address: String::new(),
            release: RELEASE,
            reign: REIGN,
            placement: Placement::Spread,
            log_bytes: u64::MAX,
        };
        let desk = Desk::new(Arc::clone(member.outgoing()));
        let shared: Arc<dyn Clock> = Arc::<VirtualClock>::clone(&clock);
        let tenancy = Tenancy::new(me, way(), (fence, shared), desk)
            .counting_by(Box::new(move || clock.monotonic()));
        self.course = Course::Stays;
        self.process = Some(Process { machine, tenancy, n_fenced_off: 0 });
        Ok(())
    }

    /// The process ends, and with it what it has not written. Its system lives on, and keeps what was written.
    pub(super) fn die(&mut self) -> Result<(), Failure> {
        if let Some(member) = self.process.as_mut().and_then(|process| process.machine.member()) {
            member.secure()?;
        }
        self.process = None;
        self.life += 1;
        self.disk = self.disk.crash();
        (self.store, _) = self.store.crash(0);
        Ok(())
    }

    /// The last frame that it has mirrored; none while no process runs.
    pub(super) fn last_frame(&self) -> Option<u64> {
        self.process.as_ref().map(|process| process.machine.reader.last_frame())
    }

    pub(super) fn is_awake(&self, now_ms: u64) -> bool {
        self.process.is_some() && self.asleep_until_ms <= now_ms
    }
}

impl Process {
    /// A round of its tenancy; what it came to is done. Tells after how many milliseconds the next one is due, and whether
    /// nothing is held that another could have.
    pub(super) fn round(
        &mut self,
        course: Course,
        happened: &Happened,
    ) -> Result<Option<(u64, bool)>, Died> {
        self.machine.mirror()?;
        if let Some(member) = self.machine.member() {
            member.secure().map_err(|_| Died)?;
            let lost = member.found_lost();
            for _ in &lost {
                happened.count(Happening::FoundLost);
            }
            self.tenancy.estate.lost.extend(lost);
        }
        let rounded = self.tenancy.round(course);
        for to in std::mem::take(&mut self.tenancy.estate.moves) {
            match to {
                Move::Own(no, epoch) => self.machine.own(no, epoch),
                Move::Leave(no) => self.machine.leave(no),
            }
        }
        let Ok(rounded) = rounded else { return Ok(None) };
        let next = u64::try_from(rounded.next.as_millis()).unwrap_or(u64::MAX);
        Ok(Some((next, rounded.is_over)))
    }

    /// It ends in order.
    pub(super) fn give_up(&mut self) {
        // What it holds runs out if the log does not answer.
        drop(self.tenancy.give_up());
    }

    /// What was decided since, and whether it was fenced off.
    pub(super) fn decided(&mut self, happened: &Happened) -> Vec<(u8, u64)> {
        let Some(member) = self.machine.member() else { return Vec::new() };
        let n = member.n_fenced_off();
        if n > self.n_fenced_off {
            self.n_fenced_off = n;
            happened.count(Happening::FencedOff);
        }
        member.decided()
    }
}
