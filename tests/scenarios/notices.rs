//! Who hears what, decided at the claim: articles 3 and 15–18.

use std::time::Duration;

use duban_actors::brief::Next;
use duban_actors::case::command::{Decision, Ground, Opinion, Outcome};
use duban_actors::case::supervision::OrderKind;
use duban_actors::case::{Case, Command, Holder, Phase, ReplyWish, Reporter, State};
use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_actors::roster::Roster;
use duban_actors::unit::{self, Leave, Unit};
use duban_rules::RuleBook;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity, EntityId};
use duban_runtime::outbox::{Claim, Message};
use duban_tests::case_path::{
    CasePath, MISSING_COVER, awaiting_closing, closed, declined, dispatched, dispatched_as,
    feedback, give_back, handling, handling_as, minutes, opinion, report, returning, reviewed,
    somebody, town, verify, verifying,
};

fn notices(road: &CasePath) -> Vec<Message> {
    let effects = road.events.iter().flat_map(|event| road.case.effects(event, town()));
    let notice = |effect| match effect {
        Effect::Send(message) => Some(message),
        Effect::Tell(_) => None,
    };
    effects.filter_map(notice).collect()
}

fn last(road: &CasePath) -> Message {
    notices(road).pop().unwrap()
}

#[track_caller]
fn delivered(case: &Case, message: &Message) -> (Vec<String>, serde_json::Value) {
    match case.claim(message, message.not_before, town()) {
        Claim::Deliver(addresses, data) => (
            addresses.iter().map(|one| format!("{} {}", one.channel, one.role)).collect(),
            serde_json::from_str(&data).unwrap(),
        ),
        Claim::Withdraw(why) => panic!("withdrawn: {why}"),
    }
}

#[test]
fn a_dispatch_reaches_the_informants_by_mail_and_sms_with_its_due_instant() {
    let road = dispatched();
    let (to, data) = delivered(&road.case, &last(&road));
    assert!(to.contains(&"email informant".to_owned()) && to.contains(&"sms informant".to_owned()));
    assert_eq!(data.get("due").and_then(|due| due.as_str()), Some("2026-03-04 09:15"));
    assert_eq!(data.get("small_class").and_then(|class| class.as_str()), Some("上水井盖"));
}

#[test]
fn a_reminder_for_a_case_that_was_received_meanwhile_is_withdrawn() {
    let unread = dispatched_as(MISSING_COVER).fires(Duration::ZERO).fires(Duration::ZERO);
    let unread = unread.fires(minutes(5));
    let reminder = notices(&unread).into_iter().find(|notice| notice.template == "reminder-urgent");
    let read = unread.then(minutes(1), Role::UnitStaff, Command::Receive);
    let answer = read.case.claim(&reminder.unwrap(), read.at, town());
    assert_eq!(answer, Claim::Withdraw("案件已签收".into()));
}

#[test]
fn nothing_but_the_closing_is_told_of_a_closed_case() {
    let warned = handling_as(MISSING_COVER).fires(Duration::ZERO);
    let warning = last(&warned);
    assert_eq!(warning.template, "warning");
    let case = closed().case;
    assert_eq!(
        case.claim(&warning, warning.not_before, town()),
        Claim::Withdraw("案件已结案".into())
    );
    assert!(matches!(case.claim(&last(&closed()), closed().at, town()), Claim::Deliver(..)));
}

#[test]
fn a_reporter_who_wants_to_know_hears_why_a_report_was_declined_and_that_a_case_is_closed() {
    for (road, template) in [(declined(), "declined"), (closed(), "closed-reply")] {
        let message = last(&road);
        assert_eq!(message.template, template);
        let (to, data) = delivered(&road.case, &message);
        assert_eq!(to, ["sms reporter"]);
        let reason = data.get("reason").and_then(|reason| reason.as_str());
        assert_eq!(reason, Some(if template == "declined" { "不属城管" } else { "" }));
    }
}

