//! Who asks an entity something in the name of the house: a name and a role, as its records keep them.

use compact_str::CompactString;
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, CommandId};

use crate::doors::persons::ON_THE_MACHINE;

/// Somebody who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// As whom.
    pub by: CompactString,
    /// In which role.
    pub role: Role,
}

impl Asker {
    /// Whoever started the server.
    pub fn on_the_machine() -> Asker {
        Asker { by: CompactString::const_new(ON_THE_MACHINE), role: Role::Operator }
    }

    /// How they ask at `at`; the same `id` is decided once.
    pub fn asks(&self, id: CommandId, at: Timestamp) -> Asked {
        Asked {
            id,
            by: self.by.clone(),
            role: CompactString::const_new(self.role.as_str()),
            on_behalf_of: None,
            expected: None,
            at,
        }
    }
}
