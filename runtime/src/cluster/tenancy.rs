//! Tenancy: a node says how it is, renews what it holds, takes what it is to hold, and hands over what another is to have.
//!
//! ```text
//! look ─► renew all it holds ─► the fence moves ─► take ─► mirrored up to there ─► own
//!     └─► hand over: leave ─► nothing in hand any more ─► release
//! ```
//! Once a second. What is taken is decided only after everything that stood in the log by then is mirrored here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use compact_str::CompactString;

use super::fence::{Fence, GOOD_FOR};
use super::log::{
    Holding, Lease, Leased, Leasing, Link, Log, LogFailure, Looking, NodeSaid, Overview,
};
use super::placement::{FIT, Placement, plan};
use crate::clock::{Clock, Timestamp, since_boot};

/// Between two rounds.
pub const EVERY: Duration = Duration::from_secs(1);
/// Between two rounds while something moves from node to node.
const MOVING: Duration = Duration::from_millis(100);
/// By then every other node has seen what this one said.
const SEEN_AFTER: Duration = Duration::from_millis(1_200);
/// Frames that a node may lie behind and still take something.
const BEHIND_MAX: u64 = 1_000;
/// So long after its last word a process of this name decides nothing any more, if there is one.
const SILENT: Duration = GOOD_FOR;
/// Before it is looked again whether another process goes by this name.
const NAME_AGAIN: Duration = Duration::from_millis(300);
/// How long the mirror may take to come to where the log ended when something was taken.
const MIRROR_PATIENCE: Duration = Duration::from_secs(3);

/// What a node says that is about to stop.
pub const DRAINING: &str = "draining";
/// What a node says that has not mirrored enough.
pub const BEHIND: &str = "behind";
/// What a node says that cannot follow: its disk is full, or the log is not its own.
pub const STUCK: &str = "stuck";

/// Who a node is in its cluster.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its name: 1 to 32 letters, digits, `-` and `_`.
    pub name: CompactString,
    /// Where other nodes reach its HTTP.
    pub address: String,
    /// Of its program.
    pub release: &'static str,
    /// That its ledger belongs to.
    pub reign: u64,
    pub placement: Placement,
    /// Bytes of frames that the log holds at most.
    pub log_bytes: u64,
}

/// What a node does when it owns something and when it does not.
pub trait Estate: Send {
    /// The partition is this node's by this epoch.
    fn own(&mut self, partition: u8, epoch: u64);
    /// These go: returns when they have nothing in hand any more, or after a while all the same.
    fn leave(&mut self, partitions: &[u8]);
    /// Messages leave from here by this epoch, or from elsewhere.
    fn office(&mut self, epoch: Option<u64>);
    /// Partitions that were found to be another's since this was asked last.
    fn found_lost(&mut self) -> Vec<u8>;
    /// The last frame that is safe on this disk, and its link.
    fn mirrored(&self) -> (u64, Link);
    /// Whether `frame` can be read here within this time.
    fn wait_mirrored(&self, frame: u64, patience: Duration) -> bool;
    /// Whether nothing may be decided here, even if nobody else can.
    fn is_held(&self) -> bool;
    /// Whether this machine can take nothing; what the log says of itself is not asked.
    fn is_stuck(&self) -> bool;
    /// Another process goes by this node's name, and says that its HTTP is reached here.
    fn named_twice(&mut self, address: &str);
    /// The log is not the one of this ledger, by what its head says; none when it is.
    fn differs(&mut self, overview: &Overview, mirrored: (u64, Link)) -> bool;
    /// From which frame on the log is to be kept, and who is too far behind to be waited for; none while all of it is.
    fn keeps_from(&self, overview: &Overview) -> Option<Keeping>;
    /// Everything that was seen.
    fn seen(&mut self, overview: &Overview, held: &BTreeMap<Holding, u64>);
}

/// What the log is to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Frames before this one go.
    pub from: u64,
    /// Nodes that have not mirrored as far: they are struck off the list, and have to join anew.
    pub struck: Vec<CompactString>,
}

