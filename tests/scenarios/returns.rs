//! Returns (退单): the unit says that a case is not its own.

use std::collections::BTreeSet;
use std::time::Duration;

use duban_actors::case::clock::ClockName;
use duban_actors::case::command::{Decision, Ground, Opinion};
use duban_actors::case::explain::explain;
use duban_actors::case::returns::Form;
use duban_actors::case::supervision::{Order, OrderKind};
use duban_actors::case::{Command, Event, Refusal};
use duban_actors::context::Context;
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_rules::Sources;
use duban_rules::book::stages::FormRule;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity as _};
use duban_runtime::outbox::Claim;
use duban_tests::case_path::{
    CasePath, MISSING_COVER, MONDAY_9AM, Who, dispatch, dispatched, dispatched_as, file, give_back,
    handling, handling_as, hours, minutes, opinion, report, returning, reviewed, somebody, town,
};
use duban_tests::given::{MILLISECOND, given_case};
use duban_tests::{due, timers};

fn decide(decision: Decision) -> Command {
    Command::DecideReturn { decision, reason: "权属已核".into() }
}

fn returned() -> Command {
    give_back(Ground::Duty)
}

/// The same without the form.
fn formless(ground: Ground) -> Command {
    Command::Return { reason: "不是我单位".into(), ground, form: None }
}

fn recall() -> Command {
    Command::Recall { reason: "选错了单位".into() }
}

/// The desk looks at it at once, and the return is accepted ten minutes later.
fn accepted(road: CasePath) -> CasePath {
    road.then(Duration::ZERO, Role::Dispatcher, opinion(Opinion::Agree)).then(
        minutes(10),
        Role::DutyChief,
        decide(Decision::Accept),
    )
}

/// Dispatch to a unit that the handbook does not name.
fn dispatch_anyway(unit: &str) -> Command {
    let reason = Some("权属已核".to_owned());
    Command::Dispatch { unit: UnitId::new(unit), method: None, reason }
}

/// Where the deadline account of the case ends.
fn explained(road: &CasePath) -> Option<Timestamp> {
    explain(&road.case, road.at, town(), || None).account.map(|account| account.due.into())
}

#[test]
fn a_return_stops_the_units_clock_and_starts_the_reviewers() {
    assert_eq!(
        timers(&returning().case),
        ["return-review.1.0/100", "return-review.1.0/200", "return-review.1.0/75"]
    );
}

#[test]
fn a_refused_return_costs_the_unit_no_time() {
    let before = due(&returning().case).unwrap();
    let then = given_case(reviewed())
        .when(MONDAY_9AM + minutes(50), Role::DutyChief, &decide(Decision::Refuse))
        .then_stands(&["ReturnRefused"], "handling");
    assert_eq!(due(&then.state), Some(before + minutes(10)));
}

#[test]
fn a_return_never_stops_the_clock_of_an_urgent_case() {
    let before = due(&handling_as(MISSING_COVER).case);
    let asked = handling_as(MISSING_COVER).then(minutes(10), Role::UnitStaff, returned());
    assert_eq!(asked.case.state.stands_still(), None);
    assert!(timers(&asked.case).contains(&"handling.1.0/level-1".to_owned()));

    let refused = asked.then(minutes(10), Role::DutyChief, decide(Decision::Refuse));
    assert_eq!((due(&refused.case), explained(&refused)), (before, before));
    let again = refused.then(minutes(5), Role::UnitStaff, give_back(Ground::Boundary));
    assert!(timers(&again.case).contains(&"return-review.1.1/100".to_owned()), "another review");

    let accepted = accepted(again).then(minutes(5), Role::Dispatcher, dispatch("SW"));
    assert_eq!((due(&accepted.case), explained(&accepted)), (before, before));
}

#[test]
fn a_limit_that_runs_out_while_an_urgent_return_is_reviewed_is_told_as_any_other() {
    let asked = handling_as(MISSING_COVER).then(minutes(20), Role::UnitStaff, returned());
    let mut road = asked;
    while !road.case.state.is_overdue(road.at) {
        road = road.fires(MILLISECOND);
    }
    assert_eq!(road.case.state.name(), "returning");
    let orders = &road.case.state.filing().unwrap().orders;
    assert!(matches!(**orders, [Order { kind: OrderKind::Overdue, level: 1, .. }]), "{orders:?}");
}

