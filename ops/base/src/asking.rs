//! Commands on their way to entities: who asks, on which terms, and what comes of it. Every entry point asks so.
//!
//! ```text
//! Asker + Terms ─► asked ─► traced ─► the node ─► Done: its sequence, and the entity after it
//!                                        └──────► No: a problem over HTTP, a sentence on the command line, a page
//! ```

mod asker;
mod chance;
mod keys;
mod no;
mod remembered;

use std::marker::PhantomData;

use compact_str::format_compact;
use duban_rules::vocabulary::UnitId;
use duban_runtime::activation::RETRY_AFTER;
use duban_runtime::answer::{Answer, Novelty};
use duban_runtime::entity::{CommandId, Corrupt, Entity, EntityId};
use duban_runtime::node::{Ask, Node};
use duban_runtime::record::EncodedState;

pub use asker::{Asker, ON_THE_MACHINE};
pub use chance::{NoChance, command_id, random};
pub use keys::{KEY_MAX, REMEMBERED, is_key, on_the_command_line, over_http};
pub use no::{Aside, No};
pub use remembered::remembered;

use crate::telemetry::trace;

/// How often a history is looked into for one command: once, unless much else is asked meanwhile.
const LOOKS_MAX: usize = 4;

/// On which terms something is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Asked again under the same id, it is done once.
    pub id: CommandId,
    /// The sequence that the asker saw; none for any.
    pub expected: Option<u64>,
    /// For which unit it is entered.
    pub on_behalf_of: Option<UnitId>,
    /// Up to which record of the entity the asker has looked whether this was asked before; none where it was not, or
    /// does not matter.
    pub looked: Option<u64>,
}

impl Terms {
    /// Under this id, whatever the entity has come to.
    pub fn of(id: CommandId) -> Terms {
        Terms { id, expected: None, on_behalf_of: None, looked: None }
    }

    /// Under an id of its own: asked again, it is done again.
    pub fn once() -> Result<Terms, NoChance> {
        Ok(Terms::of(command_id()?))
    }
}

/// A command that was accepted, and is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done<E> {
    /// The entity's sequence after it.
    pub sequence: u64,
    /// Whether this very command had been accepted before.
    pub novelty: Novelty,
    id: EntityId,
    state: EncodedState,
    entity: PhantomData<fn() -> E>,
}

impl<E: Entity> Done<E> {
    /// What was accepted before as the record of `sequence`; the entity is in `state` now.
    pub fn before(id: EntityId, sequence: u64, state: EncodedState) -> Done<E> {
        Done { sequence, novelty: Novelty::Again, id, state, entity: PhantomData }
    }

    /// The entity has come to be `state` since.
    pub fn by_now(&mut self, state: EncodedState) {
        self.state = state;
    }

    /// Whether this very command had been accepted before.
    pub fn is_again(&self) -> bool {
        self.novelty == Novelty::Again
    }

    /// The entity after it; of a command that was accepted before, the entity as it is now.
    pub fn state(&self) -> Result<E, Corrupt> {
        self.state.decode(&self.id)
    }
}

/// Asks the entity of type `E` with this key. What it did before under the same id, and has forgotten, stands in its
/// history, which is read only then.
pub async fn ask<E: Entity>(
    node: &Node,
    asker: &Asker,
    mut terms: Terms,
    key: &str,
    command: E::Command,
) -> Result<Done<E>, No> {
    for _ in 0..LOOKS_MAX {
        match put(node, asker, terms.clone(), key, command.clone()).await {
            Err(No::Stale(sequence)) if terms.looked.is_some_and(|looked| looked < sequence) => {
                if let Some(before) = remembered(node, &terms, key).await? {
                    return before;
                }
                terms.looked = Some(sequence);
            }
            outcome => return outcome,
        }
    }
    Err(No::Busy(RETRY_AFTER))
}

async fn put<E: Entity>(
    node: &Node,
    asker: &Asker,
    terms: Terms,
    key: &str,
    command: E::Command,
) -> Result<Done<E>, No> {
    let looked = terms.looked;
    let asked = asker.asked(terms, node.clock().now());
    let ask = Ask::of::<E>(key, command, asked).looked(looked);
    outcome(ask.to.clone(), trace::ask(node, ask).await)
}

/// Asks under an id of its own: asked again, it is done again.
pub async fn ask_once<E: Entity>(
    node: &Node,
    asker: &Asker,
    key: &str,
    command: E::Command,
) -> Result<Done<E>, No> {
    match Terms::once() {
        Ok(terms) => ask(node, asker, terms, key, command).await,
        Err(failure) => Err(No::Unrecorded(format_compact!("{failure}"))),
    }
}

/// What `answer` of the entity `id` comes to, for whoever waits for many at a time.
pub fn outcome<E: Entity>(id: EntityId, answer: Answer) -> Result<Done<E>, No> {
    match answer {
        Answer::Accepted { sequence, novelty, state } => {
            Ok(Done { sequence, novelty, id, state, entity: PhantomData })
        }
        Answer::Refused { code, detail } => Err(No::Refused { code, detail }),
        Answer::Stale { sequence } => Err(No::Stale(sequence)),
        Answer::Busy { retry_after } => Err(No::Busy(retry_after)),
        Answer::Quarantined { reason } => Err(No::SetAside(Aside::Entity, reason)),
        Answer::DeadLetter { reason } => Err(No::SetAside(Aside::Command, reason)),
        Answer::Failed { reason } => Err(No::Unrecorded(reason)),
        // What the outbox is answered, and no command.
        answer @ (Answer::Recorded | Answer::Claimed(_)) => {
            Err(No::Unrecorded(format_compact!("{answer:?}")))
        }
    }
}
