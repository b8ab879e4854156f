//! Lead and helpers (主办、协办, article 19): several units do their parts, one has the case and is rated.

use std::time::Duration;

use duban_actors::case::command::{Decision, Determination, Ground, Opinion};
use duban_actors::case::listing::{HELP, begun_by, closed_of, help_of, open_of};
use duban_actors::case::{Command, Event, Refusal};
use duban_actors::refusal::Common;
use duban_actors::role::Role;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity, List};
use duban_runtime::outbox::Claim;
use duban_tests::case_path::{
    CasePath, MISSING_COVER, Who, before_committee, determine, dispute, disputing, feedback,
    give_back, handling_as, helped, hours, joint, met, minutes, opinion, resolved, somebody, town,
    verify,
};
use duban_tests::given::given_case;
use duban_tests::{due, timers};

fn power() -> Who {
    Who { speaks_for: Some("DL".into()), ..somebody(Role::UnitStaff) }
}

fn help() -> Command {
    Command::GiveHelp { result: "线缆已移开".into(), photos: vec!["blob-7".into()] }
}

fn waive() -> Command {
    Command::WaiveHelp { reason: "线缆已由本单位移开".into() }
}

/// The case of [`helped`] as the power company has helped.
fn given() -> CasePath {
    helped().asks(minutes(10), &power(), &help()).unwrap()
}

/// The lists in which a case stands that are of a unit.
fn lists(road: &CasePath, unit: &str) -> Vec<List> {
    let unit = UnitId::new(unit);
    let of_unit = [open_of(&unit), begun_by(&unit), closed_of(&unit)];
    let keys = road.case.listing().0.into_iter().map(|key| key.list);
    keys.filter(|list| of_unit.contains(list)).collect()
}

/// Whom the messages of the last event reach, each with its template and the unit's name.
fn told(road: &CasePath) -> Vec<(String, String)> {
    told_as(road, "unit_name")
}

/// The messages of the last event, each with its template and the word that it has for this.
fn told_as(road: &CasePath, name: &str) -> Vec<(String, String)> {
    let effects = road.case.effects(road.events.last().unwrap(), town()).into_iter();
    let messages = effects.filter_map(|effect| match effect {
        Effect::Send(message) => Some(message),
        Effect::Tell(_) => None,
    });
    messages
        .map(|message| match road.case.claim(&message, road.at, town()) {
            Claim::Deliver(_, words) => {
                let words: serde_json::Value = serde_json::from_str(&words).unwrap();
                let word = words.get(name).and_then(serde_json::Value::as_str).unwrap();
                (message.template.to_string(), word.to_owned())
            }
            Claim::Withdraw(why) => panic!("withdrawn: {why}"),
        })
        .collect()
}

#[test]
fn only_the_lead_is_rated() {
    let closed = given()
        .then(minutes(10), Role::UnitStaff, feedback())
        .then(minutes(10), Role::Collector, verify(duban_actors::case::command::Outcome::Passed))
        .then(minutes(5), Role::DutyChief, Command::Close { waiver: None });
    let (water, power) = (UnitId::new("SW"), "DL");
    for road in [helped(), given()] {
        assert_eq!(lists(&road, "SW"), [begun_by(&water), open_of(&water)]);
        assert_eq!(lists(&road, power), []);
    }
    assert_eq!(lists(&closed, "SW"), [begun_by(&water), closed_of(&water)]);
    assert_eq!(lists(&closed, power), [], "a helper's part is in no unit's figures");
    assert_eq!(closed.case.state.unit(), Some(&water));
    assert!(closed.case.timers().0.is_empty());
}

