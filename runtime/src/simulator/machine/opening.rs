//! A process starts: the ledger, the store behind it, what the store has not seen, then partitions as they were left.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::{Bounds, Committing, Home, Machine, PartitionState, Writer};
use crate::callers::Callers;
use crate::clock::{Clock, Timestamp, VirtualClock};
use crate::journal::applier::{Applier, Onto};
use crate::journal::backlog::{Backlog, Limits};
use crate::journal::committer::Committer;
use crate::journal::layout;
use crate::journal::ledger::{Ledger, LedgerOptions};
use crate::journal::memtable::tables::Tables;
use crate::journal::recovery::{Applying, Remains, recover};
use crate::journal::store::Store;
use crate::journal::{EPOCH, Failure, staging};
use crate::partition::{Origin, Partition, Tenure};
use crate::registry::Registry;
use crate::simulator::Mutation;
use crate::simulator::disk::SimDisk;
use crate::simulator::several::{Joining, Member};
use crate::simulator::store::SimStore;
use crate::simulator::tally::Tally;
use crate::supervision::Falls;

/// Small segments, so that they are closed and begun often; of probes.
const SEGMENT_BYTES: u64 = 4 << 10;
/// What the memtable holds at most, so that it fills; of probes.
const GENERATION_BYTES: usize = 8 << 10;
/// So few that many generations have more of them.
const AT_ONCE_MAX: usize = 6;

/// What a process starts with.
pub(crate) struct Start {
    pub(crate) disk: SimDisk,
    pub(crate) store: SimStore,
    pub(crate) registry: Arc<Registry>,
    pub(crate) bounds: Bounds,
    pub(crate) tally: Tally,
    pub(crate) mutation: Mutation,
    /// How it goes into the log of its cluster; none of a machine that is alone.
    pub(crate) joining: Option<Joining>,
}

impl Machine {
    /// Starts a process.
    pub(crate) fn open(start: Start) -> Result<Machine, Failure> {
        let Start { disk, store, registry, bounds, tally, mutation, joining } = start;
        let options = LedgerOptions { segment_bytes: SEGMENT_BYTES * u64::from(bounds.weight) };
        let ledger = Ledger::open(disk.clone(), &options)?;
        let (reader, sealer) = (ledger.reader(), ledger.sealer());
        let applied = store.get(layout::APPLIED)?;
        let applied = applied.and_then(|bytes| layout::parse_value::<u64>(&bytes).ok());
        if applied.is_none_or(|applied| applied > reader.last_frame()) {
            // It was never finished, or belongs to another ledger: made again.
            store.wipe();
            store.apply(vec![(layout::APPLIED.to_vec(), Some(layout::value(&0_u64)))])?;
        }
        let shared: Arc<dyn Store> = Arc::new(store.clone());
        let limits = Limits {
            n_bytes_max: GENERATION_BYTES
                .saturating_mul(usize::try_from(bounds.weight).unwrap_or(1)),
            n_at_once_max: AT_ONCE_MAX,
            ..Limits::default()
        };
        staging::finish(shared.as_ref())?;
        let tables = Tables::load(shared.as_ref())?;
        let backlog = Arc::new(Backlog::new(tables, shared, limits));
        let how = (Remains::CutOff, Applying::Inline);
        recover(&backlog, &reader, registry.as_ref(), how, &|_| {})?;

        let clock: Arc<dyn Clock> = Arc::new(VirtualClock::at(Timestamp::from_millis(0)));
        let (writer, standing) = match joining {
            None => {
                let committer =
                    Committer::new(ledger, Arc::clone(&backlog), Default::default(), clock);
                (Writer::Alone(Box::new(committer)), PartitionState::Up)
            }
            Some(joining) => {
                let member = Member::of(joining, ledger, (&backlog, &registry))?;
                (Writer::Several(Box::new(member)), PartitionState::Elsewhere)
            }
        };
        let applier = Applier::new(Arc::clone(&backlog), Onto::Living);
        let homes = (0..bounds.limits.partitions)
            .map(|no| home(&backlog, bounds, (no, standing, mutation)))
            .collect();
        Ok(Machine {
            bounds,
            registry,
            tally,
            backlog,
            reader,
            sealer,
            writer,
            applier,
            disk,
            store,
            mutation,
            homes,
            ready: Vec::new(),
            queue: Vec::new(),
            is_committing: Committing::No,
            results: Arc::default(),
            births: 0,
            wishes: Vec::new(),
        })
    }
}

fn home(
    backlog: &Backlog,
    bounds: Bounds,
    (no, standing, mutation): (u8, PartitionState, Mutation),
) -> Home {
    let core = core(backlog, bounds, (no, Tenure { epoch: EPOCH, life: 0 }, mutation));
    Home {
        core,
        epoch: EPOCH,
        life: 0,
        standing,
        falls: Falls::default(),
        submitted: 0,
        inbox: VecDeque::new(),
        residents: BTreeMap::new(),
        callers: Callers::default(),
    }
}

/// A partition as the journal left it.
pub(super) fn core(
    backlog: &Backlog,
    bounds: Bounds,
    (no, tenure, mutation): (u8, Tenure, Mutation),
) -> Partition {
    let tables = backlog.tables();
    let meta = tables.partition(no);
    let origin = Origin {
        next_lsn: meta.next_lsn,
        frame: meta.frame,
        tell_next: meta.tell_next,
        marks: meta.marks,
    };
    let mut core = Partition::within(bounds.limits, (no, tenure), origin.clone());
    for from in 0..bounds.limits.partitions {
        let sent = tables.partition(from).tell_next.get(&no).copied().unwrap_or(1);
        if sent > origin.marks.get(&from).copied().unwrap_or(0) + 1 {
            core.tells_missed(from);
        }
    }
    match mutation {
        Mutation::None | Mutation::IgnoredSyncs => {}
        Mutation::ForgottenDeltas => core.forget_changes_at_reload(),
        Mutation::ForgottenMarks => core.forget_marks(),
    }
    core
}
