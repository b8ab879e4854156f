//! Meetings on site (现场确认, article 19): all concerned are called, and who stays away is bound all the same.

use std::time::Duration;

use duban_actors::case::command::{Decision, Determination, Ground};
use duban_actors::case::{Case, Command, Event, Refusal};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity};
use duban_runtime::outbox::{Claim, Message};
use duban_tests::case_path::{
    CasePath, MISSING_COVER, MONDAY_9AM, Who, call_meeting, determine, disputing, feedback,
    give_back, handling_as, hours, met, minutes, opinion, somebody, town,
};
use duban_tests::given::given_case;
use duban_tests::timers;

fn called(at: Timestamp, units: &[&str]) -> Command {
    let units = units.iter().map(|unit| UnitId::new(*unit)).collect();
    Command::CallSiteMeeting { at, place: Some("路口东北角".into()), units }
}

fn recorded(present: &[&str]) -> Command {
    let present = present.iter().map(|unit| UnitId::new(*unit)).collect();
    Command::RecordSiteMeeting { present, record: "现场已看".into(), photos: Vec::new() }
}

/// The messages that the last event sends.
fn sent(road: &CasePath) -> Vec<Message> {
    messages(road, road.events.last().unwrap())
}

fn messages(road: &CasePath, event: &Event) -> Vec<Message> {
    let effects = road.case.effects(event, town()).into_iter();
    effects
        .filter_map(|effect| if let Effect::Send(message) = effect { Some(message) } else { None })
        .collect()
}

fn words(case: &Case, message: &Message, at: Timestamp) -> serde_json::Value {
    match case.claim(message, at, town()) {
        Claim::Deliver(_, words) => serde_json::from_str(&words).unwrap(),
        Claim::Withdraw(why) => panic!("withdrawn: {why}"),
    }
}

/// Somebody of the power company.
fn power() -> Who {
    Who { speaks_for: Some("DL".into()), ..somebody(Role::UnitStaff) }
}

/// It asks for something.
fn asks(road: &CasePath, later: Duration, command: &Command) -> CasePath {
    road.asks(later, &power(), command).unwrap()
}

/// Found on Tuesday at 09:50 to be the power company's, which had stayed away.
fn found() -> CasePath {
    let finding = determine(Determination::MovesTo("DL".into()));
    met().then(minutes(5), Role::DutyChief, finding)
}

#[test]
fn a_unit_that_stays_away_is_bound_after_a_working_day() {
    let binding = MONDAY_9AM + hours(48) + minutes(50);
    let road = found();
    let heard = sent(&road);
    assert!(heard.iter().all(|message| message.template == "dispatched"), "{heard:?}");
    let found = road.events.iter().rfind(|event| matches!(event, Event::Determined(_))).unwrap();
    let told = road.case.effects(found, town());
    let [Effect::Send(_), Effect::Send(unheard)] = told.as_slice() else { panic!("{told:?}") };
    let unheard = words(&road.case, unheard, road.at);
    assert_eq!(unheard["unit_name"], "电力局");
    assert!(
        unheard["finding"].to_string().contains("2026-03-04 09:50 前可以退单方式书面答复"),
        "{unheard}"
    );
    assert!(timers(&road.case).iter().any(|name| name.starts_with("binding.")));
    // It is the unit's to do at once; a return in writing is still heard, long after others would be too late.
    let mut bound = asks(&road, minutes(10), &Command::Receive);
    assert_eq!(bound.case.state.unit(), Some(&UnitId::new("DL")));
    while bound.at < binding {
        bound = bound.fires(Duration::ZERO);
    }
    assert_eq!(bound.at, binding);
    let [message] = sent(&bound).try_into().unwrap();
    assert_eq!(message.template, "bound");
    assert_eq!(words(&bound.case, &message, bound.at)["unit_name"], "电力局");
    let returned = bound.asks(minutes(5), &power(), &give_back(Ground::Duty));
    assert_eq!(returned.unwrap_err(), Refusal::Bound);
}

#[test]
fn a_unit_that_stayed_away_answers_in_writing_and_is_bound_only_if_that_is_refused() {
    let received = asks(&found(), minutes(10), &Command::Receive);
    // 10:00 on Tuesday; two working hours later others would be too late.
    let answered = asks(&received, hours(23), &give_back(Ground::Duty));
    assert!(!timers(&answered.case).iter().any(|name| name.starts_with("binding.")));
    let why = || "现场照片为证".to_owned();
    let decide = |decision| Command::DecideReturn { decision, reason: why() };
    let agreed = opinion(duban_actors::case::command::Opinion::Agree);
    let reviewed = answered.then(minutes(5), Role::Dispatcher, agreed);
    let refused = reviewed.clone().then(minutes(5), Role::DutyChief, decide(Decision::Refuse));
    let at = reviewed.at + minutes(5);
    let again = refused.asks(minutes(5), &power(), &give_back(Ground::Boundary));
    assert_eq!(again.unwrap_err(), Refusal::Bound);
    given_case(reviewed)
        .when(at, Role::DutyChief, &decide(Decision::Accept))
        .then_stands(&["ReturnAccepted"], "awaiting-dispatch");
}

