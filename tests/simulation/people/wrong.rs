//! Anything at all, said by anybody of anything: most of it must be refused, and none of it may break anything.

use duban_actors::case::command::{Decision, Determination, Ground, Outcome, Ruling, Seen};
use duban_actors::case::{Case, Command};
use duban_actors::meeting::{self, Meeting};
use duban_actors::role::Role;
use duban_actors::shift::{self, Open, Shift};
use duban_actors::tells::meeting_of;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::UnitId;
use duban_tests::case_path;

use super::{Turn, UNITS, unit_staff, why};
use crate::county::Saying;

/// Something, whatever anything stands at.
pub(super) fn anything(turn: &mut Turn<'_, '_>) -> Saying {
    let role = turn.one_of(Role::ALL);
    let role = if role == Role::Entity { Role::Operator } else { role };
    let who = if role.is_of_a_unit() { unit_staff(&turn.unit()) } else { turn.centre(role) };
    let id = turn.one_of(turn.town.cases);
    match turn.dice.between(0, 9) {
        0 => {
            let command = shift::Command::HandOver { to: None, note: why(), open: Open::default() };
            Saying::to::<Shift>("no-such-desk", command, who)
        }
        1 => {
            let command = meeting::Command::Call { at: turn.now, place: String::new() };
            Saying::to::<Meeting>(&meeting_of(id.as_str(), 1), command, who)
        }
        _ => Saying::to::<Case>(id.as_str(), any_command(turn), who),
    }
}

fn any_command(turn: &mut Turn<'_, '_>) -> Command {
    let unit = turn.unit();
    let all = [
        case_path::report(),
        Command::Validate,
        case_path::file(case_path::LOOSE_COVER),
        case_path::dispatch(UNITS[0].0),
        Command::Receive,
        Command::Start,
        case_path::feedback(),
        Command::GiveFeedback { result: String::new(), photos: Vec::new(), finished: None },
        case_path::verify(Outcome::Passed),
        Command::Verify { outcome: Outcome::Failed, seen: Seen::default() },
        Command::Close { waiver: None },
        Command::Rework { reason: String::new() },
        case_path::give_back(Ground::Slip),
        Command::Recall { reason: why() },
        Command::DecideReturn { decision: Decision::Accept, reason: why() },
        case_path::dispute(Ground::Slip),
        case_path::determine(Determination::Stays),
        case_path::determine(Determination::MovesTo(unit.clone())),
        case_path::determine(Determination::Joint { lead: unit.clone(), helpers: vec![unit] }),
        case_path::refer(),
        Command::TakeBack { reason: why() },
        case_path::extension("0.5"),
        case_path::extension("30"),
        case_path::mismatch(),
        case_path::ruling(Ruling::Grant),
        case_path::consent(Ruling::Grant),
        Command::WaiveHelp { reason: why() },
        Command::ReplySupervision { order: 9, text: why() },
        Command::Reassign { task: 99, to: None, reason: why(), from: None },
        Command::AddForm { form: super::blob() },
        case_path::recalculate(),
        Command::EraseReporter { reason: why() },
        Command::CallSiteMeeting {
            at: Timestamp::from_millis(0),
            place: None,
            units: vec![UnitId::new("nobody")],
        },
    ];
    turn.one_of(&all)
}
