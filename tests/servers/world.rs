//! A world that has something to say: a node in virtual time, its rules, and what its journal knows of every message.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use duban::config::Config;
use duban::courier::channels::Channels;
use duban::delivery::deliverer;
use duban::registry::{self, Rules};
use duban_actors::bundle::Bundle;
use duban_rules::{Sources, parse};
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Timestamp, VirtualClock};
use duban_runtime::journal::{Journal, Options as JournalOptions};
use duban_runtime::node::{Ask, Node, Options, Ticking};
use duban_runtime::outbox::{Address, MessageId, Row, RowEvent, RowState};
use duban_runtime::record::Body;
use duban_runtime::registry::{ContextCell, Registry};
use serde::Deserialize;

use crate::probe::{Command, Probe, asked};

/// Noon of some day in March 2026.
pub(crate) const NOON: Timestamp = Timestamp::from_millis(1_772_510_400_000);
/// Rounds in which everything must have come to an end.
const ROUNDS_MAX: usize = 500;

/// The shipped rules: reading them takes longer than a fault.
static RULES: OnceLock<Rules> = OnceLock::new();

pub(crate) struct World {
    pub(crate) node: Node,
    pub(crate) rules: Rules,
    clock: Arc<VirtualClock>,
}

impl World {
    pub(crate) async fn open(dir: &Path) -> World {
        World::open_at(dir, NOON).await
    }

    /// The world as it was left in `dir`, opened again at an instant.
    pub(crate) async fn open_at(dir: &Path, at: Timestamp) -> World {
        let rules = RULES.get_or_init(|| registry::in_force(parse(&Sources::shipped()).0)).clone();
        World::open_under(dir, at, rules).await
    }

    /// The same under these rules.
    pub(crate) async fn open_under(dir: &Path, at: Timestamp, rules: Rules) -> World {
        let clock = Arc::new(VirtualClock::at(at));
        let probe = Arc::new(ContextCell::new((), 0));
        let registry = Registry::new().with::<Probe>(&probe).with::<Bundle>(&rules);
        let registry = Arc::new(registry);
        let options = JournalOptions::at(dir.join("data"));
        let journal = Journal::open(options, registry.clone(), &|_| {}).unwrap();
        let options = Options { arbiters: 0, resident_max: 100_000, ticking: Ticking::ByHand };
        let node = Node::start(options, registry, journal, clock.clone()).await.unwrap();
        World { node, rules, clock }
    }

    /// Closes the world in good order; it can be opened again.
    pub(crate) async fn close(self) {
        let journal = self.node.journal().clone();
        self.node.stop().await;
        journal.close().unwrap();
    }

    /// Decides one message to these addresses.
    pub(crate) async fn say(&self, n: u128, to: Vec<Address>) {
        let at = self.now();
        let command = Command::Say { to, at };
        let ask = Ask::of::<Probe>(format!("s{n}"), command, asked(n, at));
        let answer = self.node.ask(ask).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        self.node.durable().await;
    }

    /// Lets the couriers work, always on to the next instant at which something is due, until nothing is or `end` comes.
    pub(crate) async fn work(&self, channels: &Channels, end: Timestamp) {
        for _ in 0..ROUNDS_MAX {
            deliverer::clear(&self.node, &self.rules, channels).await;
            self.node.fire_due().await;
            self.node.durable().await;
            let rows = self.rows().into_iter().map(|(_, row)| row.next);
            let next = rows.chain(self.node.next_due()).min();
            let Some(next) = next.filter(|next| *next < end) else {
                if end != Timestamp::NEVER {
                    self.clock.advance_to(end);
                }
                return;
            };
            self.clock.advance_to(next);
        }
        let last = self.events().into_values().map(|mut events| events.pop());
        panic!("no end after {ROUNDS_MAX} rounds: {:?}", last.collect::<Vec<_>>());
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.node.clock().now()
    }

    /// Every row of the outbox.
    pub(crate) fn rows(&self) -> Vec<(MessageId, Row)> {
        self.node.journal().outbox_of_all(None).map(Result::unwrap).collect()
    }

    /// The messages that were given up, and the words.
    pub(crate) fn dead(&self) -> Vec<(Vec<Address>, String)> {
        let dead = self.rows().into_iter().filter_map(|(_, row)| match row.standing {
            RowState::Dead(addresses, _, reason) => Some((addresses, reason.to_string())),
            RowState::Ready | RowState::Claimed(..) | RowState::Untried(..) => None,
        });
        dead.collect()
    }

    /// What servers said, as the journal keeps it, without the address that stands before it.
    pub(crate) fn kept_words(&self) -> Vec<String> {
        let events = self.events().into_values().flatten();
        let words = events.filter_map(|event| match event {
            RowEvent::Failed(said, _)
            | RowEvent::Died(said, _)
            | RowEvent::Postponed(said, ..)
            | RowEvent::Untried(said, ..) => said.split_once(": ").map(|(_, said)| said.to_owned()),
            RowEvent::Claimed(..)
            | RowEvent::Withdrawn(..)
            | RowEvent::Delivered(_)
            | RowEvent::Revived(_)
            | RowEvent::Narrowed(..)
            | RowEvent::Folded(..) => None,
        });
        words.collect()
    }

    /// Everything the journal knows of each message.
    pub(crate) fn events(&self) -> BTreeMap<MessageId, Vec<RowEvent>> {
        let mut events: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for frame in self.node.journal().ledger().frames_from(1) {
            for body in frame.unwrap().batches.into_iter().flat_map(|batch| batch.entries) {
                if let Body::Outbox { message, event } = body {
                    events.entry(message).or_default().push(event);
                }
            }
        }
        events
    }
}

/// A letter as a server took it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Took {
    pub(crate) id: String,
    pub(crate) to: String,
    pub(crate) hash: String,
    #[serde(default)]
    pub(crate) subject: String,
    #[serde(default)]
    pub(crate) text: String,
}

/// What a server took, in its order.
pub(crate) fn took(path: &Path) -> Vec<Took> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// An address on `channel`.
pub(crate) fn address(channel: &str, address: &str) -> Address {
    let (name, role) = ("许示例".into(), "unit-head".into());
    Address { channel: channel.into(), name, address: address.into(), role }
}

/// The channels of a configuration in TOML; it must be right.
pub(crate) fn channels(dir: &Path, toml: &str) -> Channels {
    let reading = duban::config::parse("duban.toml", toml.as_bytes());
    assert!(reading.problems.is_empty(), "{}", reading.render(duban_rules::Lang::Zh));
    let config = Config { courier_dir: dir.join("outbox"), ..reading.config };
    Channels::open(&config, chrono::FixedOffset::east_opt(8 * 3600).unwrap()).unwrap()
}
