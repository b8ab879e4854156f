//! Deferrals (缓办, article 27): nobody but the county leader lets a case wait, and nobody forgets it.

mod counting;
mod ledger;
mod letters;

use std::time::Duration;

use chrono::NaiveDate;
use duban_actors::case::assignment::StepState;
use duban_actors::case::clock::ClockName;
use duban_actors::case::command::{Ground, Opinion, Outcome, Resumption, Ruling, Signed};
use duban_actors::case::explain::explain;
use duban_actors::case::facts::Stop;
use duban_actors::case::files::Use;
use duban_actors::case::supervision::OrderStanding;
use duban_actors::case::{Command, Event, Refusal, StandsStill, StopCause, Timeliness, listing};
use duban_actors::context::Context;
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_rules::Sources;
use duban_rules::vocabulary::{LimitUnit, Recipient, TimeLimit, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity, List};
use duban_runtime::outbox::Claim;
use duban_tests::case_path::{
    CasePath, LOOSE_COVER, MISSING_COVER, MONDAY_9AM, consent, consent_wanted, deferral,
    deferral_reviewed, deferred, dispatch, feedback, file, give_back, handling, handling_as,
    minutes, opinion, report, resume, ruling, somebody, town, verify, verifying,
};
use duban_tests::given::given_case;
use duban_tests::{due, timeliness, timers};

use crate::extension::{at, march, up_to};

/// An hour and a minute of a day of that year.
fn on(month: u32, day: u32, hour: u32, minute: u32) -> Timestamp {
    let local = date(month, day).and_hms_opt(hour, minute, 0).unwrap();
    town().rules.calendar.instant(local).into()
}

fn date(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn days(n: i64) -> TimeLimit {
    TimeLimit::new(n * 1_000, LimitUnit::WorkDay)
}

/// The shipped rules, by which a loose cover has seven working days.
fn seven_days() -> Context {
    let shipped = Sources::shipped();
    let handbook = shipped.text("handbook.csv").unwrap_or_default();
    let handbook = handbook.replacen("更换或修好,2工作日", "更换或修好,7工作日", 1);
    Context::new(duban_rules::parse(&shipped.with("handbook.csv", handbook)).0)
}

/// Seven working days of the water bureau from Monday at nine, signed for ten minutes later.
fn from_monday() -> CasePath {
    let registered = CasePath::start().then(Duration::ZERO, Role::Collector, report());
    let desk = somebody(Role::Intake);
    let filed = registered.asks_under(&seven_days(), Duration::ZERO, &desk, &file(LOOSE_COVER));
    filed.unwrap().then(Duration::ZERO, Role::Dispatcher, dispatch("SW")).then(
        minutes(10),
        Role::UnitStaff,
        Command::Receive,
    )
}

/// The same, for which consent is wanted since the thirteenth.
fn wanted() -> CasePath {
    let asked = at(from_monday(), march(10, 9, 30), Role::UnitStaff, deferral(5, 15));
    let seen = at(asked, march(12, 9, 0), Role::Dispatcher, opinion(Opinion::Agree));
    at(seen, march(13, 9, 0), Role::CentreHead, ruling(Ruling::Grant))
}

/// The same, deferred on the eighteenth.
fn waiting() -> CasePath {
    at(wanted(), march(18, 10, 0), Role::CountyLeader, consent(Ruling::Grant))
}

/// What somebody entered for the county leader.
fn signed(leader: &str, on: NaiveDate) -> Command {
    let signed = Signed { leader: leader.into(), on, scan: "blob-7".into() };
    Command::Consent { ruling: Ruling::Grant, reason: String::new(), signed: Some(signed) }
}

/// What is sent after the last event: the template, to which capacities, in which words.
fn said(road: &CasePath) -> Vec<(String, Vec<String>, serde_json::Value)> {
    let sent = road.case.effects(road.events.last().unwrap(), town()).into_iter();
    let said = sent.filter_map(|effect| match effect {
        Effect::Tell(_) => None,
        Effect::Send(message) => {
            let Claim::Deliver(to, words) = road.case.claim(&message, road.at, town()) else {
                panic!("{} is withdrawn", message.template)
            };
            let mut to: Vec<String> = to.iter().map(|one| one.role.to_string()).collect();
            to.dedup();
            Some((message.template.to_string(), to, serde_json::from_str(&words).unwrap()))
        }
    });
    said.collect()
}

fn place_in(road: &CasePath, list: &List) -> Option<String> {
    let found = road.case.listing().0.into_iter().find(|key| key.list == *list);
    found.map(|key| key.order.to_string())
}

#[test]
fn nobody_but_the_county_leader_defers() {
    given_case(deferral_reviewed())
        .when(MONDAY_9AM + minutes(50), Role::DutyChief, &ruling(Ruling::Grant))
        .then_refused(&Refusal::OnlyTheHead);
    given_case(deferral_reviewed())
        .when(MONDAY_9AM + minutes(50), Role::CountyLeader, &consent(Ruling::Grant))
        .then_refused(&Refusal::NoConsentWanted);

    // The head is for it, and the case goes on until the leader is, too.
    let wanted = consent_wanted();
    let given = due(&handling().case);
    assert_eq!((wanted.case.state.name(), due(&wanted.case)), ("handling", given));
    assert_eq!(wanted.case.state.stands_still(), None);
    assert!(timers(&wanted.case).contains(&"consent.1.1/100".to_owned()));
    assert!(place_in(&wanted, &listing::CONSENT).is_some());
    assert_eq!(place_in(&wanted, &listing::APPLIED), None, "the centre has had its say");
    let (template, to, words) = said(&wanted).remove(0);
    assert_eq!((template.as_str(), to), ("consent-wanted", vec!["county-leader".to_owned()]));
    assert_eq!(words["review_on"], "2026-05-15");
    assert_eq!(words["due"], "2026-03-05 09:45", "three working days");
    let later = wanted.at + minutes(5);
    for command in [ruling(Ruling::Grant), ruling(Ruling::Refuse)] {
        given_case(wanted.clone())
            .when(later, Role::CentreHead, &command)
            .then_refused(&Refusal::ConsentAwaited);
    }
    for role in [Role::DutyChief, Role::Dispatcher, Role::UnitHead, Role::Operator] {
        given_case(wanted.clone())
            .when(later, role, &consent(Ruling::Grant))
            .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Consent }));
    }

    let road = deferred();
    assert_eq!(road.case.state.name(), "deferred");
    assert_eq!(
        road.case.state.stands_still(),
        Some(StandsStill { since: road.at, why: StopCause::Deferred })
    );
    // The leader may do nothing else.
    for command in [feedback(), ruling(Ruling::Grant), resume(Resumption::Rest)] {
        let asked = road.asks(minutes(1), &somebody(Role::CountyLeader), &command);
        assert!(matches!(asked.unwrap_err(), Refusal::Common(Common::NotPermitted { .. })));
    }
}

