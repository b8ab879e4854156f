//! The case as a whole: its state × command grid, its events on disk, and random walks through its life.

#![expect(
    clippy::indexing_slicing,
    reason = "helpers of a test binary are not `in tests` for clippy"
)]

mod events;
mod grid;
pub(crate) mod walks;

use duban_actors::case::Command;
use duban_actors::case::calls::Outcome as CallOutcome;
use duban_actors::case::command::{
    Decision, Determination, Finding, Ground, Opinion, Outcome, Resumption, Ruling,
};
use duban_actors::case::supervision::OrderKind;
use duban_actors::role::Role;
use duban_actors::tells::QuotaAnswer;
use duban_rules::vocabulary::{CollectorId, LimitUnit, TimeLimit};
use duban_tests::case_path::{self, CasePath};

/// One case for each place where it can stand.
fn states() -> Vec<(&'static str, CasePath)> {
    vec![
        ("unreported", CasePath::start()),
        ("registered", case_path::registered()),
        ("validating", case_path::validating()),
        ("declined", case_path::declined()),
        ("awaiting-dispatch", case_path::filed()),
        ("awaiting (call)", case_path::to_call()),
        ("dispatched", case_path::dispatched()),
        ("handling", case_path::handling()),
        ("handling (adopted)", case_path::adopted()),
        ("returning", case_path::returning()),
        ("returning (opinion)", case_path::reviewed()),
        ("disputing", case_path::disputing()),
        ("disputing (meeting)", case_path::before_committee()),
        ("handling (helped)", case_path::helped()),
        ("handling (asked)", case_path::asked_for_more()),
        ("handling (applied)", case_path::applied()),
        ("handling (no place)", case_path::used_up(case_path::asked_for_more())),
        ("handling (opinion)", case_path::application_reviewed()),
        ("handling (recheck)", case_path::rechecked()),
        ("handling (refuted)", case_path::refuted_again()),
        ("withdrawn", case_path::withdrawn()),
        ("handling (deferral)", case_path::deferral_reviewed()),
        ("handling (consent)", case_path::consent_wanted()),
        ("deferred", case_path::deferred()),
        ("verifying", case_path::verifying()),
        ("awaiting-closing", case_path::awaiting_closing()),
        ("closed", case_path::closed()),
        ("registered (canary)", case_path::canary_registered()),
        ("handling (canary)", case_path::canary_handling()),
    ]
}

/// What a unit's quota says of the first application of a case.
fn quota(used: u32) -> QuotaAnswer {
    QuotaAnswer { no: 1, n: 20, allowed: 2, used }
}

fn attach() -> Command {
    Command::Attach { file: "blob-8".into(), note: "来电录音".to_owned() }
}

/// Everything that can be asked, by the role that usually asks it.
fn commands() -> Vec<(&'static str, Role, Command)> {
    let why = || "写明的理由".to_owned();
    let mut commands = vec![
        ("Register", Role::Collector, case_path::report()),
        ("Validate", Role::Intake, Command::Validate),
        ("GiveValidation", Role::Collector, case_path::validation(Finding::Confirmed)),
        ("File", Role::Intake, case_path::file(case_path::LOOSE_COVER)),
        ("Decline", Role::Intake, Command::Decline { reason: why() }),
        ("Numbered", Role::Entity, Command::Numbered { number: "肃城管〔2026〕000001".into() }),
        ("Dispatch", Role::Dispatcher, case_path::dispatch("SW")),
        ("Call answered", Role::Dispatcher, case_path::call(CallOutcome::Answered)),
        ("Call no answer", Role::Dispatcher, case_path::call(CallOutcome::NoAnswer)),
        ("Receive", Role::UnitStaff, Command::Receive),
        ("Arrive", Role::UnitStaff, Command::Arrive { place: Some(case_path::place()) }),
        ("Start", Role::UnitStaff, Command::Start),
        ("GiveFeedback", Role::UnitStaff, case_path::feedback()),
        ("Verify passed", Role::Collector, case_path::verify(Outcome::Passed)),
        ("Verify failed", Role::Collector, case_path::verify(Outcome::Failed)),
        ("Verify unable", Role::Collector, case_path::verify(Outcome::Unable)),
        ("Reassign", Role::DutyChief, give_back(None)),
        ("Give back", Role::Entity, give_back(Some(case_path::collector()))),
        ("Close", Role::DutyChief, Command::Close { waiver: None }),
        ("Rework", Role::DutyChief, Command::Rework { reason: why() }),
        ("Recall", Role::Dispatcher, Command::Recall { reason: why() }),
        ("Return", Role::UnitStaff, case_path::give_back(Ground::Duty)),
        ("AddForm", Role::UnitStaff, Command::AddForm { form: "blob-5".into() }),
        ("Attach", Role::Intake, attach()),
        ("GiveOpinion", Role::Dispatcher, case_path::opinion(Opinion::Agree)),
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
        ("Dispute", Role::UnitStaff, case_path::dispute(Ground::Ownership)),
        ("CallSiteMeeting", Role::Dispatcher, case_path::call_meeting()),
        (
            "RecordSiteMeeting",
            Role::DutyChief,
            Command::RecordSiteMeeting { present: Vec::new(), record: why(), photos: Vec::new() },
        ),
        ("Determine stays", Role::DutyChief, case_path::determine(Determination::Stays)),
        (
            "Determine moves",
            Role::CentreHead,
            case_path::determine(Determination::MovesTo("DL".into())),
        ),
    ];
    commands.extend(before_the_committee());
    commands.extend(applications());
    commands.extend(commands_beside());
    commands
}

