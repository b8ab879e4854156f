//! Alarms of a partition: fires what is due, few at a time while people wait, and has rows read that run low.

use super::batch::HOLD_AFTER_FAILURE;
use super::{Output, Partition};
use crate::activation::Delivery;
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::window::Ticket;

/// Whether people wait for answers of the node, or did a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum People {
    /// They do: alarms leave them room.
    Waiting,
    /// Nobody does.
    Away,
}

impl Partition {
    /// Fires what is due at `now` and asks for rows that run low.
    pub fn tick(&mut self, now: Timestamp, people: People, out: &mut Vec<Output>) {
        if self.is_lost() {
            return;
        }
        // A clock that was set back must not hold anything for longer than was meant.
        if now < self.held_until && self.held_until.since(now) <= HOLD_AFTER_FAILURE {
            return;
        }
        self.nudge_tells(out);
        if self.undecided == 0 {
            self.firing = 0;
            self.woken.clear();
        }
        let alarms_max = match people {
            People::Waiting => self.limits.alarms_per_batch,
            People::Away => self.limits.alarms_alone.max(self.limits.alarms_per_batch),
        };
        // Batches go off faster than a busy arbiter decides: what is in its hands is bounded, too.
        while self.firing.max(self.woken.len()) < alarms_max
            && self.undecided < self.limits.undecided_max
        {
            let again = self.refire.pop_first();
            let Some(entity) = again.or_else(|| Some(self.alarms.pop_due(now)?.1)) else { break };
            self.firing += 1;
            self.woken.insert(entity.clone());
            self.undecided += 1;
            out.push(Output::Deliver(entity, Delivery::Fire(now)));
        }
        if let Some(reload) = self.alarms.reload() {
            out.push(Output::LoadAlarms(reload));
        }
        if let Some(reload) = self.outbox.reload() {
            out.push(Output::LoadOutbox(reload));
        }
    }

    /// The alarms a reload found; fewer than its limit mean there are no more.
    pub fn alarms_loaded(&mut self, ticket: Ticket, rows: Vec<(Timestamp, EntityId)>) {
        self.alarms.loaded(ticket, rows);
    }

    /// Alarms could not be read; the next tick asks again.
    pub fn alarms_failed(&mut self, ticket: Ticket) {
        self.alarms.reload_failed(ticket);
    }

    /// Whether the first alarms were read.
    pub fn has_read_alarms(&self) -> bool {
        self.alarms.is_read()
    }

    /// When the next alarm is due, as far as is known here.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.alarms.soonest()
    }
}
