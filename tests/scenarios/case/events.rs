//! Samples of events: every form ever shipped is read (`tests/tables/events/case.jsonl`), and so is every state.

use std::collections::BTreeMap;
use std::time::Duration;

use duban_actors::case::calls::Outcome as CallOutcome;
use duban_actors::case::command::{
    Decision, Determination, Finding, Ground, Outcome, Resumption, Ruling,
};
use duban_actors::case::entry::{Entry, FiledUnder};
use duban_actors::case::supervision::OrderKind;
use duban_actors::case::{Case, Command, Event};
use duban_actors::role::Role;
use duban_core::entity::Entity;
use duban_rules::vocabulary::{LimitUnit, TimeLimit};

use super::states;
use duban_tests::case_path::{self, CasePath, hours, minutes};
use duban_tests::laws::kind;
use duban_tests::samples::assert_samples;

const KINDS: usize = 56;

/// Paths that together meet every event of an application.
fn applications() -> Vec<CasePath> {
    let later = minutes(5);
    let back = Command::TakeBack { reason: "写明的理由".to_owned() };
    vec![
        case_path::application_reviewed().then(
            later,
            Role::DutyChief,
            case_path::ruling(Ruling::Grant),
        ),
        case_path::application_reviewed().then(
            later,
            Role::CentreHead,
            case_path::ruling(Ruling::Refuse),
        ),
        case_path::used_up(case_path::asked_for_more()),
        case_path::applied().then(later, Role::UnitStaff, back.clone()),
        case_path::withdrawn(),
        case_path::consent_wanted().then(
            later,
            Role::CountyLeader,
            case_path::consent(Ruling::Refuse),
        ),
        case_path::consent_wanted().then(later, Role::UnitStaff, back),
        case_path::deferred().then(later, Role::CentreHead, case_path::resume(with_three_days())),
    ]
}

/// Paths that together meet every event of a dispute before the committee, and of help.
fn before_the_committee() -> Vec<CasePath> {
    let (later, before) = (minutes(5), case_path::before_committee);
    let power = case_path::somebody(Role::Dispatcher).on_behalf_of("DL");
    let moves = || case_path::resolved(Determination::MovesTo("DL".into()));
    vec![
        before().then(later, Role::Entity, moves()),
        before().then(later, Role::Entity, super::called_off()),
        before().then(later, Role::UnitStaff, case_path::feedback()).then(
            later,
            Role::Entity,
            moves(),
        ),
        case_path::helped().asks(later, &power, &super::give_help()).unwrap(),
        case_path::helped().then(
            later,
            Role::UnitStaff,
            Command::WaiveHelp { reason: "写明的理由".to_owned() },
        ),
    ]
}

fn with_three_days() -> Resumption {
    Resumption::Limit(TimeLimit::new(3_000, LimitUnit::WorkDay))
}

/// Paths that together meet every kind of event.
fn paths() -> Vec<CasePath> {
    let why = || "写明的理由".to_owned();
    let refuse = Command::DecideReturn { decision: Decision::Refuse, reason: why() };
    let accept = Command::DecideReturn { decision: Decision::Accept, reason: why() };
    let important = Command::OrderSupervision { kind: OrderKind::Important, text: why() };
    let numbered = Command::Numbered { number: "肃城管〔2026〕000001".into() };
    let arrive = Command::Arrive { place: Some(case_path::place()) };
    let reply = Command::ReplySupervision { order: 1, text: why() };
    let pass = super::give_back(Some(case_path::collector()));
    let later = minutes(5);
    let formless = Command::Return { reason: why(), ground: Ground::Boundary, form: None };
    let urgent = case_path::report_urgent("路中间,无围挡");
    vec![
        CasePath::start().then(Duration::ZERO, Role::Collector, urgent),
        case_path::dispatched().then(later, Role::Dispatcher, Command::Recall { reason: why() }),
        case_path::disputing().then(
            later,
            Role::DutyChief,
            case_path::determine(Determination::Stays),
        ),
        case_path::met(),
        case_path::to_call()
            .then(later, Role::Dispatcher, case_path::call(CallOutcome::NoAnswer))
            .then(later, Role::Dispatcher, case_path::call(CallOutcome::Answered)),
        case_path::disputing().then(later, Role::UnitStaff, Command::TakeBack { reason: why() }),
        case_path::handling_as(case_path::MISSING_COVER)
            .then(later, Role::UnitStaff, formless)
            .then(later, Role::UnitStaff, Command::AddForm { form: "blob-5".into() }),
        case_path::filed().then(later, Role::Intake, super::attach()),
        case_path::closed(),
        case_path::declined(),
        case_path::registered().then(later, Role::CentreHead, super::erase()),
        case_path::validating().then(
            later,
            Role::Collector,
            case_path::validation(Finding::Confirmed),
        ),
        case_path::filed().then(later, Role::Entity, numbered),
        case_path::handling()
            .then(later, Role::UnitStaff, arrive)
            .then(later, Role::UnitStaff, Command::Start)
            .then(later, Role::DutyChief, important)
            .then(later, Role::UnitHead, reply),
        case_path::awaiting_closing().then(later, Role::Entity, pass.clone()),
        case_path::verifying().then(later, Role::Entity, pass).then(
            later,
            Role::Collector,
            case_path::verify(Outcome::Failed),
        ),
        case_path::reviewed().then(later, Role::DutyChief, refuse),
        case_path::reviewed().then(later, Role::DutyChief, accept),
        case_path::handling_as(case_path::MISSING_COVER).then(
            hours(30),
            Role::DutyChief,
            important_again(),
        ),
        case_path::handling_as(case_path::MISSING_COVER)
            .fires(Duration::ZERO)
            .fires(Duration::ZERO)
            .fires(Duration::ZERO)
            .fires(Duration::ZERO),
        warned_too_early(),
        case_path::canary_handling(),
        case_path::adopted().then(
            hours(5),
            Role::Importer,
            Command::Conclude { finished: case_path::MONDAY_9AM },
        ),
    ]
}

