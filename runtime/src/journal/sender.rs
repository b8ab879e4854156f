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
pub(super) struct Sender {
    log: Box<dyn Log>,
    backlog: Arc<Backlog>,
    outgoing: Arc<Outgoing>,
    meter: Arc<Meter>,
    clock: Arc<dyn Clock>,
    reign: u64,
    release: &'static str,
}

/// What the log says of a group.
enum Verdict {
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
    pub(super) fn new(
        log: Box<dyn Log>,
        (backlog, outgoing, meter): (Arc<Backlog>, Arc<Outgoing>, Arc<Meter>),
        clock: Arc<dyn Clock>,
        (reign, release): (u64, &'static str),
    ) -> Sender {
        Sender { log, backlog, outgoing, meter, clock, reign, release }
    }

    /// Sends all of `group`, until the log has decided about each batch of it.
    pub(super) fn group(&mut self, group: Vec<Submission>, seat: &Seat) {
        let mut parts = Parts::with_capacity(group.len());
        let mut linked = Ok(());
        for mut submission in group {
            linked = linked.and_then(|()| links::link(&self.backlog, &mut submission.batch));
            parts.add(submission);
        }
        if let Err(failure) = linked {
            return self.refuse(parts, &failure);
        }
        while !parts.batches.is_empty() {
            let body = match body_of(&parts.batches) {
                Ok(body) => body,
                Err(failure) => return self.refuse(parts, &failure),
            };
            let (id, lots) = (GroupId::of(&body), lots(&parts.batches));
            self.outgoing.put(id, Sent { parts, at: self.clock.monotonic() });
            let verdict = self.decided((id, &body, &lots), seat);
            // What the mirror has met meanwhile stands, whatever was said.
            let Some(Sent { parts: undecided, .. }) = self.taken_back(id, &verdict) else { return };
            let out = match verdict {
                Verdict::Stands => return,
                Verdict::Without(out) => out,
                Verdict::Unknown => return undecided.refuse(&Failure::OtherOwner),
                Verdict::No(failure) => return self.refuse(undecided, &failure),
            };
            let (fenced, rest) = undecided.parted(&out);
            fenced.refuse(&Failure::OtherOwner);
            parts = rest;
        }
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

    fn decided(&mut self, (id, body, lots): (GroupId, &[u8], &[Part]), seat: &Seat) -> Verdict {
        let mut doubt = Doubt::None;
        loop {
            seat.beat();
            if !self.outgoing.holds(id) {
                return Verdict::Stands;
            }
            let mirrored = self.outgoing.mirrored();
            let (reign, release) = (self.reign, self.release);
            let adding = Adding { reign, mirrored, group: id, release, body, parts: lots };
            match self.log.add(adding) {
                Ok(Added::In(_)) => return Verdict::Stands,
                Ok(Added::Fenced(out, frame) | Added::Lsn(out, frame)) => {
                    return match doubt {
                        Doubt::None => Verdict::Without(out),
                        Doubt::MayStand => self.without(out, frame, id),
                    };
                }
                Ok(Added::Reign(theirs)) => {
                    let difference = Difference::Reign { ours: reign, theirs };
                    return doubt.differs(difference);
                }
                Ok(Added::Behind(head)) => {
                    let difference = Difference::Behind { ours: mirrored, theirs: head.frame };
                    return doubt.differs(difference);
                }
                Err(failure @ LogFailure::Full(_)) if doubt == Doubt::None => {
                    return Verdict::No(Failure::Log(failure));
                }
                Err(failure) => {
                    doubt = Doubt::MayStand;
                    self.refused(&Failure::Log(failure));
                }
            }
            if self.outgoing.is_closing() {
                return Verdict::Unknown;
            }
            self.outgoing.rest(AGAIN_AFTER);
        }
    }

    /// The partitions `out` have another owner, when the log ended at `frame`; the group `id` may stand before it.
    fn without(&self, out: Vec<u8>, frame: u64, id: GroupId) -> Verdict {
        match self.outgoing.wait_mirrored(frame, MIRROR_PATIENCE) {
            Waited::Reached if self.outgoing.holds(id) => Verdict::Without(out),
            Waited::Reached => Verdict::Stands,
            Waited::GivenUp => Verdict::Unknown,
        }
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
