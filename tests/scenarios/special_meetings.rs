//! Special meetings of the committee (临时会议, articles 2–5 and 19): proposed by a case, called, held, minuted.

mod grid;
mod letters;

use std::time::Duration;

use duban_actors::case::CaseId;
use duban_actors::case::command::Determination;
use duban_actors::context::Context;
use duban_actors::meeting::{Answer, Command, Event, Meeting, Refusal, State};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_actors::tells::{Motion, Resolution, ToCase};
use duban_core::entity::{Asked, Effect, Entity, EntityId, Fired};
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::outbox::{Claim, Message};
use duban_tests::case_path::{MONDAY_9AM, town};
use duban_tests::given::{DAY, Given, HOUR, given};
use duban_tests::laws::{asked, asked_for};
use serde_json::Value;

use crate::notices::town_while_away;

const NO: &str = "c1-1";
/// Tuesday at nine.
const TUESDAY: Timestamp = Timestamp::from_millis(1_772_499_600_000);

pub(crate) fn motion() -> Motion {
    Motion {
        case: CaseId("c1".into()),
        subject: "肃城管〔2026〕000001 上水井盖 武垣街与富强路口".into(),
        applicant: UnitId::new("SW"),
        units: vec![UnitId::new("DL")],
        reason: "涉及多个单位".into(),
        by: "zhiban".into(),
    }
}

/// What happens when somebody asks, one after another; the state after it.
#[track_caller]
fn after(asks: &[(Asked, Command)]) -> (Meeting, Vec<Event>) {
    let mut meeting = Meeting::initial(&EntityId::new(Meeting::KIND, NO));
    let mut known = Vec::new();
    for (asked, command) in asks {
        for event in meeting.decide(command, asked, town()).unwrap() {
            meeting = meeting.evolve(&event).unwrap();
            known.push(event);
        }
    }
    (meeting, known)
}

fn head(at: Timestamp) -> Asked {
    asked(at, Role::CentreHead, "zhuren")
}

fn case(at: Timestamp) -> Asked {
    asked(at, Role::Entity, "case")
}

fn call(when: Timestamp) -> Command {
    Command::Call { at: when, place: "政府三楼会议室".into() }
}

fn hold() -> Command {
    Command::Hold {
        chair: "米示例".into(), present: vec!["贺示例".into(), "章示例".into()]
    }
}

fn decide(finding: Determination) -> Command {
    Command::Decide { case: CaseId("c1".into()), finding, reason: "杆线归供电".into() }
}

fn moves() -> Determination {
    Determination::MovesTo(UnitId::new("DL"))
}

fn minute() -> Command {
    Command::Minute { record: "会议决定井盖归供电单位处置".into() }
}

fn cancel() -> Command {
    Command::Cancel { reason: "两单位已协商一致".into() }
}

fn withdraw() -> Command {
    Command::Withdraw { case: CaseId("c1".into()) }
}

fn carried_out() -> Command {
    Command::CarriedOut { case: CaseId("c1".into()) }
}

/// Proposed on Monday at nine, called for Wednesday at nine, held then, decided, done and minuted: so many of these.
fn steps(n: usize) -> Vec<(Asked, Command)> {
    let wednesday = TUESDAY + DAY;
    let all = [
        (case(MONDAY_9AM), Command::Propose(motion())),
        (head(MONDAY_9AM + HOUR), call(wednesday)),
        (head(wednesday), hold()),
        (head(wednesday + HOUR), decide(moves())),
        (case(wednesday + HOUR), carried_out()),
        (head(wednesday + HOUR * 2), minute()),
    ];
    all.into_iter().take(n).collect()
}

fn so_far(n: usize) -> Given<'static, Meeting> {
    given(NO, &after(&steps(n)).1)
}

pub(crate) fn proposed() -> Meeting {
    after(&steps(1)).0
}

fn called() -> Meeting {
    after(&steps(2)).0
}

pub(crate) fn held() -> Meeting {
    after(&steps(3)).0
}

fn message(meeting: &Meeting, event: &Event) -> Message {
    let effects = meeting.effects(event, town()).into_iter();
    let mut sent = effects.filter_map(|effect| match effect {
        Effect::Send(message) => Some(message),
        Effect::Tell(_) => None,
    });
    sent.next().unwrap()
}

