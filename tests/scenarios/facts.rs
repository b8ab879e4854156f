//! Facts: what is counted of a stretch of a case with one unit, and since when it was known (articles 16–18, 25 and 26).

use std::time::Duration;

use duban_actors::case::command::{Decision, Determination, Opinion, Outcome, Resumption, Ruling};
use duban_actors::case::facts::{End, Left, Length, Outcome as Became, Period, Standing};
use duban_actors::case::{Command, Event, Fact, Timeliness};
use duban_actors::role::Role;
use duban_core::clock::Timestamp;
use duban_core::entity::Entity as _;
use duban_rules::vocabulary::UnitId;
use duban_tests::case_path::{
    CasePath, MONDAY_9AM, adopted, application_reviewed, asked_for_more, awaiting_closing, consent,
    deferral, determine, dispatch, disputing, extension, feedback, handling, hours, minutes,
    opinion, reserved, resume, returning, ruling, town, used_up, verify,
};
use proptest::prelude::*;

use crate::case::walks::{started, walk};

const DAY: Duration = Duration::from_hours(24);

fn facts(road: &CasePath) -> &[Fact] {
    &road.case.state.filing().unwrap().facts
}

fn midnight(days: u32) -> Timestamp {
    MONDAY_9AM - hours(9) + DAY * days
}

/// Monday and Tuesday; the case is due on Wednesday.
fn before_due() -> Period {
    Period { from: midnight(0), until: midnight(2), length: Length::Month }
}

/// Wednesday and Thursday.
fn with_due() -> Period {
    Period { from: midnight(2), until: midnight(4), length: Length::Month }
}

/// How the last stretch stands in both periods, as it is known on Friday.
fn standings(road: &CasePath) -> (Standing, Standing) {
    let fact = facts(road).last().unwrap();
    (fact.standing(before_due(), midnight(4)), fact.standing(with_due(), midnight(4)))
}

fn closed(road: CasePath) -> CasePath {
    road.then(minutes(10), Role::DutyChief, Command::Close { waiver: None })
}

/// Fed back so late, and found good a day behind.
fn fed_back_after(later: Duration) -> CasePath {
    handling().then(later, Role::UnitStaff, feedback())
}

#[test]
fn what_is_open_and_due_in_a_period_was_to_be_closed_in_it_and_before_it_was_not() {
    assert_eq!(standings(&handling()), (Standing::NotDue, Standing::Due(Became::Open)));
}

#[test]
fn what_was_fed_back_in_time_and_is_looked_at_stands_beside_the_set() {
    let in_time = fed_back_after(hours(2));
    assert_eq!(standings(&in_time), (Standing::InTransit, Standing::InTransit));

    let late = fed_back_after(hours(49));
    assert_eq!(standings(&late), (Standing::NotDue, Standing::Due(Became::Open)));
}

#[test]
fn a_case_is_closed_in_one_period_and_was_to_be_closed_there() {
    let road = fed_back_after(hours(2));
    let road = road.then(DAY * 2, Role::Collector, verify(Outcome::Passed));
    let on_time = Standing::Due(Became::Closed(Timeliness::OnTime));
    assert_eq!(standings(&closed(road)), (Standing::InTransit, on_time));

    // Closed early it counts where it was closed, and nowhere else.
    assert_eq!(standings(&closed(awaiting_closing())), (on_time, Standing::Apart));
}

#[test]
fn a_stretch_given_back_or_found_to_be_anothers_counts_for_nobody() {
    let returned = returning().then(Duration::ZERO, Role::Dispatcher, opinion(Opinion::Agree));
    let accept = Command::DecideReturn { decision: Decision::Accept, reason: "属实".into() };
    let returned = returned.then(minutes(10), Role::DutyChief, accept);
    let again = returned.clone().then(minutes(5), Role::Dispatcher, dispatch("SW"));
    assert_eq!(standings(&returned), (Standing::Apart, Standing::Apart));
    let how = |fact: &Fact| match fact.end {
        End::Left { how, .. } => Some(how),
        End::Open | End::Closed { .. } => None,
    };
    let left: Vec<_> = facts(&again).iter().map(how).collect();
    assert_eq!(left, [Some(Left::Returned), None]);

    let moved = disputing().then(
        hours(1),
        Role::DutyChief,
        determine(Determination::MovesTo(UnitId::new("DL"))),
    );
    let left: Vec<_> = facts(&moved).iter().map(how).collect();
    assert_eq!(left, [Some(Left::Determined), None]);
    assert_eq!(facts(&moved).last().unwrap().unit.as_str(), "DL");
}

