//! The stored form of a case: compact, versioned by [`Entity::STATE_VERSION`](duban_core::entity::Entity).
//!
//! The form is the nouns' own, in postcard; a ladder is stored as bytes and shared again when read. Whatever changes
//! the form of a noun raises the version, and stored cases are rebuilt from the ledger.

use duban_core::entity::{Corrupt, EntityId};

use super::{Case, State};

/// A case is stored as its life; its id is the key under which it stands.
pub(super) fn from_stored(id: &EntityId, bytes: &[u8]) -> Result<Case, Corrupt> {
    match postcard::from_bytes::<State>(bytes) {
        Ok(state) => Ok(Case { id: id.key.clone(), state }),
        Err(error) => Err(Corrupt(format!("stored case: {error}"))),
    }
}
