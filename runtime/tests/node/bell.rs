//! A bell: rings, can be wound up to ring by itself, passes a ring on, announces, and cracks.

use std::sync::Arc;
use std::time::Duration;

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{
    Asked, CommandId, Corrupt, Effect, Entity, EntityId, Fired, Kind, List, ListKey, Listing,
    Refusal, Tell, Timer, Timers,
};
use duban_runtime::outbox::{Address, Claim, Message};
use duban_runtime::registry::{ContextCell, Registry};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Bell {
    key: String,
    pub(crate) rings: u64,
    next: Option<(Timestamp, Duration, u32)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Command {
    Ring,
    Silence,
    Crack,
    Announce,
    PassOn { to: String },
    Wind { every: Duration, times: u32 },
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Event {
    Rang { next: Option<(Timestamp, Duration, u32)> },
    Wound { next: (Timestamp, Duration, u32) },
    Passed { to: String },
    Announced,
}

#[derive(Debug, Serialize)]
pub(crate) struct AlreadySilent;

impl Refusal for AlreadySilent {
    fn code(&self) -> &'static str {
        "already-silent"
    }

    fn codes() -> Vec<&'static str> {
        vec!["already-silent"]
    }
}

impl Entity for Bell {
    const KIND: Kind = Kind { number: 9, name: "bell" };
    const STATE_VERSION: u16 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = AlreadySilent;
    type Context = ();

    fn initial(id: &EntityId) -> Bell {
        Bell { key: id.key.to_string(), rings: 0, next: None }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        (): &(),
    ) -> Result<Vec<Event>, AlreadySilent> {
        Ok(vec![match command {
            Command::Ring => Event::Rang { next: self.next },
            Command::Silence => return Err(AlreadySilent),
            Command::Crack => panic!("the bell cracks"),
            Command::Announce => Event::Announced,
            Command::PassOn { to } => Event::Passed { to: to.clone() },
            Command::Wind { every, times } => {
                Event::Wound { next: (asked.at + *every, *every, *times) }
            }
        }])
    }

    fn fired(&self, fired: &Fired, _: &Asked, (): &()) -> Result<Vec<Event>, Corrupt> {
        let next = self.next.filter(|(_, _, times)| *times > 1);
        let next = next.map(|(_, every, times)| (fired.due + every, every, times - 1));
        Ok(vec![Event::Rang { next }])
    }

    fn evolve(mut self, event: &Event) -> Result<Bell, Corrupt> {
        match event {
            Event::Rang { next } => {
                self.rings += 1;
                self.next = *next;
            }
            Event::Wound { next } => self.next = Some(*next),
            Event::Passed { .. } | Event::Announced => {}
        }
        Ok(self)
    }

    fn timers(&self) -> Timers {
        let timer = |(due, _, _): (Timestamp, Duration, u32)| Timer {
            name: "ring".into(),
            due,
            reason: "it was wound up".into(),
        };
        Timers(self.next.map(timer).into_iter().collect())
    }

    fn listing(&self) -> Listing {
        Listing(vec![ListKey { list: List::fixed("bells"), order: self.key.as_str().into() }])
    }

    fn effects(&self, event: &Event, (): &()) -> Vec<Effect> {
        match event {
            Event::Passed { to } => vec![Effect::Tell(Tell::new::<Bell>(to, &Command::Ring))],
            Event::Announced => vec![Effect::Send(Message {
                template: "announcement".into(),
                data: "{}".into(),
                not_before: Timestamp::from_millis(0),
            })],
            Event::Rang { .. } | Event::Wound { .. } => Vec::new(),
        }
    }

    fn claim(&self, message: &Message, _: Timestamp, (): &()) -> Claim {
        assert_ne!(self.key, "cracked", "nobody hears it");
        let address = Address {
            channel: "email".into(),
            name: "everybody".into(),
            address: "all@fixture.example".into(),
            role: "citizen".into(),
        };
        Claim::Deliver(vec![address], message.data.clone())
    }

    fn view(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap()
    }
}

pub(crate) fn registry() -> Registry {
    Registry::new().with::<Bell>(&Arc::new(ContextCell::new((), 0)))
}

pub(crate) fn asked(n: u128, at: Timestamp) -> Asked {
    Asked::of(CommandId(n + 1), ("ringer", "ringer"), at)
}
