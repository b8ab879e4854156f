//! Article 7: the head of every unit, and the duty chief, have the day's brief at eight; and who stands in for whom.

use duban::courier::Rendered;
use duban::rules_in_force::establishment::establish;
use duban_actors::brief::{Next, Settled};
use duban_actors::case::command::{Adoption, Ground};
use duban_actors::case::{CaseId, Command as CaseCommand};
use duban_actors::centre::{self, Centre};
use duban_actors::context::Context;
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_actors::unit::{Command, Event, Leave, Refusal, Unit};
use duban_rules::RuleBook;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Entity, Fired};
use duban_runtime::outbox::{Claim, Message};
use duban_tests::case_path::{LOOSE_COVER, determine, dispute, feedback, joint, somebody, town};
use duban_tests::given::{DAY, HOUR, MILLISECOND, MONDAY_8AM, given, given_under};
use duban_tests::laws::{asked, laws};

use crate::eve::{ahead, cancel, day, foretold, given_up, put_waiting, scheduled};
use crate::world::{self, operator};

pub(crate) const UNIT: &str = "CG-ZF";
pub(crate) const HEAD: &str = "周示例";
pub(crate) const DEPUTY: &str = "李示例";
const STEWARD: &str = "WB";

#[test]
fn a_unit_that_is_established_waits_for_the_next_eight_o_clock() {
    for (at, slot) in [(MONDAY_8AM - MILLISECOND, MONDAY_8AM), (MONDAY_8AM, MONDAY_8AM + DAY)] {
        given::<Unit>(UNIT, &[])
            .when(at, Role::Operator, &Command::Establish)
            .then(&[Event::Established { next: Next::At(slot) }]);
    }
}

#[test]
fn a_frontage_steward_gets_no_brief() {
    let then = given::<Unit>(STEWARD, &[])
        .when(MONDAY_8AM, Role::Operator, &Command::Establish)
        .then(&[Event::Established { next: Next::Never }]);
    assert!(then.state.timers().0.is_empty());
}

#[test]
fn at_eight_the_brief_is_due_once_and_the_next_one_is_tomorrows() {
    given::<Unit>(UNIT, &[established()])
        .when_fired(MONDAY_8AM)
        .then(&[brief_due(MONDAY_8AM, &[], MONDAY_8AM + DAY)])
        .sends(&[brief(MONDAY_8AM, "2026-03-02")]);
}

#[test]
fn after_days_of_standing_still_only_the_latest_brief_goes_out() {
    let now = MONDAY_8AM + 2 * DAY + HOUR;
    let missed = [MONDAY_8AM, MONDAY_8AM + DAY];
    given::<Unit>(UNIT, &[established()])
        .when_fired(now)
        .then(&[brief_due(MONDAY_8AM + 2 * DAY, &missed, MONDAY_8AM + 3 * DAY)])
        .sends(&[brief(MONDAY_8AM + 2 * DAY, "2026-03-04")]);
}

#[test]
fn what_was_fed_back_in_time_is_not_overdue_in_the_brief() {
    let letters = world::at(world::MORNING, async |world| {
        establish(&world.node, &world.rules, &operator()).await.unwrap();
        let fed_back = world.handling("fed back", LOOSE_COVER).await;
        world.ask(&fed_back, Role::UnitStaff, feedback()).await;
        world.handling("forgotten", LOOSE_COVER).await;
        world.until(MONDAY_8AM + 3 * DAY).await;
        world.deliver().await
    });
    for subject in ["水务局 2026-03-05:超期 1,今日到期 0", "2026-03-05:全县超期 1 件"]
    {
        let briefs = letters.iter().filter(|letter| letter.subject.contains("2026-03-05"));
        let subjects: Vec<_> = briefs.map(|brief| brief.subject.as_str()).collect();
        assert!(subjects.iter().any(|other| other.contains(subject)), "{subject}: {subjects:?}");
    }
}

