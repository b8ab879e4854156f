//! Extensions (延期, articles 21 and 27): a unit asks for more time, signed by its head, and chief or head decides.

use std::time::Duration;

use duban_actors::case::application::{Begun, Wish};
use duban_actors::case::clock::ClockName;
use duban_actors::case::command::{Determination, Ground, Opinion, Outcome, Ruling};
use duban_actors::case::explain::explain;
use duban_actors::case::note::Note;
use duban_actors::case::supervision::OrderStanding;
use duban_actors::case::{Case, Command, Event, Refusal, State, Timeliness};
use duban_actors::context::Context;
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_rules::Sources;
use duban_rules::vocabulary::{LimitUnit, Recipient, TimeLimit, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity};
use duban_runtime::outbox::Claim;
use duban_tests::case_path::{
    CasePath, LOOSE_COVER, MISSING_COVER, MONDAY_9AM, application_reviewed, applied,
    awaiting_closing, determine, dispatch, disputing, extension, feedback, file, handling,
    handling_as, hours, minutes, opinion, report, reserved, reviewed, ruling, somebody, town,
    verify, verifying,
};
use duban_tests::given::{MILLISECOND, given_case};
use duban_tests::{due, timers};

use crate::notices::town_while_away;

/// An hour and a minute of a day of March.
pub(crate) fn march(day: u64, hour: u64, minute: u64) -> Timestamp {
    MONDAY_9AM + hours((day - 2) * 24 + hour) - hours(9) + minutes(minute)
}

fn days(thousandths: i64) -> TimeLimit {
    TimeLimit::new(thousandths, LimitUnit::WorkDay)
}

/// Two working days of the water bureau from Tuesday at nine, signed for ten minutes later.
fn from_tuesday() -> CasePath {
    CasePath::start()
        .then(Duration::ZERO, Role::Collector, report())
        .then(Duration::ZERO, Role::Intake, file(LOOSE_COVER))
        .then(hours(24), Role::Dispatcher, dispatch("SW"))
        .then(minutes(10), Role::UnitStaff, Command::Receive)
}

/// Every timer up to an instant, each at its own.
pub(crate) fn up_to(mut road: CasePath, at: Timestamp) -> CasePath {
    while road.case.timers().soonest().is_some_and(|timer| timer.due <= at) {
        road = road.fires(Duration::ZERO);
    }
    road
}

/// What somebody does at an instant, after every timer until then.
pub(crate) fn at(road: CasePath, instant: Timestamp, role: Role, command: Command) -> CasePath {
    let road = up_to(road, instant);
    let later = instant.since(road.at);
    road.then(later, role, command)
}

/// Asked on Thursday at a quarter to nine, when the case was due at nine.
fn asked_on_thursday() -> CasePath {
    reserved(at(from_tuesday(), march(5, 8, 45), Role::UnitStaff, extension("1")))
}

/// The steps of the unit's clock decided since so many events: step, revision, instant.
fn steps_since(road: &CasePath, known: usize) -> Vec<(String, u16, Timestamp)> {
    let step = |event: &Event| {
        let Event::StepDecided(step) = event else { return None };
        let is_handling = step.clock == ClockName::Handling;
        is_handling.then(|| (step.step.to_string(), step.revision, step.due))
    };
    road.events.iter().skip(known).filter_map(step).collect()
}

fn explained(road: &CasePath) -> Option<Timestamp> {
    explain(&road.case, road.at, town(), || None).account.map(|account| account.due.into())
}

fn standing(case: &Case, order: u16) -> &OrderStanding {
    let mut orders = case.state.filing().unwrap().orders.iter();
    &orders.find(|one| one.no == order).unwrap().standing
}

/// The last event that was granted.
fn granted(road: &CasePath) -> &duban_actors::case::event::Extended {
    let found =
        road.events.iter().rev().find_map(|event| {
            if let Event::Extended(granted) = event { Some(granted) } else { None }
        });
    found.unwrap()
}

