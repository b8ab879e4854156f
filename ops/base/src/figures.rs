//! Figures of terminal units, and of an organisation with several of them (articles 6, 8 and 25): cases open, overdue and
//! closed, from the facts of the cases.
//!
//! A case counts for the unit of its last stretch alone, so the cases of several terminals are a union without doubles:
//! an organisation has as many as its terminals together, and its share in time is that of its cases, never a mean of
//! shares.

use std::collections::BTreeMap;
use std::time::Duration;

use compact_str::CompactString;
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
/// looked into, for a clock that stands still is not overdue, and what is due for nobody, for a deferred case is in nobody's
/// hands.
///
/// # Errors
/// When the store cannot be read.
pub fn of_open(journal: &Journal, unit: &UnitId, now: Timestamp) -> Result<Figures, Failure> {
    let places = journal.list(&listing::open_of(unit), None, OPEN_MAX)?;
    let is_due = |order: &str| listing::instant(order).is_some_and(|due| due < now);
    let mut overdue = 0;
    for (_, id) in places.iter().take_while(|(order, _)| is_due(order)) {
        let case = readable::<Case>(journal, id)?;
        overdue += u64::from(case.is_some_and(|case| case.state.is_overdue(now)));
    }
    let open = u64::try_from(in_hand(journal, &places)?).unwrap_or(u64::MAX);
    Ok(Figures { open, overdue, ..Figures::default() })
}

/// How many of these open cases of a unit are in its hands: what is deferred is in nobody's until it goes on (article 27),
/// and stands at the end, due for nobody.
///
/// # Errors
/// When the store cannot be read.
fn in_hand(journal: &Journal, open: &[(CompactString, EntityId)]) -> Result<usize, Failure> {
    let (never, mut n) = (listing::order(Timestamp::NEVER), open.len());
    for (_, id) in open.iter().rev().take_while(|(order, _)| *order == never) {
        let case = readable::<Case>(journal, id)?;
        n -= usize::from(case.is_some_and(|case| case.state.deferral().is_some()));
    }
    Ok(n)
}

/// How many open cases are in a unit's hands, however many there are.
///
/// # Errors
/// When the store cannot be read.
pub fn n_in_hand(journal: &Journal, unit: &UnitId) -> Result<usize, Failure> {
    let (mut n, mut after) = (0, None);
    loop {
        let page = journal.list(&listing::open_of(unit), after, PAGE)?;
        let Some(last) = page.last() else { return Ok(n) };
        n += in_hand(journal, &page)?;
        after = Some(last.clone());
    }
}

/// The last stretch of a case; none of one without a unit.
fn last_of(id: &EntityId, stored: &Stored) -> Result<Option<Fact>, Failure> {
    let facts = remains::facts(id, stored).map_err(|source| unreadable(id, source))?;
    Ok(facts.last().cloned())
}