#[test]
fn the_brief_of_a_helper_says_what_it_is_to_help_with_and_counts_none_of_it() {
    let letters = world::at(world::MORNING, async |world| {
        establish(&world.node, &world.rules, &operator()).await.unwrap();
        let case = world.handling("joint", LOOSE_COVER).await;
        world.ask(&case, Role::UnitStaff, dispute(Ground::Ownership)).await;
        world.ask(&case, Role::DutyChief, determine(joint())).await;
        world.until(MONDAY_8AM + DAY).await;
        world.deliver().await
    });
    let of = |unit: &str| {
        let of = |letter: &&Rendered| letter.subject.contains(&format!("{unit} 2026-03-03"));
        letters.iter().find(of).map(|letter| (letter.subject.clone(), letter.text.clone()))
    };
    let (subject, text) = of("电力局").unwrap();
    assert!(subject.ends_with("超期 0,今日到期 0"), "{subject}");
    assert!(text.contains("待协办") && text.contains("主办 水务局  截止 03-03 09:00"), "{text}");
    assert!(!of("水务局").unwrap().1.contains("待协办"));
}

#[test]
fn a_case_is_new_in_one_brief_and_no_more_whenever_it_came() {
    let letters = world::at(world::MORNING, async |world| {
        establish(&world.node, &world.rules, &operator()).await.unwrap();
        // Before the brief of the next day, on the same local day as it.
        world.until(MONDAY_8AM + DAY - HOUR / 6).await;
        world.handling("early", LOOSE_COVER).await;
        let mut letters = Vec::new();
        for days in 1..=3 {
            world.until(MONDAY_8AM + days * DAY).await;
            letters.extend(world.deliver().await);
        }
        letters
    });
    let new = |day: &str| {
        let of = |letter: &&Rendered| letter.subject.contains(&format!("水务局 2026-03-{day}"));
        letters.iter().find(of).map(|letter| letter.text.contains("新增 1 件"))
    };
    assert_eq!(["03", "04", "05"].map(new), [Some(true), Some(false), Some(false)]);
}

#[test]
fn a_brief_tells_the_number_of_all_overdue_cases_and_the_lines_of_those_that_wait_longest() {
    let letters = world::at(world::MORNING, async |world| {
        establish(&world.node, &world.rules, &operator()).await.unwrap();
        for n in 0..230_u32 {
            let adopt = |unit, due| CaseCommand::Adopt(Box::new(history(unit, n, due)));
            // All of one unit's have waited longer than any of the other's.
            for (unit, due) in [("SW", MONDAY_8AM), ("YL", MONDAY_8AM + 2 * HOUR)] {
                let case = CaseId::from_intake(unit, &n.to_string());
                let adopt = adopt(unit, due + n * MILLISECOND);
                world.accepted(&case, &somebody(Role::Importer), adopt).await;
            }
        }
        world.until(MONDAY_8AM + DAY).await;
        world.deliver().await
    });
    let of =
        |subject: &str| letters.iter().find(|letter| letter.subject.contains(subject)).unwrap();
    let (own, county) = (of("【每日简报】水务局 2026-03-03"), of("【值班简报】2026-03-03"));
    assert!(own.subject.contains("超期 230,"), "{}", own.subject);
    assert!(own.text.contains("超期 230 件") && own.sms.contains("超期 230 件"), "{}", own.text);
    assert!(own.text.contains("另有 30 件,见网页"), "{}", own.text);
    assert!(county.subject.ends_with("全县超期 460 件"), "{}", county.subject);
    assert!(county.text.contains("另有 260 件,见网页"), "{}", county.text);
    let lines =
        |letter: &Rendered| letter.text.lines().filter(|line| line.contains("  截止 ")).count();
    assert_eq!([lines(own), lines(county)], [200, 200]);
    assert!(!county.text.contains("  园林局    截止"), "{}", county.text);
    assert!(county.text.contains("园林局  在办 230  超期 230"), "{}", county.text);
}

fn history(unit: &str, n: u32, due: Timestamp) -> Adoption {
    Adoption {
        source: "history".into(),
        external_id: format!("{unit}-{n}").into(),
        unit: UnitId::new(unit),
        opened: MONDAY_8AM - DAY,
        due: Some(due),
        steps: Vec::new(),
        place: None,
        summary: "路灯不亮".into(),
    }
}

