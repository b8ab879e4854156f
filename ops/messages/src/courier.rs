//! Couriers: how a message that an entity wanted leaves the server (articles 15–18, 28).
//!
//! ```text
//! claimed row ──render──► Rendered ──hand_over──► Folder (a day's .eml files and SMS list)
//!                                │           └──► Tally  (counts, one mbox a day: replays)
//!                                └─one address─► Channel ─► Line: folder, SMTP, SMPP, HTTP
//!                                                (breaker)
//! ```
//! A message may be handed over twice after a crash, always with the same id and instant; every courier here then
//! leaves the world as the first time left it. No retry and no outcome is recorded here: that is the outbox's.

pub mod breaker;
pub mod channel;
pub mod channels;
pub mod email;
pub mod folder;
pub mod mbox;
pub mod outcome;
pub mod render;
pub mod sms;
pub mod smtp;
pub mod transport;
pub mod unfilled;

mod appointment;
mod days;
mod page;
mod plain;
#[cfg(test)]
mod samples;
pub mod secret;

use std::io;
use std::path::{Path, PathBuf};

use compact_str::CompactString;
use duban_rules::book::notices::{self, Appointment};
use duban_runtime::clock::Timestamp;
use duban_runtime::journal;
use duban_runtime::outbox::{Address, MessageId};

pub use folder::Folder;
pub use mbox::Tally;
pub use render::render;

/// The channel of [`Address`]es that are e-mail.
pub const EMAIL: &str = "email";
/// The channel of [`Address`]es that are telephone numbers for SMS.
pub const SMS: &str = "sms";

/// A claimed message in words, ready to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Which message; the same at every hand-over.
    pub id: MessageId,
    pub template: String,
    /// The escalation step it tells of; empty for other messages.
    pub step: String,
    /// The instant it is dated by; the same at every hand-over, so never the wall clock's.
    pub at: Timestamp,
    /// Everybody it goes to, on every channel.
    pub addresses: Vec<Address>,
    pub subject: String,
    /// The text of the e-mail; empty when the template sends none.
    pub text: String,
    /// The text of the SMS; empty when the template sends none.
    pub sms: String,
    /// The entry for the reader's calendar that the e-mail carries, if any.
    pub appointment: Option<Appointment>,
    /// Why some of it is in plain words, when its template could not be filled in.
    pub unfilled: Option<CompactString>,
}

impl Rendered {
    /// Addresses of one channel.
    pub fn on(&self, channel: &str) -> impl Iterator<Item = &Address> {
        self.addresses.iter().filter(move |address| address.channel == channel)
    }
}

/// Whoever takes messages out of the server.
pub trait Courier {
    /// Takes a message. What was taken is safe after the next [`Courier::settle`], not before.
    ///
    /// # Errors
    /// A [`Failure`]; what of the message was taken by then is taken once at the next try.
    fn hand_over(&mut self, message: &Rendered) -> Result<(), Failure>;

    /// Makes everything taken so far survive; called once for a batch, before outcomes are recorded.
    ///
    /// # Errors
    /// A [`Failure`]; then nothing since the last settling counts as taken.
    fn settle(&mut self) -> Result<(), Failure>;
}

/// Why a message did not leave.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The message's data is not the JSON that its template needs.
    #[error("cannot read the data of message `{id}`")]
    Data {
        id: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The rules have no such template, or it cannot be filled in.
    #[error("cannot put message `{id}` into words")]
    Words {
        id: String,
        #[source]
        source: notices::Error,
    },
    /// The journal did not give or keep what the message says.
    #[error("cannot read or keep what message `{id}` says")]
    Journal {
        id: String,
        #[source]
        source: journal::Failure,
    },
    /// An address that no mail can have; the message went to all others.
    #[error("`{address}` is no e-mail address")]
    Address {
        address: String,
        #[source]
        source: lettre::address::AddressError,
    },
    /// The parts do not make an e-mail.
    #[error("cannot compose message `{id}`")]
    Compose {
        id: String,
        #[source]
        source: lettre::error::Error,
    },
    /// The page of the e-mail cannot be made.
    #[error("cannot make the page of message `{id}`")]
    Page {
        id: String,
        #[source]
        source: minijinja::Error,
    },
    /// A courier cannot work as it is configured.
    #[error("cannot use `{field}`: {reason}")]
    Setting { field: &'static str, reason: CompactString },
    /// A file could not be written or read.
    #[error("cannot {action} `{}`", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Failure {
    /// Whether the same message may well leave at a later try.
    pub fn is_transient(&self) -> bool {
        match self {
            Failure::Data { .. }
            | Failure::Words { .. }
            | Failure::Address { .. }
            | Failure::Compose { .. }
            | Failure::Page { .. }
            | Failure::Setting { .. } => false,
            Failure::Journal { source, .. } => source.is_transient(),
            // A full or read-only disk, a missing mount: people mend those.
            Failure::File { .. } => true,
        }
    }

    fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Failure {
        let path = path.to_owned();
        move |source| Failure::File { action, path, source }
    }
}