#[test]
fn an_urgent_return_is_decided_or_told_of_within_a_quarter_of_an_hour() {
    // Eight in the evening, too late but for the duty chief, who enters it for the unit.
    let chief = somebody(Role::DutyChief).on_behalf_of("SW");
    let evening = handling_as(MISSING_COVER).asks(minutes(630), &chief, &returned()).unwrap();
    let timers = evening.case.timers();
    let review = timers.0.iter().find(|timer| timer.name == "return-review.1.0/100").unwrap();
    assert_eq!(review.due, evening.at + minutes(15));
}

#[test]
fn an_accepted_return_leads_to_another_unit_with_the_whole_limit() {
    given_case(reviewed())
        .when(MONDAY_9AM + minutes(50), Role::CentreHead, &decide(Decision::Accept))
        .then_stands(&["ReturnAccepted"], "awaiting-dispatch");
    let road = reviewed().then(minutes(10), Role::CentreHead, decide(Decision::Accept)).then(
        minutes(15),
        Role::Dispatcher,
        dispatch_anyway("DL"),
    );
    assert_eq!(road.case.state.assignment().unwrap().no, 2);
    assert_eq!(due(&road.case), Some(MONDAY_9AM + minutes(65) + hours(48)));
}

#[test]
fn a_unit_that_gets_a_case_again_goes_on_with_the_rest_of_its_limit() {
    let before = due(&returning().case).unwrap();
    let road = accepted(returning()).then(minutes(15), Role::Dispatcher, dispatch("SW"));
    // It stood still from 09:40, when the unit asked, until 10:05, when it had the case again.
    assert_eq!(due(&road.case), Some(before + minutes(25)));
    assert_eq!(road.case.state.name(), "dispatched");
    assert!(timers(&road.case).contains(&"receipt.2.0/100".to_owned()), "it signs for it again");
    assert_eq!(explained(&road), due(&road.case), "the account ends where the case is due");
}

#[test]
fn what_a_unit_had_left_is_remembered_while_others_have_the_case() {
    let before = due(&returning().case).unwrap();
    let desk = somebody(Role::Dispatcher).on_behalf_of("DL");
    let elsewhere = accepted(returning())
        .then(minutes(15), Role::Dispatcher, dispatch_anyway("DL"))
        .asks(minutes(5), &desk, &returned())
        .unwrap();
    let road = accepted(elsewhere).then(minutes(5), Role::Dispatcher, dispatch("SW"));
    assert_eq!(due(&road.case), Some(before + minutes(45)));
    assert_eq!(explained(&road), due(&road.case));
}

#[test]
fn a_step_that_was_told_before_a_return_is_not_told_after_it() {
    let warned = handling_as(MISSING_COVER).fires(Duration::ZERO);
    let chief = somebody(Role::DutyChief).on_behalf_of("SW");
    let road = warned.asks(minutes(1), &chief, &returned()).unwrap();
    let road = accepted(road).then(minutes(10), Role::Dispatcher, dispatch("SW"));
    let names = timers(&road.case);
    assert!(!names.contains(&"handling.2.0/warning".to_owned()), "{names:?}");
    assert!(
        !names.contains(&"handling.2.0/unread".to_owned()),
        "half the limit was over: {names:?}"
    );
    assert!(names.contains(&"handling.2.0/level-1".to_owned()), "{names:?}");
}

#[test]
fn a_unit_that_has_a_case_again_is_reminded_to_read_it() {
    let road = accepted(returning()).then(minutes(15), Role::Dispatcher, dispatch("SW"));
    assert!(timers(&road.case).contains(&"handling.2.0/unread".to_owned()));
}

#[test]
fn a_return_says_why_and_is_not_decided_by_the_unit() {
    let wordless = Command::Return { reason: String::new(), ground: Ground::Duty, form: None };
    given_case(dispatched())
        .when(MONDAY_9AM + minutes(20), Role::UnitStaff, &wordless)
        .then_refused(&Refusal::Common(Common::ReasonMissing));
    given_case(returning())
        .when(MONDAY_9AM + minutes(50), Role::UnitHead, &decide(Decision::Accept))
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::ReviewReturn }));
}

