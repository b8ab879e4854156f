//! Returns: a unit asks to give a case back, and whoever decides about it (退单, articles 15 and 26).

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, Corrupt};

use super::handling::by_holder;
use super::{corrupt, orders, out_of_order, reason};
use crate::case::clock::{Span, StageClock};
use crate::case::command::Decision;
use crate::case::{Command, Event, Life, Pending, Refusal};
use crate::context::Context;

pub(super) fn decide(
    life: &Life,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let at = asked.at;
    let stages = &cx.rules.stages;
    let calendar = &cx.rules.calendar;
    Ok(vec![match (life, command) {
        (
            Life::Dispatched(filing, held, _) | Life::Handling(filing, held),
            Command::Return { reason: why },
        ) if !filing.is_adopted() => {
            by_holder(held, asked)?;
            let clock = StageClock::set(&stages.return_review, filing.urgency(), at, &[], calendar);
            Event::ReturnAsked { at, reason: reason(why)?, clock }
        }
        (
            Life::Returning(filing, held, pending),
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
                    let pause = Span { from: pending.since, until: at };
                    let resumed = held.resumed(filing.limit, &filing.ladder, pause, calendar);
                    Event::ReturnRefused { at, reason: why, resumed }
                }
            }
        }

        _ => return Err(out_of_order(life)),
    }])
}

pub(super) fn evolve(life: Life, event: &Event) -> Result<Life, Corrupt> {
    match (life, event) {
        (Life::Dispatched(filing, held, _), Event::ReturnAsked { at, clock, .. }) => {
            let held = held.read(&filing.ladder, *at);
            Ok(Life::Returning(filing, Box::new(held), Box::new(pending(*at, clock))))
        }
        (Life::Handling(filing, held), Event::ReturnAsked { at, clock, .. }) => {
            Ok(Life::Returning(filing, held, Box::new(pending(*at, clock))))
        }
        (Life::Returning(mut filing, held, since), Event::ReturnAccepted { at, clock, .. }) => {
            orders::settled(&mut filing, *at);
            filing.given_back(*held, since.since);
            Ok(Life::AwaitingDispatch(filing, Box::new(clock.clone())))
        }
        (Life::Returning(filing, held, _), Event::ReturnRefused { resumed, .. }) => {
            match held.resume(&filing.ladder, resumed) {
                Some(held) => Ok(Life::Handling(filing, Box::new(held))),
                None => Err(Corrupt(format!("{event:?} names a step that is on no ladder"))),
            }
        }

        (life, event) => Err(corrupt(&life, event)),
    }
}

fn pending(since: Timestamp, clock: &StageClock) -> Pending {
    Pending { since, clock: clock.clone() }
}