#[test]
fn what_came_since_the_last_brief_is_new_however_many_slots_nobody_could_send() {
    let last = brief_due(MONDAY_8AM, &[], MONDAY_8AM + DAY);
    let (slot, missed) = (MONDAY_8AM + 3 * DAY, [1, 2].map(|days| MONDAY_8AM + days * DAY));
    let next = Next::At(MONDAY_8AM + 4 * DAY);
    let since = Some(MONDAY_8AM);
    let due = Event::BriefDue(Settled { slot, missed: missed.to_vec(), next, since });
    let message = brief(slot, "2026-03-05");
    let data = message.data.replace("null", &format!("\"{MONDAY_8AM}\""));
    given::<Unit>(UNIT, &[established(), last])
        .when_fired(slot + 3 * HOUR)
        .then(&[due])
        .sends(&[Message { data, ..message }]);
}

#[test]
fn a_year_of_mornings_has_a_brief_each_whatever_the_lateness() {
    let mut unit = given::<Unit>(UNIT, &[established()]);
    let (mut settled, mut now, mut last) = (Vec::new(), MONDAY_8AM, None);
    for late in (0..).map(|n| (n * n * 7919) % 50).take(365) {
        let Some(timer) = unit.state.timers().soonest().cloned() else { break };
        now = now.max(timer.due) + late * HOUR;
        let fired = Fired { name: timer.name, due: timer.due };
        let timer = asked(now, Role::Timer, "timer");
        let events = unit.state.fired(&fired, &timer, town()).expect("it was armed");
        for event in &events {
            if let Event::BriefDue(Settled { slot, missed, since, .. }) = event {
                settled.extend(missed.iter().chain([slot]).copied());
                assert_eq!(*since, last.replace(*slot), "each begins where the last one ended");
            }
            unit.state = unit.state.evolve(event).expect("it happened");
        }
    }
    let expected: Vec<Timestamp> =
        (0..).map(|day| MONDAY_8AM + day * DAY).take(settled.len()).collect();
    assert_eq!(settled, expected, "every slot once, in order, none left out");
}

#[test]
fn the_brief_goes_to_the_head_by_every_channel_of_its_template() {
    let unit = given::<Unit>(UNIT, &[established(), brief_due(MONDAY_8AM, &[], MONDAY_8AM + DAY)]);
    let message = brief(MONDAY_8AM, "2026-03-02");
    assert_eq!(
        recipients(&unit.state, &message, MONDAY_8AM, town()),
        [("email", HEAD, "cg-zf.unit-head@suning.example"), ("sms", HEAD, "13900000005"),]
    );
}

#[test]
fn while_the_head_is_away_the_brief_goes_to_the_deputy_and_afterwards_not() {
    let until = MONDAY_8AM + DAY;
    let unit = given::<Unit>(UNIT, &[established(), away(until)]);
    let message = brief(MONDAY_8AM, "2026-03-02");
    for (at, told) in [(until - MILLISECOND, DEPUTY), (until, HEAD)] {
        let recipients = recipients(&unit.state, &message, at, town());
        assert!(recipients.iter().all(|(_, name, _)| *name == told), "{recipients:?}");
    }
}

#[test]
fn two_who_stand_in_for_each_other_do_not_make_it_go_round_in_circles() {
    let (one, other) = ("赵示例", "钱示例");
    let mutual = |name: &str, deputy: &str| {
        Event::LeaveTaken(Leave {
            name: name.into(),
            deputy: deputy.into(),
            until: MONDAY_8AM + DAY,
            from: Timestamp::from_millis(0),
        })
    };
    let events = [established(), mutual(HEAD, one), mutual(one, other), mutual(other, one)];
    let unit = given::<Unit>(UNIT, &events);
    let message = brief(MONDAY_8AM, "2026-03-02");
    assert_eq!(recipients(&unit.state, &message, MONDAY_8AM, town()).len(), 2);
}

#[test]
fn a_brief_that_a_later_one_has_replaced_is_withdrawn() {
    let late = brief_due(MONDAY_8AM + DAY, &[MONDAY_8AM], MONDAY_8AM + 2 * DAY);
    let unit = given::<Unit>(UNIT, &[established(), late]);
    let claim = unit.state.claim(&brief(MONDAY_8AM, "2026-03-02"), MONDAY_8AM + DAY, town());
    assert_eq!(claim, Claim::Withdraw("已有更新的简报".into()));
}

