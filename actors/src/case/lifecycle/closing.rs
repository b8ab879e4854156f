//! Closing: the duty chief's decision, and rework (article 18).

use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt};
use duban_rules::line;

use super::{corrupt, orders, out_of_order};
use crate::case::assignment::{Assignment, Resumed};
use crate::case::clock::Span;
use crate::case::event::ClosedEvent;
use crate::case::{Closed, Command, Event, Filing, Holder, Phase, Refusal, State, Timeliness};
use crate::context::Context;
use crate::refusal::reason;
use crate::role::is_asker;

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let at = asked.at;
    match (state, command) {
        (
            State::Filed(filing, Phase::Held(held, Holder::DutyChief { since, closing })),
            Command::Close { waiver },
        ) => {
            on_shift(filing, asked, cx)?;
            if held.application.pending().is_some() {
                return Err(Refusal::ApplicationPending);
            }
            if waiver.as_deref().is_none_or(line::is_blank) {
                by_another(held, closing.waived_by.as_deref(), asked)?;
            }
            Ok(vec![Event::Closed(Box::new(ClosedEvent {
                at,
                by: asked.by.clone(),
                finish: *since,
                due: held.due,
                timeliness: Timeliness::of(*since, held.due),
                waiver: waiver.clone(),
            }))])
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::DutyChief { since, .. })),
            Command::Rework { reason: why },
        ) => Ok(rework((filing, held), *since, reason(why)?, at, cx)),

        _ => Err(out_of_order(state)),
    }
}

/// Whoever closes is on shift, once the chiefs' desk is kept by shifts (article 3). A history and a canary belong to
/// no shift.
fn on_shift(filing: &Filing, asked: &Asked, cx: &Context) -> Result<(), Refusal> {
    if filing.is_adopted() || filing.is_canary() {
        return Ok(());
    }
    let closing = cx.rules.officials.shifts.closing;
    cx.desks.closes(asked, closing).map_err(|on_shift| Refusal::NotOnShift { on_shift })
}

/// Whoever closes has neither dispatched the case nor said in a collector's place that it is done (article 12: one
/// supervises, another commands).
fn by_another(held: &Assignment, waived_by: Option<&str>, asked: &Asked) -> Result<(), Refusal> {
    if is_asker(&held.by, asked) {
        return Err(Refusal::SamePerson);
    }
    if waived_by.is_some_and(|who| is_asker(who, asked)) {
        return Err(Refusal::WaivedTheLook);
    }
    Ok(())
}

/// Back to the same unit, in the same assignment, with what is left of its limit (article 18); and an order when it is
/// not the first time.
pub(super) fn rework(
    (filing, held): (&Filing, &Assignment),
    since: Timestamp,
    why: String,
    at: Timestamp,
    cx: &Context,
) -> Vec<Event> {
    let pause = Span { from: since, until: at };
    let resumed = held.resumed(filing.limit, &filing.ladder, pause, &cx.rules.calendar);
    let rework = filing.reworks.saturating_add(1);
    let mut events = vec![Event::Reworked { at, reason: why, rework, resumed }];
    if u32::from(rework) >= cx.rules.ladder.rework.times {
        events.extend(orders::for_rework(filing, at, cx));
    }
    events
}

pub(super) fn evolve(state: State, event: &Event) -> Result<State, Corrupt> {
    match (state, event) {
        (
            State::Filed(
                mut filing,
                Phase::Held(held, Holder::Collector { .. } | Holder::DutyChief { .. }),
            ),
            Event::Reworked { rework, resumed, .. },
        ) => {
            filing.reworks = *rework;
            again_at_the_unit(filing, *held, resumed, event)
        }
        (
            State::Filed(filing, Phase::Held(assignment, Holder::DutyChief { .. })),
            Event::Closed(closed),
        ) => {
            let (filing, assignment) = (*filing, *assignment);
            let (finish, at, timeliness) = (closed.finish, closed.at, closed.timeliness);
            Ok(State::Closed(Box::new(Closed { filing, assignment, finish, at, timeliness })))
        }

        (state, event) => Err(corrupt(&state, event)),
    }
}

/// The unit has the case again in the same assignment, and its clock goes on.
pub(super) fn again_at_the_unit(
    filing: Box<Filing>,
    held: Assignment,
    resumed: &Resumed,
    event: &Event,
) -> Result<State, Corrupt> {
    match held.resume(&filing.ladder, resumed) {
        Some(held) => Ok(State::held_by(filing, Box::new(held), Holder::Unit { receipt: None })),
        None => Err(Corrupt(format!("{event:?} names a step that is on no ladder"))),
    }
}