#[test]
fn a_unit_that_came_is_bound_at_once() {
    let road = disputing()
        .then(minutes(5), Role::Dispatcher, call_meeting())
        .then(hours(24), Role::DutyChief, recorded(&["SW", "DL"]))
        .then(minutes(5), Role::DutyChief, determine(Determination::MovesTo("DL".into())));
    let returned = road.asks(minutes(5), &power(), &give_back(Ground::Duty));
    assert_eq!(returned.unwrap_err(), Refusal::Bound);
}

#[test]
fn a_finding_is_not_recalled_as_a_slip() {
    let at = found().at + minutes(5);
    given_case(found())
        .when(at, Role::DutyChief, &Command::Recall { reason: "填错".into() })
        .then_refused(&Refusal::Bound);
}

#[test]
fn a_meeting_on_site_that_is_called_as_it_was_tells_nobody() {
    let called = disputing().then(minutes(5), Role::Dispatcher, call_meeting());
    given_case(called.clone())
        .when(called.at + minutes(5), Role::Dispatcher, &call_meeting())
        .then_refused(&Refusal::SiteMeetingUnchanged);
}

#[test]
fn all_concerned_are_called_to_the_place_and_hear_it_once_more_when_it_moves() {
    let first = disputing().then(minutes(5), Role::Dispatcher, call_meeting());
    let messages = sent(&first);
    assert_eq!(messages.len(), 2, "{messages:?}");
    let water = words(&first.case, &messages[0], first.at);
    assert_eq!(
        (&water["unit_name"], &water["meeting_at"]),
        (&"水务局".into(), &"2026-03-03 09:00".into())
    );
    assert_eq!(
        (&water["meeting_place"], &water["meeting_units"]),
        (&water["place"], &"水务局、电力局".into())
    );
    assert_eq!(words(&first.case, &messages[1], first.at)["unit_name"], "电力局");
    assert_eq!(water["appointment"]["sequence"], 1);

    let tuesday = MONDAY_9AM + hours(25);
    let moved =
        first.clone().then(minutes(5), Role::DutyChief, called(tuesday, &["DL", "DL", "SW"]));
    let again = sent(&moved);
    assert_eq!(again.len(), 2, "each is called once: {again:?}");
    let water = words(&moved.case, &again[0], moved.at);
    assert_eq!(
        (&water["meeting_place"], &water["appointment"]["sequence"]),
        (&"路口东北角".into(), &2.into())
    );
    assert_eq!(water["meeting_before"], "2026-03-03 09:00");
    // Who is not called any more hears that, too.
    let others = moved.clone().then(minutes(5), Role::DutyChief, called(tuesday, &["YL"]));
    let said = sent(&others);
    let templates: Vec<&str> = said.iter().map(|message| message.template.as_str()).collect();
    assert_eq!(templates, ["site-meeting", "site-meeting", "site-meeting-off"]);
    let off = words(&others.case, &said[2], others.at);
    assert_eq!(
        (&off["unit_name"], &off["meeting_at"]),
        (&"电力局".into(), &"2026-03-03 10:00".into())
    );
    let entry = &off["appointment"];
    assert_eq!((&entry["sequence"], &entry["standing"]), (&3.into(), &"off".into()));
    assert_eq!(entry["key"], water["appointment"]["key"]);
    assert_eq!(words(&others.case, &said[0], others.at)["meeting_before"], "");
    for message in &messages {
        let claim = moved.case.claim(message, moved.at, town());
        assert!(matches!(claim, Claim::Withdraw(_)), "{claim:?}");
    }
}

#[test]
fn a_case_says_when_and_where_they_meet_and_who_stayed_away() {
    let fact = |road: &CasePath| {
        let facts = duban::labels::history::facts(&road.case, town(), road.at);
        facts.into_iter().find(|(name, _)| *name == "现场会").map(|(_, words)| words)
    };
    assert_eq!(fact(&disputing()), None);
    let when = MONDAY_9AM + hours(24);
    let road = disputing().then(minutes(5), Role::Dispatcher, called(when, &["DL"]));
    let ahead = "2026-03-03 09:00,路口东北角,通知 水务局、电力局";
    assert_eq!(fact(&road).unwrap(), ahead);
    let held = road.then(hours(24), Role::Dispatcher, recorded(&["SW"]));
    assert_eq!(fact(&held).unwrap(), format!("{ahead};已召开,电力局 未到场"));
}

