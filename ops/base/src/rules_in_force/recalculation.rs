//! Moves open cases to the calendar in force, or says how they would move (article 11): the only thing that does.
//!
//! Every case is looked at in pages; what would not move is not asked. A case that has moved does not move again, so a
//! run that was cut short is begun anew. Which instants there are is for [`duban_actors::case::recalculation`].

use compact_str::CompactString;
use duban_actors::case::recalculation::{Moved, recalculation};
use duban_actors::case::{Case, Command, KIND};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{CommandId, Entity as _, EntityId};
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::node::Node;
use futures_util::future::join_all;
use serde::Serialize;

use crate::asking::{self, Asker, No, Terms};
use crate::registry::Rules;

/// Cases read at a time.
const PAGE: usize = 512;
/// Cases asked at a time.
const UNDER_WAY_MAX: usize = 64;
/// How often a case is asked that has no room; then it is named, for another run.
const TRIES_MAX: u32 = 10;

/// A case that moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub case: CompactString,
    /// Its number, once it has one.
    pub number: Option<CompactString>,
    pub unit: CompactString,
    /// Old and new, as foretold.
    #[serde(flatten)]
    pub moved: Moved,
    pub outcome: Outcome,
}

/// What became of a case that would move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was not asked: a dry run.
    Foretold,
    Moved,
    /// It went on before it was asked, and has nothing to move any more.
    Settled,
    /// It has not moved; why.
    Failed(CompactString),
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Cases looked at, ended ones too.
    pub looked_at: u64,
    /// Cases that moved, or would.
    pub moved: u64,
    /// Steps that were rescinded, or would be.
    pub rescinded: u64,
    /// Cases that could not be read or did not answer: another run is needed.
    pub failed: u64,
}

/// Told of every case that moves, as it goes.
pub type Watcher<'a> = &'a mut dyn FnMut(&Row);

/// What would move at `at`, and nothing does.
pub fn foretell(
    journal: &Journal,
    rules: &Rules,
    at: Timestamp,
    watcher: Watcher<'_>,
) -> Result<Tally, Failure> {
    let (mut tally, mut after) = (Tally::default(), None);
    while let Some((rows, last)) = page(journal, rules, (at, after), &mut tally)? {
        for (_, row) in rows {
            tally.count(&row);
            watcher(&row);
        }
        after = Some(last);
    }
    Ok(tally)
}

/// Moves every open case that does not stand where the calendar in force puts it; `reason` goes on record with each.
///
/// # Errors
/// When the journal cannot be read; what has moved has moved, and another run does the rest.
pub async fn run(
    node: &Node,
    rules: &Rules,
    (asker, reason): (&Asker, &str),
    watcher: Watcher<'_>,
) -> Result<Tally, Failure> {
    let (mut tally, mut after) = (Tally::default(), None);
    let at = || node.clock().now();
    while let Some((rows, last)) = page(node.journal(), rules, (at(), after), &mut tally)? {
        for some in rows.chunks(UNDER_WAY_MAX) {
            let asked = some.iter().map(|(sequence, row)| {
                let command = Command::Recalculate { reason: reason.to_owned() };
                let hash = rules.current().1.to_le_bytes();
                let parts: [&[u8]; 4] =
                    [b"recalculate", row.case.as_bytes(), &hash, &sequence.to_le_bytes()];
                ask(node, row, command, (asker, CommandId::derived(&parts)))
            });
            for ((_, row), outcome) in some.iter().zip(join_all(asked).await) {
                let row = Row { outcome, ..row.clone() };
                tally.count(&row);
                watcher(&row);
            }
        }
        after = Some(last);
    }
    Ok(tally)
}

type Page = (Vec<(u64, Row)>, EntityId);

/// The cases of the next page that would move, with their sequences, and its last case; none after the last page.
fn page(
    journal: &Journal,
    rules: &Rules,
    (at, after): (Timestamp, Option<EntityId>),
    tally: &mut Tally,
) -> Result<Option<Page>, Failure> {
    let found = journal.entities_as_kept(Some(KIND.number), after, PAGE)?;
    let Some((last, _)) = found.last().cloned() else { return Ok(None) };
    let in_force = rules.current();
    let mut rows = Vec::new();
    for (id, stored) in found {
        tally.looked_at += 1;
        // What was put away is closed, and moves no more.
        if stored.is_put_away() {
            continue;
        }
        match Case::from_stored(&id, &stored.state) {
            Ok(case) => {
                let moved = recalculation(&case.state, at, &in_force.0);
                rows.extend(moved.map(|moved| (stored.sequence, Row::of(&case, moved))));
            }
            Err(error) => {
                tracing::error!(case = %id, %error, "a case cannot be read and is not moved");
                tally.failed += 1;
            }
        }
    }
    Ok(Some((rows, last)))
}

async fn ask(
    node: &Node,
    row: &Row,
    command: Command,
    (asker, id): (&Asker, CommandId),
) -> Outcome {
    let mut why = CompactString::default();
    for _ in 0..TRIES_MAX {
        let terms = Terms::of(id);
        match asking::ask::<Case>(node, asker, terms, &row.case, command.clone()).await {
            Ok(_) => return Outcome::Moved,
            Err(No::Refused { code: "nothing-moves" | "out-of-order", .. }) => {
                return Outcome::Settled;
            }
            Err(No::Refused { code, .. }) => return Outcome::Failed(code.into()),
            Err(No::Busy(retry_after)) => tokio::time::sleep(retry_after).await,
            Err(No::Unrecorded(reason)) => why = reason,
            Err(No::SetAside(_, reason)) => return Outcome::Failed(reason),
            Err(no @ No::Stale(_)) => {
                return Outcome::Failed(compact_str::format_compact!("{no:?}"));
            }
        }
    }
    Outcome::Failed(if why.is_empty() { "busy".into() } else { why })
}

impl Row {
    fn of(case: &Case, moved: Moved) -> Row {
        let unit = case.state.unit().map(|unit| unit.as_str().into());
        Row {
            case: case.id.clone(),
            number: case.state.filing().and_then(|filing| filing.number.clone()),
            unit: unit.unwrap_or_default(),
            moved,
            outcome: Outcome::Foretold,
        }
    }
}

impl Tally {
    fn count(&mut self, row: &Row) {
        match row.outcome {
            Outcome::Foretold | Outcome::Moved => {
                self.moved += 1;
                let rescinded = u64::try_from(row.moved.rescinded.len());
                self.rescinded += rescinded.unwrap_or(u64::MAX);
            }
            Outcome::Settled => {}
            Outcome::Failed(_) => self.failed += 1,
        }
    }
}