/// What is said of the last event: the template, to whom, in which words.
fn said(road: &CasePath) -> (String, Vec<String>, serde_json::Value) {
    let event = road.events.last().unwrap();
    let effects = road.case.effects(event, town());
    let mut sent = effects.into_iter().filter_map(|effect| match effect {
        Effect::Send(message) => Some(message),
        Effect::Tell(_) => None,
    });
    let message = sent.next().unwrap();
    assert_eq!(sent.next(), None, "one message");
    let Claim::Deliver(people, words) = road.case.claim(&message, road.at, town()) else {
        panic!("it is withdrawn")
    };
    let mut names: Vec<String> = people.iter().map(|one| one.name.to_string()).collect();
    names.dedup();
    (message.template.to_string(), names, serde_json::from_str(&words).unwrap())
}

/// What a case says of how it stands, under this heading.
fn fact(road: &CasePath, heading: &str) -> Option<String> {
    let facts = duban::labels::history::facts(&road.case, town(), road.at);
    facts.into_iter().find(|(name, _)| *name == heading).map(|(_, words)| words)
}

#[test]
fn a_case_says_what_its_unit_has_applied_for_and_until_when_it_is_decided() {
    assert_eq!(fact(&handling(), "申请"), None);
    let waits =
        "延期 1工作日,2026-03-02 09:40 提出,待初审,审核截止 2026-03-02 15:40:00(还有 6小时0分钟)";
    assert_eq!(fact(&applied(), "申请").unwrap(), waits);
    let looked_at = fact(&application_reviewed(), "申请").unwrap();
    assert!(looked_at.contains("提出,初审同意,待审核,"), "{looked_at}");
    let full =
        fact(&duban_tests::case_path::used_up(duban_tests::case_path::asked_for_more()), "申请");
    assert!(full.unwrap().ends_with("本月名额已满(可延期 2 件,已用 2 件),超出的由中心主任决定"));
    let granted = application_reviewed().then(minutes(5), Role::DutyChief, ruling(Ruling::Grant));
    assert_eq!(fact(&granted, "申请"), None);
}

#[test]
fn an_approved_extension_moves_due_and_steps_and_takes_back_what_was_said() {
    let asked = asked_on_thursday();
    let pending = asked.case.state.assignment().unwrap().application.pending().unwrap();
    assert_eq!((pending.wish, pending.clock.due), (Wish::Extension(days(1_000)), march(5, 14, 45)));
    let overdue = up_to(asked, march(5, 9, 0));
    let warned = vec![
        ("warning".to_owned(), 0, march(4, 14, 30)),
        ("level-1".to_owned(), 0, march(5, 9, 0)),
    ];
    assert_eq!(steps_since(&overdue, 0), warned);
    let reply = Command::ReplySupervision { order: 1, text: "延期待批".into() };
    let answered = at(overdue, march(5, 9, 30), Role::UnitStaff, reply);
    assert!(matches!(standing(&answered.case, 1), OrderStanding::Answered(_)));
    let looked_at = at(answered, march(5, 10, 0), Role::Dispatcher, opinion(Opinion::Agree));
    let road = at(looked_at, march(5, 11, 0), Role::DutyChief, ruling(Ruling::Grant));

    let held = road.case.state.assignment().unwrap();
    assert_eq!(
        (held.due, held.revision, held.extension),
        (Some(march(6, 9, 0)), 1, Some(days(1_000)))
    );
    assert_eq!(explained(&road), held.due, "the account says the same");
    let rescinded: Vec<&str> =
        granted(&road).moved.rescinded.iter().map(|s| s.code.as_str()).collect();
    assert_eq!(rescinded, ["level-1"], "three quarters of three days were over at 10:45");
    assert_eq!(*standing(&road.case, 1), OrderStanding::Settled(march(5, 11, 0)));
    let (template, names, words) = said(&road);
    assert_eq!(template, "application-result");
    assert_eq!(
        names,
        ["岑示例", "薛示例", "雷示例", "谈示例", "宋示例"],
        "whoever had heard of level 1 is told once, and the desk that waits for the reply"
    );
    assert!(words["orders_settled"].as_str().unwrap().ends_with("-督1"), "{words}");
    let told = |name: &str| words[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        ["finding", "asked_for", "due_before", "due", "reason"].map(told),
        ["同意", "1工作日", "2026-03-05 09:00", "2026-03-06 09:00", "情况属实"]
    );

    let known = road.events.len();
    let after = up_to(road.clone(), march(11, 9, 0));
    let row = |step: &str, due| (step.to_owned(), 1, due);
    assert_eq!(
        steps_since(&after, known),
        [
            row("level-1", march(6, 9, 0)),
            row("level-2", march(9, 9, 0)),
            row("level-3", march(11, 9, 0)),
        ],
        "after the due instant the limit alone counts"
    );

    let staff = somebody(Role::UnitStaff);
    let more = road.asks(minutes(10), &staff, &extension("1.5"));
    assert_eq!(more.unwrap_err(), Refusal::ExtensionTooLong { most: days(1_000) });
    let again = reserved(road.then(minutes(10), Role::UnitStaff, extension("1")))
        .then(minutes(10), Role::Dispatcher, opinion(Opinion::Disagree))
        .then(minutes(10), Role::DutyChief, ruling(Ruling::Grant));
    let held = again.case.state.assignment().unwrap();
    assert_eq!((held.due, held.revision), (Some(march(9, 9, 0)), 2));
    let third = again.asks(minutes(10), &staff, &extension("0.5"));
    assert_eq!(third.unwrap_err(), Refusal::ExtensionTooLong { most: days(0) });
}

