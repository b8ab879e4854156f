//! Laws of entities: what holds for every one of them, whatever it decides.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::fmt::Debug;

use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, CommandId, Corrupt, Entity, EntityId, Fired, Refusal};

use crate::case_path::town;
use crate::golden::assert_golden;
use crate::samples::assert_samples;

/// What happened, and the state after it.
pub type Happened<E> = (E, Vec<<E as Entity>::Event>);

/// Holds a kind to all of them: each standing (a name; a key and a state) with each command and timer is as in
/// `tests/tables/KIND.txt`, and every event of `tests/tables/events/KIND.jsonl` is read, with today's `events` among them
/// and before these how many there are at least ([`assert_samples`]). On the way [`assert_stored`], [`decided`] and
/// [`fired`] hold each cell.
///
/// One law is none of a kind's own: that each code of its refusals has words. A test over the registry holds it, beside
/// the words (`every_code_of_every_refusal_has_words_and_all_words_are_of_such_a_code`), and another one that whatever is
/// registered is held to all laws (`every_kind_that_is_registered_is_held_to_the_laws_and_no_other`).
#[track_caller]
pub fn laws<E>(
    standings: &[(&str, (&str, E))],
    commands: &[(&str, Asked, E::Command)],
    timers: &[(&str, (Timestamp, Fired))],
    (shipped, events): (usize, &[E::Event]),
) where
    E: Entity<Context = Context> + Clone + PartialEq + Debug,
    E::Event: PartialEq,
{
    let mut rows = String::new();
    for (standing, (key, state)) in standings {
        assert_stored(key, state);
        for (name, asked, command) in commands {
            let outcome = match decided(town(), (key, state), asked, command) {
                Ok((_, events)) => names(&events),
                Err(refusal) => format!("— {}", refusal.code()),
            };
            rows += &row(standing, name, &outcome);
        }
        for (name, (at, timer)) in timers {
            let outcome = match fired(town(), (key, state), *at, timer) {
                Ok((_, events)) => names(&events),
                Err(_) => "— quarantined".to_owned(),
            };
            rows += &row(standing, name, &outcome);
        }
        rows.push('\n');
    }
    assert_golden(&format!("{}.txt", E::KIND.name), &rows);
    assert_samples(&format!("events/{}", E::KIND.name), shipped, events);
}

fn row(standing: &str, name: &str, outcome: &str) -> String {
    format!("{standing:<14}{name:<22}{outcome}").trim_end().to_owned() + "\n"
}

fn names<T: serde::Serialize>(events: &[T]) -> String {
    events.iter().map(kind).collect::<Vec<_>>().join(" + ")
}

/// What a command comes to: at least one event, each of which survives its JSON, and a state that survives its stored
/// form; or a refusal of a listed code.
#[track_caller]
pub fn decided<E>(
    context: &Context,
    (key, state): (&str, &E),
    asked: &Asked,
    command: &E::Command,
) -> Result<Happened<E>, E::Refusal>
where
    E: Entity<Context = Context> + Clone + PartialEq + Debug,
    E::Event: PartialEq,
{
    let outcome = state.decide(command, asked, context);
    if let Err(refusal) = &outcome {
        let code = refusal.code();
        assert!(E::Refusal::codes().contains(&code), "{code} is not among the codes");
    }
    Ok(after((key, state), outcome?))
}

/// What a timer comes to: the same, and it is gone once fired, and sets the entity aside when nobody armed it.
///
/// # Errors
/// [`Corrupt`] when nobody armed it.
#[track_caller]
pub fn fired<E>(
    context: &Context,
    (key, state): (&str, &E),
    at: Timestamp,
    timer: &Fired,
) -> Result<Happened<E>, Corrupt>
where
    E: Entity<Context = Context> + Clone + PartialEq + Debug,
    E::Event: PartialEq,
{
    let outcome = state.fired(timer, &asked(at, Role::Timer, "timer"), context);
    assert_eq!(outcome.is_ok(), state.timers().has(timer), "only an armed timer fires: {timer:?}");
    let (after, events) = after((key, state), outcome?);
    assert!(!after.timers().has(timer), "a timer that has fired is gone: {timer:?}");
    Ok((after, events))
}

#[track_caller]
fn after<E>((key, state): (&str, &E), events: Vec<E::Event>) -> Happened<E>
where
    E: Entity + Clone + PartialEq + Debug,
    E::Event: PartialEq,
{
    assert!(!events.is_empty(), "accepted without an event");
    let mut after = state.clone();
    for event in &events {
        let json = serde_json::to_string(event).expect("an event is JSON");
        let read: E::Event = serde_json::from_str(&json).expect("and back");
        assert_eq!(read, *event, "an event survives its JSON");
        after = after.evolve(event).expect("what was decided can have happened");
    }
    assert_stored(key, &after);
    (after, events)
}

/// A state survives its stored form, whatever of it the form leaves to the key.
#[track_caller]
pub fn assert_stored<E: Entity + PartialEq + Debug>(key: &str, state: &E) {
    let again = E::from_stored(&EntityId::new(E::KIND, key), &state.to_stored());
    assert_eq!(again.as_ref(), Ok(state), "the state survives its stored form");
}

/// `by` asks in `role` at `at`.
pub fn asked(at: Timestamp, role: Role, by: &str) -> Asked {
    Asked::of(CommandId(1), (by, role.as_str()), at)
}

/// The same where they speak for a unit, or as a collector.
pub fn asked_for(at: Timestamp, (role, whom): (Role, &str), by: &str) -> Asked {
    Asked { speaks_for: Some(whom.into()), ..asked(at, role, by) }
}

/// The name of an event's kind on disk.
pub fn kind<T: serde::Serialize>(event: &T) -> String {
    let json = serde_json::to_value(event).expect("an event is JSON");
    let variant = json.as_object().and_then(|fields| fields.keys().next().cloned());
    variant.or_else(|| json.as_str().map(str::to_owned)).unwrap_or_default()
}