#[test]
fn a_unit_without_cases_gets_no_brief_that_was_still_waiting() {
    let unit = given::<Unit>(UNIT, &[established(), deactivated()]);
    let claim = unit.state.claim(&brief(MONDAY_8AM, "2026-03-02"), MONDAY_8AM, town());
    assert!(matches!(claim, Claim::Withdraw(_)), "{claim:?}");
    assert!(unit.state.timers().0.is_empty());
}

#[test]
fn another_schedule_in_the_rules_takes_hold_when_the_unit_is_established_again() {
    let mut rules = RuleBook::clone(&town().rules);
    rules.notices.brief_unit = "0 30 7 * * *".to_owned();
    let changed = Context::new(rules);
    let at = MONDAY_8AM - 2 * HOUR;
    let half_past_seven = Next::At(MONDAY_8AM - HOUR / 2);
    given_under::<Unit>(&changed, UNIT, &[established()])
        .when(at, Role::Operator, &Command::Establish)
        .then(&[Event::Rescheduled { next: half_past_seven }]);
    // A slot that has passed is still the timer's to settle.
    given_under::<Unit>(&changed, UNIT, &[established()])
        .when(MONDAY_8AM, Role::Operator, &Command::Establish)
        .then_refused(&Refusal::AlreadyEstablished);
}

#[test]
fn a_unit_with_open_cases_is_not_deactivated_nor_without_a_reason() {
    let deactivate = |open_cases, reason: &str| {
        let command = Command::Deactivate { reason: reason.into(), open_cases, as_of: MONDAY_8AM };
        given::<Unit>(UNIT, &[established()]).when(MONDAY_8AM, Role::Operator, &command)
    };
    deactivate(1, "机构改革")
        .then_refused(&Refusal::OpenCases { open_cases: 1, as_of: MONDAY_8AM });
    deactivate(0, "  ").then_refused(&Refusal::Common(Common::ReasonMissing));
    deactivate(0, "机构改革").then(&[deactivated()]);
}

#[test]
fn only_whoever_keeps_the_house_in_order_establishes_units_and_the_centre() {
    let refusal = Refusal::Common(Common::NotPermitted { duty: Duty::Administer });
    for role in Role::ALL.iter().filter(|role| !role.may(Duty::Administer)) {
        given::<Unit>(UNIT, &[])
            .when(MONDAY_8AM, *role, &Command::Establish)
            .then_refused(&refusal);
        given::<Centre>(centre::KEY, &[])
            .when(MONDAY_8AM, *role, &centre::Command::Establish)
            .then_refused(&centre::Refusal::Common(Common::NotPermitted {
                duty: Duty::Administer,
            }));
    }
}

#[test]
fn units_that_the_rules_do_not_know_or_have_switched_off_are_not_established() {
    given::<Unit>("XX", &[])
        .when(MONDAY_8AM, Role::Operator, &Command::Establish)
        .then_refused(&Refusal::NotInRules);
}

#[test]
fn the_duty_chiefs_have_their_brief_once_a_day_and_the_latest_after_downtime() {
    let working = centre::Event::Established { next: Next::At(MONDAY_8AM) };
    let now = MONDAY_8AM + DAY + HOUR;
    let (slot, missed) = (MONDAY_8AM + DAY, vec![MONDAY_8AM]);
    let next = Next::At(MONDAY_8AM + 2 * DAY);
    let due = centre::Event::BriefDue(Settled { slot, missed, next, since: None });
    let message = duty_brief(slot, "2026-03-03");
    let then = given::<Centre>(centre::KEY, std::slice::from_ref(&working))
        .when_fired(now)
        .then(&[due])
        .sends(std::slice::from_ref(&message));
    let state = then.state;
    assert_eq!(
        recipients(&state, &message, now, town()),
        [
            ("email", "计示例", "centre.duty-chief@suning.example"),
            ("email", "伏示例", "centre.duty-chief-2@suning.example"),
        ]
    );
    let replaced = state.claim(&duty_brief(MONDAY_8AM, "2026-03-02"), now, town());
    assert_eq!(replaced, Claim::Withdraw("已有更新的简报".into()));
}

