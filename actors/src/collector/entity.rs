//! The collector as the runtime sees it.

use compact_str::format_compact;
use duban_runtime::entity::{
    self, Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, ListKey, Listing, Timer, Timers,
};
use serde_json::{Value, json};

use super::lifecycle::LEAVE_TIMER;
use super::{Collector, Command, Event, KIND, Refusal, Standing, effects, lifecycle};
use crate::context::Context;
use crate::refusal;

impl Entity for Collector {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 2;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Collector {
        Collector { id: id.key.clone(), standing: Standing::Unknown }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        lifecycle::decide(self, command, asked, cx)
    }

    fn fired(&self, fired: &Fired, _: &Asked, _: &Context) -> Result<Vec<Event>, Corrupt> {
        lifecycle::fired(self, fired)
    }

    fn evolve(self, event: &Event) -> Result<Collector, Corrupt> {
        lifecycle::evolve(self, event)
    }

    fn timers(&self) -> Timers {
        match &self.standing {
            Standing::OnLeave(_, until) => Timers(vec![Timer {
                name: LEAVE_TIMER.into(),
                due: *until,
                reason: "请假期满(第十条)".into(),
            }]),
            Standing::Unknown
            | Standing::OffDuty(_)
            | Standing::OnDuty(_)
            | Standing::Dismissed => Timers::default(),
        }
    }

    fn listing(&self) -> Listing {
        match self.standing.name() {
            "unknown" => Listing::default(),
            name => {
                let list = format_compact!("collectors/{name}");
                Listing(vec![ListKey { list, order: self.id.clone() }])
            }
        }
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        effects::effects(&self.id, event)
    }

    fn view(&self) -> Value {
        let mut view = json!({ "collector": self.id, "standing": self.standing.name() });
        if let (Some(round), Some(view)) = (self.standing.round(), view.as_object_mut()) {
            view.insert("grids".into(), json!(round.grids));
            view.insert("tasks".into(), json!(round.tasks));
        }
        if let (Standing::OnLeave(_, until), Some(view)) = (&self.standing, view.as_object_mut()) {
            view.insert("until".into(), json!(until));
        }
        view
    }
}

impl Standing {
    /// Where they stand, in a word for lists and views.
    pub fn name(&self) -> &'static str {
        match self {
            Standing::Unknown => "unknown",
            Standing::OffDuty(_) => "off-duty",
            Standing::OnDuty(_) => "on-duty",
            Standing::OnLeave(..) => "on-leave",
            Standing::Dismissed => "dismissed",
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
