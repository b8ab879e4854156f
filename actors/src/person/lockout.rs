//! Wrong passwords in a row, and for how long they shut the door.
//!
//! From the fifth on each one shuts it, each time for twice as long as before, and never for more than a day. What is
//! tried while it is shut is not looked at, and does not count.

use std::time::Duration;

use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// Wrong passwords in a row that are borne; this one shuts the door.
pub const WRONG_MAX: u32 = 5;
/// For how long the door is shut at first.
pub const LOCK_FIRST: Duration = Duration::from_mins(15);
/// For how long it is shut at most.
pub const LOCK_MAX: Duration = Duration::from_hours(24);

/// What became of wrong passwords.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lockout {
    /// The last password was right, or none was tried.
    #[default]
    Clear,
    /// So many were wrong in a row.
    Wrong(u32),
    /// So many were wrong in a row, and no password is right before the instant.
    Until(u32, Timestamp),
}

impl Lockout {
    /// Wrong passwords in a row.
    pub fn wrong(self) -> u32 {
        match self {
            Lockout::Clear => 0,
            Lockout::Wrong(wrong) | Lockout::Until(wrong, _) => wrong,
        }
    }

    /// Until when the door is shut, if it is at `at`.
    pub fn shut(self, at: Timestamp) -> Option<Timestamp> {
        match self {
            Lockout::Until(_, until) if until > at => Some(until),
            Lockout::Clear | Lockout::Wrong(_) | Lockout::Until(..) => None,
        }
    }

    /// After one more wrong password at `at`.
    #[must_use]
    pub fn after_wrong(self, at: Timestamp) -> Lockout {
        let wrong = self.wrong().saturating_add(1);
        match wrong.checked_sub(WRONG_MAX) {
            None => Lockout::Wrong(wrong),
            Some(doublings) => {
                let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
                let span = LOCK_FIRST.checked_mul(factor).map_or(LOCK_MAX, |s| s.min(LOCK_MAX));
                Lockout::Until(wrong, at + span)
            }
        }
    }
}
