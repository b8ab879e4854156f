//! Given, when, then, for an entity of any kind: over its events, under the shipped rules, with time in the test's hands.
//!
//! Whatever a scenario asks, the [laws](crate::laws) that hold for every entity are checked on the way.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::fmt::Debug;
use std::time::Duration;

use duban_actors::case::Case;
use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, CommandId, Effect, Entity, EntityId, Fired, Tell};
use duban_core::outbox::Message;

use crate::case_path::{CasePath, asked, somebody, town};
use crate::laws::{decided, fired, kind};

/// Monday, 2 March 2026, 08:00 in Suning.
pub const MONDAY_8AM: Timestamp = Timestamp::from_millis(1_772_409_600_000);
/// Twenty-four hours.
pub const DAY: Duration = Duration::from_hours(24);
/// Sixty minutes.
pub const HOUR: Duration = Duration::from_hours(1);
/// The smallest step of time there is.
pub const MILLISECOND: Duration = Duration::from_millis(1);

/// The entity of kind `E` with `key`, after `events`.
#[track_caller]
pub fn given<E: Entity>(key: &str, events: &[E::Event]) -> Given<'static, E> {
    given_under(town(), key, events)
}

/// The same under other rules.
#[track_caller]
pub fn given_under<'a, E: Entity>(
    context: &'a Context,
    key: &str,
    events: &[E::Event],
) -> Given<'a, E> {
    let state = events.iter().try_fold(E::initial(&EntityId::new(E::KIND, key)), Entity::evolve);
    let state = state.expect("these events follow one another");
    Given { key: key.to_owned(), state, context }
}

/// The case where its path has led.
pub fn given_case(path: CasePath) -> Given<'static, Case> {
    Given { key: path.case.id.to_string(), state: path.case, context: town() }
}

/// An entity that waits for what comes.
#[must_use]
#[derive(Debug)]
pub struct Given<'a, E> {
    key: String,
    pub state: E,
    context: &'a Context,
}

/// What came of it, still to be looked at.
#[must_use]
#[derive(Debug)]
pub struct When<E: Entity>(Result<Then<E>, E::Refusal>);

/// What came of it, as expected so far.
#[derive(Debug)]
pub struct Then<E: Entity> {
    pub events: Vec<E::Event>,
    effects: Vec<Effect>,
    pub state: E,
}

impl<E> Given<'_, E>
where
    E: Entity<Context = Context> + Clone + Debug + PartialEq,
    E::Event: PartialEq,
{
    /// `role` asks `command` at `at`, under the usual name of that role.
    #[track_caller]
    pub fn when(self, at: Timestamp, role: Role, command: &E::Command) -> When<E> {
        let asked = asked(at, &somebody(role));
        self.when_asked(&Asked { id: CommandId(1), ..asked }, command)
    }

    /// Somebody asks.
    #[track_caller]
    pub fn when_asked(self, asked: &Asked, command: &E::Command) -> When<E> {
        let outcome = decided(self.context, (&self.key, &self.state), asked, command);
        When(outcome.map(|(after, events)| self.then(after, events)))
    }

    /// The soonest timer fires at its due instant.
    #[track_caller]
    pub fn when_due(self) -> When<E> {
        self.when_late(Duration::ZERO)
    }

    /// The soonest timer fires this much late.
    #[track_caller]
    pub fn when_late(self, late: Duration) -> When<E> {
        let due = self.state.timers().soonest().expect("a timer").due;
        self.when_fired(due + late)
    }

    /// The soonest timer fires at `at`.
    #[track_caller]
    pub fn when_fired(self, at: Timestamp) -> When<E> {
        let timer = self.state.timers().soonest().cloned().expect("a timer");
        assert!(timer.due <= at, "no timer fires before it is due");
        let timer = Fired { name: timer.name, due: timer.due };
        let outcome = fired(self.context, (&self.key, &self.state), at, &timer);
        let (after, events) = outcome.expect("it was armed");
        When(Ok(self.then(after, events)))
    }

    /// Effects are those of each event at the state that it led to.
    fn then(self, after: E, events: Vec<E::Event>) -> Then<E> {
        let (mut state, mut effects) = (self.state, Vec::new());
        for event in &events {
            state = state.evolve(event).expect("a law of entities");
            effects.extend(state.effects(event, self.context));
        }
        Then { events, effects, state: after }
    }
}

impl<E: Entity> When<E>
where
    E::Event: PartialEq,
    E::Refusal: PartialEq,
{
    /// Exactly this happened.
    #[track_caller]
    pub fn then(self, events: &[E::Event]) -> Then<E> {
        let then = self.0.expect("accepted");
        assert_eq!(then.events, events);
        then
    }

    /// It was accepted, and notices of these templates go out.
    #[track_caller]
    pub fn then_sends(self, templates: &[&str]) -> Then<E> {
        let then = self.0.expect("accepted");
        let sent: Vec<&str> = then.messages().map(|message| &*message.template).collect();
        assert_eq!(sent, templates);
        then
    }

    /// It was refused, for this reason.
    #[track_caller]
    pub fn then_refused(self, refusal: &E::Refusal) {
        assert_eq!(self.0.map(|then| then.events).as_ref().expect_err("refused"), refusal);
    }
}

impl When<Case> {
    /// Events of these kinds happened, in this order, and the case stands there.
    #[track_caller]
    pub fn then_stands(self, kinds: &[&str], stands: &str) -> Then<Case> {
        let then = self.0.expect("accepted");
        let found: Vec<String> = then.events.iter().map(kind).collect();
        assert_eq!(found, kinds, "{:#?}", then.events);
        assert_eq!(then.state.state.name(), stands);
        then
    }
}

#[expect(clippy::return_self_not_must_use, reason = "either may be the end of a sentence")]
impl<E: Entity> Then<E> {
    /// Exactly these messages go out.
    #[track_caller]
    pub fn sends(self, expected: &[Message]) -> Then<E> {
        assert_eq!(self.messages().collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
        self
    }

    /// Exactly these tells set out.
    #[track_caller]
    pub fn tells(self, expected: &[Tell]) -> Then<E> {
        let told = self.effects.iter().filter_map(|effect| match effect {
            Effect::Send(_) => None,
            Effect::Tell(tell) => Some(tell),
        });
        assert_eq!(told.collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
        self
    }

    fn messages(&self) -> impl Iterator<Item = &Message> {
        self.effects.iter().filter_map(|effect| match effect {
            Effect::Send(message) => Some(message),
            Effect::Tell(_) => None,
        })
    }
}