#[test]
fn whoever_enters_the_leaders_consent_shows_what_was_signed() {
    let (wanted, head) = (wanted(), somebody(Role::CentreHead));
    let asks = |command: &Command| {
        let wanted = up_to(wanted.clone(), march(18, 10, 0));
        let later = march(18, 10, 0).since(wanted.at);
        wanted.asks(later, &head, command)
    };
    assert_eq!(asks(&consent(Ruling::Grant)).unwrap_err(), Refusal::ConsentUnsigned);
    let stranger = asks(&signed("臧示例", date(3, 18)));
    assert_eq!(stranger.unwrap_err(), Refusal::NotTheCountyLeader);
    for day in [date(3, 9), date(3, 19)] {
        let refused = asks(&signed("贝示例", day)).unwrap_err();
        assert_eq!(refused, Refusal::ConsentDate { from: date(3, 10) }, "{day}");
    }
    let road = asks(&signed("贝示例", date(3, 17))).unwrap();
    let Event::Deferred(event) = road.events.last().unwrap() else { panic!("{:?}", road.events) };
    assert_eq!((event.leader.as_str(), event.signed_on), ("贝示例", date(3, 17)));
    assert_eq!((event.asked, event.at), (march(10, 9, 30), march(18, 10, 0)));
    assert_eq!(road.events.last().unwrap().files(), (Use::Form, &["blob-7".into()][..]));
}

