//! Overdue work, by the journal: alarms that have not fired and messages whose outcome is not known.
//!
//! The index itself is asked, not the actors, so that an actor that hangs shows. An alarm counts until its firing is
//! durable, and that of an entity that is set aside until somebody has looked.

use super::Journal;
use super::failure::Failure;
use super::layout;
use super::reading::parsed;
use crate::clock::Timestamp;
use crate::partition::PARTITIONS;

/// Overdue alarms of one partition that are counted; where there are more, the count is a lower bound.
pub const COUNTED_MAX: usize = 1_024;

/// What is due and not done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overdue {
    /// Entities whose alarm is due and has not fired.
    pub n_alarms: u64,
    /// How exact that is.
    pub exactness: Exactness,
    /// When the first of them was due.
    pub oldest_alarm: Option<Timestamp>,
    /// When the first message was due that is neither handed over nor given up; those in a courier's hands count.
    pub oldest_message: Option<Timestamp>,
}

/// Whether everything was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exactness {
    #[default]
    Exact,
    /// A partition has more than [`COUNTED_MAX`].
    AtLeast,
}

impl Journal {
    /// What is due at `now` and not done. Reads the store: a page for each partition that has something due, and
    /// nearly nothing of the others.
    pub fn overdue(&self, now: Timestamp) -> Result<Overdue, Failure> {
        let mut overdue = Overdue::default();
        for partition in 0..PARTITIONS {
            let alarms = self.due_in(layout::ALARM, partition, (now, COUNTED_MAX))?;
            if alarms.len() == COUNTED_MAX {
                overdue.exactness = Exactness::AtLeast;
            }
            overdue.n_alarms += u64::try_from(alarms.len()).unwrap_or(u64::MAX);
            overdue.oldest_alarm = soonest(overdue.oldest_alarm, alarms.first());
            let messages = self.due_in(layout::OUTBOX, partition, (now, 1))?;
            overdue.oldest_message = soonest(overdue.oldest_message, messages.first());
        }
        Ok(overdue)
    }

    /// When the first `limit` rows of an index are due, of those that are at `now`.
    fn due_in(
        &self,
        index: u8,
        partition: u8,
        (now, limit): (Timestamp, usize),
    ) -> Result<Vec<Timestamp>, Failure> {
        let end = layout::due_after(index, partition, now);
        let rows = self.rows_between(vec![index, partition], &end, limit)?;
        parsed(rows, "overdue rows", |key, _| layout::parse_due(key))
    }
}

fn soonest(one: Option<Timestamp>, other: Option<&Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other.copied()).min()
}
