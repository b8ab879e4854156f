//! Every case lived again: each step that came due while its clock ran was decided, once, by the next record.

use std::collections::BTreeSet;
use std::time::Duration;

use duban_actors::case::event::StepDecided;
use duban_actors::case::{Case, Event, KIND, State};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Entity as _, EntityId, TIMER_ROLE};
use duban_runtime::journal::Journal;
use duban_runtime::record::Record;

use super::{Findings, Histories};

/// A step decided later than this was due while nobody was there.
const LATE: Duration = Duration::from_millis(20);

pub(crate) fn check(journal: &Journal, histories: &Histories, found: &mut Findings) {
    for (id, records) in histories.iter().filter(|(id, _)| id.kind == KIND.number) {
        let case = lived(id, records, found);
        let stored = journal.entity(id).unwrap().unwrap();
        assert_eq!(stored.sequence, records.len() as u64, "{id}");
        assert_eq!(Case::from_stored(id, &stored.state).unwrap(), case, "{id}");
        if matches!(case.state, State::Closed(_)) {
            assert!(case.timers().0.is_empty(), "{id} is closed and waits for something");
        }
        found.cases += 1;
    }
}

fn lived(id: &EntityId, records: &[Record], found: &mut Findings) -> Case {
    let mut case = Case::initial(id);
    let mut decided = BTreeSet::new();
    for record in records {
        let events: Vec<Event> = serde_json::from_str(&record.events).unwrap();
        let steps: Vec<&StepDecided> = events
            .iter()
            .filter_map(
                |event| if let Event::StepDecided(step) = event { Some(&**step) } else { None },
            )
            .collect();
        for step in &steps {
            assert!(decided.insert(timer(step)), "{id} decided {} twice", timer(step));
            found.steps_caught_up += usize::from(step.at.since(step.due) > LATE);
        }
        found.steps += steps.len();
        let until = settled_until(record, &events);
        for wanted in case.timers().0.iter().filter(|timer| until.covers(timer.due)) {
            let hit =
                steps.iter().any(|step| timer(step) == *wanted.name && step.due == wanted.due);
            assert!(
                hit,
                "{id}#{}: {} of {} was passed over",
                record.sequence, wanted.name, wanted.due
            );
        }
        let under = |case: Case, event| case.evolve_under(event, record.rules);
        case = events.iter().try_fold(case, under).unwrap();
    }
    case
}

/// Up to when a record decides what has come due before it.
enum Until {
    Before(Timestamp),
    Through(Timestamp),
}

impl Until {
    fn covers(&self, due: Timestamp) -> bool {
        match self {
            Until::Before(at) => due < *at,
            Until::Through(at) => due <= *at,
        }
    }
}

fn settled_until(record: &Record, events: &[Event]) -> Until {
    let at = record.asked.at;
    let finish = events.iter().find_map(|event| match event {
        Event::Concluded { finish, .. } => Some(*finish),
        _ => None,
    });
    match finish {
        Some(finish) => Until::Before(at.min(finish)),
        None if record.asked.role == TIMER_ROLE => Until::Through(at),
        None => Until::Before(at),
    }
}

/// By what a step is told apart: its timer's name.
fn timer(step: &StepDecided) -> String {
    let StepDecided { assignment, clock, revision, step, .. } = step;
    format!("{}.{assignment}.{revision}/{step}", clock.as_str())
}
