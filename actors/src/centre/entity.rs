//! The centre as the runtime sees it.

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{
    self, Asked, Corrupt, Effect, Entity, EntityId, Kind, Listing, Timers,
};
use duban_runtime::outbox::{Claim, Message};
use serde_json::{Value, json};

use super::{Centre, Command, Event, KIND, RULES_IN_FORCE, Refusal, Standing, effects, lifecycle};
use crate::brief::Briefing;
use crate::context::Context;

impl Entity for Centre {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 2;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(_: &EntityId) -> Centre {
        Centre { standing: Standing::Unknown, rules: None }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        lifecycle::decide(self, command, asked, cx)
    }

    fn evolve(self, event: &Event) -> Result<Centre, Corrupt> {
        lifecycle::evolve(self, event)
    }

    fn timers(&self) -> Timers {
        Timers(self.briefing().and_then(|briefing| briefing.next.timer()).into_iter().collect())
    }

    fn listing(&self) -> Listing {
        Listing::default()
    }

    fn effects(&self, event: &Event, cx: &Context) -> Vec<Effect> {
        effects::effects(event, cx)
    }

    fn claim(&self, message: &Message, _: Timestamp, cx: &Context) -> Claim {
        effects::claim(self, message, cx)
    }

    fn to_stored(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }

    fn from_stored(_: &EntityId, bytes: &[u8]) -> Result<Centre, Corrupt> {
        postcard::from_bytes(bytes).map_err(|error| Corrupt(format!("centre: {error}")))
    }

    fn view(&self) -> Value {
        let rules = &self.rules;
        match &self.standing {
            Standing::Unknown => json!({ "standing": "unknown", "rules": rules }),
            Standing::Working(Briefing { next, last }) => json!({
                "standing": "working", "next_brief": next, "last_brief": last, "rules": rules,
            }),
        }
    }
}

impl entity::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::NotPermitted { .. } => "centre-not-permitted",
            Refusal::AlreadyEstablished => "centre-already-established",
            Refusal::RulesInForce => RULES_IN_FORCE,
            Refusal::NoSuchTimer => "centre-no-such-timer",
        }
    }
}
