//! Given, when, then, for an entity of any kind: over its events, under the shipped rules, with time in the test's hands.
//!
//! Whatever a scenario asks, the laws that hold for every entity are checked on the way: an event survives its JSON, a
//! state its stored form, and a timer that has fired is gone.

#![expect(clippy::expect_used, reason = "helpers of a test binary are not `in tests` for clippy")]

use std::fmt::Debug;
use std::time::Duration;

use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, Effect, Entity, EntityId, Fired, Tell};
use duban_runtime::outbox::Message;
pub(crate) use duban_tests::case_path::town;
pub(crate) use duban_tests::laws::{asked, laws};

/// Monday, 2 March 2026, 08:00 in Suning.
pub(crate) const MONDAY_8AM: Timestamp = Timestamp::from_millis(1_772_409_600_000);
/// Twenty-four hours.
pub(crate) const DAY: Duration = Duration::from_hours(24);
/// Sixty minutes.
pub(crate) const HOUR: Duration = Duration::from_hours(1);
/// The smallest step of time there is.
pub(crate) const MILLISECOND: Duration = Duration::from_millis(1);

/// The entity of kind `E` with `key`, after `events`.
#[track_caller]
pub(crate) fn given<E: Entity>(key: &str, events: &[E::Event]) -> Given<'static, E> {
    given_under(town(), key, events)
}

/// The same under other rules.
#[track_caller]
pub(crate) fn given_under<'a, E: Entity>(
    context: &'a Context,
    key: &str,
    events: &[E::Event],
) -> Given<'a, E> {
    let id = EntityId::new(E::KIND, key);
    let state = events.iter().try_fold(E::initial(&id), Entity::evolve);
    Given { id, state: state.expect("these events follow one another"), context }
}

/// An entity that waits for what comes.
#[must_use]
pub(crate) struct Given<'a, E> {
    pub(crate) id: EntityId,
    pub(crate) state: E,
    context: &'a Context,
}

/// What came of it, still to be looked at.
#[must_use]
pub(crate) struct When<E: Entity> {
    outcome: Result<Vec<E::Event>, E::Refusal>,
    effects: Vec<Effect>,
    state: E,
}

/// What came of it, as expected so far.
pub(crate) struct Then<E> {
    effects: Vec<Effect>,
    pub(crate) state: E,
}

impl<E> Given<'_, E>
where
    E: Entity<Context = Context> + Clone + Debug + PartialEq,
    E::Event: PartialEq,
{
    /// `role` asks `command` at `at`, under the role's own name.
    #[track_caller]
    pub(crate) fn when(self, at: Timestamp, role: Role, command: &E::Command) -> When<E> {
        self.when_asked(&asked(at, role, role.as_str()), command)
    }

    /// Somebody asks.
    #[track_caller]
    pub(crate) fn when_asked(self, asked: &Asked, command: &E::Command) -> When<E> {
        let outcome = self.state.decide(command, asked, self.context);
        self.after(outcome)
    }

    #[track_caller]
    fn after(self, outcome: Result<Vec<E::Event>, E::Refusal>) -> When<E> {
        let Ok(events) = &outcome else {
            return When { outcome, effects: Vec::new(), state: self.state };
        };
        assert!(!events.is_empty(), "accepted without an event");
        let (mut state, mut effects) = (self.state.clone(), Vec::new());
        for event in events {
            let json = serde_json::to_string(event).expect("an event is JSON");
            assert_eq!(*event, serde_json::from_str::<E::Event>(&json).expect("and back"));
            state = state.evolve(event).expect("what was decided can have happened");
            effects.extend(state.effects(event, self.context));
        }
        let stored = E::from_stored(&self.id, &state.to_stored()).expect("a stored form");
        assert_eq!(stored, state, "the state survives its stored form");
        When { outcome, effects, state }
    }

    /// The soonest timer fires at `at`.
    #[track_caller]
    pub(crate) fn when_fired(self, at: Timestamp) -> When<E> {
        let timer = self.state.timers().soonest().cloned().expect("a timer");
        assert!(timer.due <= at, "no timer fires before it is due");
        let fired = Fired { name: timer.name.clone(), due: timer.due };
        let events = self.state.fired(&fired, &asked(at, Role::Timer, "timer"), self.context);
        let when = self.after(Ok(events.expect("it was armed")));
        assert!(!when.state.timers().0.contains(&timer), "a timer that has fired is gone");
        when
    }
}

impl<E: Entity> When<E>
where
    E::Event: PartialEq,
    E::Refusal: PartialEq,
{
    /// Exactly this happened.
    #[track_caller]
    pub(crate) fn then(self, events: &[E::Event]) -> Then<E> {
        assert_eq!(self.outcome.as_deref().expect("accepted"), events);
        Then { effects: self.effects, state: self.state }
    }

    /// It was refused, for this reason.
    #[track_caller]
    pub(crate) fn then_refused(self, refusal: &E::Refusal) {
        assert_eq!(self.outcome.as_ref().expect_err("refused"), refusal);
    }
}

impl<E> Then<E> {
    /// Exactly these messages go out.
    #[track_caller]
    pub(crate) fn sends(self, expected: &[Message]) -> Then<E> {
        let sent = self.effects.iter().filter_map(|effect| match effect {
            Effect::Send(message) => Some(message),
            Effect::Tell(_) => None,
        });
        assert_eq!(sent.collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
        self
    }

    /// Exactly these tells set out.
    #[track_caller]
    pub(crate) fn tells(self, expected: &[Tell]) -> Then<E> {
        let told = self.effects.iter().filter_map(|effect| match effect {
            Effect::Send(_) => None,
            Effect::Tell(tell) => Some(tell),
        });
        assert_eq!(told.collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
        self
    }
}
