//! Articles 10 and 17: collectors, their shifts and leaves, and the tasks they carry on site.

use duban_actors::case::{self, Case, CaseId};
use duban_actors::collector::{
    Carried, Collector, Command, Event, Hindrance, Refusal, TASKS_MAX, Task,
};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, Entity, Fired, Tell};
use duban_tests::given::{DAY, MONDAY_8AM, Then, When, given};
use duban_tests::laws::{asked, asked_for, laws};

const ID: &str = "CJ-01";
const BACK: Timestamp = Timestamp::from_millis(MONDAY_8AM.as_millis() + 3 * 86_400_000);

#[test]
fn an_appointed_collector_carries_the_task_a_case_entrusts() {
    entrust(&[appointed()], task("c1", 1)).then(&[Event::Entrusted(task("c1", 1))]).tells(&[]);
}

#[test]
fn a_collector_whom_the_rules_name_needs_no_appointment_first() {
    entrust(&[], task("c1", 1)).then(&[appointed(), Event::Entrusted(task("c1", 1))]);
}

#[test]
fn whoever_is_no_collector_passes_a_task_back_to_its_case() {
    given::<Collector>("CJ-99", &[])
        .when(MONDAY_8AM, Role::Entity, &Command::Entrust(task("c1", 1)))
        .then(&[passed_on("c1", Hindrance::NotAppointed)])
        .tells(&[reassign_from("CJ-99", "c1", Hindrance::NotAppointed)]);
    let dismissed = Event::Dismissed { reason: "离职".into() };
    entrust(&[appointed(), dismissed], task("c1", 1))
        .then(&[passed_on("c1", Hindrance::NotAppointed)]);
}

#[test]
fn a_collector_on_leave_passes_a_task_back_to_its_case() {
    entrust(&[appointed(), Event::LeaveTaken { until: BACK }], task("c1", 1))
        .then(&[passed_on("c1", Hindrance::OnLeave)])
        .tells(&[reassign("c1", Hindrance::OnLeave)]);
}

#[test]
fn tasks_carried_when_a_leave_begins_go_to_others() {
    let carrying = [appointed(), Event::Entrusted(task("c1", 1)), Event::Entrusted(task("c2", 1))];
    let then = given::<Collector>(ID, &carrying)
        .when_asked(&own(), &Command::TakeLeave { until: BACK })
        .then(&[
            Event::LeaveTaken { until: BACK },
            passed_on("c1", Hindrance::OnLeave),
            passed_on("c2", Hindrance::OnLeave),
        ])
        .tells(&[reassign("c1", Hindrance::OnLeave), reassign("c2", Hindrance::OnLeave)]);
    assert!(tasks(&then).is_empty());
}

#[test]
fn a_leave_ends_by_itself_at_its_instant_and_the_shift_does_not_begin_by_itself() {
    let then = given::<Collector>(ID, &[appointed(), Event::LeaveTaken { until: BACK }])
        .when_fired(BACK)
        .then(&[Event::LeaveEnded]);
    assert_eq!(then.state.standing.name(), "off-duty");
}

#[test]
fn a_task_of_a_case_that_is_carried_already_is_replaced() {
    let then = entrust(&[appointed(), Event::Entrusted(task("c1", 1))], task("c1", 2))
        .then(&[Event::Entrusted(task("c1", 2))]);
    assert_eq!(tasks(&then), [Carried { case: CaseId("c1".into()), task: 2 }]);
}

#[test]
fn one_collector_carries_no_more_than_the_bound() {
    let mut events = vec![appointed()];
    events.extend((0..TASKS_MAX).map(|n| Event::Entrusted(task(&format!("c{n}"), 1))));
    entrust(&events, task("one-more", 1))
        .then(&[passed_on("one-more", Hindrance::TooMany)])
        .tells(&[reassign("one-more", Hindrance::TooMany)]);
    entrust(&events, task("c0", 2)).then(&[Event::Entrusted(task("c0", 2))]);
}

#[test]
fn as_many_tasks_as_one_can_carry_are_written_in_a_kilobyte() {
    let case = |n: usize| CaseId::from_intake("test", &n.to_string());
    let mut events = vec![appointed()];
    events.extend(
        (0..TASKS_MAX).map(|n| {
            Event::Entrusted(Task { case: case(n), task: 1, place: None, due: MONDAY_8AM })
        }),
    );
    let bytes = given::<Collector>(ID, &events).state.to_stored().len();
    assert!(bytes <= 1_024, "{bytes} bytes");
}

#[test]
fn released_twice_is_released_and_never_a_dead_letter() {
    let released = Event::Released { case: CaseId("c1".into()) };
    let release = Command::Release { case: CaseId("c1".into()) };
    let histories = [
        vec![],
        vec![appointed()],
        vec![appointed(), Event::Entrusted(task("c1", 1))],
        vec![appointed(), Event::LeaveTaken { until: BACK }],
    ];
    for history in histories {
        let then = given::<Collector>(ID, &history)
            .when(MONDAY_8AM, Role::Entity, &release)
            .then(std::slice::from_ref(&released));
        assert!(then.state.standing.round().is_none_or(|r| r.tasks.is_empty()));
    }
}

