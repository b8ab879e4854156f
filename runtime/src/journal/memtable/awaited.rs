//! Awaited entities: whoever waits for the next change of one is woken as soon as it is durable and can be read.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::entity::EntityId;

/// Waits at a time at most.
const WAITS_MAX: usize = 4_096;

/// Whoever waits, by what they wait for.
#[derive(Debug, Default)]
pub struct Awaited {
    waits: Mutex<Waits>,
    /// How many there are, so that a commit nobody waits for takes no lock.
    n: AtomicUsize,
}

#[derive(Debug, Default)]
struct Waits {
    waiting: HashMap<EntityId, Vec<Wait>>,
    /// Those whose entity has changed, and cannot be read yet.
    changed: Vec<Wait>,
    next: u64,
}

#[derive(Debug)]
struct Wait {
    number: u64,
    wake: oneshot::Sender<()>,
}

/// The next change of an entity, from when this was made. Dropped, nobody waits for it any more.
#[derive(Debug)]
pub struct NextChange {
    awaited: Arc<Awaited>,
    entity: EntityId,
    number: u64,
    changed: oneshot::Receiver<()>,
}

impl Awaited {
    /// The next change of `entity`; none while too many wait already.
    pub fn next_change(self: &Arc<Awaited>, entity: &EntityId) -> Option<NextChange> {
        let mut waits = self.waits();
        if self.n.load(Ordering::Acquire) >= WAITS_MAX {
            return None;
        }
        self.n.fetch_add(1, Ordering::AcqRel);
        waits.next += 1;
        let (number, (wake, changed)) = (waits.next, oneshot::channel());
        waits.waiting.entry(entity.clone()).or_default().push(Wait { number, wake });
        Some(NextChange { awaited: Arc::clone(self), entity: entity.clone(), number, changed })
    }

    /// `entity` changes: told before anybody can read it.
    pub fn changing(&self, entity: &EntityId) {
        if self.n.load(Ordering::Acquire) == 0 {
            return;
        }
        let mut waits = self.waits();
        if let Some(changed) = waits.waiting.remove(entity) {
            waits.changed.extend(changed);
        }
    }

    /// Wakes everybody whose entity has changed: it can be read now.
    pub fn wake(&self) {
        if self.n.load(Ordering::Acquire) == 0 {
            return;
        }
        for wait in std::mem::take(&mut self.waits().changed) {
            // Whoever waited may have gone.
            wait.wake.send(()).unwrap_or_default();
        }
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl NextChange {
    /// Waits until it has happened.
    pub async fn happened(mut self) {
        // Who would wake it is gone only when it has been woken.
        (&mut self.changed).await.unwrap_or_default();
    }
}

impl Drop for NextChange {
    fn drop(&mut self) {
        self.awaited.n.fetch_sub(1, Ordering::AcqRel);
        let mut waits = self.awaited.waits();
        let Some(waiting) = waits.waiting.get_mut(&self.entity) else { return };
        waiting.retain(|wait| wait.number != self.number);
        if waiting.is_empty() {
            waits.waiting.remove(&self.entity);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Waker};

    use super::*;
    use crate::entity::Kind;

    fn case(key: &str) -> EntityId {
        EntityId::new(Kind { number: 1, name: "case" }, key)
    }

    fn is_over(wait: &mut Pin<Box<impl Future<Output = ()>>>) -> bool {
        wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn whoever_waits_is_woken_by_the_next_change_of_that_entity_once_it_can_be_read() {
        let awaited = Arc::new(Awaited::default());
        let mut one = Box::pin(awaited.next_change(&case("a")).unwrap().happened());
        let mut other = Box::pin(awaited.next_change(&case("b")).unwrap().happened());
        awaited.changing(&case("a"));
        assert!(!is_over(&mut one), "it cannot be read yet");
        awaited.wake();
        assert!(is_over(&mut one));
        assert!(!is_over(&mut other));
    }

    #[test]
    fn who_gave_up_takes_no_room_and_so_many_find_some() {
        let awaited = Arc::new(Awaited::default());
        drop(awaited.next_change(&case("a")));
        assert!(awaited.waits().waiting.is_empty());
        let waits: Vec<_> = (0..=WAITS_MAX).map(|_| awaited.next_change(&case("a"))).collect();
        assert_eq!(waits.iter().flatten().count(), WAITS_MAX);
        drop(waits);
        assert!(awaited.next_change(&case("a")).is_some());
    }
}
