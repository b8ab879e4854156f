//! Registration, validation and filing: articles 13 and 14.

use duban_actors::case::command::{Checklist, Finding, NewReport, Seen};
use duban_actors::case::{CaseId, Channel, Command, Event, Refusal};
use duban_actors::context::Context;
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_rules::RuleBook;
use duban_rules::vocabulary::{ConditionCode, Place};
use duban_runtime::entity::Entity;
use duban_tests::case_path::{
    CasePath, LOOSE_COVER, MISSING_COVER, MONDAY_9AM, asked, declined, dispatch, file, filed,
    hours, minutes, registered, report, report_by, somebody, town, validating, validation,
};
use duban_tests::given::given_case;
use duban_tests::timers;

fn reported_by(channel: Channel) -> CasePath {
    CasePath::start().then(minutes(0), Role::Intake, report_by(channel))
}

fn with_reason(condition: &str) -> Command {
    Command::File {
        condition: ConditionCode::new(condition),
        checklist: Checklist::Confirmed,
        place: None,
        reason: Some("县领导现场指派".into()),
    }
}

#[test]
fn a_report_is_registered_at_once_and_starts_the_desks_clock() {
    let then = given_case(CasePath::start())
        .when(MONDAY_9AM, Role::Collector, &report())
        .then_stands(&["Registered"], "registered");
    assert_eq!(timers(&then.state), ["intake.0.0/100", "intake.0.0/200", "intake.0.0/75"]);
}

#[test]
fn the_same_report_is_one_case() {
    given_case(registered())
        .when(MONDAY_9AM + minutes(1), Role::Collector, &report())
        .then_refused(&Refusal::AlreadyRegistered);
}

#[test]
fn a_collectors_report_shows_a_photo_and_a_place() {
    let Command::Register(complete) = report() else { panic!("not a report") };
    let blind = NewReport { photos: Vec::new(), ..*complete };
    let Command::Register(complete) = report() else { panic!("not a report") };
    let nowhere = NewReport { place: None, ..*complete };
    for report in [blind, nowhere] {
        given_case(CasePath::start())
            .when(MONDAY_9AM, Role::Collector, &Command::Register(Box::new(report)))
            .then_refused(&Refusal::ReportIncomplete);
    }
}

#[test]
fn a_collector_reports_by_handset_and_nobody_else_does() {
    let asks =
        |role, channel| given_case(CasePath::start()).when(MONDAY_9AM, role, &report_by(channel));
    asks(Role::Collector, Channel::Handset).then_stands(&["Registered"], "registered");
    let others = [
        Channel::Web,
        Channel::OpenLine,
        Channel::Hotline,
        Channel::Footage,
        Channel::Visit,
        Channel::Leadership,
        Channel::Department,
    ];
    for channel in others {
        asks(Role::Collector, channel).then_refused(&Refusal::OnlyByHandset);
        asks(Role::Intake, channel).then_stands(&["Registered"], "registered");
    }
    for role in [Role::Intake, Role::DutyChief] {
        asks(role, Channel::Handset).then_refused(&Refusal::HandsetNotYours);
    }
}

#[test]
fn a_report_in_which_there_is_nothing_to_be_read_is_no_case() {
    for blank in ["", " \r\n\t", "\u{3000}", "\u{200b}\u{202e}", "\u{3164}", "\u{fe0f}"] {
        let Command::Register(complete) = report() else { panic!("not a report") };
        let empty = NewReport { text: blank.to_owned(), ..*complete };
        given_case(CasePath::start())
            .when(MONDAY_9AM, Role::Collector, &Command::Register(Box::new(empty)))
            .then_refused(&Refusal::ReportEmpty);
    }
}

#[test]
fn ids_that_look_the_same_are_one_case_and_are_kept_as_they_look() {
    let one = CaseId::from_intake("12319", "T-100");
    for same in ["T-100 ", "T-100\n", "T-\u{200b}100", "\u{ff34}\u{ff0d}\u{ff11}\u{ff10}\u{ff10}"] {
        assert_eq!(CaseId::from_intake("12319", same), one, "{same:?}");
        let Command::Register(complete) = report() else { panic!("not a report") };
        let external_id = same.into();
        let report = Command::Register(Box::new(NewReport { external_id, ..*complete }));
        let road = CasePath::start().then(minutes(0), Role::Collector, report);
        let Some(Event::Registered(kept)) = road.events.first() else { panic!("not registered") };
        assert_eq!(kept.external_id, "T-100");
    }
    assert_ne!(CaseId::from_intake("12319", "t-100"), one, "a source may tell cases by case");
}

#[test]
fn a_reason_that_nobody_can_see_is_none() {
    let decline = Command::Decline { reason: "\u{200b}\u{2066} ".into() };
    given_case(registered())
        .when(MONDAY_9AM + minutes(5), Role::Intake, &decline)
        .then_refused(&Refusal::Common(Common::ReasonMissing));
}

#[test]
fn a_unit_registers_nothing() {
    given_case(CasePath::start())
        .when(MONDAY_9AM, Role::UnitStaff, &report())
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Register }));
}

#[test]
fn the_dispatcher_registers_nothing() {
    given_case(CasePath::start())
        .when(MONDAY_9AM, Role::Dispatcher, &report_by(Channel::Hotline))
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Register }));
    // A second post may.
    given_case(CasePath::start())
        .when(MONDAY_9AM, Role::Intake, &report_by(Channel::Hotline))
        .then_stands(&["Registered"], "registered");
}

