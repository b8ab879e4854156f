//! Why a case is due when it is: the deadline account and every step, fired and to come (article 11).
//!
//! Recomputed from what the case stores and the calendar in force; nothing here is kept. When the calendar has been
//! changed since the dispatch, the account says so by ending in another instant than the one stored.

use duban_rules::deadline::{DeadlineAccount, deadline};
use duban_rules::vocabulary::StepCode;
use duban_runtime::clock::Timestamp;
use serde::Serialize;

use super::assignment::Standing;
use super::clock::{ClockName, Span};
use super::{Case, Life, timers};
use crate::context::Context;

/// How a case's instants came about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The account of the handling clock; none before dispatch, and none for a target that was given.
    pub account: Option<DeadlineAccount>,
    /// The due instant that the case decides by.
    pub due: Option<Timestamp>,
    /// The steps of the handling clock, earliest first.
    pub steps: Vec<StepLine>,
    /// The clock of the stage at which it stands.
    pub stage: Option<StageLine>,
    /// The steps of stages and replies that lie ahead, earliest first.
    pub ahead: Vec<AheadLine>,
}

/// A step of the handling clock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepLine {
    /// Which.
    pub step: StepCode,
    /// When it is, or was, reached.
    pub due: Timestamp,
    /// Where it stands.
    pub standing: Standing,
    /// Its supervision level.
    pub level: u8,
}

/// A stage's clock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageLine {
    /// Which.
    pub clock: ClockName,
    /// Since when it counts.
    pub start: Timestamp,
    /// When the stage ought to be over.
    pub due: Timestamp,
}

/// A step that lies ahead on another clock than the handling's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AheadLine {
    /// Which clock.
    pub clock: ClockName,
    /// Which step.
    pub step: StepCode,
    /// When.
    pub due: Timestamp,
}

/// Explains `case` by the rules in force.
pub fn explain(case: &Case, cx: &Context) -> Explanation {
    let life = &case.life;
    let held = life.filing().zip(life.assignment());
    let account = held.and_then(|(filing, assignment)| {
        let pauses = assignment.pauses_with(paused_since(life));
        let calendar = &cx.rules.calendar;
        Some(deadline(filing.limit?, assignment.start.into(), calendar, &pauses))
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
    timers::each(life, |step| {
        if step.clock != ClockName::Handling {
            let (clock, due) = (step.clock, step.due);
            ahead.push(AheadLine { clock, step: step.code.clone(), due });
        }
    });
    ahead.sort_by_key(|line| line.due);
    Explanation {
        account,
        due: life.assignment().and_then(|assignment| assignment.due),
        steps,
        stage: timers::stage(life).map(|(clock, _, running)| StageLine {
            clock,
            start: running.start,
            due: running.due,
        }),
        ahead,
    }
}

/// A pause under way has no end yet; the due instant is told as if it ended where it began.
fn paused_since(life: &Life) -> Option<Span> {
    let since = if let Life::Returning(_, _, pending) | Life::AwaitingClosing(_, _, pending) = life
    {
        pending.since
    } else if let Life::Verifying(_, _, verifying) = life {
        verifying.finish
    } else {
        return None;
    };
    Some(Span { from: since, until: since })
}
