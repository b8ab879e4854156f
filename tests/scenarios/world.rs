//! A world in virtual time: a node over a journal in memory, the shipped rules, cases on their way.

use std::sync::Arc;

use duban::asking::Asker;
use duban::courier::{Courier, Failure, Rendered};
use duban::delivery::deliver_due;
use duban::registry::{self, Rules};
use duban_actors::case::{Case, CaseId, Command};
use duban_actors::role::Role;
use duban_rules::{Sources, parse};
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock, Timestamp, VirtualClock};
use duban_runtime::entity::{Entity, EntityId, List};
use duban_runtime::journal::Journal;
use duban_runtime::node::{Ask, Node, Options, Ticking};
use duban_runtime::outbox::{MessageId, Row};
use duban_tests::case_path::{self, MONDAY_9AM, Who, asked, somebody};

/// Rows, cases and alarms of a world are read together, up to so many.
const MANY: usize = 10_000;

pub(crate) struct World {
    pub(crate) node: Node,
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) rules: Rules,
}

/// Lives `life` in a world that opens at `now`.
pub(crate) fn at<T>(now: Timestamp, life: impl AsyncFnOnce(&World) -> T) -> T {
    actix::System::new().block_on(async {
        let rules = registry::in_force(parse(&Sources::shipped()).0);
        let registry = registry::registry(&rules);
        let journal = Journal::in_memory(registry.clone()).unwrap();
        let clock = Arc::new(VirtualClock::at(now));
        let world = World { node: node(journal, &rules, &clock).await, clock, rules };
        let lived = life(&world).await;
        world.node.stop().await;
        lived
    })
}

async fn node(journal: Journal, rules: &Rules, clock: &Arc<VirtualClock>) -> Node {
    let options = Options { arbiters: 0, ticking: Ticking::ByHand, ..Options::default() };
    let ticking: Arc<dyn Clock> = clock.clone();
    Node::start(options, registry::registry(rules), journal, ticking).await.unwrap()
}

impl World {
    /// Starts another node over the same journal, as after a restart, and lives on with it.
    pub(crate) async fn again<T>(&self, life: impl AsyncFnOnce(&World) -> T) -> T {
        let node = node(self.node.journal().clone(), &self.rules, &self.clock).await;
        let world = World { node, clock: self.clock.clone(), rules: self.rules.clone() };
        let lived = life(&world).await;
        world.node.stop().await;
        lived
    }

    /// Somebody in their usual role asks a case.
    pub(crate) async fn ask(&self, case: &CaseId, role: Role, command: Command) -> Answer {
        self.ask_as(case, &somebody(role), command).await
    }

    /// Somebody asks a case.
    pub(crate) async fn ask_as(&self, case: &CaseId, who: &Who, command: Command) -> Answer {
        let asked = asked(self.clock.now(), who);
        let id = duban_runtime::entity::CommandId::derived(&[
            case.as_str().as_bytes(),
            format!("{command:?}").as_bytes(),
        ]);
        let asked = duban_runtime::entity::Asked { id, ..asked };
        let answer = self.node.ask(Ask::of::<Case>(case.as_str(), command, asked)).await;
        self.node.durable().await;
        answer
    }

    /// The same, and it is done.
    pub(crate) async fn accepted(&self, case: &CaseId, who: &Who, command: Command) {
        let answer = self.ask_as(case, who, command).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    }

    /// A case with the water bureau, registered, filed, dispatched and received on Monday at nine.
    pub(crate) async fn handling(&self, name: &str, condition: &str) -> CaseId {
        let id = CaseId::from_intake("test", name);
        let commands = [
            (Role::Collector, case_path::report()),
            (Role::Intake, case_path::file(condition)),
            (Role::Dispatcher, case_path::dispatch("SW")),
            (Role::UnitStaff, Command::Receive),
        ];
        for (role, command) in commands {
            self.accepted(&id, &somebody(role), command).await;
        }
        id
    }

    /// Everything that falls due until `instant` fires.
    pub(crate) async fn until(&self, instant: Timestamp) {
        while let Some(due) = self.node.next_due().filter(|due| *due <= instant) {
            self.clock.advance_to(due);
            self.node.fire_due().await;
            self.node.durable().await;
        }
        self.clock.advance_to(instant);
    }

    pub(crate) fn case(&self, id: &CaseId) -> Case {
        let stored = self.node.journal().entity(&id.entity()).unwrap().unwrap();
        Case::from_stored(&id.entity(), &stored.state).unwrap()
    }

    /// The places of a list.
    pub(crate) fn list(&self, list: &List) -> Vec<EntityId> {
        let places = self.node.journal().list(list, None, MANY).unwrap();
        places.into_iter().map(|(_, id)| id).collect()
    }

    /// Every row of the outbox.
    pub(crate) fn outbox(&self) -> Vec<(MessageId, Row)> {
        self.node.journal().outbox_of_all(None).map(Result::unwrap).collect()
    }

    /// When every entity of a kind must be woken.
    pub(crate) fn alarms(&self, kind: u8) -> Vec<(Timestamp, EntityId)> {
        let alarms = self.node.journal().alarms_of_all(None).map(Result::unwrap);
        let alarms = alarms.filter(|alarm| alarm.entity.kind == kind);
        alarms.map(|alarm| (alarm.due, alarm.entity)).collect()
    }

    /// Hands over what is due, and returns it.
    pub(crate) async fn deliver(&self) -> Vec<Rendered> {
        let mut hands = Hands::default();
        deliver_due(&self.node, &self.rules, &mut hands).await.unwrap();
        self.node.durable().await;
        hands.0
    }
}

/// Whoever keeps the world in order.
pub(crate) fn operator() -> Asker {
    Asker::system("系统管理员", Role::Operator)
}

/// The same in the morning as in the tests of one case.
pub(crate) const MORNING: Timestamp = MONDAY_9AM;

/// A courier that remembers what it was given.
#[derive(Default)]
struct Hands(Vec<Rendered>);

impl Courier for Hands {
    fn hand_over(&mut self, message: &Rendered) -> Result<(), Failure> {
        self.0.push(message.clone());
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}