/// Whom a letter reaches, in which role, and its words.
fn claimed(
    (meeting, message): (&Meeting, &Message),
    at: Timestamp,
    cx: &Context,
) -> (Vec<(String, String)>, Value) {
    match meeting.claim(message, at, cx) {
        Claim::Deliver(to, words) => {
            let mut people: Vec<(String, String)> =
                to.iter().map(|one| (one.name.to_string(), one.role.to_string())).collect();
            people.dedup();
            (people, serde_json::from_str(&words).unwrap())
        }
        Claim::Withdraw(why) => panic!("withdrawn: {why}"),
    }
}

#[test]
fn a_meeting_invites_its_chair_its_members_and_the_heads_of_the_units_named() {
    let (meeting, events) = after(&steps(2));
    let letter = message(&meeting, events.last().unwrap());
    assert_eq!(letter.template, "meeting-invitation");
    let (people, words) = claimed((&meeting, &letter), MONDAY_9AM + HOUR, town());
    let members = town().rules.officials.members.len();
    assert_eq!(people.len(), 1 + members + 1, "chair, members, and the head of the centre");
    let of = |name: &str| people.iter().filter(|(known, _)| known == name).count();
    assert_eq!(["米示例", "贺示例", "章示例", "臧示例"].map(of), [1, 1, 1, 1], "each once");
    assert_eq!(words["meeting_at"], "2026-03-04 09:00");
    assert_eq!(words["appointment"]["sequence"], 1);
    assert_eq!(words["agenda"], motion().subject);
}

#[test]
fn whoever_is_away_is_stood_in_for_and_that_is_on_record() {
    let cx = town_while_away("SW", ("贺示例", "雷示例"), MONDAY_9AM + DAY * 30);
    let asked = head(MONDAY_9AM + HOUR);
    let event = proposed().decide(&call(TUESDAY), &asked, &cx).unwrap().remove(0);
    let Event::Called { call, .. } = &event else { panic!("{event:?}") };
    let invited = call.invited.iter().find(|one| one.name == "贺示例").unwrap();
    assert_eq!(invited.deputy.as_deref(), Some("雷示例"));
    let meeting = proposed().evolve(&event).unwrap();
    let (people, _) = claimed((&meeting, &message(&meeting, &event)), asked.at, &cx);
    let names: Vec<&str> = people.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"雷示例") && !names.contains(&"贺示例"), "{names:?}");
}

#[test]
fn a_head_of_several_terminals_is_stood_in_for_at_the_one_that_is_named() {
    let cx = town_while_away("CG-ZF", ("周示例", "李示例"), MONDAY_9AM + DAY * 30);
    let named = Motion { units: vec![UnitId::new("CG-GG")], ..motion() };
    let proposed = after(&[(case(MONDAY_9AM), Command::Propose(named))]).0;
    let asked = head(MONDAY_9AM + HOUR);
    let event = proposed.decide(&call(TUESDAY), &asked, &cx).unwrap().remove(0);
    let Event::Called { call, .. } = &event else { panic!("{event:?}") };
    let invited = call.invited.iter().find(|one| one.name == "周示例").unwrap();
    assert_eq!(invited.unit, Some(UnitId::new("CG-GG")));
    assert_eq!(invited.deputy.as_deref(), Some("沈示例"), "whom the rules name there");
}

#[test]
fn a_meeting_that_moves_invites_again_and_takes_the_earlier_letter_back() {
    let (first, events) = after(&steps(2));
    let before = message(&first, events.last().unwrap());
    let thursday = TUESDAY + DAY * 2;
    let moved = first.decide(&call(thursday), &head(MONDAY_9AM + HOUR * 2), town()).unwrap();
    let meeting = first.evolve(&moved[0]).unwrap();
    let again = message(&meeting, &moved[0]);
    let (_, words) = claimed((&meeting, &again), thursday, town());
    assert_eq!(words["meeting_before"], "2026-03-04 09:00");
    assert_eq!(words["appointment"]["sequence"], 2);
    assert!(matches!(meeting.claim(&before, thursday, town()), Claim::Withdraw(_)));
}

