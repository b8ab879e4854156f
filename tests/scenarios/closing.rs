//! Closing: article 18, and what counts as in time (article 26).

use duban_actors::case::command::{Outcome, Seen};
use duban_actors::case::event::Sight;
use duban_actors::case::{Command, Event, Refusal, Timeliness};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_tests::case_path::{
    CasePath, MISSING_COVER, MONDAY_9AM, Who, asked, awaiting_closing, closed, dispatch, feedback,
    filed, handling_as, hours, minutes, somebody, verify, verifying,
};
use duban_tests::given::given_case;
use duban_tests::{due, timeliness, timers};

fn fed_back_after(wait: u64) -> CasePath {
    // Received at 09:30, due at 11:15.
    handling_as(MISSING_COVER)
        .then(minutes(wait), Role::UnitStaff, feedback())
        .then(hours(3), Role::Collector, verify(Outcome::Passed))
        .then(hours(3), Role::DutyChief, Command::Close { waiver: None })
}

/// Passed at 10:30, as [`awaiting_closing`].
fn dispatched_by(who: &Who) -> CasePath {
    let dispatched = filed().asks(minutes(5), who, &dispatch("SW")).unwrap();
    dispatched
        .then(minutes(15), Role::UnitStaff, Command::Receive)
        .then(minutes(30), Role::UnitStaff, feedback())
        .then(minutes(30), Role::Collector, verify(Outcome::Passed))
}

/// The case after the same events, each `change`d to what was recorded before.
fn changed(path: CasePath, change: impl Fn(&mut Event)) -> CasePath {
    let mut events = path.events;
    events.iter_mut().for_each(change);
    CasePath::after(events)
}

#[test]
fn in_time_is_judged_by_the_feedback_and_not_by_the_closing() {
    assert_eq!(timeliness(&fed_back_after(105).case), Some(Timeliness::OnTime));
    assert_eq!(timeliness(&fed_back_after(106).case), Some(Timeliness::Late));
}

#[test]
fn only_the_duty_chief_closes() {
    given_case(awaiting_closing())
        .when(MONDAY_9AM + hours(2), Role::Dispatcher, &Command::Close { waiver: None })
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Close }));
}

#[test]
fn nothing_is_closed_before_it_is_verified() {
    given_case(verifying())
        .when(MONDAY_9AM + hours(2), Role::DutyChief, &Command::Close { waiver: None })
        .then_refused(&Refusal::OutOfOrder { stands: "verifying" });
}

#[test]
fn whoever_dispatched_it_closes_it_only_with_a_reason() {
    let dispatcher = Who { role: Role::DutyChief, ..somebody(Role::Dispatcher) };
    given_case(awaiting_closing())
        .when_asked(
            &asked(MONDAY_9AM + minutes(100), &dispatcher),
            &Command::Close { waiver: None },
        )
        .then_refused(&Refusal::SamePerson);
    let waiver = Some("夜间一人值班".to_owned());
    given_case(awaiting_closing())
        .when_asked(&asked(MONDAY_9AM + minutes(100), &dispatcher), &Command::Close { waiver })
        .then_stands(&["Closed"], "closed");
}

#[test]
fn two_persons_of_one_name_are_two() {
    let dispatcher = Who::of_the_centre(Role::Dispatcher, "wang.fang", "王芳");
    let other = Who::of_the_centre(Role::DutyChief, "wang.fang2", "王芳");
    given_case(dispatched_by(&dispatcher))
        .when_asked(&asked(MONDAY_9AM + minutes(100), &other), &Command::Close { waiver: None })
        .then_stands(&["Closed"], "closed");
    let herself = Who { role: Role::DutyChief, ..dispatcher.clone() };
    let renamed = Who { name: Some("王芳芳".to_owned()), ..herself.clone() };
    for same in [herself, renamed] {
        given_case(dispatched_by(&dispatcher))
            .when_asked(&asked(MONDAY_9AM + minutes(100), &same), &Command::Close { waiver: None })
            .then_refused(&Refusal::SamePerson);
    }
}