#[test]
fn a_collector_speaks_for_nobody_else() {
    let refusal = Refusal::Common(Common::NotYourOwn);
    given::<Collector>(ID, &[appointed()])
        .when_asked(&asked_for(MONDAY_8AM, (Role::Collector, "CJ-02"), "caiji2"), &Command::SignOn)
        .then_refused(&refusal);
    given::<Collector>(ID, &[appointed()])
        .when(MONDAY_8AM, Role::DutyChief, &Command::SignOn)
        .then(&[Event::SignedOn]);
    given::<Collector>(ID, &[])
        .when_asked(&own(), &Command::Appoint)
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Administer }));
}

#[test]
fn whom_the_rules_post_nowhere_is_no_collector_and_nobody_else_says_where() {
    let appoint = |id, events: &[Event]| {
        given::<Collector>(id, events).when(MONDAY_8AM, Role::Operator, &Command::Appoint)
    };
    appoint(ID, &[]).then(&[appointed()]);
    appoint(ID, &[appointed()]).then_refused(&Refusal::AlreadyAppointed);
    appoint("CJ-99", &[]).then_refused(&Refusal::NotInRules);
    let dismissed = Event::Dismissed { reason: "离职".into() };
    appoint(ID, &[appointed(), dismissed]).then(&[appointed()]);
}

#[test]
fn grids_that_whoever_appointed_a_collector_once_named_change_nothing() {
    let named = |grid: &str| Event::Appointed { grids: vec![grid.into()] };
    let before = given::<Collector>(ID, &[named("JD-09"), Event::SignedOn, named("JD-08")]);
    assert_eq!(before.state, given::<Collector>(ID, &[appointed(), Event::SignedOn]).state);
}

#[test]
fn a_leave_ends_after_it_begins() {
    let past = Refusal::LeaveInThePast { until: MONDAY_8AM };
    given::<Collector>(ID, &[appointed()])
        .when_asked(&own(), &Command::TakeLeave { until: MONDAY_8AM })
        .then_refused(&past);
}

#[test]
fn the_laws_of_entities_hold_for_the_collector() {
    let leave = Event::LeaveTaken { until: BACK };
    let state = |events: &[Event]| (ID, given::<Collector>(ID, events).state);
    let dismissed = Event::Dismissed { reason: "离职".into() };
    let standings = [
        ("unknown", state(&[])),
        ("off duty", state(&[appointed()])),
        ("on duty", state(&[appointed(), Event::SignedOn, Event::Entrusted(task("c1", 1))])),
        ("on leave", state(&[appointed(), leave])),
        ("dismissed", state(&[appointed(), dismissed])),
    ];
    let (operator, case) =
        (asked(MONDAY_8AM, Role::Operator, "op"), asked(MONDAY_8AM, Role::Entity, "case"));
    let leaves = |due| (BACK, Fired { name: "leave-ends".into(), due });
    let reason = "离职".to_owned();
    let commands = [
        ("Appoint", operator.clone(), Command::Appoint),
        ("Dismiss", operator.clone(), Command::Dismiss { reason }),
        ("Dismiss, no reason", operator, Command::Dismiss { reason: String::new() }),
        ("SignOn", own(), Command::SignOn),
        ("SignOff", own(), Command::SignOff),
        ("TakeLeave", own(), Command::TakeLeave { until: BACK }),
        ("EndLeave", own(), Command::EndLeave),
        ("Entrust", case.clone(), Command::Entrust(task("c2", 1))),
        ("Entrust (person)", own(), Command::Entrust(task("c2", 1))),
        ("Release", case, Command::Release { case: CaseId("c1".into()) }),
    ];
    let timers = [("Fired", leaves(BACK)), ("Fired, stale", leaves(MONDAY_8AM))];
    laws(&standings, &commands, &timers, (11, &every_event()));
}

/// One of each form.
fn every_event() -> Vec<Event> {
    vec![
        appointed(),
        Event::Dismissed { reason: "离职".into() },
        Event::SignedOn,
        Event::SignedOff,
        Event::LeaveTaken { until: BACK },
        Event::LeaveEnded,
        Event::Entrusted(task("c1", 1)),
        passed_on("c1", Hindrance::OnLeave),
        passed_on("c1", Hindrance::NotAppointed),
        passed_on("c1", Hindrance::TooMany),
        Event::Released { case: CaseId("c1".into()) },
    ]
}

#[track_caller]
fn entrust(history: &[Event], task: Task) -> When<Collector> {
    given::<Collector>(ID, history).when(MONDAY_8AM, Role::Entity, &Command::Entrust(task))
}

fn tasks(then: &Then<Collector>) -> Vec<Carried> {
    then.state.standing.round().unwrap().tasks.clone()
}

fn own() -> Asked {
    asked_for(MONDAY_8AM, (Role::Collector, ID), "caiji1")
}

fn appointed() -> Event {
    Event::Appointed { grids: Vec::new() }
}

fn task(case: &str, task: u16) -> Task {
    Task { case: CaseId(case.into()), task, place: None, due: MONDAY_8AM + DAY }
}

fn passed_on(case: &str, reason: Hindrance) -> Event {
    Event::PassedOn { case: CaseId(case.into()), task: 1, reason }
}

fn reassign(case: &str, reason: Hindrance) -> Tell {
    reassign_from(ID, case, reason)
}

fn reassign_from(collector: &str, case: &str, reason: Hindrance) -> Tell {
    let reason = reason.chinese().to_owned();
    let from = Some(collector.into());
    Tell::new::<Case>(case, &case::Command::Reassign { task: 1, to: None, reason, from })
}
