//! A wall clock that jumps: alarms are held until it is believed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use duban_runtime::clock::{Clock, Timestamp};
use duban_runtime::entity::{Entity, EntityId};
use duban_runtime::journal::Journal;
use duban_runtime::node::{Ask, Node, Options, Ticking};

use crate::NOON;
use crate::bell::{Bell, Command, asked, registry};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

#[actix::test]
async fn a_timer_that_a_jump_of_the_clock_makes_due_fires_when_a_person_trusts_the_clock() {
    let clock = Arc::new(Jumpy::default());
    let (options, ticking) = (Options::default(), Ticking::ByClock);
    let options = Options { arbiters: 0, ticking, ..options };
    let registry = Arc::new(registry());
    let journal = Journal::in_memory(registry.clone()).unwrap();
    let node = Node::start(options, registry, journal, clock.clone()).await.unwrap();
    let wind = Command::Wind { every: Duration::from_hours(1), times: 1 };
    node.ask(Ask::of::<Bell>("a", wind, asked(1, NOON))).await;
    assert_eq!(node.clock_jump(), None);

    let days = Duration::from_hours(48);
    clock.ahead_ms.store(48 * 3_600_000, Ordering::Release);
    // What is due by the jumped clock alone does not fire with a commit either.
    node.ask(Ask::of::<Bell>("a", Command::Announce, asked(2, NOON))).await;
    until(|| node.clock_jump() == Some(days)).await;
    assert_eq!(rings(&node), 0);

    node.trust_clock();
    until(|| rings(&node) == 1).await;
    assert_eq!(node.clock_jump(), None);
}

/// A wall clock that can be moved; the other one stands.
#[derive(Default)]
struct Jumpy {
    ahead_ms: AtomicI64,
}

impl Clock for Jumpy {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(NOON.as_millis() + self.ahead_ms.load(Ordering::Acquire))
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it never came");
}

fn rings(node: &Node) -> u64 {
    let id = EntityId::new(Bell::KIND, "a");
    let stored = node.journal().entity(&id).unwrap().expect("the bell exists");
    Bell::from_stored(&id, &stored.state).unwrap().rings
}
