//! Reckoning of a due instant: by which calendar it came about, found in records and in the rules kept for ever.
//!
//! ```text
//! last record that set the clock ─► hash of the rules of that hour ─► edition on record ─► its calendar
//! ```
//! Needed only for a case whose calendar was changed since and that nobody has recalculated (`ops/adr/0010`).

use duban_actors::case::explain::{Explanation, explain};
use duban_actors::case::{Case, CaseId, Event};
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Entity;
use duban_runtime::journal::Journal;

use crate::registry::Rules;
use crate::rules_in_force::edition::{self, Edition};

/// The files of which a calendar consists.
const CALENDAR_FILES: [&str; 2] = ["calendar.toml", "holidays.csv"];

/// How the instants of `case` came about, as it stands at `at`. Reads its history only where the calendar was changed.
pub fn explained(journal: &Journal, rules: &Rules, case: &Case, at: Timestamp) -> Explanation {
    explain(case, at, &rules.current().0, || calendar(journal, case))
}

/// The calendar of the due instant; none where its records or its rules cannot be had, which the log says.
fn calendar(journal: &Journal, case: &Case) -> Option<Calendar> {
    let found = reckoned_under(journal, case).and_then(|rules| kept(journal, rules));
    if found.is_none() {
        tracing::warn!(case = %case.id, "the calendar of its due instant cannot be had");
    }
    found
}

/// The rules that were in force when the clock of `case` was last set: the first bytes of their hash.
fn reckoned_under(journal: &Journal, case: &Case) -> Option<u64> {
    let id = CaseId(case.id.clone()).entity();
    let mut road = Case::initial(&id);
    let (mut set, mut under) = (None, None);
    for record in journal.history(&id).ok()? {
        for event in serde_json::from_str::<Vec<Event>>(&record.events).ok()? {
            road = road.evolve(&event).ok()?;
        }
        let now = clock_of(&road);
        if now != set {
            (set, under) = (now, Some(record.rules));
        }
    }
    under
}

/// What changes whenever the clock of the handling is set: stretch, revision, pauses, due.
fn clock_of(case: &Case) -> Option<(u16, u16, usize, Option<Timestamp>)> {
    let held = case.state.assignment()?;
    Some((held.no, held.revision, held.pauses.len(), held.due))
}

/// The calendar of the edition whose hash begins so.
fn kept(journal: &Journal, rules: u64) -> Option<Calendar> {
    let is_it = |one: &Edition| edition::short(&one.edition) == Some(rules);
    let edition = edition::history(journal).ok()?.into_iter().rev().find(is_it)?;
    let files = edition::sources(journal, &edition.edition).ok()?.only(&CALENDAR_FILES);
    Some(duban_rules::parse(&files).0.calendar)
}
