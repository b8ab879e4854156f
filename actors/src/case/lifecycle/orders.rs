//! Supervision orders (督办单, article 3): by hand, after rework, and the unit's replies.

use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt};
use duban_rules::vocabulary::{Recipient, TemplateName};

use super::handling::by_holder;
use super::{corrupt, out_of_order};
use crate::case::clock::Taken;
use crate::case::event::{OrderIssued, StepDecided};
use crate::case::supervision::{ORDERS_MAX, Order, OrderKind, OrderStanding};
use crate::case::{Command, Event, Filing, Holder, Phase, Refusal, State};
use crate::context::Context;
use crate::refusal::reason;

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let at = asked.at;
    match (state, command) {
        (
            State::Filed(filing, Phase::Held(_, Holder::Unit { .. })),
            Command::OrderSupervision { kind, text },
        ) if !filing.is_adopted() => {
            if kind.is_met_by_feedback() {
                return Err(Refusal::OrderNotByHand);
            }
            if filing.orders.len() >= ORDERS_MAX {
                return Err(Refusal::TooManyOrders);
            }
            let issued = OrderIssued {
                text: reason(text)?,
                tell: told_at(filing, 1),
                template: TemplateName::new("supervision-order"),
                ..issue(filing, *kind, 1, at, cx)
            };
            Ok(vec![Event::OrderIssued(Box::new(issued))])
        }

        (State::Filed(filing, Phase::Held(held, _)), Command::ReplySupervision { order, text }) => {
            by_holder(held, asked)?;
            let open = |one: &&Order| one.no == *order && one.clock().is_some();
            filing.orders.iter().find(open).ok_or(Refusal::NoSuchOrder)?;
            Ok(vec![Event::OrderReplied { at, order: *order, text: reason(text)? }])
        }

        _ => Err(out_of_order(state)),
    }
}

/// The order that repeated rework calls for, unless the case has as many as it can have.
pub(super) fn for_rework(filing: &Filing, at: Timestamp, cx: &Context) -> Option<Event> {
    if filing.orders.len() >= ORDERS_MAX {
        return None;
    }
    let rule = &cx.rules.ladder.rework;
    Some(Event::OrderIssued(Box::new(OrderIssued {
        tell: rule.tell.clone(),
        template: rule.template.clone(),
        ..issue(filing, OrderKind::Rework, rule.level, at, cx)
    })))
}

/// An order with a fresh reply clock and nobody told by itself.
pub(super) fn issue(
    filing: &Filing,
    kind: OrderKind,
    level: u8,
    at: Timestamp,
    cx: &Context,
) -> OrderIssued {
    OrderIssued {
        at,
        order: u16::try_from(filing.orders.len()).unwrap_or(u16::MAX).saturating_add(1),
        kind,
        level,
        text: String::new(),
        tell: Vec::new(),
        template: TemplateName::new("supervision-order"),
        clock: filing.clock(&cx.rules.stages.reply, at, cx),
    }
}

/// Who is told at a supervision level, by the case's own ladder.
pub(super) fn told_at(filing: &Filing, level: u8) -> Vec<Recipient> {
    let step = filing.ladder.steps().iter().find(|step| step.level == level);
    step.map_or_else(|| vec![Recipient::DutyChief], |step| step.tell.clone())
}

/// Settles the orders that a feedback meets.
pub(super) fn met(filing: &mut Filing, at: Timestamp) {
    for order in &mut filing.orders {
        if order.kind.is_met_by_feedback() && order.clock().is_some() {
            order.standing = OrderStanding::Settled(at);
        }
    }
}

/// Settles the orders that nothing calls for any more.
pub(super) fn withdrawn(filing: &mut Filing, orders: &[u16], at: Timestamp) {
    for order in filing.orders.iter_mut().filter(|order| orders.contains(&order.no)) {
        order.standing = OrderStanding::Settled(at);
    }
}

/// Settles every open order: the unit they asked has the case no longer.
pub(super) fn settled(filing: &mut Filing, at: Timestamp) {
    for order in &mut filing.orders {
        if order.clock().is_some() {
            order.standing = OrderStanding::Settled(at);
        }
    }
}

/// Takes a decided step off a reply clock.
pub(super) fn take(state: &mut State, step: &StepDecided) -> Taken {
    let Some(filing) = state.filing_mut() else { return Taken::No };
    let order = filing.orders.iter_mut().find(|order| order.revision() == step.revision);
    match order.map(|order| &mut order.standing) {
        Some(OrderStanding::Open(clock)) => clock.take(&step.step, step.due),
        Some(OrderStanding::Answered(_) | OrderStanding::Settled(_)) | None => Taken::No,
    }
}

pub(super) fn evolve(mut state: State, event: &Event) -> Result<State, Corrupt> {
    let assignment = state.assignment().map(|assignment| assignment.no);
    let Some((filing, assignment)) = state.filing_mut().zip(assignment) else {
        return Err(corrupt(&state, event));
    };
    let place = |no: u16| usize::from(no.saturating_sub(1));
    if let Event::OrderIssued(issued) = event {
        if place(issued.order) != filing.orders.len() {
            return Err(corrupt(&state, event));
        }
        let order = Order {
            no: issued.order,
            assignment,
            kind: issued.kind,
            level: issued.level,
            standing: OrderStanding::Open(issued.clock.clone()),
        };
        let orders = std::mem::take(&mut filing.orders).into_vec();
        filing.orders = orders.into_iter().chain(Some(order)).collect();
        return Ok(state);
    }
    let (no, level, standing) = if let Event::OrderRaised { order, level, clock, .. } = event {
        (*order, Some(*level), OrderStanding::Open(clock.clone()))
    } else if let Event::OrderReplied { order, at, .. } = event {
        (*order, None, OrderStanding::Answered(*at))
    } else {
        return Err(corrupt(&state, event));
    };
    match filing.orders.get_mut(place(no)).filter(|order| order.clock().is_some()) {
        Some(order) => {
            order.level = level.unwrap_or(order.level);
            order.standing = standing;
            Ok(state)
        }
        None => Err(corrupt(&state, event)),
    }
}