#[test]
fn a_reporter_who_does_not_want_to_know_hears_nothing() {
    let Command::Register(mut report) = report() else { panic!("not a report") };
    report.reporter = report.reporter.map(|one| Reporter { reply: ReplyWish::NotWanted, ..one });
    let road = CasePath::start()
        .then(Duration::ZERO, Role::Collector, Command::Register(report))
        .then(minutes(10), Role::Intake, Command::Decline { reason: "不属城管".into() });
    assert_eq!(notices(&road), []);
}

#[test]
fn no_notice_to_a_unit_says_who_reported() {
    for road in [dispatched(), closed()] {
        for message in notices(&road) {
            if let Claim::Deliver(_, data) = road.case.claim(&message, road.at, town()) {
                assert!(!data.contains("sealed:1"), "{data}");
            }
        }
    }
}

/// The town while somebody of a unit is away until then, and who stands in.
pub(crate) fn town_while_away(
    unit: &str,
    (name, deputy): (&str, &str),
    until: Timestamp,
) -> Context {
    let (name, deputy, from) = (name.into(), deputy.into(), Timestamp::from_millis(0));
    let leave = Leave { name, deputy, until, from };
    let events = [unit::Event::Established { next: Next::Never }, unit::Event::LeaveTaken(leave)];
    let unit = Unit::initial(&EntityId::new(unit::KIND, unit));
    town().with(Roster::of(&[events.iter().try_fold(unit, Entity::evolve).unwrap()]))
}

#[track_caller]
fn told(case: &Case, message: &Message, at: Timestamp, context: &Context) -> Vec<String> {
    match case.claim(message, at, context) {
        Claim::Deliver(addresses, _) => {
            addresses.iter().map(|one| format!("{} {}", one.channel, one.name)).collect()
        }
        Claim::Withdraw(why) => panic!("withdrawn: {why}"),
    }
}

#[test]
fn while_somebody_of_a_unit_is_away_their_notices_go_to_whoever_stands_in() {
    let road = dispatched();
    let until = road.at + minutes(60);
    let away = town_while_away("SW", ("岑示例", "薛示例"), until);
    let told = |at| told(&road.case, &last(&road), at, &away);
    assert_eq!(told(until - Duration::from_millis(1)), ["email 薛示例", "sms 薛示例"]);
    assert_eq!(told(until), ["email 岑示例", "sms 岑示例"]);
}

#[test]
fn a_unit_that_cannot_be_written_to_is_called_by_the_dispatch_desk_and_never_forgotten() {
    let road = dispatched();
    let mut rules = RuleBook::clone(&town().rules);
    let mut bureau = rules.units.get(&UnitId::new("SW")).unwrap().clone();
    bureau.contacts.clear();
    rules.units = rules.units.with(bureau);
    let desk = told(&road.case, &last(&road), road.at, &Context::new(rules.clone()));
    let people = rules.officials.contacts(duban_rules::vocabulary::Recipient::DispatchDesk);
    assert!(desk.iter().all(|one| people.iter().any(|p| one.ends_with(&p.name))), "{desk:?}");
    assert!(!desk.is_empty());
    // Delivered to nobody is a dead letter, which a person sees; withdrawn would be forgotten.
    rules.officials.people.clear();
    assert!(told(&road.case, &last(&road), road.at, &Context::new(rules)).is_empty());
}

#[test]
fn a_task_reaches_the_collectors_handset() {
    let road = verifying();
    let (to, data) = delivered(&road.case, &last(&road));
    assert_eq!(to, ["sms collector"]);
    assert_eq!(data.get("task").and_then(|task| task.as_str()), Some("核查"));
}

#[test]
fn a_late_task_that_nobody_carries_is_told_to_the_desk_that_gives_tasks() {
    let mut late = verifying().fires(Duration::ZERO);
    let (to, _) = delivered(&late.case, &last(&late));
    assert_eq!(to, ["sms collector"]);
    if let State::Filed(_, Phase::Held(_, Holder::Collector { task, .. })) = &mut late.case.state {
        task.collector = None;
    }
    let (to, _) = delivered(&late.case, &last(&late));
    assert!(to.contains(&"sms intake-desk".to_owned()), "{to:?}");
}

