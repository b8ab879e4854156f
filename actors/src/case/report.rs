//! Reports: what a case keeps of how it came, and who reported it (articles 13 and 14).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{GridId, Place};
use serde::{Deserialize, Serialize};

use super::Channel;

/// Who reported; name and number as sealed by the door, never in the clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    /// The sealed name; empty for an anonymous one.
    #[serde(default)]
    pub name: CompactString,
    /// The sealed number; empty when there is none.
    #[serde(default)]
    pub phone: CompactString,
    /// Whether they want to hear what became of it.
    pub reply: ReplyWish,
}

/// What stands for a name that was erased; nobody's name and no sealed text is this.
pub const ERASED: &str = "~0";

impl Reporter {
    /// Whoever reported it and was erased since (article 13): nothing is known of them, and nobody answers them.
    pub fn erased() -> Reporter {
        Reporter {
            name: CompactString::const_new(ERASED),
            phone: CompactString::default(),
            reply: ReplyWish::NotWanted,
        }
    }

    /// Whether they were erased.
    pub fn is_erased(&self) -> bool {
        self.name == ERASED
    }
}

/// Whether a reporter wants an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplyWish {
    Wanted,
    NotWanted,
}

/// What a case keeps of its report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub channel: Channel,
    pub at: Timestamp,
    /// Where it is, in degrees.
    pub place: Option<Place>,
    /// The supervision grid around that place.
    pub grid: Option<GridId>,
    pub address: Box<str>,
    pub reporter: Option<Box<Reporter>>,
    /// How many tasks on site it had.
    pub tasks: u16,
    /// How many papers and recordings its records name ([`super::Event::files`]): which ones, they say.
    pub papers: u16,
}
