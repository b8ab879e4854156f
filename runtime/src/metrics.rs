//! Metrics of what a node did so far, in numbers: cheap to count on the way, and read by whoever shows them.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use crate::answer::{Answer, Novelty};
pub use crate::histogram::Histogram;
use crate::journal::outbox_counts::OutboxCounts;

/// How late timers fire, in classes: up to each of these; what is later still is counted apart.
pub const LATENESS_BOUNDS: [Duration; 16] = [
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_millis(2_500),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(10),
    Duration::from_hours(1),
];

/// Where a command found no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// At the edge of the node.
    Edge,
    /// In its partition: in the mailbox, among the undecided, or because it is down at the moment.
    Partition,
    Entity,
}

/// Counts as the node goes.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    lateness: [AtomicU64; LATENESS_BOUNDS.len()],
    n_later: AtomicU64,
    lateness_ms: AtomicU64,
    accepted: AtomicU64,
    again: AtomicU64,
    refused: AtomicU64,
    stale: AtomicU64,
    busy: AtomicU64,
    failed: AtomicU64,
    edge: AtomicU64,
    partition: AtomicU64,
    entity: AtomicU64,
    entity_falls: AtomicU64,
    partition_falls: AtomicU64,
    set_aside: AtomicU64,
    residents: AtomicI64,
}

/// What a node did since it was started, and what it has in hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// By how much timers were decided after they were due; its count is that of timers fired. One whose decision the
    /// journal did not take is decided, and counted, again.
    pub lateness: Histogram,
    /// Commands from outside, by what became of them.
    pub commands: Commands,
    /// Commands from outside that found no room, by where.
    pub turned_away: TurnedAway,
    /// What fell and was read again.
    pub falls: Falls,
    /// Entities in memory.
    pub n_resident: u64,
    /// Entities that are set aside at the moment.
    pub n_quarantined: u64,
    /// Messages by where they stand, and parked tells.
    pub outbox_counts: OutboxCounts,
    /// By how much the wall clock jumped ahead, while alarms are held for it.
    pub clock_held_for: Option<Duration>,
}

/// Commands asked by [`crate::node::Node::ask`], by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// Decided and durable.
    pub n_accepted: u64,
    /// Found decided: asked before.
    pub n_again: u64,
    /// The entity said no.
    pub n_refused: u64,
    /// The asker had seen an older state.
    pub n_stale: u64,
    /// There was no room, or the node is closing.
    pub n_busy: u64,
    /// Not taken by the journal, put aside as a dead letter, or asked of an entity that is set aside.
    pub n_failed: u64,
    /// Not answered yet.
    pub n_in_flight: u64,
}

/// Commands from outside that found no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TurnedAway {
    /// At the edge: as many are under way as the node takes.
    pub n_edge: u64,
    /// In a partition: too many undecided, or it is down at the moment.
    pub n_partition: u64,
    /// With an entity: too many wait for it.
    pub n_entity: u64,
}

/// What fell, since the node was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Falls {
    /// Panics while deciding.
    pub n_entities: u64,
    /// Partitions dropped with everything in them.
    pub n_partitions: u64,
    /// Verdicts that an entity be set aside.
    pub n_set_aside: u64,
}

impl Counters {
    /// A timer was decided so much after it was due.
    pub(crate) fn fired(&self, late: Duration) {
        let class = LATENESS_BOUNDS.partition_point(|longest| *longest < late);
        count(self.lateness.get(class).unwrap_or(&self.n_later));
        let millis = u64::try_from(late.as_millis()).unwrap_or(u64::MAX);
        self.lateness_ms.fetch_add(millis, Ordering::Relaxed);
    }

    /// A command from outside was answered.
    pub(crate) fn answered(&self, answer: &Answer) {
        count(match answer {
            Answer::Accepted { novelty: Novelty::First, .. } => &self.accepted,
            Answer::Accepted { novelty: Novelty::Again, .. } => &self.again,
            Answer::Refused { .. } => &self.refused,
            Answer::Stale { .. } => &self.stale,
            Answer::Busy { .. } => &self.busy,
            Answer::Quarantined { .. }
            | Answer::DeadLetter { .. }
            | Answer::Failed { .. }
            | Answer::Recorded
            | Answer::Claimed(_) => &self.failed,
        });
    }

    /// A command from outside found no room.
    pub(crate) fn turned_away(&self, by: Bound) {
        count(match by {
            Bound::Edge => &self.edge,
            Bound::Partition => &self.partition,
            Bound::Entity => &self.entity,
        });
    }

    /// Deciding panicked.
    pub(crate) fn entity_fell(&self) {
        count(&self.entity_falls);
    }

    /// A partition panicked.
    pub(crate) fn partition_fell(&self) {
        count(&self.partition_falls);
    }

    /// An entity is to be set aside.
    pub(crate) fn set_aside(&self) {
        count(&self.set_aside);
    }

    /// `n` entities more are resident, or fewer if negative.
    pub(crate) fn residents(&self, n: i64) {
        self.residents.fetch_add(n, Ordering::Relaxed);
    }

    /// What is known here; the node adds the rest.
    pub(crate) fn metrics(&self) -> Metrics {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let classes = LATENESS_BOUNDS.into_iter().zip(self.lateness.iter().map(read)).collect();
        let sum = Duration::from_millis(read(&self.lateness_ms));
        Metrics {
            lateness: Histogram { classes, n_beyond: read(&self.n_later), sum },
            commands: Commands {
                n_accepted: read(&self.accepted),
                n_again: read(&self.again),
                n_refused: read(&self.refused),
                n_stale: read(&self.stale),
                n_busy: read(&self.busy),
                n_failed: read(&self.failed),
                n_in_flight: 0,
            },
            turned_away: TurnedAway {
                n_edge: read(&self.edge),
                n_partition: read(&self.partition),
                n_entity: read(&self.entity),
            },
            falls: Falls {
                n_entities: read(&self.entity_falls),
                n_partitions: read(&self.partition_falls),
                n_set_aside: read(&self.set_aside),
            },
            n_resident: u64::try_from(self.residents.load(Ordering::Relaxed)).unwrap_or(0),
            ..Metrics::default()
        }
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_counts_in_the_first_class_that_is_long_enough_and_very_late_ones_apart() {
        let counters = Counters::default();
        for millis in [0, 5, 6, 3_600_000, 3_600_001] {
            counters.fired(Duration::from_millis(millis));
        }
        let lateness = counters.metrics().lateness;
        let filled: Vec<_> = lateness.classes.iter().filter(|(_, n)| *n > 0).copied().collect();
        let class = |millis, n| (Duration::from_millis(millis), n);
        assert_eq!(filled, [class(5, 2), class(10, 1), class(3_600_000, 1)]);
        assert_eq!((lateness.n_beyond, lateness.count()), (1, 5));
        assert_eq!(lateness.sum, Duration::from_millis(7_200_012));
    }
}
