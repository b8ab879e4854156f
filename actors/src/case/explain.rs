//! The explanation of why a case is due when it is: the deadline account and every step, fired and to come (article
//! 11).
//!
//! Recomputed from what the case stores; nothing here is kept. The account is told by a calendar that ends in the due
//! instant which the case decides by: the one in force, or, where that was changed since, the one it was reckoned by.
//! What a recalculation would make of it stands beside it, as what it is.

use duban_core::clock::Timestamp;
use duban_rules::book::calendar::Calendar;
use duban_rules::deadline::{DeadlineAccount, deadline};
use duban_rules::vocabulary::{StepCode, TimeLimit};
use serde::Serialize;

use super::assignment::StepState;
use super::clock::{ClockName, Span, StageClock};
use super::recalculation::{Moved, recalculation};
use super::{Case, State, timers};
use crate::context::Context;

/// How a case's instants came about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The limit of the case; none before dispatch, and none for a target that was given.
    pub limit: Option<TimeLimit>,
    /// What was granted on top of it (article 27).
    pub extension: Option<TimeLimit>,
    /// The account of the handling clock, of limit and extension together, ending in the due instant; none without a limit, and none where the calendar
    /// that it was reckoned by cannot be had.
    pub account: Option<DeadlineAccount>,
    /// The due instant that the case decides by.
    pub due: Option<Timestamp>,
    /// What a recalculation by the calendar in force would make of it; none when nothing would move.
    pub anew: Option<Anew>,
    /// The steps of the handling clock, earliest first.
    pub steps: Vec<StepLine>,
    /// The clock of the stage at which it stands.
    pub stage: Option<StageLine>,
    /// The steps of stages and replies that lie ahead, earliest first.
    pub ahead: Vec<AheadLine>,
}

/// What the calendar in force would make of a case; it has not been recalculated.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Anew {
    /// The version of the calendar in force.
    pub calendar: String,
    /// When the case would be due.
    pub due: Timestamp,
}

/// A step of the handling clock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepLine {
    pub step: StepCode,
    /// When it is, or was, reached.
    pub due: Timestamp,
    pub standing: StepState,
    /// Its supervision level.
    pub level: u8,
}

/// A stage's clock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageLine {
    pub clock: ClockName,
    /// Since when it counts.
    pub start: Timestamp,
    /// When the stage ought to be over.
    pub due: Timestamp,
}

/// A step that lies ahead on another clock than the handling's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AheadLine {
    pub clock: ClockName,
    pub step: StepCode,
    pub due: Timestamp,
}

/// Explains `case` as it stands at `at`; `reckoned_by` finds the calendar of its due instant, asked only where the one in
/// force is another.
pub fn explain(
    case: &Case,
    at: Timestamp,
    cx: &Context,
    reckoned_by: impl FnOnce() -> Option<Calendar>,
) -> Explanation {
    let state = &case.state;
    let held = state.filing().zip(state.assignment());
    let limit = held.and_then(|(filing, held)| Some(held.term(filing.limit?).limit));
    let moved = recalculation(state, at, cx);
    let in_force = &cx.rules.calendar;
    let account = held.zip(limit).and_then(|((_, assignment), limit)| {
        let pauses = assignment.pauses_with(paused_since(state));
        let by = |calendar: &Calendar| {
            let whole = assignment.term(limit).whole();
            let account = deadline(whole, assignment.start.into(), calendar, &pauses);
            (assignment.due == Some(account.due.into())).then_some(account)
        };
        let by_this = if moved.is_none() { by(in_force) } else { None };
        by_this.or_else(|| by(&reckoned_by()?))
    });
    let mut steps: Vec<StepLine> = Vec::new();
    if let Some((filing, assignment)) = held {
        let marks = filing.ladder.steps().iter().zip(&assignment.marks);
        steps.extend(marks.filter(|(_, mark)| mark.due != Timestamp::NEVER).map(|(step, mark)| {
            let (step, level) = (step.code.clone(), step.level);
            StepLine { step, due: mark.due, standing: mark.standing, level }
        }));
    }
    steps.sort_by_key(|line| line.due);
    let mut ahead = Vec::new();
    timers::each(state, |step| {
        if step.clock != ClockName::Handling {
            let (clock, due) = (step.clock, step.due);
            ahead.push(AheadLine { clock, step: step.code.clone(), due });
        }
    });
    ahead.sort_by_key(|line| line.due);
    let anew = |Moved { due, .. }: Moved| Anew { calendar: in_force.version().to_owned(), due };
    Explanation {
        limit,
        extension: held.and_then(|(_, assignment)| assignment.extension),
        account,
        anew: moved.map(anew),
        due: state.assignment().and_then(|assignment| assignment.due),
        steps,
        stage: stage(state),
        ahead,
    }
}

/// The clock of the stage at which a case stands.
pub fn stage(state: &State) -> Option<StageLine> {
    let line = |(clock, _, running): (ClockName, u16, &StageClock)| {
        let StageClock { start, due, .. } = *running;
        StageLine { clock, start, due }
    };
    timers::stage(state).map(line)
}

/// A pause under way has no end yet; the due instant is told as if it ended where it began.
fn paused_since(state: &State) -> Option<Span> {
    state.stands_still().map(|still| Span { from: still.since, until: still.since })
}
