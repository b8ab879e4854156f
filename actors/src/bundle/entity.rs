//! A bundle as the runtime sees it.

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{
    self, Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, Timer, Timers,
};
use duban_runtime::outbox::{Claim, Message};
use serde_json::{Value, json};

use super::{Bundle, Command, Event, KIND, Letter, Refusal, TIMER, effects, lifecycle};
use crate::context::Context;
use crate::refusal;

impl Entity for Bundle {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 1;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(_: &EntityId) -> Bundle {
        Bundle { open: Vec::new(), letter: Letter::Blank }
    }

    fn decide(&self, command: &Command, asked: &Asked, _: &Context) -> Result<Vec<Event>, Refusal> {
        lifecycle::decide(self, command, asked)
    }

    fn fired(&self, fired: &Fired, _: &Asked, _: &Context) -> Result<Vec<Event>, Corrupt> {
        lifecycle::fired(self, fired)
    }

    fn evolve(self, event: &Event) -> Result<Bundle, Corrupt> {
        lifecycle::evolve(self, event)
    }

    fn timers(&self) -> Timers {
        match &self.letter {
            Letter::Blank => Timers::default(),
            Letter::Gathering(gathered) => {
                let (name, reason) = (TIMER.into(), "发送合并通知".into());
                Timers(vec![Timer { name, due: gathered.due, reason }])
            }
        }
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        effects::effects(event)
    }

    fn claim(&self, message: &Message, _: Timestamp, cx: &Context) -> Claim {
        effects::claim(message, cx)
    }

    fn view(&self) -> Value {
        match &self.letter {
            Letter::Blank => json!({ "standing": "blank" }),
            Letter::Gathering(gathered) => json!({
                "standing": "gathering", "due": gathered.due,
                "lines": gathered.lines.len(), "more": gathered.more,
            }),
        }
    }
}

impl entity::Refusal for Refusal {
    fn code(&self) -> &'static str {
        self.into()
    }

    fn codes() -> Vec<&'static str> {
        refusal::codes::<Refusal>()
    }
}
