//! Leaves of a unit's people: who is away, from when until when, and who stands in (article 7).

use duban_actors::refusal::Common;
use duban_actors::role::Role;
use duban_actors::unit::{Command, Event, Refusal, Unit};
use duban_runtime::entity::Entity;
use duban_tests::case_path::town;
use duban_tests::given::{DAY, HOUR, MILLISECOND, MONDAY_8AM, given};
use duban_tests::laws::asked_for;

use crate::briefs::{DEPUTY, HEAD, UNIT, away, brief, established, leave, recipients};

#[test]
fn a_leave_names_people_of_the_unit_and_ends_in_the_future() {
    let taken = |name: &str, until, deputy: Option<&str>| {
        let command = Command::TakeLeave {
            name: name.into(),
            from: None,
            until,
            deputy: deputy.map(Into::into),
        };
        given::<Unit>(UNIT, &[established()]).when(MONDAY_8AM, Role::Operator, &command)
    };
    let until = MONDAY_8AM + DAY;
    taken(HEAD, until, None).then(&[leave(MONDAY_8AM, until)]);
    taken("无此人", until, None).then_refused(&Refusal::UnknownPerson { name: "无此人".into() });
    taken(HEAD, until, Some("无此人"))
        .then_refused(&Refusal::UnknownPerson { name: "无此人".into() });
    taken(HEAD, until, Some(HEAD)).then_refused(&Refusal::OwnDeputy { name: HEAD.into() });
    taken("孙示例", until, None).then_refused(&Refusal::NoDeputy { name: "孙示例".into() });
    taken(HEAD, MONDAY_8AM, None).then_refused(&Refusal::LeaveInThePast { until: MONDAY_8AM });
}

#[test]
fn a_unit_says_itself_who_is_away_and_another_unit_does_not() {
    let until = MONDAY_8AM + DAY;
    let command = Command::TakeLeave { name: HEAD.into(), from: None, until, deputy: None };
    given::<Unit>(UNIT, &[established()])
        .when_asked(&asked_for(MONDAY_8AM, (Role::UnitHead, "CG-ZF"), "zhou"), &command)
        .then(&[leave(MONDAY_8AM, until)]);
    given::<Unit>(UNIT, &[established()])
        .when_asked(&asked_for(MONDAY_8AM, (Role::UnitHead, "SW"), "qian"), &command)
        .then_refused(&Refusal::Common(Common::NotYourOwn));
}

#[test]
fn a_planned_leave_begins_and_ends_at_its_instants_and_others_of_the_same_person_stay() {
    let (monday, next_week) = (MONDAY_8AM, MONDAY_8AM + 7 * DAY);
    let take = |from, until| Command::TakeLeave {
        name: HEAD.into(),
        from: Some(from),
        until,
        deputy: None,
    };
    let planned = leave(next_week, next_week + 2 * DAY);
    let now = leave(monday, monday + 2 * HOUR);
    let unit = given::<Unit>(UNIT, &[established(), planned.clone()])
        .when(monday, Role::Operator, &take(monday, monday + 2 * HOUR))
        .then(std::slice::from_ref(&now));
    let told = |at| {
        let recipients = recipients(&unit.state, &brief(at, "2026-03-02"), at, town());
        recipients.first().map(|(_, name, _)| (*name).to_owned()).unwrap()
    };
    let turns = [
        (monday, DEPUTY),
        (monday + 2 * HOUR, HEAD),
        (next_week - MILLISECOND, HEAD),
        (next_week, DEPUTY),
        (next_week + 2 * DAY, HEAD),
    ];
    for (at, who) in turns {
        assert_eq!(told(at), who, "{at:?}");
    }
    // The one that ends next goes first, by its timer or by hand.
    let ended = [Event::LeaveEnded { name: HEAD.into() }];
    let both = || given::<Unit>(UNIT, &[established(), planned.clone(), now.clone()]);
    let early = leave(monday - 2 * HOUR, monday - HOUR);
    given::<Unit>(UNIT, &[established(), planned.clone(), early])
        .when_fired(monday - HOUR)
        .then(&ended);
    let left = both().when(monday, Role::Operator, &Command::EndLeave { name: HEAD.into() });
    let left = left.then(&ended).state;
    assert_eq!(left.timers().0.iter().filter(|timer| timer.due == next_week + 2 * DAY).count(), 1);
    // Whoever stays away longer is away in between, too.
    let running = leave(monday, monday + 3 * DAY);
    let longer = given::<Unit>(UNIT, &[established(), running])
        .when(monday, Role::Operator, &take(monday + 2 * DAY, monday + 9 * DAY))
        .then(&[leave(monday + 2 * DAY, monday + 9 * DAY)]);
    for at in [monday, monday + 2 * DAY, monday + 8 * DAY] {
        let told = recipients(&longer.state, &brief(at, "2026-03-02"), at, town());
        assert!(told.iter().all(|(_, name, _)| *name == DEPUTY), "{at:?}: {told:?}");
    }
    // What is said of the same days is said anew.
    let longer = given::<Unit>(UNIT, &[established(), planned.clone()])
        .when(monday, Role::Operator, &take(next_week - DAY, next_week + DAY))
        .then(&[leave(next_week - DAY, next_week + DAY)]);
    assert_eq!(longer.state.timers().0.iter().filter(|timer| timer.due > next_week).count(), 1);
    let backwards = Refusal::LeaveBackwards { from: next_week, until: next_week };
    let unit = || given::<Unit>(UNIT, &[established()]);
    unit().when(monday, Role::Operator, &take(next_week, next_week)).then_refused(&backwards);
    let many: Vec<Event> = std::iter::once(established())
        .chain((1..=4).map(|n| leave(monday + 7 * n * DAY, monday + (7 * n + 1) * DAY)))
        .collect();
    let too_many = Refusal::TooManyLeaves { name: HEAD.into(), most: 4 };
    let fifth = take(monday + 70 * DAY, monday + 71 * DAY);
    given::<Unit>(UNIT, &many).when(monday, Role::Operator, &fifth).then_refused(&too_many);
}

#[test]
fn whoever_is_away_is_shown_before_those_who_will_be_and_these_by_when_they_go() {
    let next_week = leave(MONDAY_8AM + 7 * DAY, MONDAY_8AM + 8 * DAY);
    let (tomorrow, now) = (MONDAY_8AM + DAY, leave(MONDAY_8AM, MONDAY_8AM + HOUR));
    let tomorrow = leave(tomorrow, tomorrow + HOUR);
    let view = given::<Unit>(UNIT, &[established(), next_week, tomorrow, now]).state.view();
    let begin: Vec<_> = view["leaves"].as_array().unwrap().iter().map(|one| &one["from"]).collect();
    let days = [0, 1, 7].map(|days| serde_json::to_value(MONDAY_8AM + days * DAY).unwrap());
    assert_eq!(begin, days.iter().collect::<Vec<_>>());
}

#[test]
fn a_leave_ends_by_itself_at_its_instant() {
    let until = MONDAY_8AM - HOUR;
    given::<Unit>(UNIT, &[established(), away(until)])
        .when_fired(until)
        .then(&[Event::LeaveEnded { name: HEAD.into() }]);
}
