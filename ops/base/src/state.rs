//! States of entities as they stand in the journal, read by whoever looks at one without asking it.

use duban_actors::case::listing;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Corrupt, Entity, EntityId, List};
use duban_runtime::journal::{Failure, Journal};

/// Places read at a time.
const PAGE: usize = 1_024;

/// The entity of type `E` with this key, and the sequence of its last record; none before its first.
///
/// # Errors
/// The journal's; [`Failure::Corrupt`] when the state is none that this program writes.
pub fn read<E: Entity>(journal: &Journal, key: &str) -> Result<Option<(E, u64)>, Failure> {
    let id = EntityId::new(E::KIND, key);
    let Some(stored) = journal.entity(&id)? else { return Ok(None) };
    match stored.state.decode(&id) {
        Ok(state) => Ok(Some((state, stored.sequence))),
        Err(source) => Err(unreadable(&id, source)),
    }
}

/// The entity of type `E` that `id` names; none before its first record. One whose state cannot be read is quarantined, and
/// says nothing to whoever only looks.
///
/// # Errors
/// The journal's.
pub fn readable<E: Entity>(journal: &Journal, id: &EntityId) -> Result<Option<E>, Failure> {
    Ok(journal.entity(id)?.and_then(|stored| stored.state.decode(id).ok()))
}

/// Does something with each place of a list ordered by instants that lies in a span: from included, until excluded.
///
/// # Errors
/// The journal's, and those of what is done.
pub fn each_between(
    journal: &Journal,
    list: &List,
    (from, until): (Timestamp, Timestamp),
    mut with: impl FnMut(&str, &EntityId) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (end, mut after) = (listing::order(until), Some(listing::since(from)));
    loop {
        let places = journal.list(list, after, PAGE)?;
        let Some(last) = places.last().cloned() else { return Ok(()) };
        for (order, id) in places.iter().take_while(|(order, _)| *order < end) {
            with(order, id)?;
        }
        if last.0 >= end {
            return Ok(());
        }
        after = Some(last);
    }
}

/// What the failure is called where what stands of an entity cannot be read.
pub(crate) fn unreadable(id: &EntityId, source: Corrupt) -> Failure {
    Failure::Corrupt { what: format!("entity `{id}`"), source }
}