#[test]
fn the_lead_waits_for_its_helpers_or_says_why() {
    let at = helped().at + minutes(10);
    let awaited = Refusal::HelpAwaited { units: vec!["DL".into()] };
    given_case(helped()).when(at, Role::UnitStaff, &feedback()).then_refused(&awaited);
    given_case(given())
        .when(at + minutes(5), Role::UnitStaff, &feedback())
        .then_stands(&["FeedbackGiven"], "verifying");
    let waived = helped().then(minutes(10), Role::UnitStaff, waive());
    assert_eq!(told(&waived), [("help-waived".into(), "电力局".into())]);
    given_case(waived.clone())
        .when(waived.at, Role::UnitStaff, &feedback())
        .then_stands(&["FeedbackGiven"], "verifying");
    // Without a reason nobody is passed over, and nobody is where all have helped.
    given_case(helped())
        .when(at, Role::UnitStaff, &Command::WaiveHelp { reason: " ".into() })
        .then_refused(&Refusal::Common(Common::ReasonMissing));
    given_case(given())
        .when(at + minutes(5), Role::UnitStaff, &waive())
        .then_refused(&Refusal::NoHelpAsked);
}

#[test]
fn a_helper_does_its_part_once_and_nothing_else_of_the_case() {
    let asks = |command: &Command| helped().asks(minutes(10), &power(), command);
    assert_eq!(told(&asks(&help()).unwrap()), [("help-given".into(), "水务局".into())]);
    let others = Refusal::OtherUnit { unit: "SW".into() };
    for command in [feedback(), waive(), Command::Start, give_back(Ground::Duty)] {
        assert_eq!(asks(&command).unwrap_err(), others, "{command:?}");
    }
    assert_eq!(given().asks(minutes(5), &power(), &help()).unwrap_err(), Refusal::NoHelpAsked);
    let silent = Command::GiveHelp { result: " ".into(), photos: vec!["blob-7".into()] };
    assert_eq!(asks(&silent).unwrap_err(), Refusal::ResultMissing);
    let unseen = Command::GiveHelp { result: "线缆已移开".into(), photos: Vec::new() };
    assert_eq!(asks(&unseen).unwrap_err(), Refusal::PhotoMissing);
    // The desk enters what it was told on the telephone.
    let desk = somebody(Role::Dispatcher).on_behalf_of("DL");
    helped().asks(minutes(10), &desk, &unseen).unwrap();
    let lead = helped().asks(minutes(10), &somebody(Role::UnitStaff), &help());
    assert_eq!(lead.unwrap_err(), Refusal::NoHelpAsked, "the lead is no helper");
}

#[test]
fn each_helper_has_a_clock_of_its_own_whose_steps_it_hears() {
    let road = helped();
    let help: Vec<String> =
        timers(&road.case).into_iter().filter(|name| name.starts_with("help.")).collect();
    assert_eq!(help, ["help.0.1/100", "help.0.1/200", "help.0.1/75"]);
    // Asked on Monday at 09:50, for a working day: three quarters of it are up before the unit's own warning.
    let mut road = road;
    let is_help = |road: &CasePath| {
        matches!(road.events.last(), Some(Event::StepDecided(step))
            if step.clock == duban_actors::case::clock::ClockName::Help)
    };
    while !is_help(&road) {
        road = road.fires(Duration::ZERO);
    }
    assert_eq!(told(&road), [("stage-late".into(), "电力局".into())]);
    assert_eq!(told_as(&road, "stage"), [("stage-late".into(), "协办(电力局)".into())]);
    assert!(!timers(&given().case).iter().any(|name| name.starts_with("help.")));
}

#[test]
fn the_applicant_who_leads_is_credited_and_another_lead_has_the_whole_limit() {
    let at = |road: &CasePath| -> Option<Timestamp> { due(&road.case) };
    let credited =
        disputing().then(minutes(10), Role::DutyChief, determine(Determination::StaysCredited));
    assert_eq!(at(&helped()), at(&credited));
    assert!(helped().case.state.filing().unwrap().is_bound());
    let finding = Determination::Joint { lead: "DL".into(), helpers: vec!["SW".into()] };
    let road = disputing().then(minutes(10), Role::DutyChief, determine(finding.clone()));
    let held = road.case.state.assignment().unwrap();
    assert_eq!((held.no, held.unit.as_str(), road.case.state.name()), (2, "DL", "dispatched"));
    let back = road.asks(minutes(5), &power(), &give_back(Ground::Duty));
    assert_eq!(back.unwrap_err(), Refusal::Bound);
    let decided = before_committee().then(minutes(10), Role::Entity, resolved(finding));
    assert_eq!(decided.case.state.unit(), Some(&"DL".into()));
    assert_eq!(decided.case.state.filing().unwrap().help.len(), 1);
}

