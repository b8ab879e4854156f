//! Erasure of a reporter's data (article 13): wherever the case stands, by the head of the centre, once, and in writing.

use duban_actors::case::{Command, Event, Refusal, Reporter};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_runtime::entity::{Effect, Entity as _};
use duban_runtime::outbox::Claim;
use duban_tests::case_path::{self, MONDAY_9AM, hours, minutes, town};
use duban_tests::given::given_case;

fn erase() -> Command {
    Command::EraseReporter { reason: "本人来电要求删除".to_owned() }
}

#[test]
fn what_a_reporter_said_is_erased_wherever_the_case_stands_and_the_case_goes_on() {
    let roads = [
        case_path::registered(),
        case_path::validating(),
        case_path::declined(),
        case_path::filed(),
        case_path::dispatched(),
        case_path::handling(),
        case_path::returning(),
        case_path::verifying(),
        case_path::awaiting_closing(),
        case_path::closed(),
    ];
    for road in roads {
        let stands = road.case.state.name();
        let at = road.at + minutes(1);
        let then = given_case(road)
            .when(at, Role::CentreHead, &erase())
            .then_stands(&["ReporterErased"], stands);
        let report = then.state.state.report().unwrap();
        assert!(report.reporter.as_deref().is_some_and(Reporter::is_erased), "{stands}");
    }
}

#[test]
fn an_erasure_says_when_and_why_and_tells_nobody() {
    let at = MONDAY_9AM + minutes(1);
    let reason = "本人来电要求删除".to_owned();
    given_case(case_path::registered())
        .when(at, Role::CentreHead, &erase())
        .then(&[Event::ReporterErased { at, reason }]);
    given_case(case_path::registered()).when(at, Role::CentreHead, &erase()).then_sends(&[]);
}

#[test]
fn nobody_but_the_head_of_the_centre_erases() {
    for role in Role::ALL.iter().filter(|role| **role != Role::CentreHead) {
        given_case(case_path::registered())
            .when(MONDAY_9AM + hours(1), *role, &erase())
            .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Erase }));
    }
}

#[test]
fn an_erasure_without_a_reason_is_refused_and_so_is_a_second_one() {
    let blank = Command::EraseReporter { reason: "  ".to_owned() };
    given_case(case_path::registered())
        .when(MONDAY_9AM + hours(1), Role::CentreHead, &blank)
        .then_refused(&Refusal::Common(Common::ReasonMissing));
    given_case(case_path::registered().then(minutes(5), Role::CentreHead, erase()))
        .when(MONDAY_9AM + hours(1), Role::CentreHead, &erase())
        .then_refused(&Refusal::NoReporter);
}

#[test]
fn an_answer_that_has_not_left_is_withdrawn_once_its_reporter_is_erased() {
    let declined = case_path::declined();
    let effects: Vec<Effect> =
        declined.events.iter().flat_map(|event| declined.case.effects(event, town())).collect();
    let reply = effects.into_iter().find_map(|effect| match effect {
        Effect::Send(message) if message.template == "declined" => Some(message),
        Effect::Send(_) | Effect::Tell(_) => None,
    });
    let reply = reply.unwrap();
    let erased = declined.then(minutes(5), Role::CentreHead, erase());
    let claim = erased.case.claim(&reply, erased.at, town());
    assert_eq!(claim, Claim::Withdraw("上报人信息已删除".to_owned()));
}