/// Takes and keeps leases. Not a thread: whoever owns it calls [`Tenancy::round`].
pub struct Tenancy<E: Estate> {
    me: Identity,
    log: Box<dyn Log>,
    fence: Arc<Fence>,
    clock: Arc<dyn Clock>,
    /// The clock that fences go by.
    awake: Box<dyn Fn() -> Duration + Send>,
    pub(crate) estate: E,
    held: BTreeMap<Holding, u64>,
    skew_millis: i64,
    /// The course that the others were told of.
    told: Option<Course>,
    /// Whether it was too far behind when it looked last; so it begins.
    is_behind: bool,
    /// A frame that it did not come to in time.
    owes: u64,
    name: Name,
}

/// Whether this node's name is its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    /// Somebody said something under it at the first instant, of the log's; this has been so since the second, of the
    /// clock that counts on.
    Heard(Timestamp, Duration),
    Unknown,
    Own,
}

/// What a round came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounded {
    /// It holds nothing that another node could have.
    pub is_over: bool,
    /// When the next one is to be.
    pub next: Duration,
}

impl Rounded {
    const OVER: Rounded = Rounded { is_over: true, next: EVERY };
}

/// Whether the node goes on, or gives away what others can have because it is about to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Course {
    #[default]
    Stays,
    Drains,
}

impl<E: Estate> Tenancy<E> {
    /// Of a node that holds nothing yet.
    pub fn new(
        me: Identity,
        log: Box<dyn Log>,
        (fence, clock): (Arc<Fence>, Arc<dyn Clock>),
        estate: E,
    ) -> Tenancy<E> {
        Tenancy {
            me,
            log,
            fence,
            clock,
            awake: Box::new(since_boot),
            estate,
            held: BTreeMap::new(),
            skew_millis: 0,
            told: None,
            is_behind: true,
            owes: 0,
            name: Name::Unknown,
        }
    }

    /// The same in a world whose time is its own.
    #[cfg(feature = "simulator")]
    #[must_use]
    pub(crate) fn counting_by(mut self, awake: Box<dyn Fn() -> Duration + Send>) -> Tenancy<E> {
        self.awake = awake;
        self
    }

    /// One round.
    ///
    /// # Errors
    /// The log did not answer: what is held runs out unless it does soon.
    pub fn round(&mut self, course: Course) -> Result<Rounded, LogFailure> {
        let lost = self.estate.found_lost();
        self.forget(&lost)?;
        if !self.has_its_name()? {
            return Ok(Rounded { is_over: true, next: NAME_AGAIN });
        }
        // Read before the log is asked where it ends: what is mirrored meanwhile is not ahead of it.
        let mirrored = self.estate.mirrored();
        let overview = self.look(course, mirrored)?;
        if self.estate.differs(&overview, mirrored) {
            self.lose_all();
            self.estate.seen(&overview, &self.held);
            return Ok(Rounded::OVER);
        }
        if self.estate.is_held() {
            let all: Vec<Holding> = self.held.keys().copied().collect();
            self.hand_over(all)?;
            self.estate.seen(&overview, &self.held);
            return Ok(Rounded::OVER);
        }
        self.renew()?;
        let plan = plan(&self.me.name, &self.held, &overview, self.me.placement);
        // Nobody waits for what is handed over if the others have seen before that it will be.
        let is_news = self.told.replace(course) != Some(course);
        if is_news && course == Course::Drains && !plan.hand_over.is_empty() {
            self.estate.seen(&overview, &self.held);
            return Ok(Rounded { is_over: false, next: SEEN_AFTER });
        }
        self.take(plan.acquire)?;
        let is_over = course == Course::Drains && plan.hand_over.is_empty();
        self.hand_over(plan.hand_over)?;
        if self.held.contains_key(&Holding::Office) {
            self.trim(&overview)?;
        }
        self.estate.seen(&overview, &self.held);
        let next = if plan.n_astray > 0 { MOVING } else { EVERY };
        Ok(Rounded { is_over, next })
    }

