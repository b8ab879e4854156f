//! The sender: what is queued on a node of a cluster goes into the log as one group, and is sent until the log decides.
//!
//! ```text
//! queued ─► linked, encoded once ─► outgoing ─► add ─┬─ in ──────────────► the mirror answers when it meets it
//!                                                    ├─ fenced, other lsn ─► those let go, the rest is a new group
//!                                                    └─ no answer ─────────► the same group again
//! ```
//! An answer that is lost changes nothing: a group that stands finds itself, and one that others have passed meanwhile is
//! looked for in the mirror before anybody hears that it is not there.

use std::sync::Arc;
use std::time::Duration;

use super::backlog::Backlog;
use super::committer::Submission;
use super::failure::{Difference, Failure};
use super::frame::body_of;
use super::links;
use super::outgoing::{Outgoing, Sent, Waited};
use super::parts::Parts;
use super::stats::Meter;
use crate::clock::Clock;
use crate::cluster::log::{Added, Adding, GroupId, Log, LogFailure, Part};
use crate::loops::Seat;
use crate::record::BatchOnDisk;

/// Before the same group is sent again.
const AGAIN_AFTER: Duration = Duration::from_millis(200);
/// How long the mirror may take to come to where the log ended.
const MIRROR_PATIENCE: Duration = Duration::from_secs(10);

/// Sends groups. Not a thread: whoever owns it calls [`Sender::group`].
pub(crate) struct Sender {
    log: Box<dyn Log>,
    backlog: Arc<Backlog>,
    outgoing: Arc<Outgoing>,
    meter: Arc<Meter>,
    clock: Arc<dyn Clock>,
    reign: u64,
    release: &'static str,
}

/// A group on its way.
pub(crate) struct Sending {
    id: GroupId,
    /// As ledgers will hold it.
    body: Vec<u8>,
    lots: Vec<Part>,
    doubt: Doubt,
}

/// What asking the log once came to.
pub(crate) enum Attempt {
    Decided(Verdict),
    /// These partitions have another owner, and the log ended at this frame, before which the group may stand.
    Passed(Vec<u8>, u64),
    /// Nobody heard an answer: it is asked again.
    Unheard,
}

/// What the log says of a group.
pub(crate) enum Verdict {
    /// It stands, or will be met: the mirror answers.
    Stands,
    /// Nothing of it is there: these partitions have another owner, the others may be sent again.
    Without(Vec<u8>),
    /// Nobody knows, and nobody waits any more.
    Unknown,
    /// Nothing of it is there.
    No(Failure),
}

/// Whether the group may stand although nobody heard that it does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubt {
    None,
    /// An attempt had no answer: it may stand, though others have added since.
    MayStand,
}

impl Doubt {
    /// Another log than the one that may have taken the group says nothing of that.
    fn differs(self, difference: Difference) -> Verdict {
        match self {
            Doubt::None => Verdict::No(Failure::Differs(difference)),
            Doubt::MayStand => Verdict::Unknown,
        }
    }
}