#[test]
fn a_rework_has_its_date_and_a_grant_the_day_on_which_it_was_asked() {
    let road = fed_back_after(hours(2));
    let failed = road.then(hours(3), Role::Collector, verify(Outcome::Failed));
    let fact = facts(&failed).last().unwrap();
    assert_eq!(fact.reworks().collect::<Vec<_>>(), [failed.at]);

    let asked = handling().then(hours(1), Role::UnitHead, extension("1"));
    let (since, asked) = (asked.at, reserved(asked));
    let granted = asked.then(minutes(10), Role::Dispatcher, opinion(Opinion::Agree)).then(
        hours(2),
        Role::DutyChief,
        ruling(Ruling::Grant),
    );
    let fact = facts(&granted).last().unwrap();
    let [first, second] = &*fact.dues else { panic!("{:?}", fact.dues) };
    assert_eq!((second.asked, second.at), (since, granted.at));
    assert!(second.due > first.due && fact.granted.is_some());
    // What was granted later was not known before.
    assert_eq!(fact.known_at(since).unwrap().due, Some(first.due));
}

#[test]
fn a_grant_beyond_the_quota_has_the_day_on_which_it_was_asked_too() {
    let asked = asked_for_more();
    let since = asked.at;
    let granted = used_up(asked).then(hours(2), Role::CentreHead, ruling(Ruling::Grant));
    let [_, second] = &*facts(&granted).last().unwrap().dues else { panic!() };
    assert_eq!((second.asked, second.at), (since, granted.at));
}

#[test]
fn a_limit_that_is_stated_was_asked_for_when_the_clock_was_stopped() {
    let extended = application_reviewed().then(minutes(5), Role::DutyChief, ruling(Ruling::Grant));
    let deferred = extended
        .then(minutes(5), Role::UnitStaff, deferral(5, 15))
        .then(minutes(5), Role::Dispatcher, opinion(Opinion::Agree))
        .then(minutes(5), Role::CentreHead, ruling(Ruling::Grant))
        .then(minutes(5), Role::CountyLeader, consent(Ruling::Grant));
    let three_days = Resumption::Limit("3工作日".parse().unwrap());
    let resumed = deferred.clone().then(DAY, Role::CentreHead, resume(three_days));
    let last = facts(&resumed).last().unwrap().dues.last().unwrap();
    assert_eq!((last.asked, last.at), (deferred.at, resumed.at));
}

#[test]
fn a_unit_belongs_to_the_organisation_of_the_day_on_which_it_got_the_case() {
    let unit = town().rules.units.get(&UnitId::new("SW")).unwrap();
    let of = |road: CasePath| facts(&road).first().unwrap().organisation.clone();
    assert_eq!(of(handling()).as_deref(), Some(unit.organisation.as_str()));
    assert_eq!(of(adopted()), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Whoever computes a figure later comes to what was known then.
    #[test]
    fn what_was_known_of_a_stretch_at_an_instant_is_known_of_it_ever_after(steps in started()) {
        let path = walk(&steps);
        let all = path.case.state.filing().map(|filing| filing.facts.clone()).unwrap_or_default();
        let mut case = CasePath::start().case;
        let mut events = path.events.iter().peekable();
        let mut now = Timestamp::from_millis(0);
        while let Some(event) = events.next() {
            case = case.evolve(event).unwrap();
            now = event.at().unwrap_or(now).max(now);
            let is_last_then = events.peek().is_none_or(|next| next.at().is_some_and(|at| at > now));
            let imported = path.events.iter().any(|event| matches!(event, Event::Adopted(_)));
            let Some(filing) = case.state.filing().filter(|_| is_last_then && !imported) else {
                continue;
            };
            for then in &filing.facts {
                let ever_after = all.iter().find(|fact| fact.assignment == then.assignment);
                let ever_after = ever_after.and_then(|fact| fact.known_at(now));
                prop_assert_eq!(ever_after, then.known_at(now), "after {:?}", event);
            }
        }
    }

    #[test]
    fn a_fact_says_of_the_stretch_under_way_what_the_case_says(steps in started()) {
        let path = walk(&steps);
        let mut case = CasePath::start().case;
        for event in &path.events {
            case = case.evolve(event).unwrap();
            let Some(held) = case.state.assignment() else { continue };
            let fact = case.state.filing().unwrap().facts.last().unwrap();
            let at = event.at().unwrap_or(path.at).max(held.dispatched);
            let known = fact.known_at(at).unwrap();
            prop_assert_eq!((fact.assignment, &fact.unit), (held.no, &held.unit));
            prop_assert_eq!(known.due, held.due, "after {:?}", event);
            prop_assert_eq!(fact.granted, held.extension);
            let later = at + DAY;
            let is_overdue = fact.known_at(later).unwrap().is_overdue(later);
            prop_assert_eq!(is_overdue, case.state.is_overdue(later), "after {:?}", event);
            let reworks = case.state.filing().unwrap().reworks;
            let noted: usize = case.state.filing().unwrap().facts.iter().map(|f| f.reworks().count()).sum();
            prop_assert_eq!(noted, usize::from(reworks));
        }
    }
}
