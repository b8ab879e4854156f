//! Supervision: what happens when something falls. The smallest thing is dropped and read again; what falls too often
//! takes the next larger one with it.
//!
//! ```text
//!            │ panicked                │ the fifth time within ten minutes │ impossible history │ batch not taken
//! entity     │ read again, at once     │ set aside, an operator is told    │ set aside          │ read again
//! partition  │ read again, after a bit │ the process ends                  │ the process ends   │ read again
//! loop       │ begun anew, after a bit │ the process ends                  │ the process ends   │ begun anew
//! ```
//! Restarts of the process are whoever's started it. A command that panics twice is a dead letter besides, and a timer
//! that does sets its entity aside at once. Not here: how anything is dropped or read.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::entity::EntityId;

/// Restarts within [`WINDOW`] that are one too many.
pub const RESTARTS_MAX: usize = 5;
/// How long a restart is remembered.
pub const WINDOW: Duration = Duration::from_mins(10);
/// The pause before the first restart of a partition or a loop; doubled before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Entities whose restarts are remembered; beyond that the one that fell longest ago is forgotten.
const ENTITIES_MAX: usize = 1_024;

/// What is supervised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supervised {
    /// An entity, by its partition.
    Entity,
    /// A partition, by its process.
    Partition,
    /// A long-lived task, by its process.
    Loop,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It panicked; this is the so many-th time within [`WINDOW`].
    Panicked(usize),
    /// Its history cannot be.
    Corrupt,
    /// The journal did not take what it had decided.
    NotTaken,
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is dropped and read again, after a pause.
    Restart(Duration),
    /// It is set aside until a person has looked.
    SetAside,
    EndProcess,
}

/// What ends the process, told why.
pub type OnEnd = Arc<dyn Fn(&str) + Send + Sync>;

/// The table of the module's words.
pub fn verdict(supervised: Supervised, exit: Exit) -> Verdict {
    match (supervised, exit) {
        (_, Exit::NotTaken) => Verdict::Restart(Duration::ZERO),
        (Supervised::Entity, Exit::Panicked(n)) if n < RESTARTS_MAX => {
            Verdict::Restart(Duration::ZERO)
        }
        (Supervised::Entity, Exit::Panicked(_) | Exit::Corrupt) => Verdict::SetAside,
        (Supervised::Partition | Supervised::Loop, Exit::Panicked(n)) if n < RESTARTS_MAX => {
            let doublings = u32::try_from(n.saturating_sub(1)).unwrap_or(0);
            Verdict::Restart(FIRST_PAUSE * 2_u32.pow(doublings))
        }
        (Supervised::Partition | Supervised::Loop, Exit::Panicked(_) | Exit::Corrupt) => {
            Verdict::EndProcess
        }
    }
}

/// When something fell lately: at most [`RESTARTS_MAX`] instants.
#[derive(Clone, Debug, Default)]
pub struct Falls(VecDeque<Timestamp>);

impl Falls {
    /// It fell at `at`; which time within [`WINDOW`] this is. One that a clock set back since calls later counts too.
    pub fn note(&mut self, at: Timestamp) -> usize {
        self.0.retain(|before| at.since(*before) < WINDOW);
        if self.0.len() >= RESTARTS_MAX {
            self.0.pop_front();
        }
        self.0.push_back(at);
        self.0.len()
    }

    /// How often it fell within [`WINDOW`] before `now`.
    pub fn lately(&self, now: Timestamp) -> usize {
        self.0.iter().filter(|before| now.since(**before) < WINDOW).count()
    }
}

/// The falls of a partition's entities.
#[derive(Debug, Default)]
pub struct RestartCounts(BTreeMap<EntityId, Falls>);

impl RestartCounts {
    /// `entity` panicked at `at`: what happens to it.
    pub fn panicked(&mut self, entity: &EntityId, at: Timestamp) -> Verdict {
        if self.0.len() >= ENTITIES_MAX && !self.0.contains_key(entity) {
            self.forget_oldest();
        }
        let n = self.0.entry(entity.clone()).or_default().note(at);
        let verdict = verdict(Supervised::Entity, Exit::Panicked(n));
        if verdict == Verdict::SetAside {
            self.0.remove(entity);
        }
        verdict
    }

    fn forget_oldest(&mut self) {
        let oldest = self.0.iter().min_by_key(|(_, falls)| falls.0.back());
        if let Some(id) = oldest.map(|(id, _)| id.clone()) {
            self.0.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    #[test]
    fn what_falls_is_read_again_until_it_falls_too_often() {
        let at_once = Verdict::Restart(Duration::ZERO);
        let after = |millis| Verdict::Restart(Duration::from_millis(millis));
        let table = [
            (Exit::Panicked(1), at_once, after(100)),
            (Exit::Panicked(2), at_once, after(200)),
            (Exit::Panicked(3), at_once, after(400)),
            (Exit::Panicked(4), at_once, after(800)),
            (Exit::Panicked(5), Verdict::SetAside, Verdict::EndProcess),
            (Exit::Corrupt, Verdict::SetAside, Verdict::EndProcess),
            (Exit::NotTaken, at_once, at_once),
        ];
        for (exit, entity, partition) in table {
            assert_eq!(verdict(Supervised::Entity, exit), entity, "entity, {exit:?}");
            assert_eq!(verdict(Supervised::Partition, exit), partition, "partition, {exit:?}");
            assert_eq!(verdict(Supervised::Loop, exit), partition, "loop, {exit:?}");
        }
    }

    #[test]
    fn the_fifth_fall_within_ten_minutes_sets_an_entity_aside() {
        let (mut restart_counts, id) =
            (RestartCounts::default(), EntityId { kind: 1, key: "7".into() });
        let minutes = |n| NOON + Duration::from_mins(n);
        for n in 0..4 {
            assert_eq!(restart_counts.panicked(&id, minutes(n)), Verdict::Restart(Duration::ZERO));
        }
        assert_eq!(restart_counts.panicked(&id, minutes(9)), Verdict::SetAside);
        assert_eq!(
            restart_counts.panicked(&id, minutes(9)),
            Verdict::Restart(Duration::ZERO),
            "anew"
        );
    }

    #[test]
    fn falls_that_are_ten_minutes_old_count_no_more() {
        let mut falls = Falls::default();
        let counts = [0, 3, 6, 9, 12, 15].map(|n| falls.note(NOON + Duration::from_mins(n)));
        assert_eq!(counts, [1, 2, 3, 4, 4, 4]);
        assert_eq!([15, 21, 25].map(|n| falls.lately(NOON + Duration::from_mins(n))), [4, 2, 0]);
        assert_eq!(falls.note(NOON), 5, "the clock was set back");
    }

    #[test]
    fn no_more_entities_are_remembered_than_there_is_room_for() {
        let mut restart_counts = RestartCounts::default();
        for n in 0..2_000 {
            let id = EntityId { kind: 1, key: n.to_string().into() };
            restart_counts.panicked(&id, NOON + Duration::from_millis(n));
        }
        assert_eq!(restart_counts.0.len(), ENTITIES_MAX);
        assert!(restart_counts.0.contains_key(&EntityId { kind: 1, key: "1999".into() }));
    }
}
