//! Kinds of the county without one of their safeguards: what they decide without it, and everything else as it is.

use std::marker::PhantomData;

use duban_actors::case::event::DeterminedEvent;
use duban_actors::case::{self, Case};
use duban_actors::context::Context;
use duban_actors::findings::Determination;
use duban_actors::unit::quota::Reckoned;
use duban_actors::unit::{self, Unit};
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, Listing, Timers};
use duban_core::outbox::{Claim, Message};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A unit whose quota has a place for whoever asks.
pub(crate) type BoundlessUnit = Without<Unit, QuotaBound>;
/// A case in which a dispute without reason wins the time it took.
pub(crate) type CaseWithoutChargeBack = Without<Case, ChargeBack>;

/// A kind without a safeguard.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound(serialize = "E: Serialize", deserialize = "E: DeserializeOwned"))]
pub(crate) struct Without<E, S>(E, #[serde(skip)] PhantomData<S>);

/// A safeguard of a kind, by what is decided without it.
pub(crate) trait Safeguard<E: Entity>: Send + 'static {
    fn decided_without(
        state: &E,
        command: &E::Command,
        asked: &Asked,
        cx: &E::Context,
    ) -> Result<Vec<E::Event>, E::Refusal>;
}

impl<E, S> Without<E, S> {
    fn of(state: E) -> Without<E, S> {
        Without(state, PhantomData)
    }
}

impl<E: Entity, S: Safeguard<E>> Entity for Without<E, S> {
    const KIND: Kind = E::KIND;
    const STATE_VERSION: u16 = E::STATE_VERSION;

    type Command = E::Command;
    type Event = E::Event;
    type Refusal = E::Refusal;
    type Context = E::Context;

    fn initial(id: &EntityId) -> Self {
        Without::of(E::initial(id))
    }

    fn decide(
        &self,
        command: &E::Command,
        asked: &Asked,
        cx: &E::Context,
    ) -> Result<Vec<E::Event>, E::Refusal> {
        S::decided_without(&self.0, command, asked, cx)
    }

    fn fired(
        &self,
        fired: &Fired,
        asked: &Asked,
        cx: &E::Context,
    ) -> Result<Vec<E::Event>, Corrupt> {
        self.0.fired(fired, asked, cx)
    }

    fn evolve(self, event: &E::Event) -> Result<Self, Corrupt> {
        self.0.evolve(event).map(Without::of)
    }

    fn evolve_under(self, event: &E::Event, context: u64) -> Result<Self, Corrupt> {
        self.0.evolve_under(event, context).map(Without::of)
    }

    fn timers(&self) -> Timers {
        self.0.timers()
    }

    fn listing(&self) -> Listing {
        self.0.listing()
    }

    fn effects(&self, event: &E::Event, cx: &E::Context) -> Vec<Effect> {
        self.0.effects(event, cx)
    }

    fn claim(&self, message: &Message, at: Timestamp, cx: &E::Context) -> Claim {
        self.0.claim(message, at, cx)
    }

    fn to_stored(&self) -> Vec<u8> {
        self.0.to_stored()
    }

    fn from_stored(id: &EntityId, bytes: &[u8]) -> Result<Self, Corrupt> {
        E::from_stored(id, bytes).map(Without::of)
    }

    fn remains(&self, now: Timestamp) -> Option<Vec<u8>> {
        self.0.remains(now)
    }

    fn view(&self) -> Value {
        self.0.view()
    }
}

/// No more applications have a place in a month than one in ten, and one (article 27).
pub(crate) struct QuotaBound;

impl Safeguard<Unit> for QuotaBound {
    fn decided_without(
        state: &Unit,
        command: &unit::Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<unit::Event>, unit::Refusal> {
        let boundless = |event| {
            let unit::Event::QuotaUsedUp(full) = event else { return event };
            unit::Event::Reserved(Reckoned { used: full.used + 1, ..full })
        };
        Ok(state.decide(command, asked, cx)?.into_iter().map(boundless).collect())
    }
}

/// Time that a dispute without reason took is the unit's (article 19).
pub(crate) struct ChargeBack;

impl Safeguard<Case> for ChargeBack {
    fn decided_without(
        state: &Case,
        command: &case::Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<case::Event>, case::Refusal> {
        let case::Command::Determine { finding: Determination::Stays, reason } = command else {
            return state.decide(command, asked, cx);
        };
        let finding = Determination::StaysCredited;
        let credited = case::Command::Determine { finding, reason: reason.clone() };
        let unfounded = |event| {
            let case::Event::Determined(found) = event else { return event };
            let finding = Determination::Stays;
            case::Event::Determined(Box::new(DeterminedEvent { finding, ..*found }))
        };
        Ok(state.decide(&credited, asked, cx)?.into_iter().map(unfounded).collect())
    }
}