#[test]
fn whoever_waived_the_look_closes_only_with_a_reason() {
    let chief = Who::of_the_centre(Role::DutyChief, "wang.fang", "王芳");
    let namesake = Who::of_the_centre(Role::DutyChief, "wang.fang2", "王芳");
    let by_phone = Seen { waiver: Some("电话核实".into()), ..Seen::default() };
    let passed = Command::Verify { outcome: Outcome::Passed, seen: by_phone };
    let waived = verifying().asks(minutes(30), &chief, &passed).unwrap();
    let close = |path: &CasePath, who: &Who, waiver: Option<&str>| {
        let close = Command::Close { waiver: waiver.map(Into::into) };
        given_case(path.clone()).when_asked(&asked(path.at + minutes(10), who), &close)
    };
    close(&waived, &chief, None).then_refused(&Refusal::WaivedTheLook);
    close(&waived, &chief, Some(" ")).then_refused(&Refusal::WaivedTheLook);
    close(&waived, &chief, Some("夜间一人值班")).then_stands(&["Closed"], "closed");
    close(&waived, &namesake, None).then_stands(&["Closed"], "closed");

    // What they waived was another look than the one by which the case is closed.
    let why = Command::Rework { reason: "照片不符".into() };
    let looked_at = waived
        .then(minutes(10), Role::DutyChief, why)
        .then(minutes(30), Role::UnitStaff, feedback())
        .then(minutes(30), Role::Collector, verify(Outcome::Passed));
    close(&looked_at, &chief, None).then_stands(&["Closed"], "closed");
}

#[test]
fn a_record_of_before_that_names_whoever_closes_asks_for_the_reason() {
    let dispatched = changed(awaiting_closing(), |event| {
        if let Event::Dispatched(dispatched) = event {
            dispatched.by = "王芳".into();
        }
    });
    let waived = changed(awaiting_closing(), |event| {
        if let Event::Verified(verified) = event {
            let waiver = Some("电话核实".into());
            verified.sight = Sight { by: "王芳".into(), waiver, ..verified.sight.clone() };
        }
    });
    let namesake = Who::of_the_centre(Role::DutyChief, "wang.fang2", "王芳");
    let other = Who::of_the_centre(Role::DutyChief, "li.na", "李娜");
    for (before, refusal) in [(dispatched, Refusal::SamePerson), (waived, Refusal::WaivedTheLook)] {
        let close = |who: &Who| {
            let asked = asked(MONDAY_9AM + minutes(100), who);
            given_case(before.clone()).when_asked(&asked, &Command::Close { waiver: None })
        };
        close(&namesake).then_refused(&refusal);
        close(&other).then_stands(&["Closed"], "closed");
    }
}

#[test]
fn the_duty_chief_may_send_it_back_instead() {
    given_case(awaiting_closing())
        .when(
            MONDAY_9AM + minutes(100),
            Role::DutyChief,
            &Command::Rework { reason: "照片不符".into() },
        )
        .then_stands(&["Reworked"], "handling");
}

#[test]
fn sent_back_the_unit_goes_on_with_the_rest_of_its_limit() {
    let before = due(&awaiting_closing().case).unwrap();
    let why = Command::Rework { reason: "照片不符".into() };
    // Fed back at 10:00 and sent back at 10:40: those forty minutes were not the unit's.
    let road = awaiting_closing().then(minutes(10), Role::DutyChief, why);
    assert_eq!(due(&road.case), Some(before + minutes(40)));
}

#[test]
fn a_closed_case_wants_nothing_any_more() {
    assert!(timers(&closed().case).is_empty());
    given_case(closed())
        .when(MONDAY_9AM + hours(5), Role::DutyChief, &Command::Rework { reason: "再看".into() })
        .then_refused(&Refusal::OutOfOrder { stands: "closed" });
}
