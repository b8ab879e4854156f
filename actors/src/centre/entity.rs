//! The centre as the runtime sees it.

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{self, Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, Timers};
use duban_runtime::outbox::{Claim, Message};
use serde_json::{Value, json};

use super::{Centre, Command, Event, KIND, Refusal, Standing, Waiting, effects, lifecycle};
use crate::brief::Briefing;
use crate::context::Context;
use crate::refusal;

impl Entity for Centre {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 3;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(_: &EntityId) -> Centre {
        Centre { standing: Standing::Unknown, rules: None, waiting: None }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        lifecycle::decide(self, command, asked, cx)
    }

    fn fired(&self, fired: &Fired, asked: &Asked, cx: &Context) -> Result<Vec<Event>, Corrupt> {
        lifecycle::fired(self, fired, asked, cx)
    }

    fn evolve(self, event: &Event) -> Result<Centre, Corrupt> {
        lifecycle::evolve(self, event)
    }

    fn timers(&self) -> Timers {
        let brief = self.briefing().and_then(|briefing| briefing.next.timer());
        let waiting = self.waiting.iter().flat_map(Waiting::timers);
        Timers(brief.into_iter().chain(waiting).collect())
    }

    fn effects(&self, event: &Event, cx: &Context) -> Vec<Effect> {
        effects::effects(event, cx)
    }

    fn claim(&self, message: &Message, _: Timestamp, cx: &Context) -> Claim {
        effects::claim(self, message, cx)
    }

    fn view(&self) -> Value {
        let Centre { standing, rules, waiting } = self;
        match standing {
            Standing::Unknown => {
                json!({ "standing": "unknown", "rules": rules, "waiting": waiting })
            }
            Standing::Working(Briefing { next, last }) => json!({
                "standing": "working", "next_brief": next, "last_brief": last, "rules": rules,
                "waiting": waiting,
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
