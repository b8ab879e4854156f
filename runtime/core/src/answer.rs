//! Answers: what a caller hears, and who that is. On which channel a caller waits, only the shell knows.

use std::time::Duration;

use compact_str::CompactString;

use crate::outbox::Claim;
use crate::record::{EncodedState, Taken};

/// The refusal of a command whose key was used for something else ([`CommandId::is_another_use`]).
///
/// [`CommandId::is_another_use`]: crate::entity::CommandId::is_another_use
pub const KEY_USED_BEFORE: &str = "key-used-before";

/// What became of a command. Everything but [`Answer::Accepted`] left nothing behind; only [`Answer::Failed`] may stand
/// for a command that was accepted and whose answer was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Decided and durable, as the record of this sequence.
    Accepted {
        /// The entity's sequence after it.
        sequence: u64,
        /// Whether this very command had been accepted before.
        novelty: Novelty,
        /// What it made of the entity; of a command that was accepted before, what the entity is now.
        state: EncodedState,
    },
    /// The entity says no, or what is remembered of it does ([`KEY_USED_BEFORE`]).
    Refused {
        /// Stable, e.g. `out-of-order`.
        code: &'static str,
        /// The refusal in JSON.
        detail: String,
    },
    /// The asker saw an older state, or has not looked as far as the entity has forgotten whether they asked before
    /// ([`Asking::looked`]).
    ///
    /// [`Asking::looked`]: crate::partition::Asking::looked
    Stale { sequence: u64 },
    /// No room: nothing was done; ask again with the same id.
    Busy { retry_after: Duration },
    /// The entity is set aside until a person has looked.
    Quarantined { reason: CompactString },
    /// Deciding the command panicked twice, or deciding the claim of a message did: put aside as a dead letter.
    DeadLetter { reason: CompactString },
    /// The journal did not take it, or whoever decided it fell before it could say so: ask again with the same id, and
    /// it is decided once.
    Failed { reason: CompactString },
    /// A message's claim or outcome is recorded.
    Recorded,
    /// A message is claimed: recipients and data are fixed and durable.
    Claimed(Claim),
}

/// Whether a command was decided or found decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty {
    /// Decided now.
    First,
    /// Decided before; the first answer stands.
    Again,
}

/// Somebody outside who waits, by the number under which the shell has them. Each is answered once, or let go with
/// everything else that their partition knew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallerId(pub u64);

/// Who waits for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Somebody outside.
    Outside(CallerId),
    /// Another entity, by a tell.
    Tell(Taken),
    /// Nobody: a timer.
    Timer,
}

impl Caller {
    /// Whoever of them hears answers.
    pub fn outside(self) -> Option<CallerId> {
        match self {
            Caller::Outside(caller) => Some(caller),
            Caller::Tell(_) | Caller::Timer => None,
        }
    }
}
