//! One decision: a command and a state in, a state and what goes with it out. No queue, no answer.

use crate::entity::{Asked, CommandId, Effect, Entity, Tell};
use crate::outbox::Message;
use crate::record::{Keys, RECENT_MAX, Stored};

/// An accepted command: the state after it, and what goes with it into the commit.
pub(super) struct Made<E> {
    pub(super) state: E,
    pub(super) events: String,
    pub(super) messages: Vec<Message>,
    pub(super) tells: Vec<Tell>,
}

/// What deciding came to.
pub(super) enum Decided<E: Entity> {
    Yes(Box<Made<E>>),
    No(E, E::Refusal),
    Corrupt(String),
}

/// Decides `command` and evolves the state by what happened; effects are collected on the way.
pub(super) fn decide_and_evolve<E: Entity>(
    state: E,
    command: &E::Command,
    asked: &Asked,
    cx: &E::Context,
) -> Decided<E> {
    let events = match state.decide(command, asked, cx) {
        Ok(events) if events.is_empty() => {
            return Decided::Corrupt("accepted without an event".into());
        }
        Ok(events) => events,
        Err(refusal) => return Decided::No(state, refusal),
    };
    let text = match serde_json::to_string(&events) {
        Ok(text) => text,
        Err(error) => return Decided::Corrupt(format!("event does not serialize: {error}")),
    };
    let mut state = state;
    let (mut messages, mut tells) = (Vec::new(), Vec::new());
    for event in &events {
        state = match state.evolve(event) {
            Ok(state) => state,
            Err(corrupt) => return Decided::Corrupt(corrupt.to_string()),
        };
        for effect in state.effects(event, cx) {
            match effect {
                Effect::Send(message) => messages.push(message),
                Effect::Tell(tell) => tells.push(tell),
            }
        }
    }
    Decided::Yes(Box::new(Made { state, events: text, messages, tells }))
}

/// The keys under which a state stands in the indexes.
pub(super) fn keys_of<E: Entity>(state: &E) -> Keys {
    Keys { alarm: state.timers().soonest().map(|t| t.due), lists: state.listing().0 }
}

/// The stored value of `state`: one place for the live path and the replay, so that both agree to the byte.
pub(crate) fn stored_of<E: Entity>(
    state: &E,
    frame: u64,
    sequence: u64,
    chain: u32,
    recent: Vec<(CommandId, u64)>,
) -> Stored {
    Stored {
        frame,
        sequence,
        chain,
        recent,
        alarm: state.timers().soonest().map(|t| t.due),
        lists: state.listing().0,
        state_version: E::STATE_VERSION,
        state: state.to_stored(),
    }
}

/// Adds an accepted command to the memory of the last [`RECENT_MAX`].
pub(crate) fn remember(recent: &mut Vec<(CommandId, u64)>, id: CommandId, sequence: u64) {
    if recent.len() >= RECENT_MAX {
        recent.remove(0);
    }
    // A million entities keep theirs: no room for what may never come.
    recent.reserve_exact(1);
    recent.push((id, sequence));
}

/// What a panic said.
pub(super) fn words_of(panic: Box<dyn std::any::Any + Send>) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no words".to_owned())
}
