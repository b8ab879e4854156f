//! Mismatches: a unit says that a case is not as reported, a collector looks again, and what is not so is withdrawn
//! (案情不符, article 21).
//!
//! The look is a task within the application: the case stays with the unit, whose clock runs on, or asking would be a way
//! to win time.

use duban_core::entity::{Asked, Corrupt};

use super::{corrupt, orders, out_of_order, site};
use crate::case::application::{Application, Pending, Recheck};
use crate::case::clock::Taken;
use crate::case::command::Finding;
use crate::case::event::{StepDecided, TaskGiven, Validated, WithdrawnEvent};
use crate::case::{Command, Event, Filing, Holder, Phase, Refusal, SiteTask, State, Withdrawn};
use crate::context::Context;

/// Sends somebody to look again.
pub(super) fn look_again(filing: &Filing, asked: &Asked, cx: &Context) -> Event {
    let rule = (&cx.rules.stages.recheck, filing.urgency());
    Event::ValidationOrdered(site::give(&filing.report, None, rule, asked.at, cx))
}

/// What whoever was sent says of it.
pub(super) fn looked(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    let Command::GiveValidation { finding, seen } = command else {
        return Err(out_of_order(state));
    };
    let Some((filing, held, _)) = state.held() else { return Err(out_of_order(state)) };
    let pending = held.application.pending().ok_or(Refusal::NothingApplied)?;
    let task = pending.task().ok_or(Refusal::NoSuchTask)?;
    Ok(Event::Validated(Box::new(Validated {
        at: asked.at,
        task: task.no,
        finding: *finding,
        sight: site::sight(&filing.report, task, seen, asked, cx)?,
        clock: pending.clock.clone(),
    })))
}

/// Nobody decides before somebody has looked.
pub(super) fn was_looked_at(pending: &Pending) -> Result<(), Refusal> {
    match pending.recheck {
        Recheck::OnSite(_) => Err(Refusal::NotLookedAgain),
        Recheck::NotWanted | Recheck::Seen(_) => Ok(()),
    }
}

/// Withdraws what is not so; while the unit wants to give it back, or disputes it, that is decided first.
pub(super) fn withdraw(
    state: &State,
    pending: &Pending,
    reason: String,
    asked: &Asked,
) -> Result<Event, Refusal> {
    let Some((_, held, Holder::Unit { .. })) = state.held() else {
        return Err(out_of_order(state));
    };
    if pending.recheck == Recheck::Seen(Finding::Confirmed) {
        return Err(Refusal::ItIsSo);
    }
    let unit = held.unit.clone();
    Ok(Event::Withdrawn(Box::new(WithdrawnEvent { at: asked.at, unit, reason })))
}

pub(super) fn evolve(mut state: State, event: &Event) -> Result<State, Corrupt> {
    if let Event::ValidationOrdered(given) = event {
        return sent(state, given, event);
    }
    if let Event::Validated(looked) = event {
        return seen(state, looked, event);
    }
    if let Event::TaskReassigned { to, .. } = event {
        let pending = state.pending_mut();
        let Some(task) = pending.and_then(Pending::task_mut) else {
            return Err(corrupt(&state, event));
        };
        task.collector.clone_from(to);
        return Ok(state);
    }
    match (state, event) {
        (
            State::Filed(mut filing, Phase::Held(held, Holder::Unit { .. })),
            Event::Withdrawn(withdrawn),
        ) if held.application.pending().is_some() => {
            orders::settled(&mut filing, withdrawn.at);
            let (filing, unit, at) = (*filing, held.unit, withdrawn.at);
            Ok(State::Withdrawn(Box::new(Withdrawn { filing, unit, at })))
        }

        (state, event) => Err(corrupt(&state, event)),
    }
}

fn sent(mut state: State, given: &TaskGiven, event: &Event) -> Result<State, Corrupt> {
    if let Some((filing, held, _)) = state.held_mut()
        && let Application::Pending(pending) = &mut held.application
    {
        filing.report.tasks = given.task;
        pending.recheck = Recheck::OnSite(Box::new(SiteTask::from(given)));
        return Ok(state);
    }
    Err(corrupt(&state, event))
}

fn seen(mut state: State, looked: &Validated, event: &Event) -> Result<State, Corrupt> {
    let pending = state.pending_mut();
    match pending.filter(|pending| pending.task().is_some_and(|task| task.no == looked.task)) {
        Some(pending) => {
            pending.recheck = Recheck::Seen(looked.finding);
            Ok(state)
        }
        None => Err(corrupt(&state, event)),
    }
}

/// Takes a decided step off the clock of the look.
pub(super) fn take(state: &mut State, step: &StepDecided) -> Taken {
    let pending = state.pending_mut();
    match pending.and_then(Pending::task_mut).filter(|task| task.no == step.revision) {
        Some(task) => task.clock.take(&step.step, step.due),
        None => Taken::No,
    }
}