#[test]
fn whoever_waits_for_no_answer_takes_nothing_back() {
    let back = || Command::TakeBack { reason: "不必了".into() };
    let staff = somebody(Role::UnitStaff);
    for road in [handling(), verifying(), awaiting_closing(), reviewed()] {
        let refused = road.asks(minutes(1), &staff, &back()).unwrap_err();
        assert_eq!(refused, Refusal::NothingApplied, "{}", road.case.state.name());
    }
}

#[test]
fn whoever_heard_that_an_order_has_risen_hears_that_it_is_settled() {
    // Nobody answers the order of nine o'clock: at ten it is of the second level.
    let risen = up_to(asked_on_thursday(), march(5, 10, 0));
    assert_eq!(risen.case.state.filing().unwrap().orders[0].level, 2);
    let looked_at = at(risen, march(5, 10, 30), Role::Dispatcher, opinion(Opinion::Agree));
    let road = at(looked_at, march(5, 11, 0), Role::DutyChief, ruling(Ruling::Grant));
    assert!(matches!(standing(&road.case, 1), OrderStanding::Settled(_)));
    let told = &granted(&road).moved.tell;
    for role in [Recipient::DeputyHead, Recipient::UnitHead, Recipient::DutyChief] {
        assert!(told.contains(&role), "{role:?} of {told:?}");
    }
    assert!(!timers(&road.case).iter().any(|timer| timer.starts_with("reply")));
}