#[test]
fn a_leader_who_is_against_it_says_why_and_unit_head_and_chief_hear_it() {
    let silent = Command::Consent { ruling: Ruling::Refuse, reason: " ".into(), signed: None };
    given_case(consent_wanted())
        .when(MONDAY_9AM + minutes(50), Role::CountyLeader, &silent)
        .then_refused(&Refusal::Common(Common::ReasonMissing));
    let road = consent_wanted().then(minutes(5), Role::CountyLeader, consent(Ruling::Refuse));
    assert_eq!((road.case.state.name(), due(&road.case)), ("handling", due(&handling().case)));
    let (template, to, words) = said(&road).remove(0);
    assert_eq!(template, "application-result");
    assert_eq!(to, ["informant", "handling-office", "centre-head", "duty-chief"]);
    let leader = somebody(Role::CountyLeader).by;
    let finding = format!("主管县长{leader}不同意");
    assert_eq!((&words["finding"], &words["reason"]), (&finding.into(), &"请按期复核".into()));
    assert_eq!(words["wish"], "缓办", "the day of a review that does not come is not told");
    assert!(!words.to_string().contains("2026-05-15"), "{words}");
    // What the head is against nobody has to be told but the unit.
    let road = deferral_reviewed().then(minutes(5), Role::CentreHead, ruling(Ruling::Refuse));
    let (_, to, words) = said(&road).remove(0);
    assert_eq!((to.len(), &words["finding"]), (2, &"不同意".into()));
    assert!(!words.to_string().contains("2026-05-15"), "{words}");
    let road = consent_wanted().then(minutes(5), Role::CountyLeader, consent(Ruling::Refuse));
    assert!(!timers(&road.case).iter().any(|timer| timer.starts_with("consent")));
}

#[test]
fn a_consent_that_does_not_come_is_told_to_the_head_after_three_working_days() {
    let road = up_to(consent_wanted(), march(5, 9, 45));
    let told = road.events.iter().rev().find_map(|event| {
        let Event::StepDecided(step) = event else { return None };
        (step.clock == ClockName::Consent).then_some(step)
    });
    let told = told.unwrap();
    assert_eq!((told.step.as_str(), told.due), ("100", march(5, 9, 45)));
    assert!(told.tell.contains(&Recipient::CentreHead), "{told:?}");
}

#[test]
fn a_deferral_is_reviewed_within_three_months() {
    let staff = somebody(Role::UnitStaff);
    let asks = |month, day| handling().asks(minutes(1), &staff, &deferral(month, day));
    let latest = date(6, 2);
    for (month, day) in [(3, 1), (3, 2), (6, 3)] {
        assert_eq!(asks(month, day).unwrap_err(), Refusal::ReviewDate { latest }, "{month}-{day}");
    }
    asks(3, 3).unwrap();
    asks(6, 2).unwrap();
    // A consent after that day comes too late.
    let soon = handling()
        .then(minutes(1), Role::UnitStaff, deferral(3, 4))
        .then(minutes(1), Role::Dispatcher, opinion(Opinion::Agree))
        .then(minutes(1), Role::CentreHead, ruling(Ruling::Grant));
    let late = up_to(soon, march(4, 10, 0));
    let asked = late.asks(minutes(30), &somebody(Role::CountyLeader), &consent(Ruling::Grant));
    assert!(matches!(asked.unwrap_err(), Refusal::ReviewDate { .. }));
}

#[test]
fn an_application_that_nobody_signed_goes_to_no_leader() {
    let Command::Apply { wish, reason, signer, begun, .. } = deferral(5, 15) else { panic!() };
    let unsigned = Command::Apply { wish, reason, signer, begun, form: None };
    let road = handling().then(minutes(1), Role::UnitStaff, unsigned).then(
        minutes(1),
        Role::Dispatcher,
        opinion(Opinion::Agree),
    );
    given_case(road.clone())
        .when(road.at + minutes(1), Role::CentreHead, &ruling(Ruling::Grant))
        .then_refused(&Refusal::FormMissing);
    let form = Command::AddForm { form: "blob-5".into() };
    let road = road.then(minutes(1), Role::UnitStaff, form).then(
        minutes(1),
        Role::CentreHead,
        ruling(Ruling::Grant),
    );
    assert!(timers(&road.case).contains(&"consent.1.1/100".to_owned()));
}

