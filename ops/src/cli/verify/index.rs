//! Holds the store behind the ledger against the states in it: `timers(state) == index`, lists likewise.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{EntityId, List};
use duban_runtime::journal::blob::BlobId;
use duban_runtime::journal::ledger::Report;
use duban_runtime::journal::{Alarm, Failure};
use duban_runtime::outbox::{MessageId, Row, RowState};
use duban_runtime::partition::PARTITIONS;
use duban_runtime::record::{Fold as _, Stored};

use duban_base::store::Store;
use duban_messages::brief::fixed;

/// Rows read at a time.
const PAGE: usize = 1_024;
/// More problems than this are not collected: something is wrong at large.
const PROBLEMS_MAX: usize = 10_000;

/// What was counted and found.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) entities: u64,
    pub(super) alarms: u64,
    pub(super) places: u64,
    pub(super) blobs: u64,
    pub(super) problems: Vec<String>,
    /// Blobs that are missing or damaged; each is among the problems.
    pub(super) lost: BTreeSet<BlobId>,
    /// How many of the problems are of blobs.
    n_of_blobs: usize,
}

/// How many places a list has and a sum over them that does not depend on their order.
type Sums = BTreeMap<CompactString, (u64, u128)>;

/// How far the check goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// Indexes against states.
    Indexes,
    /// Every state against its history as well.
    States,
}

/// Checks the store behind the ledger of `report`.
pub(super) fn check(store: &Store, depth: Depth, report: &Report) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let (mut lists, mut alarms) = (Sums::new(), Sums::new());
    let mut after = None;
    loop {
        let page = store.journal.entities_as_kept(None, after, PAGE)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        for (id, stored) in &page {
            outcome.entities += 1;
            entity(store, id, stored, &mut outcome)?;
            if depth == Depth::States {
                rebuilt(store, id, stored, &mut outcome)?;
            }
            for key in &stored.lists {
                add(&mut lists, key.list.as_str(), &key.order, id);
            }
            if let Some(due) = stored.alarm {
                add(&mut alarms, "", &due.as_millis().to_string(), id);
            }
        }
    }
    alarms_as_indexed(store, &alarms, &mut outcome)?;
    lists_as_indexed(store, &lists, &mut outcome)?;
    outbox(store, report, &mut outcome)?;
    blobs(store, &mut outcome)?;
    Ok(outcome)
}

/// The alarm that is stored is the first of the timers that the state wants.
fn entity(store: &Store, id: &EntityId, stored: &Stored, outcome: &mut Outcome) -> Result<()> {
    let Some(kind) = store.registry.kind(id.kind) else {
        outcome.problem(format!("实体 {id} 的种类不认识"));
        return Ok(());
    };
    if stored.is_put_away() {
        return Ok(());
    }
    match kind.timers(id, stored) {
        Ok(timers) => {
            let wanted = timers.soonest().map(|timer| timer.due);
            if wanted != stored.alarm {
                let kind = kind.name();
                outcome.problem(format!("{kind}/{}:定时器与状态不一致", id.key));
            }
        }
        // An older form of the state is made again when it is next used.
        Err(_) if store.journal.rebuilt(id)?.is_some() => {}
        Err(error) => outcome.problem(format!("{}/{}:{error}", kind.name(), id.key)),
    }
    Ok(())
}

fn rebuilt(store: &Store, id: &EntityId, stored: &Stored, outcome: &mut Outcome) -> Result<()> {
    match store.journal.rebuilt(id) {
        Ok(Some(again)) if is_kept_so(store, id, stored, &again) => {}
        Ok(_) => outcome.problem(format!("实体 {id}:由台账重算的状态与状态库不同")),
        Err(failure @ (Failure::Corrupt { .. } | Failure::Damaged { .. })) => {
            outcome.problem(format!("实体 {id}:{failure}"));
        }
        Err(failure) => return Err(failure.into()),
    }
    Ok(())
}

/// Whether the store keeps of an entity what follows from its history: all of it, or what remains.
fn is_kept_so(store: &Store, id: &EntityId, stored: &Stored, again: &Stored) -> bool {
    if stored.is_put_away() {
        return store.registry.put_away(id, again, Timestamp::NEVER).as_ref() == Some(stored);
    }
    again == stored
}

