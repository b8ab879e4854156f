//! The resident entities of one partition: their addresses, and which may go when room runs out.
//!
//! An entity may go when it has nothing in hand: no delivery without its step, no record that is not durable. Those
//! without a timer go first; in both classes the least recently used go before the others (second chance).

use std::collections::{HashMap, VecDeque};

use actix::Addr;

use super::entity::EntityActor;
use crate::entity::EntityId;

/// Entities without a timer that stay resident.
const SLEEPERS_MAX: usize = 256;
/// How many candidates one eviction looks at.
const LOOKS_MAX: usize = 8;

/// How an entity sleeps between commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sleep {
    /// It has a timer: it will be woken.
    Light,
    /// It has none.
    Sound,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Used {
    SinceLastLook,
    NotLately,
}

/// One resident entity.
pub(super) struct Resident {
    pub(super) address: Addr<EntityActor>,
    /// Deliveries without their step yet.
    pub(super) busy: u32,
    /// Staged records that are not durable yet.
    pub(super) unresolved: u32,
    used: Used,
    sleep: Sleep,
    /// Its place in the queue; whatever else stands of it in either of them is void.
    place: u64,
}

/// The resident entities of one partition.
pub(super) struct Residents {
    map: HashMap<EntityId, Resident>,
    queues: Queues,
    max: usize,
}

/// In which order those may go who have a timer, and those who have none; everybody with their place.
#[derive(Default)]
struct Queues {
    light: VecDeque<(u64, EntityId)>,
    sound: VecDeque<(u64, EntityId)>,
    last_place: u64,
}

impl Residents {
    /// Nobody yet; at most `max` with timers.
    pub(super) fn at_most(max: usize) -> Residents {
        Residents { map: HashMap::new(), queues: Queues::default(), max }
    }

    pub(super) fn contains(&self, id: &EntityId) -> bool {
        self.map.contains_key(id)
    }

    pub(super) fn len(&self) -> usize {
        self.map.len()
    }

    /// The resident, who counts as used now.
    pub(super) fn used(&mut self, id: &EntityId) -> Option<&mut Resident> {
        let resident = self.map.get_mut(id)?;
        resident.used = Used::SinceLastLook;
        Some(resident)
    }

    /// One more; whoever has to go for it goes first, so that it is not this one.
    pub(super) fn insert(&mut self, id: EntityId, address: Addr<EntityActor>, sleep: Sleep) {
        self.make_room(sleep);
        let (used, place) = (Used::SinceLastLook, self.queues.take_place(sleep, &id));
        self.map.insert(id, Resident { address, busy: 0, unresolved: 0, used, sleep, place });
    }

    /// A delivery has its step; a staged one leaves a record to wait for and shows how the entity sleeps from now on.
    pub(super) fn stepped(&mut self, id: &EntityId, staged: Option<Sleep>) {
        let Some(resident) = self.map.get_mut(id) else { return };
        resident.busy = resident.busy.saturating_sub(1);
        let Some(sleep) = staged else { return };
        resident.unresolved += 1;
        if resident.sleep != sleep {
            resident.sleep = sleep;
            resident.place = self.queues.take_place(sleep, id);
        }
    }

    /// `n` of its records are durable, or were not taken.
    pub(super) fn resolved(&mut self, id: &EntityId, n: usize) {
        let Some(resident) = self.map.get_mut(id) else { return };
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        resident.unresolved = resident.unresolved.saturating_sub(n);
        let sleep = resident.sleep;
        self.make_room(sleep);
    }

    fn make_room(&mut self, sleep: Sleep) {
        let max = match sleep {
            Sleep::Light => self.max,
            Sleep::Sound => SLEEPERS_MAX,
        };
        for _ in 0..LOOKS_MAX {
            if self.queues.of(sleep).len() <= max {
                return;
            }
            let Some((place, id)) = self.queues.of(sleep).pop_front() else { return };
            let there = self.map.get_mut(&id).filter(|resident| resident.place == place);
            let Some(resident) = there else { continue };
            let in_hand = resident.busy > 0 || resident.unresolved > 0;
            if in_hand || resident.used == Used::SinceLastLook {
                resident.used = Used::NotLately;
                self.queues.of(sleep).push_back((place, id));
            } else {
                // Its mailbox is empty: the last address dropped ends the actor.
                self.map.remove(&id);
            }
        }
    }
}

impl Queues {
    /// At the end of the queue of those who sleep so.
    fn take_place(&mut self, sleep: Sleep, id: &EntityId) -> u64 {
        self.last_place += 1;
        let place = self.last_place;
        self.of(sleep).push_back((place, id.clone()));
        place
    }

    fn of(&mut self, sleep: Sleep) -> &mut VecDeque<(u64, EntityId)> {
        match sleep {
            Sleep::Light => &mut self.light,
            Sleep::Sound => &mut self.sound,
        }
    }
}
