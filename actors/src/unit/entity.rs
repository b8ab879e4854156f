//! The unit as the runtime sees it.

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{
    self, Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, ListKey, Listing, Timer, Timers,
};
use duban_runtime::outbox::{Claim, Message};
use serde_json::{Value, json};

use super::lifecycle::LEAVE_TIMER;
use super::{Command, Event, KIND, Refusal, Standing, Unit, effects, lifecycle};
use crate::context::Context;
use crate::refusal;

impl Entity for Unit {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 1;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Unit {
        Unit { id: id.key.clone(), standing: Standing::Unknown }
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

    fn evolve(self, event: &Event) -> Result<Unit, Corrupt> {
        lifecycle::evolve(self, event)
    }

    fn timers(&self) -> Timers {
        let Standing::Active(active) = &self.standing else { return Timers::default() };
        let leaves = active.leaves.iter().map(|leave| Timer {
            name: format!("{LEAVE_TIMER}{}", leave.name).into(),
            due: leave.until,
            reason: "请假期满(第七条)".into(),
        });
        Timers(active.briefing.next.timer().into_iter().chain(leaves).collect())
    }

    fn listing(&self) -> Listing {
        let list = match self.standing {
            Standing::Unknown => return Listing::default(),
            Standing::Active(_) => "units/active",
            Standing::Deactivated => "units/deactivated",
        };
        Listing(vec![ListKey { list: list.into(), order: self.id.clone() }])
    }

    fn effects(&self, event: &Event, cx: &Context) -> Vec<Effect> {
        effects::effects(self, event, cx)
    }

    fn claim(&self, message: &Message, at: Timestamp, cx: &Context) -> Claim {
        effects::claim(self, message, at, cx)
    }

    fn view(&self) -> Value {
        match &self.standing {
            Standing::Unknown => json!({ "unit": self.id, "standing": "unknown" }),
            Standing::Active(active) => json!({
                "unit": self.id,
                "standing": "active",
                "next_brief": active.briefing.next,
                "last_brief": active.briefing.last,
                "leaves": active.leaves,
            }),
            Standing::Deactivated => json!({ "unit": self.id, "standing": "deactivated" }),
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
