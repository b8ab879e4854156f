//! The house of a node: what becomes of its partitions when leases come and go.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use actix::Addr;

use super::{Around, LEAVE_PATIENCE, Standing, Tenant};
use crate::actor::message::{Leave, Missed, Own};
use crate::actor::partition::PartitionActor;
use crate::cluster::log::{Holding, Link, Overview};
use crate::cluster::tenancy::{Estate, Keeping};
use crate::cluster::trimming::keeping;
use crate::in_flight::InFlight;
use crate::journal::{Difference, Failure};

/// What a node does about what it holds.
pub(super) struct House {
    pub(super) around: Around,
    pub(super) reign: u64,
    pub(super) log_bytes: u64,
    pub(super) tenant: Arc<Tenant>,
}

impl House {
    /// Tells that found no room before are spoken of again.
    pub(super) fn nudge(&self) {
        let missed = std::mem::take(&mut self.tenant.state().missed);
        for (from, to) in missed {
            missed_tells(&self.around.partitions, &self.around.in_flight, &self.tenant, (from, to));
        }
    }

    fn partition(&self, no: u8) -> Option<&Addr<PartitionActor>> {
        self.around.partitions.get(usize::from(no))
    }
}

impl Estate for House {
    fn own(&mut self, partition: u8, epoch: u64) {
        if let Some(home) = self.partition(partition) {
            told(home, Own(epoch));
        }
        self.tenant.state().own.insert(Holding::Partition(partition));
    }

    fn leave(&mut self, partitions: &[u8]) {
        for no in partitions {
            self.tenant.state().own.remove(&Holding::Partition(*no));
        }
        let (left, leaving): (Sender<u8>, Receiver<u8>) = mpsc::channel();
        for no in partitions {
            if let Some(home) = self.partition(*no) {
                told(home, Leave(left.clone()));
            }
        }
        drop(left);
        // What takes longer is fenced by the epoch of its next owner.
        let began = self.around.clock.monotonic();
        for _ in partitions {
            let waited = self.around.clock.monotonic().saturating_sub(began);
            if leaving.recv_timeout(LEAVE_PATIENCE.saturating_sub(waited)).is_err() {
                break;
            }
        }
    }

    fn office(&mut self, epoch: Option<u64>) {
        let now = self.around.clock.monotonic();
        let mut state = self.tenant.state();
        state.office = epoch;
        state.office_since = now;
    }

    fn found_lost(&mut self) -> Vec<u8> {
        let lost: Vec<u8> = self.around.lost.try_iter().collect();
        for no in &lost {
            self.tenant.state().own.remove(&Holding::Partition(*no));
        }
        lost
    }

    fn mirrored(&self) -> (u64, Link) {
        self.around.journal.mirrored().unwrap_or((0, Link([0; 20])))
    }

    fn wait_mirrored(&self, frame: u64, patience: Duration) -> bool {
        self.around.journal.wait_mirrored(frame, patience)
    }

    fn is_held(&self) -> bool {
        self.tenant.held().is_some()
    }

    fn is_stuck(&self) -> bool {
        let trouble = self.around.journal.trouble();
        // That the log is away, or was, says nothing of this node.
        self.is_held() || trouble.is_some_and(|one| !matches!(one.failure, Failure::Log(_)))
    }

    fn named_twice(&mut self, address: &str) {
        let address = address.to_owned();
        self.around.journal.log_differs(Difference::NamedTwice { address });
    }

    fn differs(&mut self, overview: &Overview, (ours, link): (u64, Link)) -> bool {
        let difference = match &overview.head {
            None => Some(Difference::Reign { ours: self.reign, theirs: None }),
            Some(head) if head.reign != self.reign => {
                Some(Difference::Reign { ours: self.reign, theirs: Some(head.reign) })
            }
            Some(head) if head.frame < ours => {
                Some(Difference::Behind { ours, theirs: head.frame })
            }
            Some(head) if head.frame == ours && head.link != link => {
                Some(Difference::Other { frame: ours })
            }
            Some(_) => None,
        };
        let Some(difference) = difference else {
            self.around.journal.log_is_ours();
            return false;
        };
        self.around.journal.log_differs(difference);
        true
    }

    fn keeps_from(&self, overview: &Overview) -> Option<Keeping> {
        let ledger = self.around.journal.ledger();
        keeping(overview, self.log_bytes, |from| ledger.bytes_from(from))
    }

    fn seen(&mut self, overview: &Overview, held: &BTreeMap<Holding, u64>) {
        let standing = Standing { overview: overview.clone(), held: held.clone() };
        self.tenant.state().standing = Some(standing);
        self.tenant.moved.notify_all();
    }
}

pub(super) fn heard_of_tells(
    around: &Around,
    tenant: &Arc<Tenant>,
) -> Arc<dyn Fn(u8, u8) + Send + Sync> {
    let (partitions, in_flight) = (around.partitions.clone(), Arc::clone(&around.in_flight));
    let tenant = Arc::clone(tenant);
    Arc::new(move |from, to| missed_tells(&partitions, &in_flight, &tenant, (from, to)))
}

/// Tells a partition what becomes of it, past the bound of its mailbox: there is one such word for each lease, and none
/// may be lost.
#[expect(clippy::disallowed_methods, reason = "a full mailbox must not keep a partition for ever")]
fn told<M>(home: &Addr<PartitionActor>, word: M)
where
    M: actix::Message<Result = ()> + Send + 'static,
    PartitionActor: actix::Handler<M>,
{
    home.do_send(word);
}

/// A partition hears that tells were sent to it, which are in the journal.
fn missed_tells(
    partitions: &[Addr<PartitionActor>],
    in_flight: &InFlight,
    tenant: &Tenant,
    (from, to): (u8, u8),
) {
    let Some(home) = partitions.get(usize::from(to)) else { return };
    in_flight.begin(1);
    if home.try_send(Missed(from)).is_err() {
        in_flight.finish(1);
        tenant.state().missed.insert((from, to));
    }
}