#[test]
fn a_deferred_case_wants_nothing_until_its_review() {
    let before = up_to(wanted(), march(18, 9, 59));
    assert_eq!(due(&before.case), Some(march(11, 9, 0)));
    assert!(
        before.case.state.is_overdue(before.at)
            && !before.case.state.filing().unwrap().orders.is_empty()
    );

    let road = waiting();
    assert_eq!(
        timers(&road.case),
        ["deferral.1.1/review", "deferral.1.1/review-30", "deferral.1.1/review-7"]
    );
    let mut ahead: Vec<Timestamp> = road.case.timers().0.iter().map(|timer| timer.due).collect();
    ahead.sort();
    assert_eq!(ahead, [on(4, 15, 8, 30), on(5, 8, 8, 30), on(5, 15, 8, 30)]);
    assert!(!road.case.state.is_overdue(on(5, 1, 9, 0)), "it is overdue for nobody");
    let orders = &road.case.state.filing().unwrap().orders;
    assert!(orders.iter().all(|order| matches!(order.standing, OrderStanding::Settled(_))));
    let unit = UnitId::new("SW");
    let by_review = listing::order(on(5, 15, 8, 30)).to_string();
    assert_eq!(place_in(&road, &listing::at_stage("deferred")), Some(by_review));
    let last = listing::order(Timestamp::NEVER).to_string();
    assert_eq!(place_in(&road, &listing::open_of(&unit)), Some(last), "due for nobody");
    let (template, to, words) = said(&road).remove(0);
    assert_eq!(template, "deferred");
    assert_eq!(to, ["informant", "handling-office", "dispatch-desk", "centre-head"]);
    assert_eq!(words["review_on"], "2026-05-15");

    let staff = somebody(Role::UnitStaff);
    let out_of_order = Refusal::OutOfOrder { stands: "deferred" };
    for command in [Command::Start, give_back(Ground::Duty), deferral(5, 15)] {
        let asked = road.asks(minutes(1), &staff, &command);
        assert_eq!(asked.unwrap_err(), out_of_order, "{command:?}");
    }

    // Announced twice, to whoever does the work; from its day on the head hears of it every day.
    let mut road = road;
    let mut heard = Vec::new();
    for _ in 0..5 {
        road = road.fires(Duration::ZERO);
        let (template, to, _) = said(&road).remove(0);
        assert_eq!(template, "deferral-review");
        heard.push((road.at, to.contains(&"centre-head".to_owned())));
    }
    assert_eq!(
        heard,
        [
            (on(4, 15, 8, 30), false),
            (on(5, 8, 8, 30), false),
            (on(5, 15, 8, 30), true),
            (on(5, 16, 8, 30), true),
            (on(5, 17, 8, 30), true),
        ]
    );
    // Days of standing still are told of once.
    let late = road.fires(Duration::from_hours(72));
    let next = late.case.timers().soonest().unwrap().due;
    assert_eq!((late.at, next), (on(5, 21, 8, 30), on(5, 22, 8, 30)));
}

#[test]
fn resumed_it_goes_on_with_the_rest_or_a_stated_limit() {
    let road =
        at(waiting(), on(5, 15, 10, 0), Role::CentreHead, resume(Resumption::Limit(days(3))));
    let held = road.case.state.assignment().unwrap();
    assert_eq!((held.due, held.revision), (Some(on(5, 20, 10, 0)), 1));
    assert_eq!((held.start, held.limit), (on(5, 15, 10, 0), Some(days(3))));
    let explained = explain(&road.case, road.at, town(), || None);
    assert_eq!(explained.limit, Some(days(3)));
    assert_eq!(
        explained.account.map(|account| account.due.into()),
        held.due,
        "the account says it"
    );
    let ahead = timers(&road.case);
    for step in ["warning", "level-1", "level-2", "level-3"] {
        assert!(ahead.contains(&format!("handling.1.1/{step}")), "{step} of {ahead:?}");
    }
    assert!(!held.marks.iter().any(|mark| mark.standing == StepState::Decided));
    let span = Stop {
        why: StopCause::Deferred,
        asked: march(10, 9, 30),
        from: march(18, 10, 0),
        until: Some(on(5, 15, 10, 0)),
    };
    let filing = road.case.state.filing().unwrap();
    assert_eq!((filing.deferrals, &*filing.facts.last().unwrap().stops), (1, &[span][..]));
    let (template, to, words) = said(&road).remove(0);
    assert_eq!(template, "resumed");
    assert!(to.contains(&"deputy-head".to_owned()), "whoever heard of the levels hears it: {to:?}");
    assert_eq!(
        (&words["due"], &words["due_before"]),
        (&"2026-05-20 10:00".into(), &"2026-03-11 09:00".into())
    );

    let done = at(road, on(5, 19, 16, 0), Role::UnitStaff, feedback());
    let passed = at(done, on(5, 20, 9, 0), Role::Collector, verify(Outcome::Passed));
    let closed = at(passed, on(5, 20, 9, 10), Role::DutyChief, Command::Close { waiver: None });
    assert_eq!(timeliness(&closed.case), Some(Timeliness::OnTime));

    // With the rest: an overdue case is as overdue as it was.
    let rest = at(waiting(), on(5, 15, 10, 0), Role::DutyChief, resume(Resumption::Rest));
    assert_eq!(due(&rest.case), Some(march(11, 9, 0)));
    assert!(rest.case.state.is_overdue(rest.at));
    // One of two working days, of which fifty minutes were used, has the others.
    let rest = at(deferred(), on(5, 15, 10, 0), Role::DutyChief, resume(Resumption::Rest));
    assert_eq!(due(&rest.case), Some(on(5, 19, 9, 25)));
    let account = explain(&rest.case, rest.at, town(), || None).account;
    assert_eq!(account.map(|account| account.due.into()), due(&rest.case));
}

