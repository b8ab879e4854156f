//! Mismatches (案情不符, article 21): a unit says that a case is not as reported, and a collector looks again.

use std::time::Duration;

use duban::labels::row::Row;
use duban_actors::case::application::{Begun, Wish};
use duban_actors::case::command::{Finding, Opinion, Ruling};
use duban_actors::case::supervision::{OrderKind, OrderStanding};
use duban_actors::case::{Case, Command, Event, Refusal, State, listing};
use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_rules::vocabulary::{CollectorId, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity, List};
use duban_runtime::outbox::Claim;
use duban_tests::case_path::{
    self, CasePath, MISSING_COVER, MONDAY_9AM, feedback, handling, handling_as, hours, minutes,
    mismatch, opinion, rechecked, refuted_again, ruling, somebody, town, validation, withdrawn,
};
use duban_tests::given::given_case;
use duban_tests::{due, timers};

fn stands_in(road: &CasePath) -> Vec<List> {
    road.case.listing().0.into_iter().map(|key| key.list).collect()
}

/// What is sent and told after the last event, by its template or its tell, and to which capacities.
fn follows(road: &CasePath) -> Vec<String> {
    let effects = road.case.effects(road.events.last().unwrap(), town());
    let word = |effect: Effect| match effect {
        Effect::Tell(tell) => format!("tells {}", tell.to.key),
        Effect::Send(message) => match road.case.claim(&message, road.at, town()) {
            Claim::Deliver(to, _) => {
                let mut to: Vec<String> = to.iter().map(|one| one.role.to_string()).collect();
                to.dedup();
                format!("{} to {}", message.template, to.join(", "))
            }
            Claim::Withdraw(why) => format!("{}: {why}", message.template),
        },
    };
    effects.into_iter().map(word).collect()
}

#[test]
fn what_is_not_so_is_withdrawn_and_counts_for_nobody() {
    let (unit, given) = (UnitId::new("SW"), due(&handling().case));
    let asked = rechecked();
    assert_eq!((asked.case.state.name(), asked.case.state.stands_still()), ("handling", None));
    assert_eq!(due(&asked.case), given, "the unit's clock runs on");
    let running = timers(&asked.case);
    // Two working hours for the look, four for the decision.
    for timer in ["handling.1.0/level-1", "application.1.1/100", "recheck.1.1/100"] {
        assert!(running.contains(&timer.to_owned()), "{timer} of {running:?}");
    }
    assert!(stands_in(&asked).contains(&listing::on_site_of(&case_path::collector())));
    assert!(stands_in(&asked).contains(&listing::begun_by(&unit)));

    let road = withdrawn();
    let State::Withdrawn(kept) = &road.case.state else { panic!("{}", road.case.state.name()) };
    assert_eq!((&kept.unit, kept.at), (&unit, road.at));
    assert_eq!(road.case.timers().0, []);
    assert_eq!(
        stands_in(&road),
        [listing::at_stage("withdrawn")],
        "no unit and nobody else has it"
    );
    assert_eq!(road.case.state.assignment(), None);
    assert_eq!(
        follows(&road),
        [
            "withdrawn to informant, handling-office, intake-desk, dispatch-desk",
            "withdrawn to reporter",
        ]
    );
}

#[test]
fn the_quota_of_extensions_hears_nothing_of_it() {
    for road in [rechecked(), taken_back(rechecked()), refused(refuted_again())] {
        let told = follows(&road);
        assert!(!told.contains(&"tells SW".to_owned()), "{told:?}");
    }
}

fn taken_back(road: CasePath) -> CasePath {
    road.then(minutes(1), Role::UnitStaff, Command::TakeBack { reason: "看错了".into() })
}

fn refused(road: CasePath) -> CasePath {
    road.then(minutes(1), Role::DutyChief, ruling(Ruling::Refuse))
}

