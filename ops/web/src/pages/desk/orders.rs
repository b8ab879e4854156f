//! Supervision orders that no unit has answered, the first due on top (督办单, article 3).

use std::rc::Rc;

use duban_actors::case::supervision::Order;
use duban_actors::case::{Case, listing};
use duban_actors::context::Context;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;

use crate::pages::waiting::Waiting;
use duban_base::labels::case::level_word;
use duban_base::labels::events::order_word;
use duban_base::state::readable;

/// Where a case can stand of which an order is open.
const STAGES: [&str; 7] = [
    "handling",
    "dispatched",
    "returning",
    "disputing",
    "verifying",
    "awaiting-closing",
    "deferred",
];
/// Cases that are looked at for their orders; beyond them it is said that not all were.
const LOOKED_AT_MAX: usize = 2_000;

#[derive(Serialize)]
pub(super) struct Unanswered {
    orders: Vec<Line>,
    more: usize,
    /// Whether not every case was looked at.
    left_out: bool,
}

/// An order.
#[derive(Serialize)]
struct Line {
    no: u16,
    kind: &'static str,
    level: &'static str,
    #[serde(flatten)]
    case: Waiting,
}

/// The orders that wait for an answer, at most `most`.
pub(super) fn unanswered(
    journal: &Journal,
    most: usize,
    (now, cx): (Timestamp, &Context),
) -> Result<Unanswered, Failure> {
    let (mut found, mut left) = (Vec::new(), LOOKED_AT_MAX);
    for stage in STAGES {
        let there = journal.list(&listing::at_stage(stage), None, left)?;
        left -= there.len();
        for (_, id) in there {
            let Some(case) = readable::<Case>(journal, &id)?.map(Rc::new) else { continue };
            let orders = case.state.filing().map(|filing| &*filing.orders).unwrap_or_default();
            found.extend(
                orders.iter().filter_map(|order| {
                    Some((order.clock()?.due, order.clone(), Rc::clone(&case)))
                }),
            );
        }
    }
    found.sort_by_key(|(due, ..)| *due);
    let more = found.len().saturating_sub(most);
    let line = |(due, order, case): (Timestamp, Order, Rc<Case>)| Line {
        no: order.no,
        kind: order_word(order.kind),
        level: level_word(order.level),
        case: Waiting::of(&case, due, (now, cx)),
    };
    let orders = found.into_iter().take(most).map(line).collect();
    Ok(Unanswered { orders, more, left_out: left == 0 })
}
