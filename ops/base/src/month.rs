//! The month so far (article 26): how many cases were to be closed in it, and how many of them were in time; and the open
//! ones on the highest level.

use chrono::Datelike as _;
use duban_actors::case::facts::{End, Length, Outcome, Period, Standing};
use duban_actors::case::supervision::LEVEL_MAX;
use duban_actors::case::{Case, Timeliness, listing, remains};
use duban_actors::context::Context;
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Failure, Journal};

use crate::state::{each_between, readable, unreadable};

/// Cases on the highest level that are named; beyond them somebody has to look into the lists.
const LEVEL_3_MAX: usize = 200;

/// What a month came to so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Month {
    pub on_time: u64,
    pub late: u64,
    /// Open ones that are overdue: they were to be closed, too.
    pub overdue: u64,
    /// Open cases on the highest level, the longest overdue first, at most 200.
    pub level_3: Vec<Case>,
}

impl Month {
    /// How many were to be closed.
    pub fn due(&self) -> u64 {
        self.on_time + self.late + self.overdue
    }

    /// Closed in time per case that was to be closed, in tenths of a percent; none where none was.
    pub fn on_time_permille(&self) -> Option<u64> {
        let due = self.due();
        (self.on_time * 1000 + due / 2).checked_div(due)
    }
}

/// The first instant of the local month of an instant.
pub fn begins(calendar: &Calendar, at: Timestamp) -> Timestamp {
    let today = calendar.local(at.into()).date();
    calendar.midnight(today.with_day(1).unwrap_or(today)).into()
}

/// The month of `now` up to it. Of the open cases those that are due are looked into.
///
/// # Errors
/// When the store cannot be read.
pub fn so_far(journal: &Journal, cx: &Context, now: Timestamp) -> Result<Month, Failure> {
    let from = begins(&cx.rules.calendar, now);
    let period = Period { from, until: now, length: Length::Month };
    let mut month = Month::default();
    each_between(journal, &listing::CLOSED, (from, now), |_, id| {
        let Some(stored) = journal.entity(id)? else { return Ok(()) };
        let facts = remains::facts(id, &stored).map_err(|source| unreadable(id, source))?;
        let Some(last) = facts.last() else { return Ok(()) };
        if let Standing::Due(Outcome::Closed(timeliness)) = last.standing(period, now) {
            match timeliness {
                Timeliness::OnTime => month.on_time += 1,
                Timeliness::Late => month.late += 1,
                Timeliness::Unjudged => {}
            }
        }
        Ok(())
    })?;
    let mut highest = Vec::new();
    for unit in cx.rules.units.iter() {
        let due = (Timestamp::from_millis(0), now);
        each_between(journal, &listing::open_of(&unit.id), due, |_, id| {
            let Some(case) = readable::<Case>(journal, id)? else { return Ok(()) };
            let last = case.state.filing().and_then(|filing| filing.facts.last());
            let standing = last.filter(|last| matches!(last.end, End::Open));
            let standing = standing.map(|last| last.standing(period, now));
            month.overdue += u64::from(standing == Some(Standing::Due(Outcome::Open)));
            if is_highest(&case) {
                highest.push((case.state.assignment().and_then(|held| held.due), id.clone()));
            }
            Ok(())
        })?;
    }
    highest.sort();
    for (_, id) in highest.iter().take(LEVEL_3_MAX) {
        month.level_3.extend(readable::<Case>(journal, id)?);
    }
    Ok(month)
}

fn is_highest(case: &Case) -> bool {
    let held = case.state.filing().zip(case.state.assignment());
    held.is_some_and(|(filing, held)| held.level(&filing.ladder) >= LEVEL_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_of_those_that_were_to_be_closed_the_overdue_ones_among_them() {
        let month = Month { on_time: 9, late: 1, overdue: 2, ..Month::default() };
        assert_eq!((month.due(), month.on_time_permille()), (12, Some(750)));
        assert_eq!(Month::default().on_time_permille(), None);
    }
}