#[test]
fn a_meeting_that_is_called_as_it_was_tells_nobody() {
    let at = MONDAY_9AM + HOUR * 2;
    so_far(2).when(at, Role::CentreHead, &call(TUESDAY + DAY)).then_refused(&Refusal::Unchanged);
    // What somebody has answered changes nothing.
    let answer = Command::Answer { name: Some("贺示例".into()), answer: Answer::Comes };
    let answered = after(&[steps(2), vec![(head(at), answer)]].concat()).1;
    given::<Meeting>(NO, &answered)
        .when(at + HOUR, Role::CentreHead, &call(TUESDAY + DAY))
        .then_refused(&Refusal::Unchanged);
    let elsewhere = Command::Call { at: TUESDAY + DAY, place: "四楼会议室".into() };
    so_far(2).when(at, Role::CentreHead, &elsewhere).then_sends(&["meeting-invitation"]);
}

#[test]
fn nobody_presides_who_is_neither_invited_nor_there_for_somebody_who_is() {
    let at = TUESDAY + DAY;
    let chaired = |chair: &str| Command::Hold {
        chair: chair.into(),
        present: vec!["贺示例".into(), "章示例".into()],
    };
    let refusal = Refusal::MayNotPreside { name: "某某".into() };
    so_far(2).when(at, Role::CentreHead, &chaired("某某")).then_refused(&refusal);
    // The chair, a member, and the head of the centre may; and whoever was sent.
    for name in ["米示例", "章示例", "臧示例"] {
        so_far(2).when(at, Role::CentreHead, &chaired(name)).then_sends(&[]);
    }
    let sends = Answer::Sends { deputy: "雷示例".into() };
    let answer = Command::Answer { name: Some("贺示例".into()), answer: sends };
    let sent = after(&[steps(2), vec![(head(MONDAY_9AM + HOUR * 2), answer)]].concat()).1;
    given::<Meeting>(NO, &sent).when(at, Role::CentreHead, &chaired("雷示例")).then_sends(&[]);
}

#[test]
fn head_and_chair_call_a_special_meeting_and_nobody_else() {
    let at = MONDAY_9AM + HOUR;
    for role in [Role::CentreHead, Role::CommitteeChair] {
        so_far(1).when(at, role, &call(TUESDAY)).then_sends(&["meeting-invitation"]);
    }
    for role in [Role::DutyChief, Role::Dispatcher, Role::UnitHead, Role::Operator] {
        let refusal = Refusal::Common(Common::NotPermitted { duty: Duty::Convene });
        so_far(1).when(at, role, &call(TUESDAY)).then_refused(&refusal);
    }
    let minutes_of = Refusal::Common(Common::NotPermitted { duty: Duty::Minute });
    for command in [hold(), decide(moves()), minute()] {
        so_far(2).when(TUESDAY + DAY, Role::CommitteeChair, &command).then_refused(&minutes_of);
    }
}

#[test]
fn a_meeting_is_called_for_an_instant_ahead_and_a_place() {
    let at = MONDAY_9AM + HOUR;
    so_far(1).when(at, Role::CentreHead, &call(at)).then_refused(&Refusal::InThePast { at });
    let nowhere = Command::Call { at: TUESDAY, place: " ".into() };
    so_far(1).when(at, Role::CentreHead, &nowhere).then_refused(&Refusal::PlaceMissing);
}

#[test]
fn who_comes_is_said_by_each_for_themselves_or_entered_by_the_head() {
    let at = MONDAY_9AM + HOUR * 2;
    let answer =
        |name: Option<&str>, answer| Command::Answer { name: name.map(Into::into), answer };
    let water = asked_for(at, (Role::UnitStaff, "SW"), "shuiwu");
    let sends = Answer::Sends { deputy: "雷示例".into() };
    let event = |by: &str, name: &str, answer| Event::Answered {
        at,
        by: by.into(),
        name: name.into(),
        answer,
    };
    so_far(2).when_asked(&water, &answer(None, sends.clone())).then(&[event(
        "shuiwu",
        "贺示例",
        sends.clone(),
    )]);
    let others = answer(Some("章示例"), Answer::Comes);
    so_far(2).when_asked(&water, &others).then_refused(&Refusal::Common(Common::NotYourOwn));
    so_far(2).when_asked(&head(at), &others).then(&[event("zhuren", "章示例", Answer::Comes)]);
    let nobody = answer(Some("某某"), Answer::Comes);
    let refusal = Refusal::NotInvited { name: "某某".into() };
    so_far(2).when_asked(&head(at), &nobody).then_refused(&refusal);
    let silent = answer(Some("章示例"), Answer::StaysAway { reason: " ".into() });
    let refusal = Refusal::Common(Common::ReasonMissing);
    so_far(2).when_asked(&head(at), &silent).then_refused(&refusal);
}

