//! The reservation as the runtime sees it.

use std::collections::BTreeSet;

use duban_runtime::entity::{
    Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, ListKey, Listing, Timer, Timers,
};
use serde_json::{Value, json};

use super::lifecycle::{self, RELEASE_TIMER};
use super::{Begun, Command, Event, KEY, KIND, Operators, Refusal};
use crate::context::Context;

impl Entity for Operators {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 1;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(_: &EntityId) -> Operators {
        let (counted, released) = (BTreeSet::new(), Vec::new());
        Operators { begun: Begun::NotYet, releases: 0, counted, released }
    }

    fn decide(&self, command: &Command, asked: &Asked, _: &Context) -> Result<Vec<Event>, Refusal> {
        lifecycle::decide(self, command, asked).map(|event| vec![event])
    }

    fn fired(&self, fired: &Fired, asked: &Asked, _: &Context) -> Result<Vec<Event>, Corrupt> {
        lifecycle::fired(self, fired, asked.at).map(|event| vec![event])
    }

    fn evolve(self, event: &Event) -> Result<Operators, Corrupt> {
        lifecycle::evolve(self, event)
    }

    fn timers(&self) -> Timers {
        let timer = |release: &super::Release| Timer {
            name: format!("{RELEASE_TIMER}{}", release.login).into(),
            due: release.due,
            reason: "系统管理员离任后没有回音".into(),
        };
        Timers(self.released.iter().map(timer).collect())
    }

    fn listing(&self) -> Listing {
        Listing(vec![ListKey { list: "operators".into(), order: KEY.into() }])
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        lifecycle::effects(event)
    }

    fn view(&self) -> Value {
        json!({
            "begun": self.begun, "releases": self.releases,
            "counted": self.counted, "released": self.released,
        })
    }
}