#[test]
fn what_is_so_stays_with_the_unit_which_is_told_why() {
    let seen = rechecked().then(minutes(20), Role::Collector, validation(Finding::Confirmed)).then(
        minutes(1),
        Role::Dispatcher,
        opinion(Opinion::Agree),
    );
    given_case(seen.clone())
        .when(seen.at + minutes(1), Role::DutyChief, &ruling(Ruling::Grant))
        .then_refused(&Refusal::ItIsSo);
    let road = refused(seen);
    assert_eq!(road.case.state.name(), "handling");
    assert_eq!(due(&road.case), due(&handling().case));
    assert_eq!(follows(&road), ["application-result to informant, handling-office"]);
    // It may be said again, as any other thing may be asked.
    road.asks(minutes(1), &somebody(Role::UnitStaff), &mismatch()).unwrap();
}

#[test]
fn the_unit_hears_what_was_seen_again() {
    for (finding, word) in [(Finding::Confirmed, "属实"), (Finding::Refuted, "不属实")] {
        let road = rechecked().then(minutes(20), Role::Collector, validation(finding));
        let said = follows(&road);
        assert_eq!(said[1..], ["rechecked to informant, handling-office"], "{said:?}");
        let letter = road.case.effects(road.events.last().unwrap(), town()).into_iter();
        let letter = letter.filter_map(|effect| match effect {
            Effect::Send(message) => Some(message),
            Effect::Tell(_) => None,
        });
        let letter = letter.collect::<Vec<_>>().remove(0);
        let Claim::Deliver(_, words) = road.case.claim(&letter, road.at, town()) else {
            panic!("withdrawn")
        };
        let words: serde_json::Value = serde_json::from_str(&words).unwrap();
        assert_eq!((&words["finding"], &words["text"]), (&word.into(), &"现场".into()));
    }
    // A look before filing is nobody's but the desk's.
    let filed =
        case_path::validating().then(minutes(5), Role::Collector, validation(Finding::Confirmed));
    assert!(!follows(&filed).iter().any(|said| said.contains("rechecked")));
}

#[test]
fn whoever_is_sent_sees_by_when_to_look_again() {
    let road = rechecked();
    let task = road.case.state.task().unwrap();
    // Two working hours, with the desk's answer and the unit's work due later.
    assert_eq!(task.clock.due, road.at + hours(2));
    let row = |of: fn(&Case, Timestamp, &Context) -> Row| of(&road.case, road.at, town());
    assert_eq!(row(Row::of_task).stage_due, Some(task.clock.due));
    assert_ne!(row(Row::of).stage_due, Some(task.clock.due), "the stage is another's");
}

#[test]
fn nobody_decides_before_somebody_has_looked_again() {
    let asked = rechecked().then(minutes(1), Role::Dispatcher, opinion(Opinion::Agree));
    for given in [Ruling::Grant, Ruling::Refuse] {
        given_case(asked.clone())
            .when(asked.at + minutes(1), Role::DutyChief, &ruling(given))
            .then_refused(&Refusal::NotLookedAgain);
    }
    given_case(refuted_again())
        .when(refuted_again().at + minutes(1), Role::Collector, &validation(Finding::Refuted))
        .then_refused(&Refusal::OutOfOrder { stands: "handling" });
}

#[test]
fn the_desk_has_its_say_unless_the_case_is_urgent() {
    let looked_at = |road: CasePath| {
        road.then(minutes(1), Role::UnitStaff, mismatch()).then(
            minutes(1),
            Role::Collector,
            validation(Finding::Refuted),
        )
    };
    given_case(looked_at(handling()))
        .when(MONDAY_9AM + hours(1), Role::DutyChief, &ruling(Ruling::Grant))
        .then_refused(&Refusal::OpinionMissing);
    let urgent = looked_at(handling_as(MISSING_COVER));
    let road = urgent.then(minutes(1), Role::DutyChief, ruling(Ruling::Grant));
    assert_eq!(road.case.state.name(), "withdrawn");
}