#[test]
fn a_call_is_not_filed_before_somebody_has_looked() {
    given_case(reported_by(Channel::Hotline))
        .when(MONDAY_9AM + minutes(5), Role::Intake, &with_reason(LOOSE_COVER))
        .then_refused(&Refusal::NotValidated);
}

#[test]
fn a_leaders_order_is_filed_without_a_look_for_a_stated_reason() {
    given_case(reported_by(Channel::Leadership))
        .when(MONDAY_9AM + minutes(5), Role::Intake, &with_reason(LOOSE_COVER))
        .then_stands(&["Filed"], "awaiting-dispatch");
    given_case(reported_by(Channel::Leadership))
        .when(MONDAY_9AM + minutes(5), Role::Intake, &file(LOOSE_COVER))
        .then_refused(&Refusal::NotValidated);
}

#[test]
fn the_desks_clock_stands_still_while_a_collector_looks() {
    let then = given_case(validating())
        .when(MONDAY_9AM + minutes(65), Role::Collector, &validation(Finding::Confirmed))
        .then_stands(&["Validated"], "registered");
    let dues: Vec<_> = then.state.timers().0.iter().map(|timer| timer.due).collect();
    // Thirty minutes from nine, an hour of which the collector had.
    assert!(dues.contains(&(MONDAY_9AM + minutes(90))), "{dues:?}");
}

#[test]
fn what_a_look_refutes_is_not_filed() {
    let refuted = validating().then(minutes(10), Role::Collector, validation(Finding::Refuted));
    given_case(refuted)
        .when(MONDAY_9AM + minutes(20), Role::Intake, &file(LOOSE_COVER))
        .then_refused(&Refusal::Refuted);
}

#[test]
fn a_look_without_a_photo_does_not_count() {
    let blind = Command::GiveValidation { finding: Finding::Confirmed, seen: Seen::default() };
    given_case(validating())
        .when(MONDAY_9AM + minutes(20), Role::Collector, &blind)
        .then_refused(&Refusal::PhotoMissing);
}

#[test]
fn filing_takes_a_condition_of_the_handbook_checked_point_by_point() {
    given_case(registered())
        .when(MONDAY_9AM + minutes(5), Role::Intake, &file("part-99-99-9"))
        .then_refused(&Refusal::UnknownCondition { condition: ConditionCode::new("part-99-99-9") });
    let unchecked = Command::File {
        condition: ConditionCode::new(LOOSE_COVER),
        checklist: Checklist::Unconfirmed,
        place: None,
        reason: None,
    };
    given_case(registered())
        .when(MONDAY_9AM + minutes(5), Role::Intake, &unchecked)
        .then_refused(&Refusal::ChecklistUnconfirmed);
}

#[test]
fn a_case_outside_every_cell_is_not_filed() {
    let nowhere = Command::File {
        condition: ConditionCode::new(LOOSE_COVER),
        checklist: Checklist::Confirmed,
        place: Some(Place { lon: 1.0, lat: 1.0 }),
        reason: None,
    };
    given_case(registered())
        .when(MONDAY_9AM + minutes(5), Role::Intake, &nowhere)
        .then_refused(&Refusal::NoCell);
}

#[test]
fn a_filed_case_keeps_the_limit_and_the_ladder_of_its_day() {
    let Some(Event::Filed(ordinary)) = filed().events.pop() else { panic!("not filed") };
    assert_eq!(ordinary.limit.to_string(), "2工作日");
    assert_eq!(ordinary.ladder.steps.len(), 5);
    let then = given_case(registered())
        .when(MONDAY_9AM + minutes(5), Role::Intake, &file(MISSING_COVER))
        .then_stands(&["Filed"], "awaiting-dispatch");
    assert_eq!(then.state.state.filing().unwrap().limit.unwrap().to_string(), "2紧急工作时");
}

#[test]
fn another_edition_of_the_rules_changes_nothing_for_a_case_that_is_filed() {
    let mut rules = RuleBook::clone(&town().rules);
    let condition = rules.handbook.conditions.get_mut(&ConditionCode::new(LOOSE_COVER)).unwrap();
    condition.limit = "1工作时".parse().unwrap();
    rules.ladder.ordinary.steps.truncate(1);
    let (road, desk) = (filed(), somebody(Role::Dispatcher));
    let asked = asked(road.at + minutes(5), &desk);
    let decide = |cx| road.case.decide(&dispatch("SW"), &asked, cx).unwrap();
    assert_eq!(decide(&Context::new(rules)), decide(town()));
}

#[test]
fn a_filed_case_stands_in_the_dispatchers_list() {
    let lists = |road: &CasePath| -> Vec<String> {
        road.case.listing().0.iter().map(|key| key.list.to_string()).collect()
    };
    assert_eq!(lists(&registered()), ["case/stage/registered"]);
    assert_eq!(lists(&filed()), ["case/stage/awaiting-dispatch"]);
}

#[test]
fn the_number_comes_once() {
    let number = || Command::Numbered { number: "肃城管〔2026〕000001".into() };
    let numbered = filed().then(minutes(0), Role::Entity, number());
    given_case(numbered)
        .when(MONDAY_9AM + hours(1), Role::Entity, &number())
        .then_refused(&Refusal::OutOfOrder { stands: "awaiting-dispatch" });
}

#[test]
fn declining_says_why_and_ends_the_case() {
    given_case(registered())
        .when(MONDAY_9AM + minutes(5), Role::Intake, &Command::Decline { reason: "  ".into() })
        .then_refused(&Refusal::Common(Common::ReasonMissing));
    assert!(timers(&declined().case).is_empty());
}