#[test]
fn a_level_names_its_order_and_when_the_reply_is_due() {
    let road = handling_as(MISSING_COVER).fires(Duration::ZERO).fires(Duration::ZERO);
    let level = notices(&road).into_iter().find(|notice| notice.template == "level-1").unwrap();
    let (to, data) = delivered(&road.case, &level);
    assert!(to.contains(&"sms deputy-head".to_owned()), "{to:?}");
    assert!(
        data.get("order").and_then(|order| order.as_str()).is_some_and(|o| o.ends_with("-督1"))
    );
    assert!(data.get("reply_due").is_some());
}

#[test]
fn a_dispatch_that_is_told_while_a_return_is_under_review_says_the_deadline_of_the_case() {
    let dispatch = last(&dispatched());
    let (_, usual) = delivered(&dispatched().case, &dispatch);
    assert_eq!((&usual["due"], &usual["limit"]), (&"2026-03-04 09:15".into(), &"2工作日".into()));
    for later in [handling(), returning(), verifying(), awaiting_closing()] {
        let (_, data) = delivered(&later.case, &dispatch);
        assert_eq!(data, usual, "{}", later.case.state.name());
    }
}

#[test]
fn the_intake_of_a_report_that_was_called_urgent_is_told_of_with_the_limit_by_which_it_is_late() {
    for (urgent, limit, due) in [
        (None, "0.5值守工作时", "2026-03-02 09:30"),
        (Some("井盖缺失"), "0.25紧急工作时", "2026-03-02 09:15"),
    ] {
        let Command::Register(mut report) = report() else { panic!("a report is registered") };
        report.urgent = urgent.map(Into::into);
        let road = CasePath::start()
            .then(Duration::ZERO, Role::Collector, Command::Register(report))
            .fires(Duration::ZERO);
        let (_, data) = delivered(&road.case, &last(&road));
        assert_eq!((&data["limit"], &data["due"]), (&limit.into(), &due.into()), "{data}");
    }
}

/// What a letter says of time, and of whom it speaks.
const SAID: [&str; 6] = ["limit", "stage", "task", "overdue_by", "level", "unit_name"];

#[test]
fn every_notice_says_what_it_is_about_wherever_the_case_stands_when_it_is_put_into_words() {
    let mut told = std::collections::BTreeMap::<String, usize>::new();
    for road in lives() {
        let upto = |n: usize| CasePath::after(road.events[..n].to_vec()).case;
        for (n, event) in road.events.iter().enumerate() {
            let sent = upto(n + 1).effects(event, town());
            for effect in sent {
                let Effect::Send(message) = effect else { continue };
                let mut first: Option<serde_json::Value> = None;
                for m in n + 1..=road.events.len() {
                    let case = upto(m);
                    let claim = case.claim(&message, message.not_before, town());
                    let Claim::Deliver(_, data) = claim else { continue };
                    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
                    let stands = case.state.name();
                    let what = format!("{} in {stands}: {data}", message.template);
                    *told.entry(message.template.to_string()).or_default() += 1;
                    let before = first.get_or_insert_with(|| data.clone());
                    for field in SAID {
                        assert_eq!(data[field], before[field], "{field} of {what}");
                    }
                    let of_stage = ["stage-late", "verify-task", "returned"];
                    if of_stage.contains(&message.template.as_str()) {
                        assert_eq!(data["due"], before["due"], "{what}");
                    } else if let Some(due) = case.state.assignment().and_then(|held| held.due) {
                        let due = town().rules.calendar.local(due.into());
                        assert_eq!(data["due"], due.format("%Y-%m-%d %H:%M").to_string(), "{what}");
                    }
                }
            }
        }
    }
    for template in [
        "dispatched",
        "warning",
        "level-1",
        "level-2",
        "supervision-order",
        "returned",
        "return-refused",
        "rework",
        "verify-task",
        "stage-late",
        "closed",
        "closed-reply",
    ] {
        assert!(told.contains_key(template), "{template} was never told: {told:?}");
    }
    assert!(told.values().sum::<usize>() > 150, "{told:?}");
}

