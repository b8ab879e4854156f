//! What a process shares with the log: the product's own sender and mirror, each driven one step at a time.

use std::sync::{Arc, Mutex, PoisonError};

use super::Missing;
use crate::clock::{Clock, VirtualClock};
use crate::cluster::fence::Fence;
use crate::cluster::log::{Link, Log};
use crate::journal::Failure;
use crate::journal::backlog::Backlog;
use crate::journal::committer::{Answers, Submission};
use crate::journal::ledger::Ledger;
use crate::journal::link_of;
use crate::journal::mirror::{Around, Mirror};
use crate::journal::outgoing::Outgoing;
use crate::journal::sender::{Attempt, Sender, Sending};
use crate::registry::Registry;
use crate::simulator::disk::SimDisk;

/// The reign of the only log there is.
pub(super) const REIGN: u64 = 1;
/// Behind which frame it was begun, and its link.
pub(super) const BASE: (u64, Link) = (0, Link([0; 20]));
/// Of every program.
pub(super) const RELEASE: &str = "1";
/// Frames that are read at once.
const FRAMES_PER_READ: usize = 4;

/// With what a process joins.
pub(crate) struct Joining {
    /// A way for what is sent, and one for what is read.
    pub(super) logs: (Box<dyn Log>, Box<dyn Log>),
    pub(super) fence: Arc<Fence>,
    pub(super) clock: Arc<VirtualClock>,
    pub(super) missing: Missing,
}

/// See the module's words.
pub(crate) struct Member {
    sender: Sender,
    sending: Option<Sending>,
    log: Box<dyn Log>,
    mirror: Mirror<SimDisk>,
    outgoing: Arc<Outgoing>,
    tells: Arc<Mutex<Vec<(u8, u8)>>>,
    fence: Arc<Fence>,
    clock: Arc<VirtualClock>,
    missing: Missing,
    lost: Vec<u8>,
    decided: Vec<(u8, u64)>,
    refused_late: u64,
}

/// Whether everything that was taken up is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    All,
    Again,
}

impl Member {
    pub(crate) fn of(
        joining: Joining,
        ledger: Ledger<SimDisk>,
        (backlog, registry): (&Arc<Backlog>, &Arc<Registry>),
    ) -> Result<Member, Failure> {
        let Joining { logs: (send, read), fence, clock, missing } = joining;
        let link = link_of(&ledger.reader(), BASE)?;
        let outgoing = Arc::new(Outgoing::at(ledger.last_frame()));
        let tells: Arc<Mutex<Vec<(u8, u8)>>> = Arc::default();
        let heard = Arc::clone(&tells);
        let shared: Arc<dyn Clock> = Arc::<VirtualClock>::clone(&clock);
        let around = Around {
            backlog: Arc::clone(backlog),
            outgoing: Arc::clone(&outgoing),
            meter: Arc::default(),
            feed: Arc::default(),
            fold: Arc::<Registry>::clone(registry),
            clock: Arc::clone(&shared),
            on_tells: Arc::new(move |from, to| {
                heard.lock().unwrap_or_else(PoisonError::into_inner).push((from, to));
            }),
        };
        let mirror = Mirror::new(ledger, (link, REIGN, RELEASE), around);
        let among = (Arc::clone(backlog), Arc::clone(&outgoing), Arc::default());
        let sender = Sender::new(send, among, shared, (REIGN, RELEASE));
        Ok(Member {
            sender,
            sending: None,
            log: read,
            mirror,
            outgoing,
            tells,
            fence,
            clock,
            missing,
            lost: Vec::new(),
            decided: Vec::new(),
            refused_late: 0,
        })
    }

    /// Whether the fence lets it decide; what it decides is written down for whoever watches.
    pub(crate) fn may_decide(&mut self, no: u8, epoch: u64) -> bool {
        let is_open = self.fence.is_open(|| self.clock.monotonic());
        if is_open || self.missing == Missing::Fence {
            self.decided.push((no, epoch));
            return true;
        }
        self.refused_late += 1;
        false
    }

    /// Asks the log once about what is under way, or about what is queued.
    pub(crate) fn send(&mut self, queue: &mut Vec<Submission>) -> Sent {
        if self.sending.is_none() {
            self.sending = self.sender.begin(std::mem::take(queue));
        }
        let Some(mut sending) = self.sending.take() else { return Sent::All };
        let verdict = match self.sender.attempt(&mut sending) {
            Attempt::Decided(verdict) => verdict,
            Attempt::Passed(out, frame) if self.outgoing.mirrored() >= frame => {
                self.sender.without(out, &sending)
            }
            Attempt::Passed(..) | Attempt::Unheard => {
                self.sending = Some(sending);
                return Sent::Again;
            }
        };
        self.sending = self.sender.settle(&sending, verdict);
        if self.sending.is_some() { Sent::Again } else { Sent::All }
    }

    /// Mirrors what comes next, if the log answers.
    pub(crate) fn mirror(&mut self) -> Result<(), Failure> {
        let after = self.mirror.last_frame();
        let Ok(entries) = self.log.read(after, FRAMES_PER_READ, 0) else { return Ok(()) };
        for entry in &entries {
            self.mirror.take(entry)?.into_iter().for_each(Answers::give);
        }
        Ok(())
    }

    /// Makes what is mirrored safe on this disk.
    pub(crate) fn secure(&mut self) -> Result<(), Failure> {
        self.mirror.sync()
    }

    /// Between which partitions tells have set out from elsewhere.
    pub(crate) fn tells(&mut self) -> Vec<(u8, u8)> {
        std::mem::take(&mut *self.tells.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A partition was found to be another's.
    pub(crate) fn lost(&mut self, no: u8) {
        self.lost.push(no);
    }

    pub(super) fn found_lost(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.lost)
    }

    /// What was decided since it was asked last: about which partition, by which epoch.
    pub(super) fn decided(&mut self) -> Vec<(u8, u64)> {
        std::mem::take(&mut self.decided)
    }

    /// How often it was asked to decide and was fenced off.
    pub(super) fn n_fenced_off(&self) -> u64 {
        self.refused_late
    }

    pub(super) fn outgoing(&self) -> &Arc<Outgoing> {
        &self.outgoing
    }
}
