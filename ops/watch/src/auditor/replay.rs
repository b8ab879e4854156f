//! Replay of a case: each step that came due while its clock ran was decided, once, by the next record.

use std::collections::BTreeSet;

use duban_actors::case::event::StepDecided;
use duban_actors::case::{Case, Event};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Corrupt, Entity as _, EntityId, TIMER_ROLE};
use duban_runtime::record::Record;

use duban_server::health::audit::Finding;

/// What is wrong with a case of this history; none of it before, and nothing left out.
pub(super) fn lived(id: &EntityId, records: &[Record]) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Err(corrupt) = live(id, records, &mut found) {
        found.push(Finding::new("history", id, format!("案件历史无法重演:{corrupt}")));
    }
    found
}

fn live(id: &EntityId, records: &[Record], found: &mut Vec<Finding>) -> Result<(), Corrupt> {
    let mut case = Case::initial(id);
    let mut decided = BTreeSet::new();
    for record in records {
        let events: Vec<Event> = serde_json::from_str(&record.events)
            .map_err(|error| Corrupt(format!("record {}: {error}", record.sequence)))?;
        let steps: Vec<&StepDecided> = events.iter().filter_map(step).collect();
        for name in steps.iter().map(|step| timer(step)) {
            if decided.contains(&name) {
                let text = format!("{name} 被决定了两次(记录 {})", record.sequence);
                found.push(Finding::new("step-twice", id, text));
            }
            decided.insert(name);
        }
        let until = settled_until(record, &events);
        for wanted in case.timers().0.iter().filter(|timer| until.covers(timer.due)) {
            let is_decided =
                |step: &&StepDecided| timer(step) == *wanted.name && step.due == wanted.due;
            if !steps.iter().any(is_decided) {
                let text = format!(
                    "{} 于 {} 到期,被越过(记录 {})",
                    wanted.name, wanted.due, record.sequence
                );
                found.push(Finding::new("step-passed-over", id, text));
            }
        }
        case = events.iter().try_fold(case, Case::evolve)?;
    }
    Ok(())
}

fn step(event: &Event) -> Option<&StepDecided> {
    if let Event::StepDecided(step) = event { Some(step) } else { None }
}

/// By what a step is told apart: its timer's name.
fn timer(step: &StepDecided) -> String {
    let StepDecided { assignment, clock, revision, step, .. } = step;
    format!("{}.{assignment}.{revision}/{step}", clock.as_str())
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
    let finish = events.iter().find_map(|event| {
        if let Event::Concluded { finish, .. } = event { Some(*finish) } else { None }
    });
    match finish {
        Some(finish) => Until::Before(at.min(finish)),
        None if record.asked.role == TIMER_ROLE => Until::Through(at),
        None => Until::Before(at),
    }
}