#[test]
fn what_is_wrong_with_duban_is_told_to_its_operator_both_by_mail_and_by_sms_and_so_is_its_end() {
    let (raise, clear) =
        (centre::Command::RaiseAlarm(alarm()), centre::Command::ClearAlarm(alarm()));
    let told = |result| {
        let data = format!(
            r#"{{"date":"2026-03-02 07:00:00","reason":"channel-away/email","result":"{result}","text":"邮件服务器无法连接"}}"#
        );
        Message { template: "operator-alarm".into(), data, not_before: MONDAY_8AM }
    };
    let nobody_yet = given::<Centre>(centre::KEY, &[]);
    let raised = nobody_yet
        .when(MONDAY_8AM, Role::Operator, &raise)
        .then(&[centre::Event::AlarmRaised(alarm())])
        .sends(&[told("告警")]);
    let told_to = recipients(&raised.state, &told("告警"), MONDAY_8AM, town());
    let ways: Vec<_> = told_to.iter().map(|(channel, name, _)| (*channel, *name)).collect();
    assert_eq!(ways, [("email", "茅示例"), ("sms", "茅示例")]);
    given::<Centre>(centre::KEY, &[centre::Event::AlarmRaised(alarm())])
        .when(MONDAY_8AM, Role::Operator, &clear)
        .then(&[centre::Event::AlarmCleared(alarm())])
        .sends(&[told("恢复")]);
}

#[test]
fn the_laws_of_entities_hold_for_the_centre() {
    let working = centre::Event::Established { next: Next::At(MONDAY_8AM) };
    let (put, ruled) = (centre::Command::PutRulesInForce, put_in_force());
    let state =
        |events: &[centre::Event]| (centre::KEY, given::<Centre>(centre::KEY, events).state);
    let standings = [
        ("unknown", state(&[])),
        ("working", state(std::slice::from_ref(&working))),
        ("ruled", state(&[working.clone(), ruled.clone()])),
        ("waiting", state(&[working, ruled, scheduled()])),
    ];
    let fired = |name: &str, due| Fired { name: name.into(), due };
    let establish = |role| (asked(MONDAY_8AM - HOUR, role, "op"), centre::Command::Establish);
    let ((operator, by_operator), (chief, by_chief)) =
        (establish(Role::Operator), establish(Role::DutyChief));
    let commands = [
        ("Establish", operator, by_operator),
        ("Establish (chief)", chief, by_chief),
        ("PutRules", asked(MONDAY_8AM, Role::Operator, "op"), put(edition())),
        ("PutRules (chief)", asked(MONDAY_8AM, Role::DutyChief, "op"), put(edition())),
        (
            "ScheduleRules",
            asked(MONDAY_8AM, Role::Operator, "op"),
            centre::Command::ScheduleRules { edition: ahead(), day: day() },
        ),
        ("CancelRules", asked(MONDAY_8AM, Role::Operator, "op"), cancel("c", "暂缓")),
        ("CancelRules, another", asked(MONDAY_8AM, Role::Operator, "op"), cancel("d", "暂缓")),
        ("CancelRules, silent", asked(MONDAY_8AM, Role::Operator, "op"), cancel("c", " ")),
        ("CancelRules (chief)", asked(MONDAY_8AM, Role::DutyChief, "op"), cancel("c", "暂缓")),
        ("PutWaiting", asked(day().from, Role::Operator, "op"), put_waiting()),
        ("PutWaiting, early", asked(MONDAY_8AM, Role::Operator, "op"), put_waiting()),
        (
            "RaiseAlarm",
            asked(MONDAY_8AM, Role::Operator, "duban"),
            centre::Command::RaiseAlarm(alarm()),
        ),
        (
            "RaiseAlarm (chief)",
            asked(MONDAY_8AM, Role::DutyChief, "op"),
            centre::Command::RaiseAlarm(alarm()),
        ),
        (
            "ClearAlarm",
            asked(MONDAY_8AM, Role::Operator, "duban"),
            centre::Command::ClearAlarm(alarm()),
        ),
    ];
    let timers = [
        ("Fired eve", (day().eve, fired("rules-eve", day().eve))),
        ("Fired eve, late", (day().from, fired("rules-eve", day().eve))),
        ("Fired day", (day().from, fired("rules-day", day().from))),
        ("Fired day, stale", (day().from, fired("rules-day", MONDAY_8AM))),
        ("Fired brief", (MONDAY_8AM, fired("brief", MONDAY_8AM))),
        ("Fired brief, stale", (MONDAY_8AM, fired("brief", MONDAY_8AM - DAY))),
    ];
    laws(&standings, &commands, &timers, (11, &every_event_of_the_centre()));
}