/// What is asked of the committee, and of units that help.
fn before_the_committee() -> Vec<(&'static str, Role, Command)> {
    let why = || "写明的理由".to_owned();
    vec![
        ("Determine joint", Role::DutyChief, case_path::determine(case_path::joint())),
        ("GiveHelp", Role::UnitStaff, give_help()),
        ("WaiveHelp", Role::UnitStaff, Command::WaiveHelp { reason: why() }),
        ("Refer", Role::DutyChief, case_path::refer()),
        ("Resolved", Role::Entity, case_path::resolved(Determination::MovesTo("DL".into()))),
        ("CalledOff", Role::Entity, called_off()),
    ]
}

/// What is asked beside the way of a case.
fn commands_beside() -> Vec<(&'static str, Role, Command)> {
    let why = || "写明的理由".to_owned();
    vec![
        (
            "OrderSupervision",
            Role::DutyChief,
            Command::OrderSupervision { kind: OrderKind::Important, text: why() },
        ),
        ("ReplySupervision", Role::UnitHead, Command::ReplySupervision { order: 1, text: why() }),
        ("Adopt", Role::Importer, adoption()),
        ("Conclude", Role::Importer, Command::Conclude { finished: case_path::MONDAY_9AM }),
        ("Register canary", Role::Canary, case_path::canary_report()),
        ("Recalculate", Role::Operator, case_path::recalculate()),
        ("EraseReporter", Role::CentreHead, erase()),
    ]
}

/// What is asked of applications.
fn applications() -> Vec<(&'static str, Role, Command)> {
    let why = || "写明的理由".to_owned();
    vec![
        ("Apply", Role::UnitStaff, case_path::extension("1")),
        ("Apply mismatch", Role::UnitStaff, case_path::mismatch()),
        ("Apply deferral", Role::UnitStaff, case_path::deferral(5, 15)),
        ("Consent grant", Role::CountyLeader, case_path::consent(Ruling::Grant)),
        ("Consent refuse", Role::CountyLeader, case_path::consent(Ruling::Refuse)),
        ("Resume rest", Role::DutyChief, case_path::resume(Resumption::Rest)),
        (
            "Resume limit",
            Role::CentreHead,
            case_path::resume(Resumption::Limit(TimeLimit::new(3_000, LimitUnit::WorkDay))),
        ),
        ("QuotaReserved", Role::Entity, Command::QuotaReserved(quota(1))),
        ("QuotaUsedUp", Role::Entity, Command::QuotaUsedUp(quota(2))),
        ("Ruling grant", Role::DutyChief, case_path::ruling(Ruling::Grant)),
        ("Ruling refuse", Role::CentreHead, case_path::ruling(Ruling::Refuse)),
        ("TakeBack", Role::UnitStaff, Command::TakeBack { reason: why() }),
    ]
}

/// A part of a case of several units is done.
pub(crate) fn give_help() -> Command {
    Command::GiveHelp { result: "线缆已移开".into(), photos: vec!["blob-7".into()] }
}

/// The first meeting is called off.
pub(crate) fn called_off() -> Command {
    let reason = "两单位已协商一致".to_owned();
    Command::CalledOff { meeting: case_path::first_meeting(), reason }
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
        opened: case_path::MONDAY_9AM,
        due: None,
        steps: Vec::new(),
        place: None,
        summary: String::new(),
    }))
}