#[test]
fn a_stage_that_is_nearly_over_and_one_that_is_are_told_in_other_words() {
    // Intake of a report that nobody has filed yet: at three quarters, in time's last instant, and beyond.
    let mut road = duban_tests::case_path::registered();
    let mut said = Vec::new();
    for _ in 0..3 {
        road = road.fires(Duration::ZERO);
        for effect in road.case.effects(road.events.last().unwrap(), town()) {
            let Effect::Send(message) = effect else { continue };
            let Claim::Deliver(_, data) = road.case.claim(&message, road.at, town()) else {
                panic!("it is withdrawn")
            };
            let data: serde_json::Value = serde_json::from_str(&data).unwrap();
            assert_eq!(data["small_class"], "(未立案)");
            said.push(data["how_late"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(said, ["即将超时", "时限已到", "已超时 30分钟"]);
}

#[test]
fn an_order_that_has_risen_since_is_told_at_the_level_at_which_it_was_issued() {
    let order = Command::OrderSupervision { kind: OrderKind::Leader, text: "今日办结".into() };
    let ordered = handling().then(minutes(1), Role::DutyChief, order);
    let message = last(&ordered);
    let (_, before) = delivered(&ordered.case, &message);
    let mut risen = ordered;
    while risen.case.state.filing().unwrap().orders[0].level == 1 {
        risen = risen.fires(Duration::ZERO);
    }
    let (_, after) = delivered(&risen.case, &message);
    assert_eq!(before["level"], "一级");
    assert_eq!((&after["level"], &after["reply_due"]), (&before["level"], &before["reply_due"]));
}

/// Cases to whom everything happens: returns, steps, orders, rework, lateness of the centre.
pub(crate) fn lives() -> Vec<CasePath> {
    let refuse = || Command::DecideReturn { decision: Decision::Refuse, reason: "手册".into() };
    let rework = || Command::Rework { reason: "高出路面".into() };
    let order =
        || Command::OrderSupervision { kind: OrderKind::Leader, text: "今日办结".into() };
    let to_the_end = |road: CasePath| {
        road.then(minutes(5), Role::UnitStaff, feedback())
            .then(minutes(5), Role::Collector, verify(Outcome::Passed))
            .then(minutes(5), Role::DutyChief, rework())
            .then(minutes(5), Role::UnitStaff, feedback())
            .fires(Duration::ZERO)
            .then(minutes(5), Role::Collector, verify(Outcome::Passed))
            .fires(Duration::ZERO)
            .then(minutes(5), Role::DutyChief, Command::Close { waiver: None })
    };
    let twice_returned = reviewed()
        .then(minutes(1), Role::DutyChief, refuse())
        .then(minutes(1), Role::UnitStaff, give_back(Ground::Boundary))
        .fires(Duration::ZERO)
        .then(Duration::ZERO, Role::Dispatcher, opinion(Opinion::Disagree))
        .then(minutes(1), Role::DutyChief, refuse());
    let mut overdue = handling_as(MISSING_COVER).then(minutes(1), Role::DutyChief, order());
    for _ in 0..8 {
        overdue = overdue.fires(Duration::ZERO);
    }
    let overdue = overdue
        .asks(minutes(1), &somebody(Role::DutyChief).on_behalf_of("SW"), &give_back(Ground::Duty))
        .unwrap()
        .fires(Duration::ZERO)
        .then(minutes(1), Role::DutyChief, refuse());
    let unread = dispatched_as(MISSING_COVER).fires(Duration::ZERO).fires(Duration::ZERO);
    let unread = unread.then(minutes(1), Role::UnitStaff, Command::Receive);
    [twice_returned, overdue, unread].map(to_the_end).into()
}