#[test]
fn extensions_together_never_exceed_the_limit() {
    let staff = somebody(Role::UnitStaff);
    let asks = |road: &CasePath, days: &str| road.asks(minutes(1), &staff, &extension(days)).err();
    let too_long = |thousandths| Some(Refusal::ExtensionTooLong { most: days(thousandths) });
    assert_eq!(asks(&handling(), "2"), None);
    assert_eq!(asks(&handling(), "2.001"), too_long(2_000));
    assert_eq!(asks(&handling(), "0"), too_long(2_000), "nothing is no extension");
    let grant = |road: CasePath, days: &str| {
        reserved(road.then(minutes(1), Role::UnitStaff, extension(days)))
            .then(minutes(1), Role::Dispatcher, opinion(Opinion::Agree))
            .then(minutes(1), Role::DutyChief, ruling(Ruling::Grant))
    };
    let some = grant(handling(), "0.75");
    assert_eq!(asks(&some, "1.251"), too_long(1_250));
    assert_eq!(asks(&grant(some, "1.25"), "0.001"), too_long(0));
    // An extension is counted as the limit is.
    let hours = Command::Apply {
        wish: Wish::Extension("4工作时".parse().unwrap()),
        reason: "配件未到".into(),
        form: Some("blob-4".into()),
        signer: "贺示例".into(),
        begun: Begun::default(),
    };
    let other = handling().asks(minutes(1), &staff, &hours);
    assert_eq!(other.unwrap_err(), Refusal::OtherUnitOfTime { unit: LimitUnit::WorkDay });
    // A county may grant less.
    let half = Sources::shipped().with("extension.toml", "most_percent = 50\n");
    let half = Context::new(duban_rules::parse(&half).0);
    let most = handling().asks_under(&half, minutes(1), &staff, &extension("1.5"));
    assert_eq!(most.unwrap_err(), Refusal::ExtensionTooLong { most: days(1_000) });
}

#[test]
fn an_application_stops_no_clock() {
    let given = due(&handling().case);
    let road = applied();
    assert_eq!((road.case.state.name(), road.case.state.stands_still()), ("handling", None));
    assert_eq!(due(&road.case), given);
    let running = timers(&road.case);
    for timer in ["handling.1.0/level-1", "application.1.1/100"] {
        assert!(running.contains(&timer.to_owned()), "{timer} of {running:?}");
    }
    // The unit goes on with its work; fed back late, it was in time by what is granted afterwards.
    let late = up_to(asked_on_thursday(), march(5, 9, 0));
    let late = at(late, march(5, 9, 20), Role::UnitStaff, feedback());
    let passed = at(late, march(5, 9, 40), Role::Collector, verify(Outcome::Passed));
    given_case(passed.clone())
        .when(march(5, 9, 45), Role::DutyChief, &Command::Close { waiver: None })
        .then_refused(&Refusal::ApplicationPending);
    let looked_at = at(passed, march(5, 9, 50), Role::Dispatcher, opinion(Opinion::Agree));
    let closed = |ruled: Ruling| {
        let road = at(looked_at.clone(), march(5, 9, 55), Role::CentreHead, ruling(ruled));
        let road = at(road, march(5, 10, 0), Role::DutyChief, Command::Close { waiver: None });
        let State::Closed(closed) = road.case.state else { panic!("{}", road.case.state.name()) };
        closed.timeliness
    };
    assert_eq!(
        (closed(Ruling::Grant), closed(Ruling::Refuse)),
        (Timeliness::OnTime, Timeliness::Late)
    );
}

#[test]
fn an_application_that_nobody_decides_is_told_of_with_the_instant_at_which_its_decision_was_due() {
    let asked = reserved(at(from_tuesday(), march(3, 9, 30), Role::UnitStaff, extension("1")));
    // Four working hours: three quarters of them, all of them, twice as many.
    for (instant, overdue) in [
        (march(3, 14, 30), None),
        (march(3, 15, 30), None),
        (march(4, 10, 30), Some("19小时0分钟")),
    ] {
        let (template, _, words) = said(&up_to(asked.clone(), instant));
        assert_eq!(template, "stage-late");
        assert_eq!((&words["stage"], &words["limit"]), (&"申请审核".into(), &"4工作时".into()));
        assert_eq!(words["due"], "2026-03-03 15:30", "{words}");
        assert_eq!(words["overdue_by"].as_str(), overdue, "{words}");
    }
}