    /// Gives up everything: the node ends.
    ///
    /// # Errors
    /// The log's: the leases run out by themselves.
    pub fn give_up(&mut self) -> Result<(), LogFailure> {
        let all: Vec<Holding> = self.held.keys().copied().collect();
        self.hand_over(all)?;
        self.log.look(&Looking::Strike(self.me.name.clone())).map(drop)
    }

    /// These were let go here: they are read again under a new epoch, by whoever is to have them. Nobody else could take
    /// them before a lease ran out by which nothing is decided any more.
    fn forget(&mut self, partitions: &[u8]) -> Result<(), LogFailure> {
        let holdings = partitions.iter().map(|no| Holding::Partition(*no));
        let given: Vec<(Holding, u64)> =
            holdings.filter_map(|holding| self.held.remove_entry(&holding)).collect();
        if given.is_empty() {
            return Ok(());
        }
        self.log.lease(self.me.reign, &self.me.name, &Leasing::Release(given)).map(drop)
    }

    /// Two processes of one name would hold the same leases. An earlier life of this node has fallen silent; whoever goes
    /// on saying something is another.
    fn has_its_name(&mut self) -> Result<bool, LogFailure> {
        if self.name == Name::Own {
            return Ok(true);
        }
        let overview = self.log.look(&Looking::Look)?;
        let Some(there) = overview.nodes.iter().find(|node| node.said.name == self.me.name) else {
            self.name = Name::Own;
            return Ok(true);
        };
        let now = self.clock.monotonic();
        let is_silent = overview.now.since(there.seen) >= SILENT
            || matches!(self.name, Name::Heard(at, since)
                if at == there.seen && now.saturating_sub(since) >= SILENT);
        if is_silent {
            self.name = Name::Own;
            return Ok(true);
        }
        match self.name {
            Name::Heard(at, _) if at == there.seen => return Ok(false),
            Name::Heard(..) => self.estate.named_twice(&there.said.address),
            Name::Own | Name::Unknown => {}
        }
        self.name = Name::Heard(there.seen, now);
        Ok(false)
    }

    fn look(
        &mut self,
        course: Course,
        (mirrored, link): (u64, Link),
    ) -> Result<Overview, LogFailure> {
        let run = self.log.run()?;
        let said = NodeSaid {
            name: self.me.name.clone(),
            address: self.me.address.clone(),
            release: self.me.release.into(),
            fitness: self.fitness(course, mirrored).into(),
            mirrored,
            link,
            skew_millis: self.skew_millis,
        };
        let overview = self.log.look(&Looking::Say(Box::new(said.clone()), run.clone()))?;
        self.skew_millis = self.clock.now().as_millis() - overview.now.as_millis();
        // Only the log knows how far it has gone: whoever is behind says so at once.
        let head = overview.head.as_ref().map_or(0, |head| head.frame);
        self.is_behind = head.saturating_sub(mirrored) >= BEHIND_MAX;
        let fitness = self.fitness(course, mirrored);
        if said.fitness == fitness {
            return Ok(overview);
        }
        let said = NodeSaid { fitness: fitness.into(), ..said };
        self.log.look(&Looking::Say(Box::new(said), run))
    }

