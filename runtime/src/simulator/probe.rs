//! Probe entity of the simulator: it counts, arms timers that chain, tells its neighbours, sends messages, panics on
//! poison, and notices itself when something happens to it twice or out of order.

mod town;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use compact_str::{CompactString, format_compact};
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::entity::{
    Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, List, ListKey, Listing, Tell, Timer,
    Timers,
};
use crate::outbox::{Address, Claim, Message};

pub(super) use self::town::Probes;

/// What a probe can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Command {
    /// Arm a timer that arms itself again `chain` times.
    Arm {
        name: CompactString,
        after_ms: u32,
        chain: u8,
    },
    Count,
    /// Tell another probe, which tells back `chain` times.
    TellOn {
        to: CompactString,
        chain: u8,
    },
    /// What a tell says.
    Hear {
        from: CompactString,
        number: u64,
        chain: u8,
    },
    /// Send messages.
    Notify(u8),
    /// Panic.
    Poison(Dose),
    /// Take nothing any more.
    Finish,
}

/// How often a poisonous command panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Dose {
    Once,
    Always,
}

/// Timers of this name panic when they fire.
pub(super) const BAD_TIMER: &str = "bad";

/// What happened to a probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Event {
    Armed { name: CompactString, due: Timestamp, chain: u8 },
    Counted,
    Told { to: CompactString, number: u64, chain: u8 },
    Heard { from: CompactString, number: u64 },
    Notified { n: u8, at: Timestamp },
    Fired { name: CompactString, due: Timestamp, at: Timestamp },
    Finished,
}

/// Why a probe says no.
#[derive(Debug, Serialize)]
pub(super) enum Refusal {
    Finished,
}

impl crate::entity::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::Finished => "finished",
        }
    }

    fn codes() -> Vec<&'static str> {
        vec!["finished"]
    }
}

/// The rules of the day: how much later timers are due than asked for. Remembers which poison has worked already.
#[derive(Clone, Debug, Default)]
pub(super) struct ProbeContext {
    panicked: Arc<Mutex<BTreeSet<u128>>>,
    later_ms: u64,
}

impl ProbeContext {
    /// Other rules.
    pub(super) fn with_timers_later_by(&self, later_ms: u64) -> ProbeContext {
        ProbeContext { later_ms, ..self.clone() }
    }
}

/// The state of a probe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Probe {
    key: CompactString,
    count: u64,
    timers: BTreeMap<CompactString, (Timestamp, u8)>,
    fired: BTreeSet<(CompactString, Timestamp)>,
    pub(super) sent: BTreeMap<CompactString, u64>,
    pub(super) heard: BTreeMap<CompactString, BTreeSet<u64>>,
    finished: Finished,
    /// What went wrong with it, if anything did.
    pub(super) wrong: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Finished {
    #[default]
    No,
    Yes,
}

impl Probe {
    pub(super) fn parsed(bytes: &[u8]) -> Result<Probe, Corrupt> {
        postcard::from_bytes(bytes).map_err(|error| Corrupt(error.to_string()))
    }

    pub(super) fn has_bad_timer(&self) -> Option<Timestamp> {
        self.timers.get(BAD_TIMER).map(|(due, _)| *due)
    }

    fn told(&self, to: &CompactString, chain: u8) -> Event {
        let number = self.sent.get(to).copied().unwrap_or(0) + 1;
        Event::Told { to: to.clone(), number, chain }
    }

    /// Somebody who asks again after the probe has forgotten arms nothing that has fired already.
    fn armed(&self, name: &CompactString, due: Timestamp, chain: u8) -> Event {
        if self.fired.contains(&(name.clone(), due)) {
            return Event::Counted;
        }
        Event::Armed { name: name.clone(), due, chain }
    }

    fn fire(&self, fired: &Fired, at: Timestamp) -> Vec<Event> {
        if fired.name == BAD_TIMER {
            poison();
        }
        let (name, due) = (fired.name.clone(), fired.due);
        let mut events = vec![Event::Fired { name: name.clone(), due, at }];
        let chain = self.timers.get(&fired.name).map_or(0, |(_, chain)| *chain);
        if chain > 0 {
            // Every third step is due at once: several are then settled one after the other.
            let step = if chain.is_multiple_of(3) { 1 } else { 700 * u64::from(chain) };
            let due = due + std::time::Duration::from_millis(step);
            events.push(self.armed(&name, due, chain - 1));
        }
        if chain % 2 == 1 {
            events.push(Event::Notified { n: 1, at });
        }
        events
    }
}

/// A panic that prints nothing.
fn poison() {
    std::panic::resume_unwind(Box::new("poison"));
}

impl Entity for Probe {
    const KIND: Kind = Kind { number: 7, name: "toy" };
    const STATE_VERSION: u16 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = ProbeContext;

