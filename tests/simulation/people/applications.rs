//! What a unit applies for beside its work, and what becomes of it.

use chrono::NaiveDate;
use duban_actors::case::application::{Before, Begun, Pending, Reservation, Wish};
use duban_actors::case::assignment::Assignment;
use duban_actors::case::command::{Finding, Ruling};
use duban_actors::case::{Case, Command, Filing};
use duban_actors::role::Role;
use duban_rules::vocabulary::{TimeLimit, UnitId};
use duban_tests::case_path;

use super::stages::{decides, given_opinion, looked, validation};
use super::{Turn, UNITS, Word, why};

/// The unit asks for more time, for a day on which it is looked at again, or to have it withdrawn.
pub(super) fn asked(turn: &mut Turn<'_, '_>, filing: &Filing, held: &Assignment) -> Word {
    let wish = match turn.dice.between(0, 7) {
        0 => Some(Wish::Mismatch),
        1 | 2 => Some(Wish::Deferral(day(turn))),
        _ => more(turn, filing).map(Wish::Extension),
    };
    let head = UNITS.iter().find(|(id, _)| *id == held.unit.as_str()).map_or("", |(_, head)| *head);
    let signer = if turn.dice.once_in(12) { "赵示例".into() } else { head.into() };
    let form = (!turn.dice.once_in(5)).then(super::blob);
    let begun = Begun { n: begun(turn, &held.unit), as_of: turn.now };
    let wish = wish.unwrap_or(Wish::Mismatch);
    (Command::Apply { wish, reason: why(), form, signer, begun }, turn.of_unit(&held.unit))
}

/// What is done about what a unit waits for, if anything.
pub(super) fn next(turn: &mut Turn<'_, '_>, held: &Assignment) -> Option<Word> {
    if held.application.over_quota().is_some() && turn.dice.once_in(3) {
        let role = turn.dice.once_in(4).then_some(Role::DutyChief);
        let who = turn.centre(role.unwrap_or(Role::CentreHead));
        return Some((case_path::ruling(Ruling::Grant), who));
    }
    let pending = held.application.pending().filter(|_| !turn.dice.once_in(5))?;
    Some(decided(turn, pending, &held.unit))
}

fn decided(turn: &mut Turn<'_, '_>, pending: &Pending, unit: &UnitId) -> Word {
    if turn.dice.once_in(8) {
        return (Command::TakeBack { reason: why() }, turn.of_unit(unit));
    }
    if pending.before == Before::CountyLeader {
        let ruling = any_ruling(turn);
        return (case_path::consent(ruling), turn.centre(Role::CountyLeader));
    }
    if let Some(task) = pending.task() {
        return looked(turn, task, |turn, seen| {
            let Command::GiveValidation { finding, seen } = validation(turn, seen) else {
                unreachable!("it looks")
            };
            // Whoever says that it is not so is often right.
            let finding = match finding {
                Finding::Confirmed => Finding::Refuted,
                Finding::Refuted => Finding::Confirmed,
            };
            Command::GiveValidation { finding, seen }
        });
    }
    let is_placed = pending.quota != Reservation::Asked || turn.dice.once_in(6);
    if pending.opinion.is_none() && is_placed && !turn.dice.once_in(6) {
        return (given_opinion(turn), turn.centre(Role::Dispatcher));
    }
    // Deferrals are the head's.
    let is_the_heads = matches!(pending.wish, Wish::Deferral(_)) && !turn.dice.once_in(4);
    let who = if is_the_heads { turn.centre(Role::CentreHead) } else { decides(turn) };
    (case_path::ruling(any_ruling(turn)), who)
}

fn any_ruling(turn: &mut Turn<'_, '_>) -> Ruling {
    if turn.dice.once_in(3) { Ruling::Refuse } else { Ruling::Grant }
}

fn more(turn: &mut Turn<'_, '_>, filing: &Filing) -> Option<TimeLimit> {
    let percent = if turn.dice.once_in(3) { 100 } else { 50 };
    filing.limit.map(|limit| limit.percent(percent))
}

fn day(turn: &mut Turn<'_, '_>) -> NaiveDate {
    let later = turn.in_hours(12, 24 * 20);
    let calendar = &case_path::town().rules.calendar;
    calendar.local(later.into()).date()
}

/// How many assignments a unit has, as the door counts them.
fn begun(turn: &Turn<'_, '_>, unit: &UnitId) -> u32 {
    let cases = turn.town.cases.iter().map(|id| turn.town.at::<Case>(id.as_str()).1);
    let of_the_unit = cases.filter(|case| case.state.unit() == Some(unit)).count();
    u32::try_from(of_the_unit).unwrap_or(0)
}
