//! One decision: a command and a state in, a state and what goes with it out. No queue, no answer.

use crate::entity::{Asked, CommandId, Effect, Entity, Fired, ListKey, Tell, Timers};
use crate::outbox::Message;
use crate::record::{RECENT_MAX, Stored};

/// What an entity decides about.
#[derive(Debug)]
pub(super) enum Occasion<'a, C> {
    Command(&'a C),
    Fired(&'a Fired),
}

/// An accepted command: the state after it, and what goes with it into the commit.
pub(super) struct Made<E> {
    pub(super) state: E,
    /// Every timer it wants.
    pub(super) timers: Timers,
    /// How it is stored; where in its history that is, the caller knows.
    pub(super) stored: Stored,
    /// Its places in lists before.
    pub(super) lists_before: Vec<ListKey>,
    /// What happened, as JSON.
    pub(super) events: String,
    pub(super) messages: Vec<Message>,
    pub(super) tells: Vec<Tell>,
}

pub(super) enum Decided<E: Entity> {
    Yes(Box<Made<E>>),
    No(E, E::Refusal),
    Corrupt(String),
}

/// Decides what to do on `occasion` and evolves the state by what happened; effects are collected on the way.
pub(super) fn decide_and_evolve<E: Entity>(
    state: E,
    occasion: &Occasion<'_, E::Command>,
    asked: &Asked,
    (cx, context): &(E::Context, u64),
) -> Decided<E> {
    let events = match occasion {
        Occasion::Command(command) => match state.decide(command, asked, cx) {
            Ok(events) => events,
            Err(refusal) => return Decided::No(state, refusal),
        },
        Occasion::Fired(fired) => match state.fired(fired, asked, cx) {
            Ok(events) => events,
            Err(corrupt) => return Decided::Corrupt(corrupt.to_string()),
        },
    };
    if events.is_empty() {
        return Decided::Corrupt("accepted without an event".into());
    }
    let text = match serde_json::to_string(&events) {
        Ok(text) => text,
        Err(error) => return Decided::Corrupt(format!("event does not serialize: {error}")),
    };
    let lists_before = state.listing().0;
    let mut state = state;
    let (mut messages, mut tells) = (Vec::new(), Vec::new());
    for event in &events {
        state = match state.evolve_under(event, *context) {
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
    let timers = state.timers();
    let stored = stored_of(&state, &timers);
    Decided::Yes(Box::new(Made {
        state,
        timers,
        stored,
        lists_before,
        events: text,
        messages,
        tells,
    }))
}

/// The stored form of `state`, which wants `timers`: one place for the live path and the replay, so that both agree to
/// the byte. Where in its history that is, is left blank.
pub(crate) fn stored_of<E: Entity>(state: &E, timers: &Timers) -> Stored {
    Stored {
        frame: 0,
        sequence: 0,
        chain: 0,
        recent: Vec::new(),
        alarm: timers.soonest().map(|timer| timer.due),
        lists: state.listing().0,
        state_version: E::STATE_VERSION,
        state: state.to_stored().into(),
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
pub fn words_of(panic: Box<dyn std::any::Any + Send>) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no words".to_owned())
}
