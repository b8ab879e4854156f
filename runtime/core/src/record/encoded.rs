//! Encoded states: the stored form of an entity, shared by the commit that carries it and the answer that does.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::entity::{Corrupt, Entity, EntityId};

/// The stored form of a state. A clone is another hold on the same bytes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EncodedState(Arc<[u8]>);

impl EncodedState {
    /// The state of the entity `id`, as this program writes it.
    pub fn decode<E: Entity>(&self, id: &EntityId) -> Result<E, Corrupt> {
        E::from_stored(id, self)
    }
}

impl From<&[u8]> for EncodedState {
    fn from(bytes: &[u8]) -> EncodedState {
        EncodedState(bytes.into())
    }
}

impl From<Vec<u8>> for EncodedState {
    fn from(bytes: Vec<u8>) -> EncodedState {
        EncodedState(bytes.into())
    }
}

impl Deref for EncodedState {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Answers go to logs, and a state may hold what no log may.
impl fmt::Debug for EncodedState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodedState({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_state_is_seen_where_an_answer_is_printed() {
        let state = EncodedState::from(b"13911112222".to_vec());
        assert_eq!(format!("{state:?}"), "EncodedState(11 bytes)");
    }
}