    fn fitness(&self, course: Course, mirrored: u64) -> &'static str {
        if course == Course::Drains {
            DRAINING
        } else if self.estate.is_stuck() {
            STUCK
        } else if self.is_behind || mirrored < self.owes {
            BEHIND
        } else {
            FIT
        }
    }

    /// The log does not grow for ever: what every node has goes.
    fn trim(&mut self, overview: &Overview) -> Result<(), LogFailure> {
        let Some(Keeping { from, struck }) = self.estate.keeps_from(overview) else {
            return Ok(());
        };
        for name in struck {
            tracing::error!(node = %name, "struck off the list: it is too far behind");
            self.log.look(&Looking::Strike(name))?;
        }
        tracing::info!(from, "the log is trimmed");
        self.log.look(&Looking::Trim(from)).map(drop)
    }

    fn renew(&mut self) -> Result<(), LogFailure> {
        if self.held.is_empty() {
            return Ok(());
        }
        let sent = (self.awake)();
        let wanted = self.held.iter().map(|(holding, epoch)| (*holding, *epoch)).collect();
        let leased = self.log.lease(self.me.reign, &self.me.name, &Leasing::Renew(wanted))?;
        let Leased::Leases { leases, .. } = leased else {
            self.lose_all();
            return Ok(());
        };
        let is_lost = |lease: &&Lease| {
            let held = self.held.get(&lease.holding);
            !self.is_mine(lease) || held.is_none_or(|epoch| *epoch != lease.epoch)
        };
        let lost: Vec<Holding> = leases.iter().filter(is_lost).map(|one| one.holding).collect();
        self.lose(&lost);
        self.fence.renewed(sent);
        Ok(())
    }

    fn is_mine(&self, lease: &Lease) -> bool {
        lease.node == self.me.name
    }

    fn take(&mut self, wanted: Vec<Holding>) -> Result<(), LogFailure> {
        if wanted.is_empty() {
            return Ok(());
        }
        let sent = (self.awake)();
        let leased = self.log.lease(self.me.reign, &self.me.name, &Leasing::Acquire(wanted))?;
        let Leased::Leases { frame, leases, .. } = leased else {
            self.lose_all();
            return Ok(());
        };
        let mine: Vec<Lease> = leases.into_iter().filter(|lease| self.is_mine(lease)).collect();
        if mine.is_empty() {
            return Ok(());
        }
        if !self.estate.wait_mirrored(frame, MIRROR_PATIENCE) {
            let given = mine.iter().map(|lease| (lease.holding, lease.epoch)).collect();
            tracing::warn!(frame, "what was taken is given back: the mirror is not there yet");
            self.owes = frame;
            return self
                .log
                .lease(self.me.reign, &self.me.name, &Leasing::Release(given))
                .map(drop);
        }
        // What it held before was renewed before, by another call.
        if self.held.is_empty() {
            self.fence.renewed(sent);
        }
        for lease in mine {
            self.held.insert(lease.holding, lease.epoch);
            match lease.holding {
                Holding::Partition(no) => self.estate.own(no, lease.epoch),
                Holding::Office => self.estate.office(Some(lease.epoch)),
            }
        }
        Ok(())
    }

    fn hand_over(&mut self, going: Vec<Holding>) -> Result<(), LogFailure> {
        if going.is_empty() {
            return Ok(());
        }
        self.let_go(&going);
        let epoch = |holding: Holding| self.held.get(&holding).map(|epoch| (holding, *epoch));
        let given: Vec<(Holding, u64)> = going.iter().filter_map(|one| epoch(*one)).collect();
        self.held.retain(|holding, _| !going.contains(holding));
        self.log.lease(self.me.reign, &self.me.name, &Leasing::Release(given)).map(drop)
    }

    fn lose(&mut self, lost: &[Holding]) {
        if lost.is_empty() {
            return;
        }
        tracing::warn!(?lost, "other nodes have it");
        self.held.retain(|holding, _| !lost.contains(holding));
        self.let_go(lost);
    }

    fn lose_all(&mut self) {
        let all: Vec<Holding> = self.held.keys().copied().collect();
        self.lose(&all);
    }

    /// Nothing more is decided about these.
    fn let_go(&mut self, going: &[Holding]) {
        if going.contains(&Holding::Office) {
            self.estate.office(None);
        }
        let partitions: Vec<u8> = going.iter().filter_map(|one| partition_of(*one)).collect();
        self.estate.leave(&partitions);
    }
}

fn partition_of(holding: Holding) -> Option<u8> {
    match holding {
        Holding::Partition(no) => Some(no),
        Holding::Office => None,
    }
}

#[cfg(test)]
mod tests;