#[test]
fn a_unit_asks_for_one_thing_at_a_time_and_not_after_its_feedback() {
    let staff = somebody(Role::UnitStaff);
    let second = applied().asks(minutes(5), &staff, &extension("0.5"));
    assert_eq!(second.unwrap_err(), Refusal::ApplicationPending);
    for road in [verifying(), awaiting_closing()] {
        let late = road.asks(minutes(5), &staff, &extension("1"));
        assert_eq!(late.unwrap_err(), Refusal::AfterFeedback);
    }
    let other = handling().asks(minutes(5), &somebody(Role::Dispatcher), &extension("1"));
    assert_eq!(other.unwrap_err(), Refusal::OtherUnit { unit: "SW".into() });
    let desk = somebody(Role::Dispatcher).on_behalf_of("SW");
    handling().asks(minutes(5), &desk, &extension("1")).unwrap();
    // Taken back or refused, it is as if nothing had been asked, and may be asked again.
    let given = due(&handling().case);
    let back = Command::TakeBack { reason: "配件已到".into() };
    for road in [
        applied().then(minutes(5), Role::UnitStaff, back),
        application_reviewed().then(minutes(5), Role::DutyChief, ruling(Ruling::Refuse)),
    ] {
        assert_eq!(due(&road.case), given);
        assert!(!timers(&road.case).iter().any(|timer| timer.starts_with("application")));
        let none = road.asks(minutes(1), &somebody(Role::DutyChief), &ruling(Ruling::Grant));
        assert_eq!(none.unwrap_err(), Refusal::NothingApplied);
        road.asks(minutes(1), &staff, &extension("1")).unwrap();
    }
}

#[test]
fn the_desk_has_its_say_before_chief_or_head_decides() {
    given_case(applied())
        .when(MONDAY_9AM + minutes(50), Role::DutyChief, &ruling(Ruling::Grant))
        .then_refused(&Refusal::OpinionMissing);
    given_case(application_reviewed())
        .when(MONDAY_9AM + minutes(50), Role::Dispatcher, &opinion(Opinion::Agree))
        .then_refused(&Refusal::OpinionGiven);
    for role in [Role::Dispatcher, Role::UnitHead, Role::Intake] {
        given_case(application_reviewed())
            .when(MONDAY_9AM + minutes(50), role, &ruling(Ruling::Grant))
            .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::ReviewApplication }));
    }
    // The desk hears of it first, and the chief once, with what the desk thinks.
    let roles = |road: &CasePath| {
        let sent = road.case.effects(road.events.last().unwrap(), town()).into_iter();
        let notes = sent.filter_map(|effect| match effect {
            Effect::Send(message) => Some(Note::read(&message).unwrap().tell),
            Effect::Tell(_) => None,
        });
        notes.flatten().collect::<Vec<_>>()
    };
    assert_eq!(roles(&applied()), [Recipient::DispatchDesk]);
    assert_eq!(roles(&application_reviewed()), [Recipient::DutyChief]);
    let (template, names, words) = said(&application_reviewed());
    assert_eq!((template.as_str(), &words["opinion"]), ("application-due", &"同意".into()));
    assert!(!names.is_empty());
}

#[test]
fn the_signature_is_the_heads() {
    let staff = somebody(Role::UnitStaff);
    let signed = |by: &str| {
        let Command::Apply { wish, reason, form, begun, .. } = extension("1") else {
            unreachable!()
        };
        Command::Apply { wish, reason, form, signer: by.into(), begun }
    };
    for name in ["雷示例", "岑示例", "", "nobody"] {
        let refused = handling().asks(minutes(1), &staff, &signed(name));
        assert_eq!(refused.unwrap_err(), Refusal::NotTheHead, "{name}");
    }
    handling().asks(minutes(1), &staff, &signed(" 贺示例 ")).unwrap();
    // While the head is away the deputy signs, and not a moment longer.
    let away = town_while_away("SW", ("贺示例", "雷示例"), MONDAY_9AM + hours(2));
    handling().asks_under(&away, minutes(1), &staff, &signed("雷示例")).unwrap();
    let back = handling().asks_under(&away, minutes(90), &staff, &signed("雷示例"));
    assert_eq!(back.unwrap_err(), Refusal::NotTheHead);
    // Without the signed form it is shown as lacking it, where the rules do not refuse it.
    let Command::Apply { wish, reason, signer, begun, .. } = extension("1") else { unreachable!() };
    let formless = Command::Apply { wish, reason, form: None, signer, begun };
    let lacking = handling().asks(minutes(1), &staff, &formless).unwrap();
    assert!(lacking.case.state.filing().unwrap().returns[0].form.is_lacking());
    let stages = Sources::shipped();
    let stages = stages.text("stages.toml").unwrap().replacen("\"asked\"", "\"required\"", 1);
    let strict = Sources::shipped().with("stages.toml", stages);
    let strict = Context::new(duban_rules::parse(&strict).0);
    let refused = handling().asks_under(&strict, minutes(1), &staff, &formless);
    assert_eq!(refused.unwrap_err(), Refusal::FormMissing);
}