#[test]
fn a_return_comes_soon_after_receipt_or_by_leave() {
    // Received at 09:30: two working hours later it is 11:30.
    let until = MONDAY_9AM + minutes(150);
    let in_time = handling().asks(minutes(120), &somebody(Role::UnitStaff), &returned());
    assert_eq!(in_time.unwrap().case.state.name(), "returning");
    let late = handling().asks(minutes(121), &somebody(Role::UnitStaff), &returned());
    assert_eq!(late.unwrap_err(), Refusal::TooLateToReturn { until });
    let desk = somebody(Role::Dispatcher).on_behalf_of("SW");
    let entered = handling().asks(minutes(121), &desk, &returned());
    assert_eq!(entered.unwrap_err(), Refusal::TooLateToReturn { until }, "no leave of the desk's");
    let chief = somebody(Role::DutyChief).on_behalf_of("SW");
    let by_leave = handling().asks(minutes(121), &chief, &returned()).unwrap();
    assert_eq!(by_leave.case.state.name(), "returning");

    // Unsigned: two working hours after 10:15, when the receipt was due, it is 14:15.
    let unsigned = dispatched().asks(minutes(301), &somebody(Role::UnitStaff), &returned());
    let until = MONDAY_9AM + minutes(315);
    assert_eq!(unsigned.unwrap_err(), Refusal::TooLateToReturn { until });

    // An urgent case received at 09:30: half an hour.
    let urgent =
        handling_as(MISSING_COVER).asks(minutes(31), &somebody(Role::UnitStaff), &returned());
    assert_eq!(urgent.unwrap_err(), Refusal::TooLateToReturn { until: MONDAY_9AM + minutes(60) });
}

#[test]
fn whoever_is_at_work_has_signed_and_the_window_counts_from_there() {
    let started = dispatched().then(minutes(5), Role::UnitStaff, Command::Start);
    let late = started.asks(minutes(121), &somebody(Role::UnitStaff), &returned());
    let until = MONDAY_9AM + minutes(20 + 120);
    assert_eq!(late.unwrap_err(), Refusal::TooLateToReturn { until });
}

#[test]
fn the_desk_gives_its_opinion_and_the_chief_decides() {
    given_case(returning())
        .when(MONDAY_9AM + minutes(45), Role::DutyChief, &decide(Decision::Accept))
        .then_refused(&Refusal::OpinionMissing);
    given_case(returning())
        .when(MONDAY_9AM + minutes(45), Role::DutyChief, &opinion(Opinion::Agree))
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::FirstOpinion }));
    given_case(returning())
        .when(MONDAY_9AM + minutes(45), Role::Dispatcher, &opinion(Opinion::Disagree))
        .then_stands(&["OpinionGiven"], "returning");
    given_case(reviewed())
        .when(MONDAY_9AM + minutes(45), Role::Dispatcher, &opinion(Opinion::Disagree))
        .then_refused(&Refusal::OpinionGiven);
    given_case(reviewed())
        .when(MONDAY_9AM + minutes(45), Role::Dispatcher, &decide(Decision::Accept))
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::ReviewReturn }));
    given_case(reviewed())
        .when(MONDAY_9AM + minutes(45), Role::DutyChief, &decide(Decision::Accept))
        .then_stands(&["ReturnAccepted"], "awaiting-dispatch");
}

#[test]
fn a_slip_of_the_dispatchers_needs_neither_form_nor_opinion_but_the_chief() {
    let slip = handling().then(minutes(10), Role::UnitStaff, formless(Ground::Slip));
    given_case(slip)
        .when(MONDAY_9AM + minutes(45), Role::DutyChief, &decide(Decision::Accept))
        .then_stands(&["ReturnAccepted"], "awaiting-dispatch");
}

#[test]
fn the_unit_hears_that_its_return_was_accepted() {
    let road = accepted(returning());
    let event = road.events.last().unwrap();
    let effects = road.case.effects(event, town());
    let [Effect::Send(message)] = effects.as_slice() else { panic!("{effects:?}") };
    let Claim::Deliver(to, words) = road.case.claim(message, road.at, town()) else {
        panic!("it is withdrawn")
    };
    let roles: BTreeSet<&str> = to.iter().map(|one| one.role.as_str()).collect();
    assert_eq!(message.template, "return-accepted");
    assert_eq!(roles, BTreeSet::from(["dispatch-desk", "handling-office", "informant"]));
    let words: serde_json::Value = serde_json::from_str(&words).unwrap();
    assert_eq!((&words["unit_name"], &words["reason"]), (&"水务局".into(), &"权属已核".into()));
    assert_eq!(words["ground"], "非本单位职责");
}

#[test]
fn a_ground_serves_once() {
    let refused = reviewed().then(minutes(5), Role::DutyChief, decide(Decision::Refuse));
    given_case(refused.clone())
        .when(MONDAY_9AM + minutes(50), Role::UnitStaff, &returned())
        .then_refused(&Refusal::ReturnedOnThisGround);
    given_case(refused)
        .when(MONDAY_9AM + minutes(50), Role::UnitStaff, &give_back(Ground::Boundary))
        .then_stands(&["ReturnAsked"], "returning");
}

