//! A bundle (合并通知): what one person would have been told many times at once, or too late, told in one message.
//!
//! One entity per address; its key is the channel and a hash of the address. Whoever hands messages over adds a line in
//! place of a message; two minutes after the first line the bundle sends one message with all of them. A line is added
//! once, however often it is brought: the bundle remembers it until its bringer has put on record that the message it
//! stands for is folded.

mod effects;
mod lifecycle;

use std::time::Duration;

use compact_str::{CompactString, format_compact};
use duban_core::clock::Timestamp;
use duban_core::entity::{CommandId, EntityId, Kind};
use duban_core::outbox::{Address, MessageId};
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::refusal::{self, Common};

/// Bundles on disk.
pub const KIND: Kind = Kind { number: 7, name: "bundle" };
/// The template of its message.
pub const FOLDED: &str = "folded";
/// The timer of the message.
pub const TIMER: &str = "letter";
/// How long lines are gathered after the first one; a later line never puts it off.
pub const GATHERED_FOR: Duration = Duration::from_mins(2);
/// Lines that are written out; what comes after them is counted.
pub const LINES_MAX: usize = 50;
/// Characters of a line; the rest is cut.
pub const LINE_CHARS_MAX: usize = 40;
/// Lines remembered at most whose messages are not yet on record as folded; the oldest is forgotten. Whoever adds has
/// fewer under way, but crashes may leave more behind: who takes up such a message looks for its line in the history.
pub const OPEN_MAX: usize = 128;

/// The bundle of an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// Lines that may be brought again, oldest first; at most [`OPEN_MAX`].
    pub open: Vec<CommandId>,
    pub letter: Letter,
}

/// What a bundle gathers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Letter {
    Blank,
    /// Lines, until it is sent.
    Gathering(Gathered),
}

/// Lines of one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered {
    pub to: Address,
    /// The lines, in the order they came; at most [`LINES_MAX`].
    pub lines: Vec<Line>,
    /// How many came after those.
    pub more: u32,
    pub due: Timestamp,
}

/// What stands for a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub at: Timestamp,
    /// What it was about; at most [`LINE_CHARS_MAX`] characters.
    pub about: CompactString,
}

/// What can be asked of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Tell this, too. The command's id is [`Bundle::line_id`].
    Add {
        message: CompactString,
        line: Line,
        to: Address,
        /// Lines whose messages are on record as folded: they never come again.
        settled: Vec<CommandId>,
    },
}

/// What happened to a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A line came.
    Added {
        id: CommandId,
        message: CompactString,
        to: Address,
        /// When the message that has it is sent.
        due: Timestamp,
        /// The line, or that there was no more room for it.
        kept: Kept,
        /// Lines that are no longer remembered.
        forgotten: Vec<CommandId>,
    },
    /// The message is sent.
    Sent(Gathered),
}

/// Whether a line is written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kept {
    Line(Line),
    Counted,
}

/// Why a bundle says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", prefix = "bundle-")]
pub enum Refusal {
    /// The line is there.
    AlreadyThere,
    /// What any entity may say.
    #[serde(untagged)]
    #[strum(transparent)]
    Common(Common),
}

refusal::of_kind!(Refusal);

impl Bundle {
    /// The bundle of an address.
    pub fn of(to: &Address) -> EntityId {
        let CommandId(hash) = CommandId::derived(&[to.channel.as_bytes(), to.address.as_bytes()]);
        EntityId::new(KIND, format_compact!("{}/{hash:032x}", to.channel))
    }

    /// The id of the line that stands for `message` to `to`: the same for ever.
    pub fn line_id(message: &MessageId, to: &Address) -> CommandId {
        let message = message.to_string();
        CommandId::derived(&[message.as_bytes(), to.channel.as_bytes(), to.address.as_bytes()])
    }

    /// Whether this line may be brought again.
    pub fn remembers(&self, line: CommandId) -> bool {
        self.open.contains(&line)
    }
}

impl Line {
    /// The line of a message that was due at `at`; what it is about is cut to size.
    pub fn new(at: Timestamp, about: &str) -> Line {
        let about = about.trim();
        let cut = about.chars().count() > LINE_CHARS_MAX;
        let kept = about.chars().take(if cut { LINE_CHARS_MAX - 1 } else { LINE_CHARS_MAX });
        Line { at, about: kept.chain(cut.then_some('…')).collect() }
    }
}
