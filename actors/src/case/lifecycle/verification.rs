//! Verification: from feedback to what the look came to (article 17), and whose look it is.

use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt};
use duban_rules::vocabulary::CollectorId;

use super::closing::rework;
use super::{corrupt, out_of_order, site};
use crate::case::assignment::Assignment;
use crate::case::command::Outcome;
use crate::case::event::{Handover, Verdict, Verified};
use crate::case::{Closing, Command, Event, Filing, Holder, Phase, Refusal, SiteTask, State};
use crate::context::Context;
use crate::refusal::reason;
use crate::role::{Role, collector_of, role_of};

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    match (state, command) {
        (
            State::Filed(filing, Phase::Held(held, Holder::Collector { since, task })),
            Command::Verify { .. },
        ) => verify((filing, held), (*since, task), command, asked, cx),
        (state, Command::Reassign { task, from: Some(from), .. })
            if role_of(asked) == Some(Role::Entity) && given_back_late(state, *task, from) =>
        {
            Ok(vec![Event::GivenBackLate { task: *task, from: from.clone() }])
        }
        (state, Command::Reassign { .. }) if state.task().is_some() => {
            reassign(state, command, asked, cx)
        }

        _ => Err(out_of_order(state)),
    }
}

/// A look counts when it is taken on site; what it came to decides where the case goes (article 17).
fn verify(
    (filing, held): (&Filing, &Assignment),
    (since, task): (Timestamp, &SiteTask),
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let Command::Verify { outcome, seen } = command else { return Err(Refusal::NoSuchTask) };
    let at = asked.at;
    let sight = site::sight(&filing.report, task, seen, asked, cx)?;
    let stages = &cx.rules.stages;
    let note = sight.note.clone();
    let verdict = match outcome {
        Outcome::Passed => Verdict::Passed(filing.clock(&stages.closing, at, cx)),
        Outcome::Failed => {
            // The unit is told what is wanting.
            reason(&seen.note)?;
            Verdict::Failed
        }
        Outcome::Unable => {
            let rule = (&stages.verification, filing.urgency());
            Verdict::Unable(site::give(&filing.report, task.collector.as_ref(), rule, at, cx))
        }
    };
    let verified = Verified { at, task: task.no, sight, verdict };
    let mut events = vec![Event::Verified(Box::new(verified))];
    if *outcome == Outcome::Failed {
        events.extend(rework((filing, held), since, note, at, cx));
    }
    Ok(events)
}

/// Whether a task that comes back is no longer that collector's: what they answered crossed with what the case told
/// them. The case knows better, and nobody need look into it.
fn given_back_late(state: &State, no: u16, from: &CollectorId) -> bool {
    let theirs = |task: &SiteTask| task.no == no && task.collector.as_ref() == Some(from);
    state.report().is_some() && !state.task().is_some_and(theirs)
}

/// A task on site goes to a named collector or to the next of the grid (article 10).
fn reassign(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let Command::Reassign { task: no, to, reason: why, from: gave_back } = command else {
        return Err(Refusal::NoSuchTask);
    };
    let Some((task, report)) = state.task().filter(|task| task.no == *no).zip(state.report())
    else {
        return Err(Refusal::NoSuchTask);
    };
    let is_theirs = |id: &CollectorId| collector_of(asked) == Some(id.as_str());
    let is_theirs = task.collector.as_ref().is_some_and(is_theirs);
    if role_of(asked) == Some(Role::Collector) && !is_theirs {
        return Err(Refusal::NotOfThisGrid);
    }
    let to = match to {
        Some(to) if cx.rules.grid.collector(to).is_none() => return Err(Refusal::NotOfThisGrid),
        Some(to) => Some(to.clone()),
        None => site::next(report, task.collector.as_ref(), cx),
    };
    let from = task.collector.clone();
    let of_itself = role_of(asked) == Some(Role::Entity) && gave_back.is_some();
    let handover = if of_itself { Handover::GivenBack } else { Handover::Taken };
    Ok(vec![Event::TaskReassigned { task: *no, from, to, reason: reason(why)?, handover }])
}

pub(super) fn evolve(state: State, event: &Event) -> Result<State, Corrupt> {
    match (state, event) {
        (
            State::Filed(mut filing, Phase::Held(held, Holder::Collector { since, task })),
            Event::Verified(verified),
        ) => {
            let holder = match &verified.verdict {
                Verdict::Passed(clock) => {
                    let (clock, waived_by) = (clock.clone(), verified.sight.waived_by());
                    Holder::DutyChief { since, closing: Box::new(Closing { clock, waived_by }) }
                }
                Verdict::Failed => Holder::Collector { since, task },
                Verdict::Unable(given) => {
                    filing.report.tasks = given.task;
                    Holder::Collector { since, task: Box::new(SiteTask::from(given)) }
                }
            };
            Ok(State::held_by(filing, held, holder))
        }
        (State::Validating(intake, mut task), Event::TaskReassigned { to, .. }) => {
            task.collector.clone_from(to);
            Ok(State::Validating(intake, task))
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Collector { since, mut task })),
            Event::TaskReassigned { to, .. },
        ) => {
            task.collector.clone_from(to);
            Ok(State::held_by(filing, held, Holder::Collector { since, task }))
        }

        (state, Event::GivenBackLate { .. }) => Ok(state),

        (state, event) => Err(corrupt(&state, event)),
    }
}