#[test]
fn a_meeting_is_recorded_once_it_was_with_its_chair_and_who_was_there() {
    let at = TUESDAY + DAY;
    let early = at - Duration::from_millis(1);
    so_far(2).when(early, Role::CentreHead, &hold()).then_refused(&Refusal::NotYetHeld { at });
    for (chair, present) in [("", vec!["贺示例".into()]), ("米示例", Vec::new())] {
        let hold = Command::Hold { chair: chair.into(), present };
        so_far(2).when(at, Role::CentreHead, &hold).then_refused(&Refusal::NobodyThere);
    }
    let stranger = Command::Hold { chair: "米示例".into(), present: vec!["某某".into()] };
    let refusal = Refusal::NotInvited { name: "某某".into() };
    so_far(2).when(at, Role::CentreHead, &stranger).then_refused(&refusal);
    let State::Held(call, sitting, _) = held().standing else { panic!("not held") };
    assert_eq!(sitting.present, ["米示例", "章示例", "贺示例"], "in the order of the file");
    assert_eq!(sitting.present.len() + sitting.absent.len(), call.invited.len());
}

#[test]
fn what_is_decided_is_told_to_the_case_with_who_chaired_and_who_entered_it() {
    let at = TUESDAY + DAY + HOUR;
    let resolution = Resolution {
        meeting: NO.into(),
        finding: moves(),
        reason: "杆线归供电".into(),
        chair: "米示例".into(),
        by: "zhuren".into(),
    };
    let Effect::Tell(tell) = ToCase::Resolved(resolution).tell(&CaseId("c1".into())) else {
        panic!("it is a tell")
    };
    let taken = Event::DecisionTaken {
        at,
        by: "zhuren".into(),
        case: CaseId("c1".into()),
        finding: moves(),
        reason: "杆线归供电".into(),
    };
    so_far(3).when_asked(&head(at), &decide(moves())).then(&[taken]).tells(&[tell]);
}

#[test]
fn each_item_is_decided_once_for_a_unit_that_there_is_and_before_the_minutes() {
    let at = TUESDAY + DAY + HOUR;
    let to = |unit: &str| decide(Determination::MovesTo(UnitId::new(unit)));
    let unit = |id: &str| UnitId::new(id);
    let elsewhere = Command::Decide {
        case: CaseId("c2".into()),
        finding: Determination::Stays,
        reason: "x".into(),
    };
    for (done, command, refusal) in [
        (3, to("XX"), Refusal::NoSuchUnit { unit: unit("XX") }),
        (3, to("SW"), Refusal::IsTheApplicants { unit: unit("SW") }),
        (3, elsewhere, Refusal::NotOnTheAgenda),
        (3, minute(), Refusal::Undecided),
        (4, to("DL"), Refusal::Decided),
        (2, to("DL"), Refusal::OutOfOrder { stands: "called" }),
        (6, minute(), Refusal::OutOfOrder { stands: "minuted" }),
    ] {
        so_far(done).when(at, Role::CentreHead, &command).then_refused(&refusal);
    }
}

#[test]
fn the_head_is_reminded_each_working_day_until_it_is_called() {
    // Proposed on Monday at nine: five working days later it is Monday at nine again.
    let monday = MONDAY_9AM + DAY * 7;
    let soonest = proposed().timers().soonest().unwrap().due;
    assert_eq!(soonest, monday);
    let first = Event::Reminded { at: monday, due: monday, next: monday + DAY };
    so_far(1).when_due().then(std::slice::from_ref(&first));
    let meeting = proposed().evolve(&first).unwrap();
    let letter = message(&meeting, &first);
    let (people, words) = claimed((&meeting, &letter), monday, town());
    assert_eq!(people, [("臧示例".to_owned(), "centre-head".to_owned())]);
    assert_eq!(words["text"], "尚未召集,请尽快召集");
    // Over a long silence each day is told once, and days off are left out.
    let known = [after(&steps(1)).1, vec![first]].concat();
    given::<Meeting>(NO, &known).when_late(DAY * 3).then(&[Event::Reminded {
        at: monday + DAY * 4,
        due: monday + DAY,
        next: monday + DAY * 7,
    }]);
    let is_called = so_far(2).state;
    assert!(matches!(is_called.claim(&letter, monday, town()), Claim::Withdraw(_)));
}

