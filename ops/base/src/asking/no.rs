//! Commands that were not accepted: why, and what it means for whoever asked.

use std::fmt;
use std::time::Duration;

use compact_str::CompactString;

/// Why a command was not accepted. All but [`No::Unrecorded`] left nothing behind; that one may stand for a command
/// that was accepted, and is asked again under the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// The entity says no.
    Refused {
        /// Stable, e.g. `out-of-order`.
        code: &'static str,
        /// The refusal in JSON.
        detail: String,
    },
    /// The asker saw an older state; this is the sequence of the one now.
    Stale(u64),
    /// No room: to be asked again after this time.
    Busy(Duration),
    /// A person must look before this goes on: at what, and why.
    SetAside(Aside, CompactString),
    /// It is not known to be durable; why.
    Unrecorded(CompactString),
}

/// What was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// The entity: it takes no commands.
    Entity,
    /// This command: deciding it panicked.
    Command,
}

impl No {
    /// The code of a refusal.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            No::Refused { code, .. } => Some(code),
            No::Stale(_) | No::Busy(_) | No::SetAside(..) | No::Unrecorded(_) => None,
        }
    }
}

/// For whoever reads logs; people are told by the entry points.
impl fmt::Display for No {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            No::Refused { code, .. } => write!(f, "refused: {code}"),
            No::Stale(sequence) => write!(f, "it is at sequence {sequence} by now"),
            No::Busy(_) => f.write_str("no room"),
            No::SetAside(Aside::Entity, reason) => write!(f, "set aside: {reason}"),
            No::SetAside(Aside::Command, reason) => write!(f, "panicked: {reason}"),
            No::Unrecorded(reason) => write!(f, "not recorded: {reason}"),
        }
    }
}
