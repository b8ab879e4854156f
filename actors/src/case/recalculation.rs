//! Recalculated cases: what a case's instants would be by the calendar in force (article 11): pure, asked by nobody,
//! recorded by nobody.
//!
//! Needed when a year's calendar is published after cases that run into that year. Everything but the calendar is the
//! case's own: the limit and the ladder of the day of filing, the start of the assignment, its pauses. Not moved are
//! the clocks of stages and replies, which store no limit: by today's stages they would get a limit that nobody set.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::deadline::{Term, due};
use duban_rules::vocabulary::{Recipient, StepCode, TimeLimit};
use serde::{Deserialize, Serialize};

use super::assignment::{Assignment, Mark, StepState};
use super::clock::StepAt;
use super::supervision::{OrderKind, OrderStanding};
use super::{Filing, Holder, State};
use crate::context::Context;

/// Its instants were calculated anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recalculated {
    pub at: Timestamp,
    pub reason: String,
    /// The rules whose calendar it was, by the first digits of their hash.
    pub rules: CompactString,
    /// What moved, old and new.
    #[serde(flatten)]
    pub moved: Moved,
}

/// How the handling clock of a case moves: old beside new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub assignment: u16,
    /// The due revision that follows; with it each step is another step.
    pub revision: u16,
    /// When it ought to have been finished.
    pub due_before: Timestamp,
    /// When it ought to be finished.
    pub due: Timestamp,
    /// Every step that lies ahead from here on, earliest first: also those that were decided too early.
    pub steps: Vec<StepMoved>,
    /// Steps that were decided on the old due and are not reached by the new one, with their old instants.
    pub rescinded: Vec<StepAt>,
    /// Supervision orders that stand on rescinded steps alone.
    pub orders: Vec<u16>,
    /// Who heard of the rescinded steps.
    pub tell: Vec<Recipient>,
}

/// A step and both its instants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepMoved {
    pub code: StepCode,
    /// When it was to be reached, or was.
    pub before: Timestamp,
    pub due: Timestamp,
}

/// How a case that stands so moves at `at` by the calendar in force; none when nothing does.
///
/// A clock that stands still has come as far as where it stopped: what lies behind that on the new clock is ahead.
pub fn recalculation(state: &State, at: Timestamp, cx: &Context) -> Option<Moved> {
    let (filing, held, holder) = state.held()?;
    moved((filing, held), held.extension, reached(filing, holder, at), cx)
}

/// How far the unit's clock has come.
fn reached(filing: &Filing, holder: &Holder, at: Timestamp) -> Timestamp {
    holder.stands_still(filing.urgency()).map_or(at, |still| still.since)
}

/// How a case moves at `at` that has so much time in all on top of its limit (article 27).
pub(super) fn extended(
    state: &State,
    extension: TimeLimit,
    at: Timestamp,
    cx: &Context,
) -> Option<Moved> {
    let (filing, held, holder) = state.held()?;
    moved((filing, held), Some(extension), reached(filing, holder, at), cx)
}

/// How a case moves at `at` whose unit goes on as `held` after standing still; none when nothing does.
pub(super) fn going_on(of: (&Filing, &Assignment), at: Timestamp, cx: &Context) -> Option<Moved> {
    moved(of, of.1.extension, at, cx)
}

fn moved(
    (filing, held): (&Filing, &Assignment),
    extension: Option<TimeLimit>,
    reached: Timestamp,
    cx: &Context,
) -> Option<Moved> {
    // A history's target was given as an instant, and no calendar made it.
    let (limit, due_before) = filing.limit.zip(held.due)?;
    let (start, calendar) = (held.start.into(), &cx.rules.calendar);
    let pauses = held.pauses_with(None);
    let term = Term { extension, ..held.term(limit) };
    let anew = filing.ladder.ladder().schedule(term, start, &pauses, calendar);
    let (mut steps, mut rescinded, mut tell) = (Vec::new(), Vec::new(), Vec::new());
    let mut has_moved = false;
    for (code, instant) in anew {
        let due = Timestamp::from(instant);
        let place = filing.ladder.position(&code)?;
        let (step, mark) = filing.ladder.steps().get(place).zip(held.marks.get(place))?;
        let moved = StepMoved { code: code.clone(), before: mark.due, due };
        match mark.standing {
            StepState::Ahead => {
                has_moved |= mark.due != due;
                steps.push(moved);
            }
            StepState::Decided if due > reached => {
                has_moved = true;
                rescinded.push(StepAt { code, due: mark.due });
                for role in &step.tell {
                    if !tell.contains(role) {
                        tell.push(*role);
                    }
                }
                if held.wants(step) {
                    steps.push(moved);
                }
            }
            StepState::Decided | StepState::Lapsed => {}
        }
    }
    let due = Timestamp::from(due(term.whole(), start, calendar, &pauses));
    (has_moved || due != due_before).then(|| Moved {
        assignment: held.no,
        revision: held.revision.saturating_add(1),
        due_before,
        due,
        steps,
        orders: unfounded(filing, held, &rescinded),
        rescinded,
        tell,
    })
}

/// The overdue orders of a case, answered or not, none of whose supervision levels is reached any more.
fn unfounded(filing: &Filing, held: &Assignment, rescinded: &[StepAt]) -> Vec<u16> {
    let level = |standing: &dyn Fn(&Mark, &StepCode) -> bool| {
        let steps = filing.ladder.steps().iter().zip(&held.marks);
        let found = steps.filter(|(step, mark)| standing(mark, &step.code));
        found.map(|(step, _)| step.level).max().unwrap_or(0)
    };
    let is_rescinded = |code: &StepCode| rescinded.iter().any(|step| step.code == *code);
    let fell = level(&|_, code| is_rescinded(code));
    let stays = level(&|mark, code| mark.standing == StepState::Decided && !is_rescinded(code));
    if fell == 0 || stays > 0 {
        return Vec::new();
    }
    let orders = filing.orders.iter().filter(|order| {
        let is_settled = matches!(order.standing, OrderStanding::Settled(_));
        order.kind == OrderKind::Overdue && order.assignment == held.no && !is_settled
    });
    orders.map(|order| order.no).collect()
}

/// What the rules in force are called in an event: the first sixteen digits of their hash.
pub fn called(cx: &Context) -> CompactString {
    let hash = blake3::Hash::from_bytes(cx.rules.hash).to_hex();
    hash.chars().take(16).collect()
}