#[test]
fn the_chair_hears_of_a_meeting_that_is_not_held_within_ten_working_days() {
    let due = MONDAY_9AM + DAY * 14;
    let chair = proposed().timers().0.into_iter().find(|timer| timer.name == "chair").unwrap();
    assert_eq!(chair.due, due);
    let asked = asked(due, Role::Timer, "timer");
    let fired = Fired { name: chair.name, due };
    // Called for later: that is not held in time all the same.
    let called = after(&[steps(1).remove(0), (head(MONDAY_9AM + HOUR), call(due + DAY))]).0;
    let told = called.fired(&fired, &asked, town()).unwrap();
    assert_eq!(told, [Event::NotHeld { at: due, due }]);
    let meeting = called.evolve(&told[0]).unwrap();
    let (people, words) = claimed((&meeting, &message(&meeting, &told[0])), due, town());
    assert_eq!(people, [("米示例".to_owned(), "committee-chair".to_owned())]);
    assert_eq!(words["text"], "提出后已过规定的时间,尚未召开");
    assert!(held().timers().0.iter().all(|timer| timer.name != "chair"), "it is held");
}

#[test]
fn a_meeting_that_was_and_is_not_recorded_or_minuted_is_told_to_the_head() {
    let wednesday = TUESDAY + DAY;
    for (meeting, text) in [
        (called(), "会议时间已过,请记录召开情况或改期"),
        (held(), "会议已召开,请录入决定和会议纪要"),
    ] {
        let timer = meeting.timers().soonest().unwrap().clone();
        assert_eq!(timer.due, wednesday + DAY, "a working day after the meeting");
        let asked = asked(timer.due, Role::Timer, "timer");
        let fired = Fired { name: timer.name, due: timer.due };
        let told = meeting.fired(&fired, &asked, town()).unwrap();
        let meeting = meeting.evolve(&told[0]).unwrap();
        let (_, words) = claimed((&meeting, &message(&meeting, &told[0])), timer.due, town());
        assert_eq!(words["text"], text);
    }
    assert!(after(&steps(6)).0.timers().0.is_empty(), "minuted, it wants nothing");
}

#[test]
fn a_meeting_that_is_called_off_gives_its_cases_back_and_tells_whoever_was_invited() {
    let at = MONDAY_9AM + HOUR * 2;
    let off = so_far(2).when(at, Role::CentreHead, &cancel()).then_sends(&["meeting-cancelled"]);
    let Effect::Tell(tell) =
        (ToCase::CalledOff { meeting: NO.into(), reason: "两单位已协商一致".into() })
            .tell(&CaseId("c1".into()))
    else {
        panic!("it is a tell")
    };
    let off = off.tells(&[tell]);
    let (people, words) = claimed((&off.state, &message(&off.state, &off.events[0])), at, town());
    assert_eq!(words["reason"], "两单位已协商一致");
    assert!(people.iter().any(|(name, _)| name == "贺示例"));
    // One that nobody was invited to is called off without a word to them.
    so_far(1).when(at, Role::CommitteeChair, &cancel()).then_sends(&[]);
    let refusal = Refusal::OutOfOrder { stands: "held" };
    so_far(3).when(TUESDAY + DAY, Role::CentreHead, &cancel()).then_refused(&refusal);
}

#[test]
fn a_meeting_whose_only_case_needs_no_decision_any_more_is_called_off() {
    let at = MONDAY_9AM + HOUR * 2;
    let off = so_far(2).when_asked(&case(at), &withdraw()).then_sends(&["meeting-cancelled"]);
    assert_eq!(off.state.standing.name(), "cancelled");
    off.tells(&[]);
    // Of a meeting that was held there is a record to be written.
    let held = so_far(3).when_asked(&case(TUESDAY + DAY), &withdraw()).then_sends(&[]);
    assert_eq!(held.state.standing.name(), "held");
    given::<Meeting>(NO, &[after(&steps(3)).1, held.events].concat())
        .when(TUESDAY + DAY, Role::CentreHead, &decide(moves()))
        .then_refused(&Refusal::NotOnTheAgenda);
}
