//! Cases that wait in a list, as pages show them: the first due on top, the late ones marked, and how many more there are.

use compact_str::CompactString;
use duban_actors::case::{Case, listing};
use duban_actors::context::Context;
use duban_rules::line;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{EntityId, List};
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;

use duban_base::labels::case::{level_word, stage_word};
use duban_base::labels::row::Row;
use duban_base::labels::{asked, instant};
use duban_base::state::readable;

/// Cases of a list that are counted; where there are more, it is said that there are at least so many.
const COUNTED_MAX: usize = 1_000;

/// A case that waits.
#[derive(Serialize)]
pub(super) struct Waiting {
    id: String,
    called: String,
    matter: String,
    address: String,
    unit: String,
    stage: String,
    level: u8,
    level_word: &'static str,
    /// What its unit has asked, or whom the desk calls.
    pub(super) asked: Vec<String>,
    due: String,
    /// Until it is due, or since; empty where it is due for nobody.
    left: String,
    late: bool,
}

/// Those that are shown, and how many are not.
#[derive(Serialize)]
pub(super) struct Listed {
    pub(super) cases: Vec<Waiting>,
    more: usize,
    /// Whether there are more still, which nobody has counted.
    uncounted: bool,
}

/// A place in a list: by when, and which case.
pub(super) type Place = (CompactString, EntityId);

/// The places of a list, as far as they are counted.
pub(super) fn places(journal: &Journal, list: &List) -> Result<Vec<Place>, Failure> {
    journal.list(list, None, COUNTED_MAX)
}

/// Whether as many stand there as are counted.
pub(super) fn is_full(places: &[Place]) -> bool {
    places.len() >= COUNTED_MAX
}

/// How many of them are late.
pub(super) fn late(places: &[Place], now: Timestamp) -> usize {
    places.iter().filter(|(order, _)| is_late(order, now)).count()
}

/// Whether a place is of something that ought to be done.
pub(super) fn is_late(order: &str, now: Timestamp) -> bool {
    listing::instant(order).is_some_and(|due| due < now)
}

impl Listed {
    /// The cases of a list, at most `most`.
    pub(super) fn of(
        journal: &Journal,
        list: &List,
        most: usize,
        (now, cx): (Timestamp, &Context),
    ) -> Result<Listed, Failure> {
        Listed::all(journal, &places(journal, list)?, most, (now, cx))
    }

    /// The same of a list whose places were read before.
    pub(super) fn all(
        journal: &Journal,
        there: &[Place],
        most: usize,
        (now, cx): (Timestamp, &Context),
    ) -> Result<Listed, Failure> {
        let listed = Listed::at(journal, there, most, (now, cx))?;
        Ok(Listed { uncounted: is_full(there), ..listed })
    }

    /// The cases at these places, at most `most`.
    pub(super) fn at(
        journal: &Journal,
        there: &[Place],
        most: usize,
        (now, cx): (Timestamp, &Context),
    ) -> Result<Listed, Failure> {
        let more = there.len().saturating_sub(most);
        let mut cases = Vec::with_capacity(most.min(there.len()));
        for (order, id) in there.iter().take(most) {
            let Some(case) = readable::<Case>(journal, id)? else { continue };
            let due = listing::instant(order).unwrap_or(Timestamp::NEVER);
            cases.push(Waiting::of(&case, due, (now, cx)));
        }
        Ok(Listed { cases, more, uncounted: false })
    }
}

impl Waiting {
    /// `case`, which is due at `due`.
    pub(super) fn of(case: &Case, due: Timestamp, (now, cx): (Timestamp, &Context)) -> Waiting {
        let row = Row::of(case, now, cx);
        let dash = || "—".to_owned();
        let late = due < now;
        let due_words = instant::minute(due, &cx.rules.calendar);
        let left = match (late, due_words.as_str()) {
            (_, "—") => String::new(),
            (true, _) => instant::span(due, now),
            (false, _) => instant::span(now, due),
        };
        let asked = asked::facts(case, cx, now);
        Waiting {
            called: row.number.unwrap_or_else(|| row.id.clone()),
            id: row.id,
            matter: row.matter,
            address: address(case),
            unit: case.state.unit().map_or_else(dash, |id| cx.rules.units.name_of(id).to_owned()),
            stage: stage_word(row.stage).to_owned(),
            level: row.level,
            level_word: level_word(row.level),
            asked: asked.into_iter().map(|(what, words)| format!("{what}:{words}")).collect(),
            due: due_words,
            left,
            late,
        }
    }
}

/// Where it is; a dash where nobody has said it.
pub(super) fn address(case: &Case) -> String {
    let said = case.state.report().map(|report| line::one(&report.address));
    said.filter(|text| !text.is_empty()).unwrap_or_else(|| "—".to_owned())
}
