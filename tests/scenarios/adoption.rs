//! Histories that lived elsewhere: taken in with their target, let out with their end.

use duban_actors::case::command::{Adoption, Ground};
use duban_actors::case::supervision::OrderKind;
use duban_actors::case::{Command, Refusal, Timeliness};
use duban_actors::role::Role;
use duban_rules::vocabulary::{StepCode, UnitId};
use duban_runtime::entity::Entity;
use duban_tests::case_path::{CasePath, MONDAY_9AM, adopted, give_back, handling, hours, minutes};
use duban_tests::given::given_case;
use duban_tests::{due, timeliness, timers};

fn conclude_after(hours_after: u64) -> Command {
    Command::Conclude { finished: MONDAY_9AM + hours(hours_after) }
}

#[test]
fn an_adopted_case_keeps_the_instants_it_was_given() {
    assert_eq!(due(&adopted().case), Some(MONDAY_9AM + hours(4)));
    assert_eq!(timers(&adopted().case), ["handling.1.0/100", "handling.1.0/75"]);
}

#[test]
fn a_step_counts_when_it_lies_strictly_before_the_end() {
    given_case(adopted())
        .when(MONDAY_9AM + hours(3), Role::Importer, &conclude_after(3))
        .then_stands(&["Concluded"], "closed");
    given_case(adopted())
        .when(MONDAY_9AM + hours(4), Role::Importer, &conclude_after(4))
        .then_stands(&["StepDecided", "Concluded"], "closed");
}

#[test]
fn its_end_is_judged_by_its_own_target() {
    let after = |hours_after| {
        let road = adopted().then(hours(hours_after), Role::Importer, conclude_after(hours_after));
        timeliness(&road.case)
    };
    assert_eq!(after(4), Some(Timeliness::OnTime));
    assert_eq!(after(5), Some(Timeliness::Late));
}

#[test]
fn an_end_before_the_opening_is_kept_and_flagged() {
    let finished = MONDAY_9AM - hours(1);
    let road = adopted().then(minutes(0), Role::Importer, Command::Conclude { finished });
    let view = road.case.view();
    assert_eq!(
        view.pointer("/closed/flags/0").and_then(|flag| flag.as_str()),
        Some("finished-before-opened")
    );
}

#[test]
fn a_case_of_our_own_is_not_concluded_by_an_import() {
    given_case(handling())
        .when(MONDAY_9AM + hours(1), Role::Importer, &conclude_after(1))
        .then_refused(&Refusal::OutOfOrder { stands: "handling" });
}

#[test]
fn a_ladder_that_names_a_step_twice_is_not_taken_in() {
    let step = |code: &str| (StepCode::new(code), MONDAY_9AM + hours(1));
    let adoption = Adoption {
        source: "history".into(),
        external_id: "2".into(),
        unit: UnitId::new("SW"),
        opened: MONDAY_9AM,
        due: Some(MONDAY_9AM + hours(2)),
        steps: vec![step("75"), step("75")],
        place: None,
        summary: String::new(),
    };
    given_case(CasePath::start())
        .when(MONDAY_9AM, Role::Importer, &Command::Adopt(Box::new(adoption)))
        .then_refused(&Refusal::LadderUnusable);
}

#[test]
fn an_adopted_case_is_neither_returned_nor_supervised() {
    given_case(adopted())
        .when(MONDAY_9AM, Role::UnitStaff, &give_back(Ground::Duty))
        .then_refused(&Refusal::OutOfOrder { stands: "handling" });
    let text = "请办结".to_owned();
    given_case(adopted())
        .when(
            MONDAY_9AM,
            Role::DutyChief,
            &Command::OrderSupervision { kind: OrderKind::Leader, text },
        )
        .then_refused(&Refusal::OutOfOrder { stands: "handling" });
}