#[test]
fn what_is_asked_after_due_is_too_late() {
    let due = march(5, 9, 0);
    given_case(from_tuesday())
        .when(due, Role::UnitStaff, &extension("1"))
        .then_stands(&["StepDecided", "Applied"], "handling");
    given_case(from_tuesday())
        .when(due + MILLISECOND, Role::UnitStaff, &extension("1"))
        .then_refused(&Refusal::AfterDue { due });
}

#[test]
fn more_time_for_an_urgent_case_is_the_centres_heads_to_grant() {
    let one_hour = Command::Apply {
        wish: Wish::Extension(TimeLimit::new(1_000, LimitUnit::UrgentHour)),
        reason: "需停水作业".into(),
        form: Some("blob-4".into()),
        signer: "贺示例".into(),
        begun: Begun::default(),
    };
    let asked = reserved(handling_as(MISSING_COVER).then(minutes(5), Role::UnitStaff, one_hour));
    given_case(asked.clone())
        .when(asked.at + minutes(5), Role::DutyChief, &ruling(Ruling::Grant))
        .then_refused(&Refusal::OnlyTheHead);
    let given = due(&asked.case).unwrap();
    let road = asked.clone().then(minutes(5), Role::CentreHead, ruling(Ruling::Grant));
    assert_eq!(due(&road.case), Some(given + hours(1)));
    // To say no takes no head.
    let road = asked.then(minutes(5), Role::DutyChief, ruling(Ruling::Refuse));
    assert_eq!(due(&road.case), Some(given));
}

#[test]
fn what_was_asked_goes_with_the_case_that_leaves_the_unit() {
    let moves = determine(Determination::MovesTo(UnitId::new("DL")));
    let dispute = duban_tests::case_path::dispute(Ground::Boundary);
    let road = applied().then(minutes(5), Role::UnitStaff, dispute).then(
        minutes(5),
        Role::DutyChief,
        moves,
    );
    let held = road.case.state.assignment().unwrap();
    assert_eq!((held.unit.as_str(), held.application.pending()), ("DL", None));
    let ends = |event: &Event| matches!(event, Event::TakenBack { outcome: None, .. });
    assert_eq!(road.events.iter().filter(|event| ends(event)).count(), 1);
    // Nothing was asked: nothing is given up.
    for road in [disputing(), reviewed()] {
        assert!(!road.events.iter().any(ends));
    }
}

#[test]
fn a_returned_case_goes_on_with_what_was_granted() {
    let accept = Command::DecideReturn {
        decision: duban_actors::case::command::Decision::Accept,
        reason: "权属已核".into(),
    };
    let granted = application_reviewed().then(minutes(5), Role::DutyChief, ruling(Ruling::Grant));
    let with_it = due(&granted.case).unwrap();
    let back = granted
        .then(minutes(5), Role::UnitStaff, duban_tests::case_path::give_back(Ground::Class))
        .then(Duration::ZERO, Role::Dispatcher, opinion(Opinion::Agree))
        .then(Duration::ZERO, Role::DutyChief, accept)
        .then(Duration::ZERO, Role::Dispatcher, dispatch("SW"));
    assert_eq!(due(&back.case), Some(with_it));
    assert_eq!(back.case.state.assignment().unwrap().extension, Some(days(1_000)));
}
