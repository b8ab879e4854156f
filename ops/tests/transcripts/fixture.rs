//! A very small town in a real store: three cases, led by hand through virtual time.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use duban::config::Config;
use duban::store;
use duban_actors::case::command::{Checklist, NewReport, Outcome, Seen};
use duban_actors::case::{Case, CaseId, Channel, Command};
use duban_actors::role::Role;
use duban_actors::unit::{self, Unit};
use duban_rules::vocabulary::{CollectorId, ConditionCode, Place, UnitId};
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock, Timestamp, VirtualClock};
use duban_runtime::entity::{Asked, CommandId, Entity};
use duban_runtime::node::{Ask, Node, Options, Ticking};

/// Who asks: in which role, by which name, for whom.
type Who<'a> = (Role, &'a str, Option<&'a str>);

/// Monday, 2 March 2026, 09:00 local time.
const MONDAY_9AM: Timestamp = Timestamp::from_millis(1_772_413_200_000);

/// What the three cases are called outside.
pub(super) const CASES: [&str; 3] = ["overdue", "closed", "fresh"];

/// The id of a case of this fixture.
pub(super) fn id(name: &str) -> String {
    CaseId::from_intake("test", name).as_str().to_owned()
}

/// Builds the town's store in `dir` and closes it.
pub(super) fn build(dir: &Path) {
    let config = Config { store_dir: dir.to_owned(), ..Config::default() };
    actix::System::new().block_on(async {
        let fixture = Fixture::start(&config).await;
        fixture.live().await;
        let journal = fixture.node.journal().clone();
        fixture.node.stop().await;
        journal.close().unwrap();
    });
}

struct Fixture {
    node: Node,
    clock: Arc<VirtualClock>,
    place: Place,
    collector: CollectorId,
}

impl Fixture {
    async fn start(config: &Config) -> Fixture {
        let store = store::make(config).unwrap();
        let rules = store.rules.current();
        let place = rules.0.rules.grid.cells().next().unwrap().middle();
        let (_, grid) = rules.0.rules.grid.locate(place).unwrap();
        let collector = grid.collectors.first().unwrap().clone();
        let clock = Arc::new(VirtualClock::at(MONDAY_9AM));
        let options = Options { arbiters: 0, ticking: Ticking::ByHand, ..Options::default() };
        let ticking: Arc<dyn Clock> = clock.clone();
        let node = Node::start(options, store.registry, store.journal, ticking).await.unwrap();
        Fixture { node, clock, place, collector }
    }

    /// Three reports on Monday morning: one is handled and closed, one is forgotten until Thursday, one has just come.
    async fn live(&self) {
        self.ask::<Unit>("SW", (Role::Operator, "admin", None), unit::Command::Establish).await;
        for name in ["overdue", "closed"] {
            self.register(name).await;
            self.case(name, (Role::Intake, "受理员", None), file()).await;
            self.case(name, (Role::Dispatcher, "派遣员", None), dispatch()).await;
        }
        self.wait(1).await;
        let unit = (Role::UnitStaff, "钱", Some("SW"));
        self.case("closed", unit, Command::Receive).await;
        let done = Command::GiveFeedback {
            result: "已更换井盖".to_owned(),
            photos: vec!["after".into()],
            finished: None,
        };
        self.case("closed", unit, done).await;
        let seen = Seen { photo: Some("seen".into()), place: Some(self.place), ..Seen::default() };
        let passed = Command::Verify { outcome: Outcome::Passed, seen };
        self.case("closed", self.as_collector(), passed).await;
        let chief = (Role::DutyChief, "值班长", None);
        self.case("closed", chief, Command::Close { waiver: None }).await;
        for _ in 0..71 {
            self.wait(1).await;
        }
        self.register("fresh").await;
    }

    async fn register(&self, name: &str) {
        let report = NewReport {
            channel: Channel::Handset,
            source: "test".into(),
            external_id: name.into(),
            text: "井盖松动".to_owned(),
            address: "光明路 1 号".to_owned(),
            place: Some(self.place),
            reporter: None,
            photos: vec!["before".into()],
            collector: Some(self.collector.clone()),
            urgent: None,
            clock_ahead_s: None,
        };
        self.case(name, self.as_collector(), Command::Register(Box::new(report))).await;
    }

    fn as_collector(&self) -> Who<'_> {
        (Role::Collector, "采集员", Some(self.collector.as_str()))
    }

    async fn case(&self, name: &str, who: Who<'_>, command: Command) {
        self.ask::<Case>(&id(name), who, command).await;
    }

    async fn ask<E: Entity>(
        &self,
        key: &str,
        (role, by, speaks_for): Who<'_>,
        command: E::Command,
    ) {
        let at = self.clock.now();
        let said = format!("{command:?}");
        let id = CommandId::derived(&[key.as_bytes(), said.as_bytes()]);
        let speaks_for = speaks_for.map(Into::into);
        let asked = Asked { speaks_for, ..Asked::of(id, (by, role.as_str()), at) };
        let answer = self.node.ask(Ask::of::<E>(key, command, asked)).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{said}: {answer:?}");
        self.node.durable().await;
        self.clock.advance_to(at + Duration::from_secs(1));
    }

    /// Lets hours go by, firing what becomes due.
    async fn wait(&self, hours: u64) {
        let until = self.clock.now() + Duration::from_secs(3600 * hours);
        while let Some(due) = self.node.next_due().filter(|due| *due <= until) {
            self.clock.advance_to(due);
            self.node.fire_due().await;
            self.node.durable().await;
        }
        self.clock.advance_to(until);
    }
}

fn file() -> Command {
    Command::File {
        condition: ConditionCode::new("part-01-01-2"),
        checklist: Checklist::Confirmed,
        place: None,
        reason: None,
    }
}

fn dispatch() -> Command {
    Command::Dispatch { unit: UnitId::new("SW"), method: None, reason: None }
}
