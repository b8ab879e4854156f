//! Duty at a desk of the centre (article 3): what waits there now, and what came in and went out on a day.
//!
//! A case is at a desk while it stands at one of its stages; what its unit has applied for waits there beside it. What became of it on a day is read from its own history,
//! so that nothing is counted by the way; canaries stand in no list of stages and are no work of anybody.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use duban_actors::case::clock::ClockName;
use duban_actors::case::{Case, Event, Filing, listing};
use duban_actors::desks::Desk;
use duban_actors::shift::{OPEN_MAX, Open, OpenCase};
use duban_actors::tells::CaseId;
use duban_rules::RuleBook;
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Entity, EntityId};
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::record::Record;

use crate::labels::case::OPEN as OPEN_STAGES;
use crate::state::readable;

/// Cases of one stage that are counted; a desk with more has been told enough.
const COUNTED_MAX: usize = 10_000;
/// Cases that are looked at for one day; beyond them it is said that not all were.
const LOOKED_AT_MAX: usize = 20_000;

/// What waits for a desk now, the first due first within a stage.
pub fn open(journal: &Journal, desk: Desk) -> Result<Open, Failure> {
    let mut open = Open::default();
    for stage in desk.stages() {
        for (order, id) in journal.list(&listing::at_stage(stage), None, COUNTED_MAX)? {
            if is_full(&mut open) {
                continue;
            }
            let case = readable::<Case>(journal, &id)?;
            let filing = case.as_ref().and_then(|case| case.state.filing());
            open.cases.push(waiting(&id, filing, stage, &order));
        }
    }
    applications(journal, desk, &mut open)?;
    Ok(open)
}

/// What units have applied for waits beside the stages: for the dispatch desk's opinion, then for the duty chief.
fn applications(journal: &Journal, desk: Desk, open: &mut Open) -> Result<(), Failure> {
    if desk == Desk::Intake {
        return Ok(());
    }
    for (order, id) in journal.list(&listing::APPLIED, None, COUNTED_MAX)? {
        let Some(case) = readable::<Case>(journal, &id)? else { continue };
        if applied_at(&case) == Some(desk) && !is_full(open) {
            let stage = ClockName::Application.as_str();
            open.cases.push(waiting(&id, case.state.filing(), stage, &order));
        }
    }
    Ok(())
}

/// The desk for which what a unit has applied for waits.
fn applied_at(case: &Case) -> Option<Desk> {
    let (filing, held, _) = case.state.held()?;
    let pending = held.application.pending()?;
    let first = pending.wants_opinion(filing.urgency());
    Some(if first { Desk::Dispatch } else { Desk::DutyChief })
}

/// Whether there is no room for one more; then it is counted alone.
fn is_full(open: &mut Open) -> bool {
    let is_full = open.cases.len() >= OPEN_MAX;
    open.more = open.more.saturating_add(u32::from(is_full));
    is_full
}

fn waiting(id: &EntityId, filing: Option<&Filing>, stage: &str, order: &str) -> OpenCase {
    OpenCase {
        case: CaseId(id.key.clone()),
        number: filing.and_then(|filing| filing.number.clone()),
        stage: stage.into(),
        due: listing::instant(order).unwrap_or(Timestamp::NEVER),
    }
}

/// A local day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: NaiveDate,
    pub begins: Timestamp,
    pub ends: Timestamp,
}

impl Day {
    /// This day, by the calendar's zone.
    pub fn of(date: NaiveDate, calendar: &Calendar) -> Day {
        let midnight = |date: NaiveDate| calendar.midnight(date).into();
        let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
        Day { date, begins: midnight(date), ends: midnight(next) }
    }

    /// The day on which `instant` lies.
    pub fn around(instant: Timestamp, calendar: &Calendar) -> Day {
        Day::of(calendar.local(instant.into()).date(), calendar)
    }

    /// Whether `instant` lies in it.
    pub fn has(&self, instant: Timestamp) -> bool {
        self.begins <= instant && instant < self.ends
    }
}

/// What passed over a desk on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// How often a case came to it.
    pub came_in: u32,
    /// How often one left it.
    pub went_out: u32,
    /// Cases that waited there when the day ended, or wait now.
    pub open: u32,
    /// Cases that nobody has looked at: there were too many.
    pub left_out: usize,
}

/// What passed over `desk` on `day`.
pub fn passed(
    journal: &Journal,
    rules: &RuleBook,
    desk: Desk,
    day: &Day,
) -> Result<Passed, Failure> {
    let mut passed = Passed::default();
    let cases = touched(journal, rules, day)?;
    passed.left_out = cases.len().saturating_sub(LOOKED_AT_MAX);
    for id in cases.iter().take(LOOKED_AT_MAX) {
        let is_moved = journal.since(id, day.begins)?.iter().any(|r| r.asked.at >= day.begins);
        let history = if is_moved { journal.history(id)? } else { Vec::new() };
        if is_moved {
            passed.follow(id, &history, desk, day);
        } else if let Some(case) = readable::<Case>(journal, id)? {
            passed.open += waits(&case, desk).map(u32::from).iter().sum::<u32>();
        }
    }
    Ok(passed)
}

impl Passed {
    /// Counts what one case did; what cannot be read of it is not counted.
    fn follow(&mut self, id: &EntityId, history: &[Record], desk: Desk, day: &Day) {
        let mut case = Case::initial(id);
        let mut was = [false; 2];
        for record in history.iter().take_while(|record| record.asked.at < day.ends) {
            let events: Vec<Event> = serde_json::from_str(&record.events).unwrap_or_default();
            let Ok(after) = events.iter().try_fold(case, Entity::evolve) else { return };
            case = after;
            let is = waits(&case, desk);
            if day.has(record.asked.at) {
                for (is, was) in is.into_iter().zip(was) {
                    self.came_in += u32::from(is && !was);
                    self.went_out += u32::from(was && !is);
                }
            }
            was = is;
        }
        self.open += was.map(u32::from).iter().sum::<u32>();
    }
}

/// Whether a case waits for a desk at its stage, and whether what its unit has applied for does.
fn waits(case: &Case, desk: Desk) -> [bool; 2] {
    [desk.stages().contains(&case.state.name()), applied_at(case) == Some(desk)]
}

/// Cases that can have been at a desk since the day began: those that are not closed, and those that ended since.
fn touched(journal: &Journal, rules: &RuleBook, day: &Day) -> Result<BTreeSet<EntityId>, Failure> {
    let since = || Some(listing::since(day.begins));
    let open = OPEN_STAGES.iter().map(|stage| (listing::at_stage(stage), None));
    let deferred = (listing::at_stage("deferred"), None);
    let ended = ["declined", "withdrawn"].map(|stage| (listing::at_stage(stage), since()));
    let closed = rules.units.iter().map(|unit| (listing::closed_of(&unit.id), since()));
    let mut touched = BTreeSet::new();
    for (list, from) in open.chain([deferred]).chain(ended).chain(closed) {
        touched.extend(journal.list(&list, from, LOOKED_AT_MAX)?.into_iter().map(|(_, id)| id));
    }
    Ok(touched)
}