impl Sender {
    /// Sends to `log` in this `reign`, as this `release` of the program.
    pub(crate) fn new(
        log: Box<dyn Log>,
        (backlog, outgoing, meter): (Arc<Backlog>, Arc<Outgoing>, Arc<Meter>),
        clock: Arc<dyn Clock>,
        (reign, release): (u64, &'static str),
    ) -> Sender {
        Sender { log, backlog, outgoing, meter, clock, reign, release }
    }

    /// Sends all of `group`, until the log has decided about each batch of it.
    pub(super) fn group(&mut self, group: Vec<Submission>, seat: &Seat) {
        let mut next = self.begin(group);
        while let Some(mut sending) = next {
            let verdict = self.decided(&mut sending, seat);
            next = self.settle(&sending, verdict);
        }
    }

    /// Puts `group` on its way: what is to be sent, if there is anything.
    pub(crate) fn begin(&self, group: Vec<Submission>) -> Option<Sending> {
        let mut parts = Parts::with_capacity(group.len());
        let mut linked = Ok(());
        for mut submission in group {
            linked = linked.and_then(|()| links::link(&self.backlog, &mut submission.batch));
            parts.add(submission);
        }
        if let Err(failure) = linked {
            self.refuse(parts, &failure);
            return None;
        }
        self.put_on_its_way(parts)
    }

    fn put_on_its_way(&self, parts: Parts) -> Option<Sending> {
        if parts.batches.is_empty() {
            return None;
        }
        let body = match body_of(&parts.batches) {
            Ok(body) => body,
            Err(failure) => {
                self.refuse(parts, &failure);
                return None;
            }
        };
        let (id, lots) = (GroupId::of(&body), lots(&parts.batches));
        self.outgoing.put(id, Sent { parts, at: self.clock.monotonic() });
        Some(Sending { id, body, lots, doubt: Doubt::None })
    }

    /// What follows from the verdict on a group: the rest of it, to be sent as another.
    pub(crate) fn settle(&self, sending: &Sending, verdict: Verdict) -> Option<Sending> {
        // What the mirror has met meanwhile stands, whatever was said.
        let Sent { parts: undecided, .. } = self.taken_back(sending.id, &verdict)?;
        let out = match verdict {
            Verdict::Stands => return None,
            Verdict::Without(out) => out,
            Verdict::Unknown => {
                undecided.refuse(&Failure::OtherOwner);
                return None;
            }
            Verdict::No(failure) => {
                self.refuse(undecided, &failure);
                return None;
            }
        };
        let (fenced, rest) = undecided.parted(&out);
        fenced.refuse(&Failure::OtherOwner);
        self.put_on_its_way(rest)
    }

    /// A group was refused: whoever asks is told why, until one is taken.
    pub(super) fn refused(&self, failure: &Failure) {
        self.meter.refused(failure, self.clock.now());
    }

    fn refuse(&self, parts: Parts, failure: &Failure) {
        self.refused(failure);
        parts.refuse(failure);
    }

    fn taken_back(&self, id: GroupId, verdict: &Verdict) -> Option<Sent> {
        match verdict {
            Verdict::Stands => None,
            Verdict::Without(_) | Verdict::Unknown | Verdict::No(_) => self.outgoing.take(id),
        }
    }

    fn decided(&mut self, sending: &mut Sending, seat: &Seat) -> Verdict {
        loop {
            seat.beat();
            match self.attempt(sending) {
                Attempt::Decided(verdict) => return verdict,
                Attempt::Passed(out, frame) => {
                    return match self.outgoing.wait_mirrored(frame, MIRROR_PATIENCE) {
                        Waited::Reached => self.without(out, sending),
                        Waited::GivenUp => Verdict::Unknown,
                    };
                }
                Attempt::Unheard if self.outgoing.is_closing() => return Verdict::Unknown,
                Attempt::Unheard => self.outgoing.rest(AGAIN_AFTER),
            }
        }
    }

    /// Asks the log once.
    pub(crate) fn attempt(&mut self, sending: &mut Sending) -> Attempt {
        let Sending { id, body, lots, doubt } = sending;
        if !self.outgoing.holds(*id) {
            return Attempt::Decided(Verdict::Stands);
        }
        let mirrored = self.outgoing.mirrored();
        let (reign, release) = (self.reign, self.release);
        let adding = Adding { reign, mirrored, group: *id, release, body, parts: lots };
        match self.log.add(adding) {
            Ok(Added::In(_)) => Attempt::Decided(Verdict::Stands),
            Ok(Added::Fenced(out, frame) | Added::Lsn(out, frame)) => match doubt {
                Doubt::None => Attempt::Decided(Verdict::Without(out)),
                Doubt::MayStand => Attempt::Passed(out, frame),
            },
            Ok(Added::Reign(theirs)) => {
                Attempt::Decided(doubt.differs(Difference::Reign { ours: reign, theirs }))
            }
            Ok(Added::Behind(head)) => {
                let difference = Difference::Behind { ours: mirrored, theirs: head.frame };
                Attempt::Decided(doubt.differs(difference))
            }
            Err(failure @ LogFailure::Full(_)) if *doubt == Doubt::None => {
                Attempt::Decided(Verdict::No(Failure::Log(failure)))
            }
            Err(failure) => {
                *doubt = Doubt::MayStand;
                self.refused(&Failure::Log(failure));
                Attempt::Unheard
            }
        }
    }

    /// The partitions `out` have another owner, and all is mirrored up to where the log ended by then: the group stands
    /// there, or nowhere.
    pub(crate) fn without(&self, out: Vec<u8>, sending: &Sending) -> Verdict {
        if self.outgoing.holds(sending.id) { Verdict::Without(out) } else { Verdict::Stands }
    }
}

fn lots(batches: &[BatchOnDisk]) -> Vec<Part> {
    let part = |batch: &BatchOnDisk| Part {
        partition: batch.partition,
        epoch: batch.epoch,
        first_lsn: batch.first_lsn,
        n_entries: u64::try_from(batch.entries.len()).unwrap_or(u64::MAX),
    };
    batches.iter().map(part).collect()
}
