//! A small town in memory and virtual time.

use std::sync::Arc;
use std::time::Duration;

use duban::auditor::Books;
use duban::config::Config;
use duban::courier::channels::Channels;
use duban::delivery::deliverer;
use duban::registry::{self, Rules};
use duban::seals::Seals;
use duban_actors::case::command::Adoption;
use duban_actors::case::{Case, CaseId, Command};
use duban_actors::role::Role;
use duban_rules::vocabulary::{StepCode, UnitId};
use duban_rules::{Sources, parse};
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock as _, Timestamp, VirtualClock};
use duban_runtime::entity::{Asked, CommandId};
use duban_runtime::journal::Journal;
use duban_runtime::node::{Ask, Node, Options, Ticking};
use duban_runtime::record::Record;
use duban_runtime::registry::Registry;
use tempfile::TempDir;

/// Monday, 2 March 2026, 08:00 local time.
pub(crate) const MONDAY_8AM: Timestamp = Timestamp::from_millis(1_772_409_600_000);
pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// Every kind, by the shipped rules.
pub(crate) fn registry() -> Arc<Registry> {
    registry::registry(&registry::in_force(parse(&Sources::shipped()).0))
}

pub(crate) struct Fixture {
    node: Node,
    rules: Rules,
    channels: Channels,
    mail: TempDir,
    clock: Arc<VirtualClock>,
}

impl Fixture {
    pub(crate) async fn open(now: Timestamp) -> Fixture {
        let rules = registry::in_force(parse(&Sources::shipped()).0);
        let (registry, clock) = (registry::registry(&rules), Arc::new(VirtualClock::at(now)));
        let mail = tempfile::tempdir().unwrap();
        let config = Config { courier_dir: mail.path().to_owned(), ..Config::default() };
        let channels = Channels::open(&config, rules.current().0.rules.calendar.offset()).unwrap();
        let journal = Journal::in_memory(registry.clone()).unwrap();
        let options = Options { arbiters: 0, ticking: Ticking::ByHand, ..Options::default() };
        let node = Node::start(options, registry, journal, clock.clone()).await.unwrap();
        Fixture { node, rules, channels, mail, clock }
    }

    pub(crate) async fn close(self) {
        self.node.stop().await;
        self.mail.close().unwrap();
    }

    pub(crate) fn books(&self) -> Books {
        let registry = Arc::clone(self.node.registry());
        let seals = Seals::of(self.mail.path());
        Books { journal: self.node.journal().clone(), registry, seals }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Everything due up to `instant` fires when it is due.
    pub(crate) async fn until(&self, instant: Timestamp) {
        while let Some(due) = self.node.next_due().filter(|due| *due <= instant) {
            self.clock.advance_to(due);
            self.node.fire_due().await;
            self.node.durable().await;
        }
        self.clock.advance_to(instant);
    }

    /// Every message that is due is handed over.
    pub(crate) async fn deliver(&self) {
        deliverer::clear(&self.node, &self.rules, &self.channels).await;
        self.node.durable().await;
    }

    /// A case of a unit, taken in now, with a step at `due`.
    pub(crate) async fn adopt(&self, name: &str, due: Timestamp) {
        let adoption = Adoption {
            source: "test".into(),
            external_id: name.into(),
            unit: UnitId::new("SW"),
            opened: due - 2 * HOUR,
            due: Some(due),
            steps: vec![(StepCode::new("warning"), due)],
            place: None,
            summary: "井盖松动".to_owned(),
        };
        let id = CaseId::from_intake("test", name);
        let asked = Asked::of(
            CommandId::derived(&[name.as_bytes()]),
            ("importer", Role::Importer.as_str()),
            self.clock.now(),
        );
        let ask = Ask::of::<Case>(id.as_str(), Command::Adopt(Box::new(adoption)), asked);
        let answer = self.node.ask(ask).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        self.node.durable().await;
    }

    pub(crate) fn history(&self, name: &str) -> Vec<Record> {
        self.node.journal().history(&CaseId::from_intake("test", name).entity()).unwrap()
    }
}
