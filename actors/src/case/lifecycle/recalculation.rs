//! Recalculation by another calendar (article 11). The one thing that moves the instants of an open case without a
//! person of its own.

use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt};

use super::{corrupt, orders, out_of_order};
use crate::case::recalculation::{Moved, Recalculated, called, recalculation};
use crate::case::{Event, Refusal, State};
use crate::context::Context;
use crate::refusal::reason;

pub(super) fn decide(
    state: &State,
    why: &str,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    if matches!(
        state,
        State::Unreported | State::Declined(_) | State::Closed(_) | State::Withdrawn(_)
    ) {
        return Err(out_of_order(state));
    }
    let reason = reason(why)?;
    let moved = recalculation(state, asked.at, cx).ok_or(Refusal::NothingMoves)?;
    let anew = Recalculated { at: asked.at, reason, rules: called(cx), moved };
    Ok(vec![Event::Recalculated(Box::new(anew))])
}

pub(super) fn evolve(state: State, anew: &Recalculated, event: &Event) -> Result<State, Corrupt> {
    moved(state, &anew.moved, anew.at, event)
}

/// Takes in how the unit's clock moves.
pub(super) fn moved(
    mut state: State,
    moved: &Moved,
    at: Timestamp,
    event: &Event,
) -> Result<State, Corrupt> {
    let Some((filing, held, _)) = state.held_mut() else { return Err(corrupt(&state, event)) };
    orders::withdrawn(filing, &moved.orders, at);
    let same = held.no == moved.assignment && held.due == Some(moved.due_before);
    match held.clone().moved(&filing.ladder, moved).filter(|_| same) {
        Some(moved) => {
            *held = moved;
            Ok(state)
        }
        None => Err(corrupt(&state, event)),
    }
}
