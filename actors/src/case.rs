//! The nouns of a case (案件): where it can stand and what it carries there (articles 12–18).
//!
//! The page to read first is [`lifecycle`], and [`state`] for where a case can stand; around them [`timers`], [`effects`],
//! [`listing`], [`claim`], [`stored`], [`view`] and [`explain`]. A case keeps what it decides by, and shares with others
//! what they have in common; what people wrote, photos and who did what stand in its events.

pub mod application;
pub mod assignment;
pub mod calls;
pub mod canary;
pub mod channel;
pub mod claim;
pub mod clock;
pub mod closed;
pub mod command;
pub mod deferral;
pub mod disputes;
pub mod effects;
pub mod entry;
pub mod event;
pub mod explain;
pub mod facts;
pub mod filing;
pub mod help;
pub mod holder;
pub mod intake;
pub mod ladder;
pub mod lifecycle;
pub mod listing;
pub mod note;
mod overdue;
pub mod provisional;
mod reach;
pub mod recalculation;
pub mod refusal;
pub mod remains;
pub mod report;
pub mod returns;
pub mod shared;
pub mod site;
pub mod state;
pub mod stored;
pub mod supervision;
pub mod timers;
pub mod view;
pub mod withdrawn;

use compact_str::CompactString;
use duban_core::entity::Kind;
use serde::{Deserialize, Serialize};

pub use channel::Channel;
pub use closed::{Closed, Timeliness};
pub use command::Command;
pub use event::Event;
pub use facts::Fact;
pub use filing::{Filing, RETURNED_MAX};
pub use holder::{Closing, Holder, Phase, StandsStill, StopCause};
pub use intake::{Declined, Intake, Truth};
pub use refusal::Refusal;
pub use report::{ERASED, ReplyWish, Report, Reporter};
pub use site::SiteTask;
pub use state::State;
pub use withdrawn::Withdrawn;

use crate::tells;

pub use crate::tells::CaseId;

/// What a case is to the runtime.
pub const KIND: Kind = tells::CASE;

/// A case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its key, which is stored beside it.
    #[serde(skip)]
    pub id: CompactString,
    pub state: State,
}
