//! What entities must say alike once everything that was told has arrived: who carries which task on site, which meeting
//! decides which dispute, who has which number.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;
use duban_actors::case::{self, Case};
use duban_actors::case_numbers::{self, Numbers};
use duban_actors::collector::{self, Collector};
use duban_actors::meeting::{self, Meeting, Standing};
use duban_core::entity::{Entity, EntityId};
use duban_runtime::simulator::Said;

use super::{same, state};

/// Holds all of them against each other.
pub(super) fn of_all(said: Said<'_>) -> Result<(), String> {
    let cases = all::<Case>(said, case::KIND.number)?;
    tasks(said, &cases)?;
    meetings(said, &cases)?;
    numbers(said, &cases)
}

fn all<E: Entity>(said: Said<'_>, kind: u8) -> Result<Vec<E>, String> {
    let of_kind = said.entities.iter().filter(|(id, _)| id.kind == kind);
    of_kind.map(|(id, stored)| state::<E>(id, stored)).collect()
}

/// Every task on site is with the collector whom its case names, and with nobody else.
fn tasks(said: Said<'_>, cases: &[Case]) -> Result<(), String> {
    let mut wanted = BTreeSet::new();
    for case in cases {
        if let Some(task) = case.state.task()
            && let Some(collector) = &task.collector
        {
            wanted.insert((collector.to_string(), case.id.clone(), task.no));
        }
    }
    let mut carried = BTreeSet::new();
    for collector in all::<Collector>(said, collector::KIND.number)? {
        for task in collector.standing.round().into_iter().flat_map(|round| &round.tasks) {
            carried.insert((collector.id.to_string(), task.case.0.clone(), task.task));
        }
    }
    same("what collectors carry", &wanted, &carried)
}

/// A dispute before the committee is open on the agenda of its meeting, or decided there, and no other is open.
fn meetings(said: Said<'_>, cases: &[Case]) -> Result<(), String> {
    let mut waits = BTreeSet::new();
    for case in cases {
        if let Some((_, dispute)) = case.state.dispute()
            && let Some(meeting) = dispute.committee.meeting()
        {
            waits.insert((meeting.clone(), case.id.clone()));
        }
    }
    let mut open = BTreeSet::new();
    for meeting in all::<Meeting>(said, meeting::KIND.number)? {
        let is_off = matches!(meeting.standing, meeting::State::Cancelled { .. });
        let items = meeting.agenda.iter().filter(|item| !is_off && item.standing == Standing::Open);
        open.extend(items.map(|item| (meeting.no.clone(), item.motion.case.0.clone())));
    }
    same("what waits for the committee", &waits, &open)
}

/// Every filed case has the number that it was given, and one.
fn numbers(said: Said<'_>, cases: &[Case]) -> Result<(), String> {
    let mut given: BTreeMap<CompactString, CompactString> = BTreeMap::new();
    for year in all::<Numbers>(said, case_numbers::KIND.number)? {
        for (case, ordinal) in &year.recent {
            given.insert(case.0.clone(), year.on_paper(*ordinal));
        }
    }
    let mut says = BTreeMap::new();
    for case in cases {
        if let Some(filing) = case.state.filing() {
            let id: EntityId = duban_actors::case::CaseId(case.id.clone()).entity();
            let number = filing.number.clone().ok_or_else(|| format!("{id} has no number"))?;
            says.insert(case.id.clone(), number);
        }
    }
    same("the numbers", &given, &says)
}
