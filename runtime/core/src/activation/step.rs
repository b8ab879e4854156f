//! Deliveries and steps: what reaches an entity, and what its partition does next on its behalf.

use compact_str::{CompactString, format_compact};

use crate::answer::{Answer, Caller, CallerId};
use crate::clock::Timestamp;
use crate::command::AnyCommand;
use crate::entity::{Asked, CommandId, EntityId, Tell};
use crate::outbox::{Claim, Message, MessageId};
use crate::record::{After, Stored, Taken};

/// What reaches an entity.
#[derive(Debug)]
pub enum Delivery {
    Command {
        /// Of the entity's own command type.
        command: AnyCommand,
        asked: Asked,
        /// Up to which record they have looked whether they asked before; none if they do not mind.
        looked: Option<u64>,
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
        caller: CallerId,
    },
}

impl Delivery {
    /// Who waits for an answer to it.
    pub fn caller(&self) -> Option<CallerId> {
        match self {
            Delivery::Command { caller, .. } => caller.outside(),
            Delivery::Claim { caller, .. } => Some(*caller),
            Delivery::Fire(_) => None,
        }
    }
}

/// What the partition does next on an entity's behalf. Every delivery yields exactly one step other than `Answer`,
/// `Fell`, `Reload` and `Quarantine`.
#[derive(Debug)]
pub enum Step {
    /// Answer the caller. Whoever has their channel does so at once; there is nothing in it for the partition.
    Answer(CallerId, Answer),
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
    Claimed(MessageId, Result<Claim, CompactString>, Timestamp, CallerId),
    /// Its alarm rang while it is set aside, and why it is.
    Overdue(CompactString),
    /// Deciding panicked: it waits for the verdict, [`AnyActivation::restart`] or [`AnyActivation::quarantine`].
    Fell(Fall),
    /// Set the entity aside and tell an operator.
    Quarantine(CompactString),
    /// Read the entity's stored value and hand it to [`AnyActivation::loaded`].
    Reload,
}

impl Step {
    /// Who waits for what the partition makes of it.
    pub fn caller(&self) -> Option<CallerId> {
        match self {
            Step::NoRoom(delivery) => delivery.caller(),
            Step::Claimed(.., caller) => Some(*caller),
            // A record's caller is answered by its entity, once it is durable.
            Step::Answer(..)
            | Step::Staged(_)
            | Step::Passed
            | Step::NotDue(_)
            | Step::TellDone(..)
            | Step::Overdue(_)
            | Step::Fell(_)
            | Step::Quarantine(_)
            | Step::Reload => None,
        }
    }
}

/// A fall of an entity: deciding panicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fall {
    pub number: u64,
    /// The panic's words.
    pub panic: CompactString,
    /// The command that panicked again, on a fresh reading: it is a dead letter.
    pub dead: Option<CommandId>,
}

/// A record that waits for its batch.
#[derive(Debug)]
pub struct Staged {
    /// The record's bytes.
    pub record: Vec<u8>,
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
pub(super) fn turn_away(delivery: &Delivery, answer: Answer, out: &mut Vec<Step>) {
    if let Some(caller) = delivery.caller() {
        return out.extend([Step::Answer(caller, answer), Step::Passed]);
    }
    out.push(match (delivery, answer) {
        (Delivery::Command { caller: Caller::Tell(taken), .. }, answer) => {
            Step::TellDone(*taken, Some(format_compact!("{answer:?}")))
        }
        (Delivery::Fire(_), Answer::Quarantined { reason }) => Step::Overdue(reason),
        (Delivery::Fire(_) | Delivery::Command { .. } | Delivery::Claim { .. }, _) => Step::Passed,
    });
}
