//! Supervision orders (督办单, article 3): what the centre asks of a unit, and the unit's reply.
//!
//! An order that nobody answers rises one level when its reply is due, as far as `stages.toml` says: the third level comes
//! by the ladder or by hand.

use duban_core::clock::Timestamp;
use duban_rules::book::stages::Stages;
use serde::{Deserialize, Serialize};

use super::clock::{Ahead, ClockName, StageClock};

/// The highest supervision level (三级督办).
pub const LEVEL_MAX: u8 = 3;
/// A case with more orders than this is past helping by orders: one more by hand is refused.
pub const ORDERS_MAX: usize = 16;

/// Why there is an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderKind {
    /// The limit ran out (超期).
    Overdue,
    /// It was sent back more than once (返工).
    Rework,
    /// A leader wants it seen to (领导督办).
    Leader,
    /// It matters (重要).
    Important,
}

impl OrderKind {
    /// Whether the unit's feedback is all that was asked.
    pub fn is_met_by_feedback(self) -> bool {
        matches!(self, OrderKind::Overdue | OrderKind::Rework)
    }
}

/// A supervision order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Counts the orders of a case from 1.
    pub no: u16,
    /// The assignment it was issued in.
    pub assignment: u16,
    pub kind: OrderKind,
    /// How high it stands, 1–3.
    pub level: u8,
    pub standing: OrderStanding,
}

/// Where a supervision order stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OrderStanding {
    /// A reply is awaited; its clock.
    Open(StageClock),
    /// The unit has replied.
    Answered(Timestamp),
    /// What was asked is done, or nobody is left to ask.
    Settled(Timestamp),
}

impl Order {
    /// The reply clock while a reply is awaited.
    pub fn clock(&self) -> Option<&StageClock> {
        match &self.standing {
            OrderStanding::Open(clock) => Some(clock),
            OrderStanding::Answered(_) | OrderStanding::Settled(_) => None,
        }
    }

    /// What names its steps: the order and the level at which it asks.
    pub fn revision(&self) -> u16 {
        self.no.saturating_mul(10).saturating_add(u16::from(self.level))
    }

    /// The steps of its reply clock.
    pub fn ahead(&self) -> impl Iterator<Item = Ahead<'_>> {
        let (assignment, revision) = (self.assignment, self.revision());
        let running = self.clock().into_iter();
        running.flat_map(move |clock| clock.ahead(ClockName::Reply, assignment, revision))
    }
}

/// The level to which silence raises an order of this level; none where silence raises it no more.
pub fn rises_to(level: u8, stages: &Stages) -> Option<u8> {
    (level < stages.reply_rises_to).then_some(level.saturating_add(1))
}

/// The order and the level that [`Order::revision`] names.
pub fn of_revision(revision: u16) -> (u16, u8) {
    (revision / 10, u8::try_from(revision % 10).unwrap_or(0))
}