    fn initial(id: &EntityId) -> Probe {
        Probe { key: id.key.clone(), ..Probe::default() }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        probes: &ProbeContext,
    ) -> Result<Vec<Event>, Refusal> {
        if self.finished == Finished::Yes {
            return Err(Refusal::Finished);
        }
        Ok(match command {
            Command::Arm { name, after_ms, chain } => {
                let after_ms = u64::from(*after_ms) + probes.later_ms;
                let due = asked.at + std::time::Duration::from_millis(after_ms);
                vec![self.armed(name, due, *chain)]
            }
            Command::Count => vec![Event::Counted],
            Command::TellOn { to, chain } => vec![Event::Counted, self.told(to, *chain)],
            Command::Hear { from, number, chain } => {
                let mut events = vec![Event::Heard { from: from.clone(), number: *number }];
                if let Some(chain) = chain.checked_sub(1) {
                    events.push(self.told(from, chain));
                }
                events
            }
            Command::Notify(n) => vec![Event::Notified { n: *n, at: asked.at }],
            Command::Poison(dose) => {
                let mut panicked = probes.panicked.lock().unwrap_or_else(PoisonError::into_inner);
                let first = panicked.insert(asked.id.0);
                drop(panicked);
                if first || *dose == Dose::Always {
                    poison();
                }
                vec![Event::Counted]
            }
            Command::Finish => vec![Event::Finished],
        })
    }

    fn fired(&self, fired: &Fired, asked: &Asked, _: &ProbeContext) -> Result<Vec<Event>, Corrupt> {
        Ok(self.fire(fired, asked.at))
    }

    fn evolve(mut self, event: &Event) -> Result<Probe, Corrupt> {
        self.count += 1;
        match event {
            Event::Armed { name, due, chain } => {
                self.timers.insert(name.clone(), (*due, *chain));
            }
            Event::Counted | Event::Notified { .. } => {}
            Event::Told { to, number, .. } => {
                self.sent.insert(to.clone(), *number);
            }
            Event::Heard { from, number } => {
                let heard = self.heard.entry(from.clone()).or_default();
                if heard.last().is_some_and(|last| last >= number) {
                    self.wrong = Some(format!("heard {number} of {from} after {heard:?}"));
                }
                heard.insert(*number);
            }
            Event::Fired { name, due, at } => {
                if self.timers.remove(name).map(|(due, _)| due) != Some(*due) {
                    self.wrong = Some(format!("{name} fired as due {due}, which was not armed"));
                }
                if !self.fired.insert((name.clone(), *due)) {
                    self.wrong = Some(format!("{name} of {due} fired twice"));
                }
                if at < due {
                    self.wrong = Some(format!("{name} of {due} fired at {at}"));
                }
            }
            Event::Finished => {
                self.finished = Finished::Yes;
                self.timers.clear();
            }
        }
        Ok(self)
    }

    fn timers(&self) -> Timers {
        let timer = |(name, (due, _)): (&CompactString, &(Timestamp, u8))| Timer {
            name: name.clone(),
            due: *due,
            reason: "probes fire".into(),
        };
        Timers(self.timers.iter().map(timer).collect())
    }

    fn listing(&self) -> Listing {
        let place = match self.finished {
            Finished::No => "open",
            Finished::Yes => "done",
        };
        Listing(vec![
            ListKey { list: List::named(place), order: self.key.clone() },
            ListKey { list: List::fixed("count"), order: format_compact!("{:06}", self.count / 3) },
        ])
    }

    fn effects(&self, event: &Event, _: &ProbeContext) -> Vec<Effect> {
        match event {
            Event::Told { to, number, chain } => {
                let hear = Command::Hear { from: self.key.clone(), number: *number, chain: *chain };
                vec![Effect::Tell(Tell::new::<Probe>(to, &hear))]
            }
            Event::Notified { n, at } => {
                let message = |i: u8| Message {
                    template: "note".into(),
                    data: format!("{} {i}", self.count),
                    not_before: *at + std::time::Duration::from_millis(u64::from(i) * 900),
                };
                (0..*n).map(|i| Effect::Send(message(i))).collect()
            }
            Event::Armed { .. }
            | Event::Counted
            | Event::Heard { .. }
            | Event::Fired { .. }
            | Event::Finished => Vec::new(),
        }
    }

    fn claim(&self, message: &Message, at: Timestamp, _: &ProbeContext) -> Claim {
        if self.finished == Finished::Yes {
            return Claim::Withdraw("finished".to_owned());
        }
        let address = Address {
            channel: "sms".into(),
            name: self.key.clone(),
            address: "1".into(),
            role: "owner".into(),
        };
        if self.count % 13 == 5 {
            poison();
        }
        let known = !self.count.is_multiple_of(11);
        let addresses = if known { vec![address] } else { Vec::new() };
        Claim::Deliver(addresses, format!("{} as of {at}, {}", message.data, self.count))
    }

    fn view(&self) -> serde_json::Value {
        serde_json::Value::from(self.count)
    }
}