fn alarms_as_indexed(store: &Store, wanted: &Sums, outcome: &mut Outcome) -> Result<()> {
    let mut found = Sums::new();
    for alarm in store.journal.alarms_of_all(None) {
        let Alarm { due, entity: id, partition } = alarm?;
        outcome.alarms += 1;
        if id.partition(PARTITIONS) != partition {
            outcome.problem(format!("实体 {id} 的定时器在别的分区 {partition}"));
        }
        add(&mut found, "", &due.as_millis().to_string(), &id);
    }
    if *wanted != found {
        outcome.problem("定时器索引与各实体的定时器不一致".to_owned());
    }
    Ok(())
}

fn lists_as_indexed(store: &Store, wanted: &Sums, outcome: &mut Outcome) -> Result<()> {
    for (name, sum) in wanted {
        let mut found = Sums::new();
        let mut after = None;
        loop {
            let page = store.journal.list(&List::named(name.clone()), after, PAGE)?;
            let Some(last) = page.last().cloned() else { break };
            after = Some(last);
            for (order, id) in page {
                outcome.places += 1;
                add(&mut found, name, &order, &id);
            }
        }
        if found.get(name) != Some(sum) {
            outcome.problem(format!("列表 `{name}` 与各实体的位置不一致"));
        }
    }
    Ok(())
}

/// Every message of the ledger without an outcome has a row, and no other has.
fn outbox(store: &Store, report: &Report, outcome: &mut Outcome) -> Result<()> {
    let mut rows = 0_u64;
    for row in store.journal.outbox_of_all(None) {
        let (id, row) = row?;
        words(store, &id, &row, outcome)?;
        rows += 1;
    }
    // Nothing was written between the two counts, unless another process came and went.
    let unmoved = store.journal.head().1 == report.last;
    if unmoved && rows != report.messages_open {
        let open = report.messages_open;
        outcome.problem(format!("发件箱有 {rows} 行,台账中无结果的消息有 {open} 条"));
    }
    Ok(())
}

/// The words of a message that were fixed are where its row says.
fn words(store: &Store, id: &MessageId, row: &Row, outcome: &mut Outcome) -> Result<()> {
    let data = match &row.standing {
        RowState::Ready => return Ok(()),
        RowState::Claimed(_, data) | RowState::Untried(_, data) | RowState::Dead(_, data, _) => {
            data
        }
    };
    let Some(blob) = fixed::named(&row.message.template, data) else { return Ok(()) };
    match store.journal.blobs().get(&blob) {
        Ok(_) => Ok(()),
        Err(Failure::Damaged { .. } | Failure::NoBlob { .. }) => {
            outcome.blob(blob, format!("消息 {id} 的文字(附件 {blob})缺失或损坏"));
            Ok(())
        }
        Err(failure) => Err(failure.into()),
    }
}

fn blobs(store: &Store, outcome: &mut Outcome) -> Result<()> {
    let blobs = store.journal.blobs();
    for id in blobs.list()? {
        outcome.blobs += 1;
        match blobs.get(&id) {
            Ok(_) => {}
            Err(Failure::Damaged { .. } | Failure::NoBlob { .. }) => {
                outcome.blob(id, format!("附件 {id} 的内容与名称不符"));
            }
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(())
}

fn add(sums: &mut Sums, name: &str, order: &str, id: &EntityId) {
    let mut hasher = blake3::Hasher::new();
    for part in [order.as_bytes(), &[0, id.kind], id.key.as_bytes()] {
        hasher.update(part);
    }
    let hash = hasher.finalize();
    let (first, _) = hash.as_bytes().split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
    let (count, sum) = sums.entry(CompactString::from(name)).or_default();
    *count += 1;
    *sum = sum.wrapping_add(u128::from_le_bytes(*first));
}

impl Outcome {
    /// Whether something is wrong with more than blobs: the state can be made again from the ledger.
    pub(super) fn is_state_wrong(&self) -> bool {
        self.problems.len() > self.n_of_blobs
    }

    /// A blob is not what it was: only a copy of it helps.
    fn blob(&mut self, id: BlobId, text: String) {
        let n_before = self.problems.len();
        self.problem(text);
        self.n_of_blobs += self.problems.len() - n_before;
        if self.lost.len() < PROBLEMS_MAX {
            self.lost.insert(id);
        }
    }

    fn problem(&mut self, text: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(text);
        }
    }
}
