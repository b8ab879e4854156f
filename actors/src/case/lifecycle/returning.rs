//! Returns: a unit asks to give a case back, and whoever decides about it (退单, articles 15 and 26).

use duban_core::entity::{Asked, Corrupt};

use super::closing::again_at_the_unit;
use super::handling::by_holder;
use super::{corrupt, orders, out_of_order};
use crate::case::clock::StageClock;
use crate::case::command::Decision;
use crate::case::{Command, Event, Holder, Phase, Refusal, State};
use crate::context::Context;
use crate::refusal::reason;

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let at = asked.at;
    let stages = &cx.rules.stages;
    let calendar = &cx.rules.calendar;
    Ok(vec![match (state, command) {
        (
            State::Filed(filing, Phase::Held(held, Holder::Unit { .. })),
            Command::Return { reason: why },
        ) if !filing.is_adopted() => {
            by_holder(held, asked)?;
            let clock = StageClock::set(&stages.return_review, filing.urgency(), at, &[], calendar);
            Event::ReturnAsked { at, reason: reason(why)?, clock }
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Reviewer { since, .. })),
            Command::DecideReturn { decision, reason: why },
        ) => {
            let why = reason(why)?;
            match decision {
                Decision::Accept => {
                    let rule = &stages.dispatch;
                    let clock = StageClock::set(rule, filing.urgency(), at, &[], calendar);
                    Event::ReturnAccepted { at, reason: why, clock }
                }
                Decision::Refuse => {
                    let pause = filing.stopped_by_return(*since, at);
                    let resumed = held.resumed(filing.limit, &filing.ladder, pause, calendar);
                    Event::ReturnRefused { at, reason: why, resumed }
                }
            }
        }

        _ => return Err(out_of_order(state)),
    }])
}

pub(super) fn evolve(state: State, event: &Event) -> Result<State, Corrupt> {
    match (state, event) {
        (
            State::Filed(filing, Phase::Held(held, Holder::Unit { receipt })),
            Event::ReturnAsked { at, clock, .. },
        ) => {
            // Whoever gives a case back has read it.
            let held =
                if receipt.is_some() { Box::new(held.read(&filing.ladder, *at)) } else { held };
            let reviewer = Holder::Reviewer { since: *at, clock: Box::new(clock.clone()) };
            Ok(State::held_by(filing, held, reviewer))
        }
        (
            State::Filed(mut filing, Phase::Held(held, Holder::Reviewer { since, .. })),
            Event::ReturnAccepted { at, clock, .. },
        ) => {
            orders::settled(&mut filing, *at);
            filing.given_back(*held, since);
            Ok(State::Filed(filing, Phase::AwaitingDispatch(Box::new(clock.clone()))))
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Reviewer { .. })),
            Event::ReturnRefused { resumed, .. },
        ) => again_at_the_unit(filing, *held, resumed, event),

        (state, event) => Err(corrupt(&state, event)),
    }
}
