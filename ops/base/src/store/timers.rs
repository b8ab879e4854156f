//! Timers of a whole store: which of all entities' are due first.

use anyhow::Result;
use duban_runtime::entity::{EntityId, Timer};

use super::Store;

/// The `limit` timers that are due first. An entity's alarm is its first timer, so the first entities by alarm have
/// the first timers among them.
pub fn soonest(store: &Store, limit: usize) -> Result<Vec<(EntityId, Timer)>> {
    let mut timers = Vec::new();
    for alarm in store.journal.alarms_of_all(None).take(limit) {
        let id = alarm?.entity;
        let (stored, kind) = (store.journal.entity(&id)?, store.registry.kind(id.kind));
        let Some((stored, kind)) = stored.zip(kind) else { continue };
        timers.extend(kind.timers(&id, &stored)?.0.into_iter().map(|timer| (id.clone(), timer)));
    }
    timers
        .sort_by(|(a, one), (b, other)| (one.due, a, &one.name).cmp(&(other.due, b, &other.name)));
    timers.truncate(limit);
    Ok(timers)
}
