//! An entity that says what it is told to, to whom it is told.

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, CommandId, Corrupt, Effect, Entity, EntityId, Kind, Refusal};
use duban_runtime::outbox::{Address, Claim, Message};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Probe;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Command {
    Say { to: Vec<Address>, at: Timestamp },
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Event {
    Said { to: Vec<Address>, at: Timestamp },
}

#[derive(Debug, Serialize)]
pub(crate) struct Mute;

impl Refusal for Mute {
    fn code(&self) -> &'static str {
        "mute"
    }

    fn codes() -> Vec<&'static str> {
        vec!["mute"]
    }
}

impl Entity for Probe {
    const KIND: Kind = Kind { number: 200, name: "probe" };
    const STATE_VERSION: u16 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Mute;
    type Context = ();

    fn initial(_: &EntityId) -> Probe {
        Probe
    }

    fn decide(&self, command: &Command, _: &Asked, (): &()) -> Result<Vec<Event>, Mute> {
        let Command::Say { to, at } = command;
        Ok(vec![Event::Said { to: to.clone(), at: *at }])
    }

    fn evolve(self, _: &Event) -> Result<Probe, Corrupt> {
        Ok(self)
    }

    fn effects(&self, event: &Event, (): &()) -> Vec<Effect> {
        let Event::Said { to, at } = event;
        let data = json!({
            "to": to, "step": "100", "number": "肃城管〔2026〕000001", "unit_name": "城管局环卫站",
            "small_class": "果皮箱", "place": "东大街",
        });
        let (template, data) = ("level-1".into(), data.to_string());
        vec![Effect::Send(Message { template, data, not_before: *at })]
    }

    fn claim(&self, message: &Message, _: Timestamp, (): &()) -> Claim {
        let data: Value = serde_json::from_str(&message.data).unwrap();
        let to = serde_json::from_value(data["to"].clone()).unwrap();
        Claim::Deliver(to, message.data.clone())
    }

    fn view(&self) -> Value {
        Value::Null
    }
}

pub(crate) fn asked(n: u128, at: Timestamp) -> Asked {
    Asked::of(CommandId(n + 1), ("test", "test"), at)
}
