//! Putting away: takes states that have come to rest out of the store, but for what remains of them.
//!
//! Nothing of it stands in the ledger: a store that is made again has the whole states, and they are put away again.
//! Whoever reads one makes it again from its history, as with a state of an older form; the entity's next record brings it
//! back into the store.

use super::Journal;
use super::failure::Failure;
use super::recovery;
use crate::clock::Timestamp;
use crate::entity::EntityId;

/// Bytes that wait for the store at most: while there are more, nothing is put away.
const WAITING_MAX: usize = 4 << 20;

/// What became of a state that was to be put away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutAway {
    Done,
    /// All of it stays, or it was put away before.
    Stays,
    /// It changed lately, or much waits for the store: later.
    Later,
}

impl Journal {
    /// Puts the state of an entity away, if it has come to rest by `now`. Reads the store, and keeps whoever commits
    /// waiting for it.
    ///
    /// # Errors
    /// The store's; [`Failure::Corrupt`] when its value makes no sense.
    pub fn put_away(&self, id: &EntityId, now: Timestamp) -> Result<PutAway, Failure> {
        let (backlog, fold) = (&self.inner.backlog, &self.inner.fold);
        // Most were put away before: found without keeping anybody waiting.
        if recovery::entity(backlog, id)?.is_none_or(|stored| stored.is_put_away()) {
            return Ok(PutAway::Stays);
        }
        let mut tables = backlog.tables_mut();
        if tables.entity(id).is_some() || tables.n_bytes() > WAITING_MAX {
            return Ok(PutAway::Later);
        }
        let stored = recovery::below(backlog, id)?;
        let away = stored.as_ref().and_then(|stored| fold.put_away(id, stored, now));
        let Some(away) = away else { return Ok(PutAway::Stays) };
        tables.put_away(id, away);
        Ok(PutAway::Done)
    }
}
