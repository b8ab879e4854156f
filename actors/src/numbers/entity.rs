//! The allocator as the runtime sees it.

use duban_runtime::entity::{
    self, Asked, Corrupt, Effect, Entity, EntityId, Kind, ListKey, Listing,
};
use serde_json::{Value, json};

use super::{Command, Event, KIND, Numbers, Refusal, lifecycle};
use crate::context::Context;
use crate::refusal;

impl Entity for Numbers {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 1;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Numbers {
        Numbers { year: id.key.clone(), given: 0, recent: Vec::new() }
    }

    fn decide(&self, command: &Command, asked: &Asked, _: &Context) -> Result<Vec<Event>, Refusal> {
        lifecycle::decide(self, command, asked)
    }

    fn evolve(self, event: &Event) -> Result<Numbers, Corrupt> {
        lifecycle::evolve(self, event)
    }

    fn listing(&self) -> Listing {
        Listing(vec![ListKey { list: "numbers".into(), order: self.year.clone() }])
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        lifecycle::effects(event)
    }

    fn view(&self) -> Value {
        json!({ "year": self.year, "given": self.given, "last": self.on_paper(self.given) })
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
