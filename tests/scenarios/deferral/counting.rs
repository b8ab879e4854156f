//! Deferred cases in the figures: out of the months while they wait, and out of the whole year (articles 26 and 27).

use duban_actors::case::command::{Outcome, Resumption, Ruling};
use duban_actors::case::facts::{Length, Outcome as Became, Period, Standing};
use duban_actors::case::{Command, Timeliness};
use duban_actors::role::Role;
use duban_tests::case_path::{CasePath, consent, feedback, resume, verify};

use super::{at, days, on, waiting, wanted};

/// How the case stands in a month, computed when it is over.
fn month(road: &CasePath, month: u32) -> Standing {
    let (from, until) = (on(month, 1, 0, 0), on(month + 1, 1, 0, 0));
    standing(road, Period { from, until, length: Length::Month })
}

/// How it stands in the year, by what is known in December.
fn year(road: &CasePath) -> Standing {
    let (from, until) = (on(1, 1, 0, 0), on(12, 31, 0, 0));
    standing(road, Period { from, until, length: Length::Year })
}

fn standing(road: &CasePath, period: Period) -> Standing {
    let facts = &road.case.state.filing().unwrap().facts;
    facts.last().unwrap().standing(period, period.until)
}

#[test]
fn the_year_forgets_it_and_the_months_take_it_again() {
    let road = waiting();
    assert_eq!([month(&road, 3), month(&road, 4)], [Standing::Apart; 2]);

    let road = at(road, on(5, 15, 10, 0), Role::CentreHead, resume(Resumption::Limit(days(3))));
    let road = at(road, on(5, 19, 10, 0), Role::UnitStaff, feedback());
    let road = at(road, on(5, 19, 11, 0), Role::Collector, verify(Outcome::Passed));
    let road = at(road, on(5, 20, 9, 0), Role::DutyChief, Command::Close { waiver: None });
    assert_eq!([month(&road, 3), month(&road, 4)], [Standing::Apart; 2]);
    assert_eq!(month(&road, 5), Standing::Due(Became::Closed(Timeliness::OnTime)));
    assert_eq!([month(&road, 6), year(&road)], [Standing::Apart; 2]);
}

#[test]
fn a_case_deferred_after_it_was_due_is_overdue_in_no_figure() {
    let (before, road) = (wanted(), waiting());
    let april = on(4, 1, 9, 0);
    let figure = |road: &CasePath| {
        let facts = &road.case.state.filing().unwrap().facts;
        facts.last().unwrap().known_at(april).unwrap().is_overdue(april)
    };
    assert!(before.case.state.is_overdue(april) && figure(&before));
    assert!(!road.case.state.is_overdue(april) && !figure(&road));
}

#[test]
fn a_month_that_was_over_before_the_consent_keeps_the_case() {
    let road = at(wanted(), on(4, 20, 10, 0), Role::CountyLeader, consent(Ruling::Grant));
    // Due on the eleventh of March, and open when March was computed.
    assert_eq!(month(&road, 3), Standing::Due(Became::Open));
    assert_eq!([month(&road, 4), year(&road)], [Standing::Apart; 2]);
}