#[test]
fn a_meeting_lies_ahead_and_within_three_working_days_and_calls_others_that_there_are() {
    let when = MONDAY_9AM + minutes(45);
    let (tuesday, until) = (MONDAY_9AM + hours(24), MONDAY_9AM + hours(72) + minutes(40));
    // A working hour ahead, so that those who are called can come.
    let from = when + hours(1);
    let unfit = Refusal::MeetingAt { from, until };
    for (command, refusal) in [
        (called(MONDAY_9AM, &["DL"]), unfit.clone()),
        (called(when + minutes(10), &["DL"]), unfit.clone()),
        (called(from - minutes(1), &["DL"]), unfit.clone()),
        (called(until + minutes(1), &["DL"]), unfit),
        (called(tuesday, &[]), Refusal::MeetingUnits { most: 8 }),
        (called(tuesday, &["SW"]), Refusal::MeetingUnits { most: 8 }),
        (called(tuesday, &["XX"]), Refusal::UnknownUnit { unit: "XX".into() }),
        (recorded(&["SW"]), Refusal::NoMeetingCalled),
    ] {
        given_case(disputing()).when(when, Role::Dispatcher, &command).then_refused(&refusal);
    }
    given_case(disputing())
        .when(when, Role::UnitStaff, &call_meeting())
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Coordinate }));
    for fit in [from, until] {
        given_case(disputing())
            .when(when, Role::Dispatcher, &called(fit, &["DL"]))
            .then_stands(&["SiteMeetingCalled"], "disputing");
    }
}

#[test]
fn to_the_place_of_an_emergency_they_are_called_at_once() {
    let disputed = handling_as(MISSING_COVER).then(
        minutes(10),
        Role::UnitStaff,
        duban_tests::case_path::dispute(Ground::Ownership),
    );
    let when = disputed.at + minutes(1);
    given_case(disputed.clone())
        .when(when, Role::Dispatcher, &called(when + minutes(10), &["DL"]))
        .then_stands(&["SiteMeetingCalled"], "disputing");
    let answer = disputed.asks(minutes(1), &somebody(Role::Dispatcher), &called(when, &["DL"]));
    assert!(matches!(answer, Err(Refusal::MeetingAt { from, .. }) if from == when), "{answer:?}");
}

#[test]
fn whoever_was_called_hears_that_the_dispute_is_over_before_the_meeting() {
    let called_for = disputing().then(minutes(5), Role::Dispatcher, call_meeting());
    let invited = words(&called_for.case, &sent(&called_for)[0], called_for.at);
    let at_hand = || "已查明属本单位".to_owned();
    for (role, command) in [
        (Role::DutyChief, determine(Determination::Stays)),
        (Role::DutyChief, determine(Determination::MovesTo("YL".into()))),
        (Role::UnitStaff, Command::TakeBack { reason: at_hand() }),
        (Role::UnitStaff, feedback()),
    ] {
        let road = called_for.clone().then(minutes(5), role, command);
        let ends = |event: &&Event| matches!(event, Event::Determined(_) | Event::TakenBack { .. });
        let ended = road.events.iter().rfind(ends).unwrap();
        let off: Vec<Message> = messages(&road, ended)
            .into_iter()
            .filter(|message| message.template == "site-meeting-off")
            .collect();
        let told: Vec<serde_json::Value> =
            off.iter().map(|message| words(&road.case, message, road.at)).collect();
        let units: Vec<&str> = told.iter().map(|one| one["unit_name"].as_str().unwrap()).collect();
        assert_eq!(units, ["水务局", "电力局"]);
        for one in &told {
            assert_eq!(one["meeting_at"], "2026-03-03 09:00");
            let entry = &one["appointment"];
            assert_eq!(entry["key"], invited["appointment"]["key"]);
            assert_eq!((&entry["sequence"], &entry["standing"]), (&2.into(), &"off".into()));
        }
    }
}

#[test]
fn of_a_meeting_that_was_held_or_whose_hour_is_over_nobody_hears_that_it_is_not() {
    let found = determine(Determination::Stays);
    for road in [
        met().then(minutes(5), Role::DutyChief, found.clone()),
        disputing().then(minutes(5), Role::Dispatcher, call_meeting()).then(
            hours(24),
            Role::DutyChief,
            found,
        ),
    ] {
        let said = sent(&road);
        assert!(said.iter().all(|message| message.template != "site-meeting-off"), "{said:?}");
    }
}

#[test]
fn a_meeting_is_recorded_once_it_was_and_says_who_stayed_away() {
    let road = disputing().then(minutes(5), Role::Dispatcher, call_meeting());
    let tuesday = MONDAY_9AM + hours(24);
    given_case(road.clone())
        .when(tuesday - minutes(1), Role::Dispatcher, &recorded(&["SW"]))
        .then_refused(&Refusal::MeetingAhead { at: tuesday });
    given_case(road.clone())
        .when(tuesday, Role::Dispatcher, &recorded(&["YL"]))
        .then_refused(&Refusal::NotCalled { unit: "YL".into() });
    let held = road.then(hours(24), Role::Dispatcher, recorded(&["SW"]));
    let Some(Event::SiteMeetingHeld(said)) = held.events.last() else { panic!("{held:?}") };
    assert_eq!((&*said.present, &*said.absent), (&["SW".into()][..], &["DL".into()][..]));
    let at = held.at + minutes(1);
    given_case(held)
        .when(at, Role::Dispatcher, &recorded(&["SW"]))
        .then_refused(&Refusal::NoMeetingCalled);
}