/// One of each form.
fn every_event_of_the_centre() -> Vec<centre::Event> {
    let rescheduled = Next::At(MONDAY_8AM - HOUR);
    let (slot, next) = (MONDAY_8AM, Next::At(MONDAY_8AM + DAY));
    vec![
        centre::Event::Established { next },
        centre::Event::Rescheduled { next: rescheduled },
        centre::Event::BriefDue(Settled { slot, missed: Vec::new(), next, since: None }),
        put_in_force(),
        centre::Event::AlarmRaised(alarm()),
        centre::Event::AlarmCleared(alarm()),
        scheduled(),
        foretold(),
        centre::Event::RulesDayCome { hash: ahead().hash },
        given_up(centre::GivenUp::Superseded),
        given_up(centre::GivenUp::Cancelled("暂缓施行".into())),
    ]
}

fn alarm() -> centre::Alarm {
    centre::Alarm {
        kind: "channel-away/email".into(),
        text: "邮件服务器无法连接".into(),
        since: MONDAY_8AM - HOUR,
        at: MONDAY_8AM,
    }
}

pub(crate) fn established() -> Event {
    Event::Established { next: Next::At(MONDAY_8AM) }
}

pub(crate) fn edition() -> centre::RulesEdition {
    let hex = |digit: &str| digit.repeat(64).into();
    centre::RulesEdition { hash: hex("a"), blob: hex("b"), number: "2026-1".into() }
}

pub(crate) fn put_in_force() -> centre::Event {
    centre::Event::RulesPutInForce { at: MONDAY_8AM, edition: edition() }
}

pub(crate) fn deactivated() -> Event {
    Event::Deactivated { reason: "机构改革".into() }
}

pub(crate) fn away(until: Timestamp) -> Event {
    leave(Timestamp::from_millis(0), until)
}

pub(crate) fn leave(from: Timestamp, until: Timestamp) -> Event {
    Event::LeaveTaken(Leave { name: HEAD.into(), deputy: DEPUTY.into(), until, from })
}

pub(crate) fn brief_due(slot: Timestamp, missed: &[Timestamp], next: Timestamp) -> Event {
    Event::BriefDue(Settled { slot, missed: missed.to_vec(), next: Next::At(next), since: None })
}

pub(crate) fn brief(slot: Timestamp, day: &str) -> Message {
    let data = format!(
        r#"{{"unit":"{UNIT}","unit_name":"城管局执法站","slot":"{slot}","since":null,"date":"{day}"}}"#
    );
    Message { template: "daily-brief".into(), data, not_before: slot }
}

fn duty_brief(slot: Timestamp, day: &str) -> Message {
    let data = format!(r#"{{"slot":"{slot}","since":null,"date":"{day}"}}"#);
    Message { template: "duty-brief".into(), data, not_before: slot }
}

#[track_caller]
pub(crate) fn recipients<E: Entity<Context = Context>>(
    entity: &E,
    message: &Message,
    at: Timestamp,
    context: &Context,
) -> Vec<(&'static str, &'static str, &'static str)> {
    let Claim::Deliver(addresses, _) = entity.claim(message, at, context) else {
        unreachable!("it is still needed")
    };
    // Leaked on purpose: a test compares texts, and there are few.
    let text = |text: &str| -> &'static str { String::from(text).leak() };
    let told = addresses.iter().map(|a| (text(&a.channel), text(&a.name), text(&a.address)));
    told.collect()
}
