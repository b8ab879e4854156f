//! The life of a year's numbers: one state, one question. Pure.

use duban_runtime::entity::{Asked, Corrupt, Effect};

use super::{Command, Event, Numbers, RECENT_MAX, Refusal};
use crate::refusal::permit;
use crate::role::Duty;
use crate::tells::{CaseId, ToCase};

/// What happens when `command` reaches the allocator.
pub(super) fn decide(
    numbers: &Numbers,
    command: &Command,
    asked: &Asked,
) -> Result<Vec<Event>, Refusal> {
    permit(asked, Duty::Answer)?;
    let Command::Assign { case } = command;
    if !is_year(&numbers.year) {
        return Err(Refusal::NotAYear { key: numbers.year.clone() });
    }
    Ok(vec![assign(numbers, case)])
}

fn assign(numbers: &Numbers, case: &CaseId) -> Event {
    let case = case.clone();
    if let Some(ordinal) = numbers.ordinal_of(&case) {
        return Event::ToldAgain { case, number: numbers.on_paper(ordinal) };
    }
    let ordinal = numbers.given + 1;
    Event::Assigned { case, ordinal, number: numbers.on_paper(ordinal) }
}

/// The allocator after `event`.
pub(super) fn evolve(mut numbers: Numbers, event: &Event) -> Result<Numbers, Corrupt> {
    match event {
        Event::Assigned { case, ordinal, .. } if *ordinal == numbers.given + 1 => {
            numbers.given = *ordinal;
            if numbers.recent.len() >= RECENT_MAX {
                numbers.recent.remove(0);
            }
            numbers.recent.push((case.clone(), *ordinal));
            Ok(numbers)
        }
        Event::Assigned { ordinal, .. } => {
            Err(Corrupt(format!("number {ordinal} follows number {}", numbers.given)))
        }
        Event::ToldAgain { .. } => Ok(numbers),
    }
}

/// The case is told its number.
pub(super) fn effects(event: &Event) -> Vec<Effect> {
    let (case, number) = match event {
        Event::Assigned { case, number, .. } | Event::ToldAgain { case, number } => (case, number),
    };
    vec![ToCase::Numbered { number: number.clone() }.tell(case)]
}

fn is_year(key: &str) -> bool {
    key.len() == 4 && key.bytes().all(|digit| digit.is_ascii_digit())
}
