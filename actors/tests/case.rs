//! The case as a whole: its state × command grid, its events on disk, and random walks through its life.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of a test binary are not `in tests` for clippy"
)]

#[path = "../../tests/src/golden.rs"]
pub mod golden;
#[path = "../../tests/src/laws.rs"]
pub mod laws;
#[path = "../../tests/src/road.rs"]
pub mod road;
#[path = "../../tests/src/samples.rs"]
pub mod samples;

#[path = "case/events.rs"]
mod events;
#[path = "case/grid.rs"]
mod grid;
#[path = "case/walks.rs"]
mod walks;

use duban_actors::case::Command;
use duban_actors::case::command::{Decision, Finding, Outcome};
use duban_actors::case::supervision::OrderKind;
use duban_actors::role::Role;
use duban_rules::vocabulary::CollectorId;
use road::Road;

/// One case for each place where it can stand.
fn states() -> Vec<(&'static str, Road)> {
    vec![
        ("unreported", Road::start()),
        ("registered", road::registered()),
        ("validating", road::validating()),
        ("declined", road::declined()),
        ("awaiting-dispatch", road::filed()),
        ("dispatched", road::dispatched()),
        ("handling", road::handling()),
        ("handling (adopted)", road::adopted()),
        ("returning", road::returning()),
        ("verifying", road::verifying()),
        ("awaiting-closing", road::awaiting_closing()),
        ("closed", road::closed()),
        ("registered (canary)", road::canary_registered()),
        ("handling (canary)", road::canary_handling()),
    ]
}

/// Everything that can be asked, by the role that usually asks it.
fn commands() -> Vec<(&'static str, Role, Command)> {
    let why = || "写明的理由".to_owned();
    vec![
        ("Register", Role::Intake, road::report()),
        ("Validate", Role::Intake, Command::Validate),
        ("GiveValidation", Role::Collector, road::validation(Finding::Confirmed)),
        ("File", Role::Intake, road::file(road::LOOSE_COVER)),
        ("Decline", Role::Intake, Command::Decline { reason: why() }),
        ("Numbered", Role::Entity, Command::Numbered { number: "肃城管〔2026〕000001".into() }),
        ("Dispatch", Role::Dispatcher, road::dispatch("SW")),
        ("Receive", Role::UnitStaff, Command::Receive),
        ("Arrive", Role::UnitStaff, Command::Arrive { place: Some(road::place()) }),
        ("Start", Role::UnitStaff, Command::Start),
        ("GiveFeedback", Role::UnitStaff, road::feedback()),
        ("Verify passed", Role::Collector, road::verify(Outcome::Passed)),
        ("Verify failed", Role::Collector, road::verify(Outcome::Failed)),
        ("Verify unable", Role::Collector, road::verify(Outcome::Unable)),
        ("Reassign", Role::DutyChief, give_back(None)),
        ("Give back", Role::Entity, give_back(Some(road::collector()))),
        ("Close", Role::DutyChief, Command::Close { waiver: None }),
        ("Rework", Role::DutyChief, Command::Rework { reason: why() }),
        ("Return", Role::UnitStaff, Command::Return { reason: why() }),
        (
            "DecideReturn accept",
            Role::DutyChief,
            Command::DecideReturn { decision: Decision::Accept, reason: why() },
        ),
        (
            "DecideReturn refuse",
            Role::CentreHead,
            Command::DecideReturn { decision: Decision::Refuse, reason: why() },
        ),
        (
            "OrderSupervision",
            Role::DutyChief,
            Command::OrderSupervision { kind: OrderKind::Important, text: why() },
        ),
        ("ReplySupervision", Role::UnitHead, Command::ReplySupervision { order: 1, text: why() }),
        ("Adopt", Role::Importer, adoption()),
        ("Conclude", Role::Importer, Command::Conclude { finished: road::MONDAY_9AM }),
        ("Register canary", Role::Canary, road::canary_report()),
        ("Recalculate", Role::Operator, road::recalculate()),
        ("EraseReporter", Role::CentreHead, erase()),
    ]
}

/// The reporter wants to be forgotten.
fn erase() -> Command {
    Command::EraseReporter { reason: "本人要求删除".to_owned() }
}

/// The first task on site goes to the next collector.
fn give_back(from: Option<CollectorId>) -> Command {
    Command::Reassign { task: 1, to: None, reason: "写明的理由".into(), from }
}

fn adoption() -> Command {
    Command::Adopt(Box::new(duban_actors::case::command::Adoption {
        source: "history".into(),
        external_id: "1".into(),
        unit: "SW".into(),
        opened: road::MONDAY_9AM,
        due: None,
        steps: Vec::new(),
        place: None,
        summary: String::new(),
    }))
}