#[test]
fn it_may_be_said_of_a_case_that_is_overdue_and_its_orders_are_settled() {
    let mut road = handling();
    while !road.case.state.filing().unwrap().orders.iter().any(|one| one.clock().is_some()) {
        road = road.fires(Duration::ZERO);
    }
    assert_eq!(road.case.state.filing().unwrap().orders[0].kind, OrderKind::Overdue);
    let road = road
        .then(minutes(1), Role::UnitStaff, mismatch())
        .then(minutes(1), Role::Collector, validation(Finding::Refuted))
        .then(minutes(1), Role::Dispatcher, opinion(Opinion::Agree))
        .then(minutes(1), Role::DutyChief, ruling(Ruling::Grant));
    let orders = &road.case.state.filing().unwrap().orders;
    assert_eq!(orders[0].standing, OrderStanding::Settled(road.at));
}

#[test]
fn a_look_that_is_not_needed_any_more_leaves_whoever_was_sent() {
    let collector = case_path::collector();
    let release = format!("tells {collector}");
    let back = taken_back(rechecked());
    assert_eq!(follows(&back), [release]);
    assert_eq!(back.case.state.task(), None);
    // Whoever feeds back has stopped saying that there is nothing to be done.
    let done = rechecked().then(minutes(5), Role::UnitStaff, feedback());
    let gave_up = |event: &&Event| {
        matches!(event, Event::TakenBack { wish: Some(Wish::Mismatch), carrier: Some(_), .. })
    };
    assert_eq!(done.events.iter().filter(gave_up).count(), 1);
    assert_eq!(done.case.state.name(), "verifying");
    assert_eq!(done.case.state.task().map(|task| task.no), Some(2), "the look at what was done");
}

#[test]
fn the_look_goes_to_the_next_of_the_grid_and_only_to_its_collectors() {
    let mut stranger = somebody(Role::Collector);
    stranger.speaks_for = Some("CJ-99".into());
    let seen = rechecked().asks(minutes(1), &stranger, &validation(Finding::Refuted));
    assert_eq!(seen.unwrap_err(), Refusal::NotOfThisGrid);
    let pass = Command::Reassign { task: 1, to: None, reason: "请假".into(), from: None };
    let road = rechecked().then(minutes(1), Role::DutyChief, pass);
    let (before, now) = (case_path::collector(), road.case.state.task().unwrap().collector.clone());
    assert!(now.as_ref().is_some_and(|id| *id != before), "{now:?}");
    assert!(follows(&road).contains(&format!("tells {before}")));
    let theirs = |id: &CollectorId| stands_in(&road).contains(&listing::on_site_of(id));
    assert!(theirs(&now.unwrap()) && !theirs(&before));
}

#[test]
fn what_is_said_not_to_be_so_or_is_to_wait_is_not_given_away_meanwhile() {
    let ground = duban_actors::case::command::Ground::Duty;
    let (back, dispute) = (case_path::give_back(ground), case_path::dispute(ground));
    for road in [rechecked(), refuted_again(), case_path::consent_wanted()] {
        let at = road.at + minutes(1);
        for command in [&back, &dispute] {
            given_case(road.clone())
                .when(at, Role::UnitStaff, command)
                .then_refused(&Refusal::ApplicationPending);
        }
    }
    // Taken back, it may be; and who asks for more time may give it back as before.
    for road in [taken_back(rechecked()), case_path::applied()] {
        let returning = road.then(minutes(1), Role::UnitStaff, back.clone());
        assert_eq!(returning.case.state.name(), "returning");
    }
}

#[test]
fn who_says_so_is_the_units_head() {
    let staff = somebody(Role::UnitStaff);
    let signed = |by: &str| Command::Apply {
        wish: Wish::Mismatch,
        reason: "现场没有破损".into(),
        form: None,
        signer: by.into(),
        begun: Begun::default(),
    };
    let refused = handling().asks(minutes(1), &staff, &signed("雷示例"));
    assert_eq!(refused.unwrap_err(), Refusal::NotTheHead);
    let late = case_path::verifying().asks(minutes(1), &staff, &mismatch());
    assert_eq!(late.unwrap_err(), Refusal::AfterFeedback);
}