#[test]
fn what_a_unit_is_to_help_with_stands_in_its_own_list_until_it_has() {
    let due = helped().case.state.filing().unwrap().help[0].clock().unwrap().due;
    let places = |road: &CasePath| {
        let lists = [HELP, help_of(&UnitId::new("DL")), help_of(&UnitId::new("SW"))];
        let keys = road.case.listing().0.into_iter().filter(|key| lists.contains(&key.list));
        keys.map(|key| (key.list, key.order)).collect::<Vec<_>>()
    };
    let order = duban_actors::case::listing::order(due);
    let there = [(help_of(&UnitId::new("DL")), order.clone()), (HELP, order)];
    assert_eq!(places(&helped()), there);
    assert_eq!(places(&given()), []);
    assert_eq!(places(&helped().then(minutes(10), Role::UnitStaff, waive())), []);
}

#[test]
fn how_a_case_stands_names_who_helps_and_until_when() {
    let said = |road: &CasePath| {
        let facts = duban::labels::history::facts(&road.case, town(), road.at);
        let help = facts.into_iter().filter(|(what, _)| *what == "协办");
        help.map(|(_, words)| words).collect::<Vec<_>>()
    };
    assert_eq!(said(&helped()), ["电力局,待完成,截止 2026-03-03 09:50:00(还有 1天0小时)"]);
    assert_eq!(said(&given()), ["电力局,已完成"]);
}

#[test]
fn help_that_comes_while_no_unit_has_the_case_is_told_to_the_desk() {
    let finding = Determination::Joint { lead: "DL".into(), helpers: vec!["SW".into()] };
    let accept = Command::DecideReturn { decision: Decision::Accept, reason: "属实".into() };
    let answered = met()
        .then(minutes(5), Role::DutyChief, determine(finding))
        .asks(minutes(5), &power(), &give_back(Ground::Duty))
        .unwrap()
        .then(minutes(5), Role::Dispatcher, opinion(Opinion::Agree))
        .then(minutes(5), Role::DutyChief, accept);
    assert_eq!(answered.case.state.name(), "awaiting-dispatch");
    let given = answered.asks(minutes(5), &somebody(Role::UnitStaff), &help()).unwrap();
    let effects = given.case.effects(given.events.last().unwrap(), town());
    let [Effect::Send(message)] = &effects[..] else { panic!("{effects:?}") };
    let Claim::Deliver(addresses, _) = given.case.claim(message, given.at, town()) else {
        panic!("withdrawn")
    };
    assert!(!addresses.is_empty());
    assert!(addresses.iter().all(|to| to.role == "dispatch-desk"), "{addresses:?}");
}

#[test]
fn helpers_are_some_each_once_not_the_lead_and_units_that_there_are() {
    let asks = |helpers: &[&str]| {
        let helpers = helpers.iter().map(|unit| UnitId::new(*unit)).collect();
        let finding = Determination::Joint { lead: "SW".into(), helpers };
        disputing().asks(minutes(10), &somebody(Role::DutyChief), &determine(finding))
    };
    let unfit = Refusal::Helpers { most: 4 };
    for helpers in [&[][..], &["DL", "DL"], &["SW"], &["DL", "YL", "GA", "ZJ", "CT"]] {
        assert_eq!(asks(helpers).unwrap_err(), unfit, "{helpers:?}");
    }
    assert_eq!(asks(&["XX"]).unwrap_err(), Refusal::UnknownUnit { unit: "XX".into() });
    assert_eq!(asks(&["DL", "YL", "GA", "ZJ"]).unwrap().case.state.filing().unwrap().help.len(), 4);
}

#[test]
fn a_helper_of_an_urgent_case_has_two_hours_by_day_and_by_night() {
    let road = handling_as(MISSING_COVER)
        .then(minutes(10), Role::UnitStaff, dispute(Ground::Ownership))
        .then(minutes(10), Role::DutyChief, determine(joint()));
    let help = &road.case.state.filing().unwrap().help[0];
    assert_eq!(help.clock().unwrap().due, road.at + hours(2));
}