#[test]
fn a_form_that_is_asked_for_is_shown_as_missing_and_one_that_is_required_is_not_done_without() {
    let road = handling().then(minutes(10), Role::UnitStaff, formless(Ground::Duty));
    let asked = road.case.state.filing().unwrap().returns.last().unwrap();
    assert_eq!(asked.form, Form::Missing);

    let (mut book, _) = duban_rules::parse(&Sources::shipped());
    book.stages.returns.form = FormRule::Required;
    let cx = Context::new(book);
    let staff = somebody(Role::UnitStaff);
    let refused = handling().asks_under(&cx, minutes(10), &staff, &formless(Ground::Duty));
    assert_eq!(refused.unwrap_err(), Refusal::FormMissing);
    handling().asks_under(&cx, minutes(10), &staff, &returned()).unwrap();
    // An urgent case does not wait for a signature.
    let urgent = handling_as(MISSING_COVER);
    urgent.asks_under(&cx, minutes(10), &staff, &formless(Ground::Duty)).unwrap();
}

#[test]
fn a_form_may_follow_until_noon_of_the_next_working_day_and_is_told_of_when_it_does_not() {
    let noon = MONDAY_9AM + hours(27);
    let asked =
        handling_as(MISSING_COVER).then(minutes(10), Role::UnitStaff, formless(Ground::Duty));
    assert!(timers(&asked.case).contains(&"form.1.1/100".to_owned()));

    let added = Command::AddForm { form: "blob-5".into() };
    let signed = asked.clone().then(minutes(30), Role::UnitHead, added.clone());
    assert!(!timers(&signed.case).contains(&"form.1.1/100".to_owned()));
    let again = signed.asks(minutes(1), &somebody(Role::UnitHead), &added);
    assert_eq!(again.unwrap_err(), Refusal::NoFormAwaited);

    // The case goes to another unit; the form is still owed by the first.
    let elsewhere = accepted(asked).then(minutes(5), Role::Dispatcher, dispatch_anyway("DL"));
    let mut road = elsewhere;
    while road.at < noon {
        road = road.fires(Duration::ZERO);
    }
    assert_eq!(road.at, noon);
    let event = road
        .events
        .iter()
        .rfind(|event| matches!(event, Event::StepDecided(step) if step.clock == ClockName::Form));
    let effects = road.case.effects(event.unwrap(), town());
    let [Effect::Send(message)] = effects.as_slice() else { panic!("{effects:?}") };
    let Claim::Deliver(to, words) = road.case.claim(message, road.at, town()) else {
        panic!("it is withdrawn")
    };
    let words: serde_json::Value = serde_json::from_str(&words).unwrap();
    assert_eq!(
        (message.template.as_str(), &words["unit_name"]),
        ("return-form-missing", &"水务局".into())
    );
    assert!(to.iter().any(|one| one.role == "handling-office"));
    // Late is better than never, and then nobody is told any more.
    let late = road.then(minutes(1), Role::UnitStaff, added);
    assert!(matches!(late.case.claim(message, late.at, town()), Claim::Withdraw(_)));
}

#[test]
fn nobody_waits_for_the_form_of_what_came_to_nothing() {
    let waits = |road: &CasePath| timers(&road.case).iter().any(|name| name.starts_with("form."));
    let asked =
        handling_as(MISSING_COVER).then(minutes(10), Role::UnitStaff, formless(Ground::Duty));
    assert!(waits(&asked));
    let refuse =
        Command::DecideReturn { decision: Decision::Refuse, reason: "属本单位".into() };
    let refused = asked.clone().then(minutes(5), Role::DutyChief, refuse);
    assert!(!waits(&refused));
    let added = Command::AddForm { form: "blob-5".into() };
    let late = refused.asks(minutes(1), &somebody(Role::UnitHead), &added);
    assert_eq!(late.unwrap_err(), Refusal::NoFormAwaited);
    assert!(waits(&accepted(asked)), "what was granted without a signature wants it still");

    let disputed = Command::Dispute {
        ground: Ground::Ownership,
        reason: "属供电杆".into(),
        proposes: None,
        form: None,
    };
    let disputed = handling_as(MISSING_COVER).then(minutes(10), Role::UnitStaff, disputed);
    assert!(waits(&disputed));
    let back = Command::TakeBack { reason: "已查明".into() };
    assert!(!waits(&disputed.then(minutes(5), Role::UnitStaff, back)));
}

