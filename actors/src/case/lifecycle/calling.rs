//! Calls: a unit on the telephone is chosen, and called until somebody answers (电话派遣, article 7).
//!
//! The answered call is the dispatch: from it the unit's limit counts. Until then the case awaits dispatch, and the desk
//! may choose another unit or another way.

use duban_core::entity::{Asked, Corrupt};
use duban_rules::line;
use duban_rules::vocabulary::UnitId;

use super::corrupt;
use super::dispatch::{delivery, dispatch};
use crate::case::calls::{Outcome, ToCall};
use crate::case::clock::Taken;
use crate::case::command::Delivery;
use crate::case::event::{CallWanted, Called, StepDecided};
use crate::case::{Command, Event, Filing, Phase, Refusal, State};
use crate::context::Context;

/// Dispatches to a unit, or says that it is to be called first.
pub(super) fn choose(
    filing: &Filing,
    (unit, method, why): (&UnitId, Option<Delivery>, Option<&str>),
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    if found_for_another(filing, unit) {
        return Err(Refusal::Bound);
    }
    match delivery(filing, (unit, method, why), cx)? {
        method @ Delivery::System => dispatch(filing, (unit, method, why), asked, cx),
        Delivery::Phone => {
            let no = filing.call.as_ref().map_or(0, |call| call.no).saturating_add(1);
            Ok(Event::CallWanted(Box::new(CallWanted {
                at: asked.at,
                no,
                unit: unit.clone(),
                reason: why.map(str::to_owned),
                clock: filing.clock(&cx.rules.stages.call, asked.at, cx),
            })))
        }
    }
}

/// Whether the unit that is to be called is that of a finding, and this is another: what was found is done (article 19).
fn found_for_another(filing: &Filing, unit: &UnitId) -> bool {
    let call = filing.call.as_ref().filter(|call| call.unit != *unit);
    let found = filing.disputes.last().filter(|found| found.assignment == filing.assignments);
    call.zip(found).is_some_and(|(call, found)| *found.owner() == call.unit)
}

/// What became of a call; if it was answered, the case is dispatched with it.
pub(super) fn called(
    filing: &Filing,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let (Command::Call { number, person, outcome }, Some(call)) = (command, &filing.call) else {
        return Err(Refusal::NoCallToMake);
    };
    if line::is_blank(number) {
        return Err(Refusal::NumberMissing);
    }
    let person = person.clone().filter(|person| !line::is_blank(person));
    let follows = match outcome {
        Outcome::NoAnswer => None,
        Outcome::Answered if person.is_none() => return Err(Refusal::AnswererMissing),
        Outcome::Answered => {
            let (unit, why) = (&call.unit, call.reason.as_deref());
            let method = delivery(filing, (unit, Some(Delivery::Phone), why), cx)?;
            Some(dispatch(filing, (unit, method, why), asked, cx)?)
        }
    };
    let (at, unit, number) = (asked.at, call.unit.clone(), number.clone());
    let called = Event::Called(Called { at, unit, number, person, outcome: *outcome });
    Ok([called].into_iter().chain(follows).collect())
}

pub(super) fn evolve(mut state: State, event: &Event) -> Result<State, Corrupt> {
    let State::Filed(filing, Phase::AwaitingDispatch(_)) = &mut state else {
        return Err(corrupt(&state, event));
    };
    if let Event::CallWanted(wanted) = event {
        filing.call = Some(Box::new(ToCall {
            no: wanted.no,
            unit: wanted.unit.clone(),
            since: wanted.at,
            reason: wanted.reason.as_deref().map(Into::into),
            clock: wanted.clock.clone(),
            tries: 0,
        }));
        return Ok(state);
    }
    let Some(call) = &mut filing.call else { return Err(corrupt(&state, event)) };
    call.tries = call.tries.saturating_add(1);
    Ok(state)
}

/// Takes a decided step off the clock of a call.
pub(super) fn take(state: &mut State, step: &StepDecided) -> Taken {
    let call = state.filing_mut().and_then(|filing| filing.call.as_mut());
    match call.filter(|call| call.no == step.revision) {
        Some(call) => call.clock.take(&step.step, step.due),
        None => Taken::No,
    }
}
