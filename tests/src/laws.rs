//! Laws of entities: what holds for every one of them, whatever it decides.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, CommandId, Entity, EntityId, Fired, Refusal};

use crate::golden::assert_golden;
use crate::road::town;
use crate::samples::assert_samples;

/// Holds a kind to all of them: each standing with each command and timer is as in `tests/tables/KIND.txt`, every event
/// of `tests/tables/events/KIND.jsonl` is read and `events` are among them, every state keeps its stored form, every
/// refusal is of a listed code, and a timer is gone once fired and sets the entity aside when nobody armed it.
#[track_caller]
pub fn laws<E>(
    standings: &[(&str, E)],
    commands: &[(&str, Asked, E::Command)],
    timers: &[(&str, (Timestamp, Fired))],
    events: &[E::Event],
) where
    E: Entity<Context = Context> + Clone,
    E::Event: PartialEq,
{
    let mut rows = String::new();
    for (standing, state) in standings {
        assert_stored(state);
        for (name, asked, command) in commands {
            rows += &row(standing, name, &decided(state, asked, command));
        }
        for (name, (at, timer)) in timers {
            rows += &row(standing, name, &fired(state, *at, timer));
        }
        rows.push('\n');
    }
    assert_golden(&format!("{}.txt", E::KIND.name), &rows);
    assert_samples(&format!("events/{}", E::KIND.name), events);
}

fn row(standing: &str, name: &str, outcome: &str) -> String {
    format!("{standing:<14}{name:<22}{outcome}").trim_end().to_owned() + "\n"
}

#[track_caller]
fn decided<E>(state: &E, asked: &Asked, command: &E::Command) -> String
where
    E: Entity<Context = Context> + Clone,
{
    match state.decide(command, asked, town()) {
        Ok(events) => happened(&after(state, &events), &events),
        Err(refusal) => {
            let code = refusal.code();
            assert!(E::Refusal::codes().contains(&code), "{code} is not among the codes");
            format!("— {code}")
        }
    }
}

#[track_caller]
fn fired<E>(state: &E, at: Timestamp, timer: &Fired) -> String
where
    E: Entity<Context = Context> + Clone,
{
    let outcome = state.fired(timer, &asked(at, Role::Timer, "timer"), town());
    assert_eq!(outcome.is_ok(), state.timers().has(timer), "only an armed timer fires: {timer:?}");
    let Ok(events) = outcome else { return "— quarantined".to_owned() };
    let after = after(state, &events);
    assert!(!after.timers().has(timer), "a timer that has fired is gone");
    happened(&after, &events)
}

#[track_caller]
fn after<E: Entity + Clone>(state: &E, events: &[E::Event]) -> E {
    assert!(!events.is_empty(), "accepted without an event");
    events
        .iter()
        .try_fold(state.clone(), Entity::evolve)
        .expect("what was decided can have happened")
}

/// The stored form leaves out what the id says, so it is compared with itself and any key will do.
#[track_caller]
fn assert_stored<E: Entity>(state: &E) {
    let stored = state.to_stored();
    let again = E::from_stored(&EntityId::new(E::KIND, "any"), &stored).expect("a stored form");
    assert_eq!(again.to_stored(), stored, "the state survives its stored form");
}

/// `by` asks in `role` at `at`.
pub fn asked(at: Timestamp, role: Role, by: &str) -> Asked {
    Asked {
        id: CommandId(1),
        by: by.into(),
        role: role.as_str().into(),
        on_behalf_of: None,
        expected: None,
        at,
    }
}

/// The names of what happened, after which the state keeps its stored form.
#[track_caller]
fn happened<E: Entity>(after: &E, events: &[E::Event]) -> String {
    assert_stored(after);
    events.iter().map(kind).collect::<Vec<_>>().join(" + ")
}

/// The name of an event's kind on disk.
pub fn kind<T: serde::Serialize>(event: &T) -> String {
    let json = serde_json::to_value(event).expect("an event is JSON");
    let variant = json.as_object().and_then(|fields| fields.keys().next().cloned());
    variant.or_else(|| json.as_str().map(str::to_owned)).unwrap_or_default()
}