#[test]
fn a_deferred_case_is_not_said_to_be_overdue_by_what_has_passed_since() {
    let road = waiting();
    let shown = duban::labels::history::facts(&road.case, town(), on(5, 1, 9, 0));
    let due = &shown.iter().find(|(name, _)| *name == "截止").unwrap().1;
    assert!(due.contains("已超过 7天1小时") && due.ends_with(",计时暂停"), "{due}");
}

#[test]
fn a_stated_limit_is_counted_as_the_cases_own() {
    let chief = somebody(Role::DutyChief);
    for limit in [
        days(0),
        TimeLimit::new(4_000, LimitUnit::UrgentHour),
        TimeLimit::new(4_000, LimitUnit::DeskHour),
    ] {
        let asked = deferred().asks(minutes(1), &chief, &resume(Resumption::Limit(limit)));
        assert_eq!(asked.unwrap_err(), Refusal::LimitUnfit { limit });
    }
    let silent = Command::Resume { how: Resumption::Rest, reason: " ".into() };
    let asked = deferred().asks(minutes(1), &chief, &silent);
    assert_eq!(asked.unwrap_err(), Refusal::Common(Common::ReasonMissing));
    for role in [Role::Dispatcher, Role::UnitHead, Role::CountyLeader] {
        given_case(deferred())
            .when(MONDAY_9AM + minutes(60), role, &resume(Resumption::Rest))
            .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::ReviewApplication }));
    }
    given_case(handling())
        .when(MONDAY_9AM + minutes(60), Role::DutyChief, &resume(Resumption::Rest))
        .then_refused(&Refusal::OutOfOrder { stands: "handling" });
}

#[test]
fn whoever_feeds_back_a_deferred_case_resumes_it_first() {
    let road = at(deferred(), march(9, 10, 0), Role::UnitStaff, feedback());
    let kinds: Vec<bool> =
        road.events.iter().rev().take(2).map(|event| matches!(event, Event::Resumed(_))).collect();
    assert_eq!(kinds, [false, true]);
    assert_eq!(road.case.state.name(), "verifying");
    assert!(!road.case.state.is_overdue(on(5, 1, 9, 0)), "it was done in time");
}

#[test]
fn an_urgent_case_is_deferred_too_and_its_clock_stands_still() {
    let wanted = handling_as(MISSING_COVER)
        .then(minutes(5), Role::UnitStaff, deferral(5, 15))
        .then(minutes(5), Role::CentreHead, ruling(Ruling::Grant));
    let given = due(&wanted.case).unwrap();
    let road = wanted.then(minutes(10), Role::CountyLeader, consent(Ruling::Grant));
    assert!(!timers(&road.case).iter().any(|timer| timer.starts_with("handling")));
    let rest = road.then(minutes(45), Role::DutyChief, resume(Resumption::Rest));
    assert_eq!(due(&rest.case), Some(given + minutes(45)));
}

#[test]
fn a_unit_that_feeds_back_or_takes_it_back_is_not_deferred() {
    let done = consent_wanted().then(minutes(1), Role::UnitStaff, feedback());
    given_case(done.clone())
        .when(done.at + minutes(1), Role::CountyLeader, &consent(Ruling::Grant))
        .then_refused(&Refusal::OutOfOrder { stands: "verifying" });
    let back = Command::TakeBack { reason: "已具备条件".into() };
    let back = consent_wanted().then(minutes(1), Role::UnitStaff, back);
    given_case(back.clone())
        .when(back.at + minutes(1), Role::CountyLeader, &consent(Ruling::Grant))
        .then_refused(&Refusal::NoConsentWanted);
    let late = verifying().asks(minutes(1), &somebody(Role::UnitStaff), &deferral(5, 15));
    assert_eq!(late.unwrap_err(), Refusal::AfterFeedback);
}
