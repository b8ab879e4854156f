//! Recalculation by another calendar (article 11). The one thing that moves the instants of an open case without a
//! person of its own.

use duban_core::entity::{Asked, Corrupt};

use super::{corrupt, orders, out_of_order};
use crate::case::recalculation::{Recalculated, called, recalculation};
use crate::case::{Event, Life, Refusal};
use crate::context::Context;
use crate::refusal::reason;

pub(super) fn decide(
    life: &Life,
    why: &str,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    if matches!(life, Life::Unreported | Life::Declined(_) | Life::Closed(_)) {
        return Err(out_of_order(life));
    }
    let reason = reason(why)?;
    let moved = recalculation(life, asked.at, cx).ok_or(Refusal::NothingMoves)?;
    let anew = Recalculated { at: asked.at, reason, rules: called(cx), moved };
    Ok(vec![Event::Recalculated(Box::new(anew))])
}

pub(super) fn evolve(mut life: Life, anew: &Recalculated, event: &Event) -> Result<Life, Corrupt> {
    let Some((filing, held, _)) = life.held_mut() else { return Err(corrupt(&life, event)) };
    orders::withdrawn(filing, &anew.moved.orders, anew.at);
    let same = held.no == anew.moved.assignment && held.due == Some(anew.moved.due_before);
    match held.clone().moved(&filing.ladder, &anew.moved).filter(|_| same) {
        Some(moved) => {
            *held = moved;
            Ok(life)
        }
        None => Err(corrupt(&life, event)),
    }
}