#[test]
fn a_dispatch_to_the_wrong_unit_is_recalled() {
    let recalled = dispatched().then(minutes(15), Role::Dispatcher, recall());
    assert_eq!(recalled.case.state.name(), "awaiting-dispatch");
    let effects = recalled.case.effects(recalled.events.last().unwrap(), town());
    let [Effect::Send(message)] = effects.as_slice() else { panic!("{effects:?}") };
    let Claim::Deliver(to, words) = recalled.case.claim(message, recalled.at, town()) else {
        panic!("it is withdrawn")
    };
    let words: serde_json::Value = serde_json::from_str(&words).unwrap();
    assert_eq!((message.template.as_str(), &words["unit_name"]), ("recalled", &"水务局".into()));
    assert!(to.iter().all(|one| one.role == "informant"));
    // The next unit, and the same one, has the whole limit.
    let again = recalled.then(minutes(5), Role::Dispatcher, dispatch("SW"));
    assert_eq!(due(&again.case), Some(again.at + hours(48)));
}

#[test]
fn a_dispatch_is_recalled_soon_before_receipt_and_by_whoever_dispatched() {
    let late = dispatched().asks(minutes(16), &somebody(Role::Dispatcher), &recall());
    let until = MONDAY_9AM + minutes(30);
    assert_eq!(late.unwrap_err(), Refusal::TooLateToRecall { until });
    let other = Who { by: "another".into(), ..somebody(Role::Dispatcher) };
    let foreign = dispatched().asks(minutes(5), &other, &recall());
    assert_eq!(foreign.unwrap_err(), Refusal::NotYourDispatch);
    let received = dispatched_as(MISSING_COVER).then(minutes(1), Role::UnitStaff, Command::Receive);
    let signed = received.asks(minutes(1), &somebody(Role::Dispatcher), &recall());
    assert_eq!(signed.unwrap_err(), Refusal::OutOfOrder { stands: "handling" });
}

/// Friday, 6 March, half past nine in the evening.
const FRIDAY_NIGHT: Timestamp = Timestamp::from_millis(1_772_803_800_000);

/// An urgent case of that night, given back at ten.
fn given_back_by_night() -> CasePath {
    let until_night = FRIDAY_NIGHT.since(MONDAY_9AM);
    let asked = CasePath::start()
        .then(until_night, Role::Collector, report())
        .then(Duration::ZERO, Role::Intake, file(MISSING_COVER))
        .then(Duration::ZERO, Role::Dispatcher, dispatch("SW"))
        .then(Duration::ZERO, Role::UnitStaff, Command::Receive);
    asked.then(minutes(30), Role::UnitStaff, formless(Ground::Duty))
}

#[test]
fn an_urgent_return_that_nobody_decides_by_night_is_told_of_and_the_ladder_goes_on() {
    let mut road = given_back_by_night();
    let known = road.events.len();
    while road.case.timers().soonest().is_some_and(|timer| timer.due <= FRIDAY_NIGHT + hours(6)) {
        road = road.fires(Duration::ZERO);
    }
    let steps: Vec<_> = road.events[known..]
        .iter()
        .filter_map(|event| {
            let Event::StepDecided(step) = event else { return None };
            (step.clock != ClockName::Reply).then(|| {
                (step.clock.as_str(), step.step.to_string(), step.due.since(FRIDAY_NIGHT).as_secs())
            })
        })
        .collect();
    let row = |clock, step: &str, seconds| (clock, step.to_owned(), seconds);
    assert_eq!(
        steps,
        [
            row("return-review", "75", 41 * 60 + 15),
            row("return-review", "100", 45 * 60),
            row("return-review", "200", 3_600),
            row("handling", "warning", 3_600),
            row("handling", "level-1", 2 * 3_600),
            row("handling", "level-2", 3 * 3_600),
            row("handling", "level-3", 6 * 3_600),
        ]
    );
}

#[test]
fn an_urgent_return_accepted_by_night_has_a_quarter_of_an_hour_until_the_next_dispatch() {
    let road = given_back_by_night().then(minutes(20), Role::DutyChief, decide(Decision::Accept));
    let timers = road.case.timers();
    let next = timers.0.iter().find(|timer| timer.name == "dispatch.0.1/100").unwrap();
    assert_eq!(next.due, FRIDAY_NIGHT + minutes(65));
    let road = road.then(minutes(10), Role::Dispatcher, dispatch_anyway("DL"));
    assert_eq!(due(&road.case), Some(road.at + hours(2)), "the whole limit");
}