/// A case whose unit was warned on Tuesday, before Tuesday turned out to be a day off.
fn warned_too_early() -> CasePath {
    let path = case_path::handling().fires(Duration::ZERO);
    let operator = case_path::somebody(Role::Operator);
    path.asks_under(case_path::with_days_off(), minutes(5), &operator, &case_path::recalculate())
        .unwrap()
}

fn important_again() -> Command {
    Command::OrderSupervision { kind: OrderKind::Leader, text: "县领导批示".into() }
}

#[test]
fn events_of_every_form_ever_shipped_are_read_and_say_what_they_said() {
    let mut kinds: BTreeMap<String, Event> = BTreeMap::new();
    let paths = applications().into_iter().chain(before_the_committee()).chain(paths());
    for event in paths.flat_map(|path| path.events) {
        let numbered = matches!(&event, Event::Filed(filed) if filed.number.is_some());
        let decided = matches!(&event, Event::Determined(found) if found.committee.is_some());
        let more = match (numbered, decided) {
            (true, _) => " with its number",
            (_, true) => " by the committee",
            (false, false) => "",
        };
        let form = kind(&event) + more;
        kinds.entry(form).or_insert(event);
    }
    assert_eq!(kinds.len(), KINDS, "a kind of event has no sample");
    assert_samples("events/case", 32, &kinds.into_values().collect::<Vec<Event>>());
}

#[test]
fn every_state_survives_being_stored() {
    for (state, path) in states() {
        let id = duban_actors::case::CaseId::from_intake("test", "1").entity();
        let bytes = path.case.to_stored();
        assert_eq!(Case::from_stored(&id, &bytes), Ok(path.case), "{state}");
        assert!(bytes.len() <= 1_024, "{state} takes {} bytes", bytes.len());
    }
}

#[test]
fn what_the_handbook_said_is_held_once_for_all_cases_that_were_filed_under_it() {
    let entry = |case: &Case| match &case.state.filing().unwrap().under {
        FiledUnder::Entry(entry) => std::ptr::from_ref::<Entry>(entry),
        other @ (FiledUnder::Rules(_) | FiledUnder::Nothing) => panic!("{other:?}"),
    };
    let (one, other) = (case_path::filed(), case_path::handling());
    assert_eq!(entry(&one.case), entry(&other.case));
    let id = duban_actors::case::CaseId::from_intake("test", "1").entity();
    let read = Case::from_stored(&id, &other.case.to_stored()).unwrap();
    assert_eq!(entry(&one.case), entry(&read), "also for one that is read again");
}

#[test]
fn bytes_that_are_no_state_are_corrupt() {
    let id = duban_actors::case::CaseId::from_intake("test", "1").entity();
    assert!(Case::from_stored(&id, &[250, 1, 2]).is_err());
}

#[test]
fn a_dispatched_case_stays_small() {
    let path = case_path::dispatched();
    assert!(size_of::<Case>() <= 64, "{}", size_of::<Case>());
    let bytes = path.case.to_stored().len();
    assert!(bytes <= 700, "stored in {bytes} bytes");
}
