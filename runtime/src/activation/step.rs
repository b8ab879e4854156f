//! What reaches an entity, and what its partition does next on its behalf.

use compact_str::{CompactString, format_compact};

use crate::answer::{Answer, Caller};
use crate::clock::Timestamp;
use crate::entity::{Asked, EntityId, Tell};
use crate::outbox::{Claim, Message, MessageId};
use crate::record::{After, Previous, Stored, Taken};
use crate::registry::AnyCommand;

/// What reaches an entity.
#[derive(Debug)]
pub enum Delivery {
    /// A command.
    Command {
        /// Of the entity's own command type.
        command: AnyCommand,
        /// Who asks.
        asked: Asked,
        /// Up to which record they have looked whether they asked before; none if they do not mind.
        looked: Option<u64>,
        /// Who waits.
        caller: Caller,
    },
    /// Its alarm is due: fire the soonest timer that is due at this instant.
    Fire(Timestamp),
    /// Is this message still needed, and to whom?
    Claim {
        /// Which.
        id: MessageId,
        /// What it says.
        message: Message,
        /// When.
        at: Timestamp,
        /// Who waits.
        caller: Caller,
    },
}

impl Delivery {
    /// Whether somebody waits for an answer to it.
    pub(super) fn is_asked(&self) -> bool {
        match self {
            Delivery::Command { caller, .. } | Delivery::Claim { caller, .. } => match caller {
                Caller::Outside(_) => true,
                Caller::Tell(_) | Caller::Timer => false,
            },
            Delivery::Fire(_) => false,
        }
    }
}

/// What the partition does next on an entity's behalf. Every delivery yields exactly one step other than `Fell`, `Reload`
/// and `Quarantine`.
#[derive(Debug)]
pub enum Step {
    /// Commit this.
    Staged(Box<Staged>),
    /// Nothing to write.
    Passed,
    /// Its alarm rang early: this is when its soonest timer is due.
    NotDue(Timestamp),
    /// It cannot decide now and does not keep this: to be delivered again later, or answered busy.
    NoRoom(Delivery),
    /// A tell is done with, without a record; parked with a reason if nobody could take it.
    TellDone(Taken, Option<CompactString>),
    /// A claim is decided, or what deciding it panicked with: commit it and answer the caller.
    Claimed(MessageId, Result<Claim, CompactString>, Timestamp, Caller),
    /// Its alarm rang while it is set aside, and why it is.
    Overdue(CompactString),
    /// Deciding panicked, for the so many-th time: it waits for the verdict, [`AnyActivation::restart`] or
    /// [`AnyActivation::quarantine`].
    Fell(u64),
    /// Set the entity aside and tell an operator.
    Quarantine(CompactString),
    /// Read the entity's stored value and hand it to [`AnyActivation::loaded`].
    Reload,
}

/// A record that waits for its batch.
#[derive(Debug)]
pub struct Staged {
    /// The record's bytes.
    pub record: Vec<u8>,
    /// Where the record before lies; none when the partition must say (it is not durable yet).
    pub previous: Option<Previous>,
    /// The entity after it.
    pub after: After,
    /// Messages that become ready.
    pub messages: Vec<Message>,
    /// Tells that set out.
    pub tells: Vec<Tell>,
    /// Set when the command came by a tell.
    pub taken: Option<Taken>,
    /// When the timer was due whose firing this is; none for a command.
    pub fired: Option<Timestamp>,
    /// When it was asked.
    pub at: Timestamp,
}

/// An activation whose entity's type is forgotten: what the shell and the simulator hold.
pub trait AnyActivation: Send {
    /// Whose it is.
    fn id(&self) -> &EntityId;
    /// Takes a delivery in.
    fn offer(&mut self, delivery: Delivery, out: &mut Vec<Step>);
    /// The stored value it asked for cannot be read yet. Whoever waits for an answer is told so; timers and tells wait on.
    fn unread(&mut self, out: &mut Vec<Step>);
    /// The stored value it asked for, or why there is none.
    fn loaded(&mut self, stored: Result<Option<Stored>, CompactString>, out: &mut Vec<Step>);
    /// `n` of its staged records are durable in `frame`, or were not taken.
    fn resolved(&mut self, n: usize, result: Result<u64, CompactString>, out: &mut Vec<Step>);
    /// Whether dropping it loses nothing.
    fn is_idle(&self) -> bool;
    /// It may go on after its `fall`-th fall: it is read again as soon as nothing of it is under way.
    fn restart(&mut self, fall: u64, out: &mut Vec<Step>);
    /// Sets it aside, without a word about it to the journal: a quarantine found there, or written by the partition.
    fn quarantine(&mut self, reason: CompactString, out: &mut Vec<Step>);
    /// Keeps at most `n` deliveries while it cannot decide, in place of [`QUEUE_MAX`](super::QUEUE_MAX).
    #[cfg(feature = "simulator")]
    fn keep_at_most(&mut self, n: usize);
}

/// Answers a delivery that is not decided.
pub(super) fn turn_away(delivery: Delivery, answer: Answer) -> Step {
    match delivery {
        Delivery::Command { caller: Caller::Tell(taken), .. } => {
            Step::TellDone(taken, Some(format_compact!("{answer:?}")))
        }
        Delivery::Command { caller, .. } | Delivery::Claim { caller, .. } => {
            caller.answer(answer);
            Step::Passed
        }
        Delivery::Fire(_) => {
            if let Answer::Quarantined { reason } = answer {
                Step::Overdue(reason)
            } else {
                Step::Passed
            }
        }
    }
}
