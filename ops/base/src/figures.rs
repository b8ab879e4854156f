//! Figures of terminal units, and of an organisation with several of them (articles 6, 8 and 25): cases open, overdue and
//! closed, from the facts of the cases.
//!
//! A case counts for the unit of its last stretch alone, so the cases of several terminals are a union without doubles:
//! an organisation has as many as its terminals together, and its share in time is that of its cases, never a mean of
//! shares.

use std::collections::BTreeMap;
use std::time::Duration;

use duban_actors::case::facts::End;
use duban_actors::case::{Case, Fact, KIND, StopCause, Timeliness, listing, remains};
use duban_actors::role::CANARY_UNIT;
use duban_rules::book::units::Units;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::record::Stored;

use crate::state::{readable, unreadable};

/// Cases read at a time.
const PAGE: usize = 1_024;
/// Cases that are due and looked into at a time: most units have fewer.
const DUE_PAGE: usize = 32;
/// How far back a unit's share of all cases reaches.
const YEAR: Duration = Duration::from_hours(24 * 365);
/// Open cases of a unit that are counted where somebody waits for the answer; whoever has more has enough.
pub const OPEN_MAX: usize = 1_000;

/// How many cases somebody has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub open: u64,
    /// Of the open ones, those that are overdue.
    pub overdue: u64,
    pub on_time: u64,
    pub late: u64,
    /// Closed without anything promised.
    pub unjudged: u64,
    /// Dispatched in the last twelve months, whatever became of them.
    pub in_year: u64,
}

impl Figures {
    fn count(&mut self, last: &Fact, now: Timestamp) {
        self.in_year += u64::from(last.dispatched <= now && now.since(last.dispatched) < YEAR);
        match last.end {
            End::Closed { timeliness: Timeliness::OnTime, .. } => self.on_time += 1,
            End::Closed { timeliness: Timeliness::Late, .. } => self.late += 1,
            End::Closed { timeliness: Timeliness::Unjudged, .. } => self.unjudged += 1,
            End::Left { .. } => {}
            End::Open => {
                let known = last.known_at(now);
                let stopped = known.as_ref().and_then(|known| known.stopped);
                // A deferred case is in nobody's hands until it goes on (article 27).
                if !matches!(stopped, Some((StopCause::Deferred, _))) {
                    self.open += 1;
                    self.overdue += u64::from(known.is_some_and(|known| known.is_overdue(now)));
                }
            }
        }
    }

    fn and(self, other: Figures) -> Figures {
        Figures {
            open: self.open + other.open,
            overdue: self.overdue + other.overdue,
            on_time: self.on_time + other.on_time,
            late: self.late + other.late,
            unjudged: self.unjudged + other.unjudged,
            in_year: self.in_year + other.in_year,
        }
    }

    pub fn closed(&self) -> u64 {
        self.on_time + self.late + self.unjudged
    }

    /// On time per judged closing, in tenths of a percent; none before the first.
    pub fn on_time_permille(&self) -> Option<u64> {
        let judged = self.on_time + self.late;
        (self.on_time * 1000 + judged / 2).checked_div(judged)
    }
}

/// The figures of one organisation with several terminals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    pub organisation: String,
    /// Its terminals, in the order of their ids.
    pub units: Vec<UnitId>,
    pub figures: Figures,
}

/// Those of each organisation that has several terminals by `units`, by those of each unit.
pub fn together(units: &Units, of_each: &BTreeMap<UnitId, Figures>) -> Vec<Together> {
    let of = |(organisation, units): (&str, Vec<UnitId>)| {
        let own = units.iter().filter_map(|unit| of_each.get(unit).copied());
        let figures = own.fold(Figures::default(), Figures::and);
        Together { organisation: organisation.to_owned(), units, figures }
    };
    units.of_several_terminals().into_iter().map(of).collect()
}

/// The figures of every unit that ever had a case, at `now`: one pass over all cases.
///
/// # Errors
/// When the store cannot be read.
pub fn of_all(journal: &Journal, now: Timestamp) -> Result<BTreeMap<UnitId, Figures>, Failure> {
    let mut figures: BTreeMap<UnitId, Figures> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = journal.entities_as_kept(Some(KIND.number), after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(figures) };
        after = Some(last.clone());
        for (id, stored) in &page {
            let Some(last) = last_of(id, stored)? else { continue };
            // What was given back and waits for another unit is nobody's; the daily self-test is no unit's.
            if matches!(last.end, End::Left { .. }) || last.unit.as_str() == CANARY_UNIT {
                continue;
            }
            figures.entry(last.unit.clone()).or_default().count(&last, now);
        }
    }
}

/// How many cases a unit has in hand at `now`, at most [`OPEN_MAX`], and how many of them are overdue: what is due by now is
/// looked into, for a clock that stands still is not overdue.
///
/// # Errors
/// When the store cannot be read.
pub fn of_open(journal: &Journal, unit: &UnitId, now: Timestamp) -> Result<Figures, Failure> {
    let (list, until) = (listing::open_of(unit), listing::order(now));
    let (mut after, mut overdue, mut left) = (None, 0, OPEN_MAX);
    while left > 0 {
        let places = journal.list(&list, after, left.min(DUE_PAGE))?;
        let due: Vec<_> = places.iter().take_while(|(order, _)| *order < until).collect();
        for (_, id) in &due {
            let case = readable::<Case>(journal, id)?;
            overdue += u64::from(case.is_some_and(|case| case.state.is_overdue(now)));
        }
        left = if due.len() == DUE_PAGE { left - DUE_PAGE } else { 0 };
        after = places.into_iter().next_back();
    }
    let open = n_in_hand(journal, unit, OPEN_MAX)?;
    Ok(Figures { open: u64::try_from(open).unwrap_or(u64::MAX), overdue, ..Figures::default() })
}

/// How many open cases are in a unit's hands, `most` if there are more: what is deferred is in nobody's until it goes on
/// (article 27), and stands at the end of the list, due for nobody.
///
/// # Errors
/// When the store cannot be read.
pub fn n_in_hand(journal: &Journal, unit: &UnitId, most: usize) -> Result<usize, Failure> {
    let (list, due_for_nobody) = (listing::open_of(unit), listing::since(Timestamp::NEVER));
    let (mut n_deferred, mut after) = (0, Some(due_for_nobody));
    loop {
        let page = journal.list(&list, after, PAGE)?;
        let Some(last) = page.last() else { break };
        for (_, id) in &page {
            let case = readable::<Case>(journal, id)?;
            n_deferred += usize::from(case.is_some_and(|case| case.state.deferral().is_some()));
        }
        after = Some(last.clone());
    }
    let most = most.saturating_add(n_deferred);
    Ok(journal.count(&list, (listing::FIRST, listing::END), most)?.saturating_sub(n_deferred))
}

/// The last stretch of a case; none of one without a unit.
fn last_of(id: &EntityId, stored: &Stored) -> Result<Option<Fact>, Failure> {
    let facts = remains::facts(id, stored).map_err(|source| unreadable(id, source))?;
    Ok(facts.last().cloned())
}
