//! What falls is read again; what falls too often takes the next larger thing with it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use duban_runtime::answer::{Answer, Novelty};
use duban_runtime::clock::{Clock, Timestamp};
use duban_runtime::entity::{Entity, EntityId};
use duban_runtime::journal::Journal;
use duban_runtime::node::{Ask, Node, Options, PULSE_PATIENCE, Ticking};
use duban_runtime::supervision::RESTARTS_MAX;

use crate::bell::{Bell, Command, asked, registry};
use crate::{Fixture, NOON};

#[actix::test]
async fn five_panics_of_one_entity_within_ten_minutes_set_it_aside_and_no_other() {
    let fixture = Fixture::in_memory().await;
    let crack = |n| Ask::of::<Bell>("a", Command::Crack, asked(n, NOON));
    // Each panics twice: before it is tried again, and before it is a dead letter.
    for n in 0..2 {
        let answer = fixture.node.ask(crack(n)).await;
        assert!(matches!(answer, Answer::DeadLetter { .. }), "{answer:?}");
    }
    let answer = fixture.node.ask(crack(2)).await;
    assert!(matches!(answer, Answer::Quarantined { .. }), "{answer:?}");
    let reason = fixture.journal().quarantine(&EntityId::new(Bell::KIND, "a")).unwrap();
    assert_eq!(reason.as_deref(), Some("it panicked five times within ten minutes"));
    let metrics = fixture.node.metrics();
    assert_eq!((metrics.falls.n_entities, metrics.falls.n_set_aside), (5, 1));
    assert_eq!(metrics.n_quarantined, 1);
    let other = fixture.node.ask(Ask::of::<Bell>("b", Command::Ring, asked(3, NOON))).await;
    assert!(matches!(other, Answer::Accepted { .. }), "{other:?}");
}

#[actix::test]
async fn a_partition_that_panics_is_read_again_and_loses_nothing_it_accepted() {
    let fragile = Fragile::start().await;
    assert_eq!(fragile.ring(1).await, Novelty::First);
    let answer = fragile.fall(2).await;
    assert!(matches!(answer, Answer::Failed { .. }), "{answer:?}");
    assert_eq!(fragile.ring(1).await, Novelty::Again);
    assert_eq!(fragile.ring(2).await, Novelty::First);
    assert_eq!(fragile.ended.lock().unwrap().len(), 0);
}

#[actix::test]
async fn a_partition_that_panics_five_times_within_ten_minutes_ends_the_process() {
    let fragile = Fragile::start().await;
    for n in 1..RESTARTS_MAX {
        fragile.fall(n as u128).await;
        fragile.ring(100 + n as u128).await;
    }
    fragile.fall(5).await;
    let ended = fragile.ended.lock().unwrap().clone();
    assert_eq!(ended.len(), 1);
    assert!(ended[0].contains("fell 5 times within ten minutes: the clock is broken"), "{ended:?}");
    assert_eq!(fragile.node.metrics().falls.n_partitions, 5);
    let stuck = fragile.node.pulse(PULSE_PATIENCE).await.expect_err("one is down for good");
    assert_eq!((stuck.silent.len(), stuck.ended.len()), (0, 1), "{stuck}");
}

/// A node whose clock panics when it is told to.
struct Fragile {
    node: Node,
    clock: Arc<BrokenClock>,
    ended: Arc<Mutex<Vec<String>>>,
}

#[derive(Default)]
struct BrokenClock {
    panics: AtomicBool,
}

impl Clock for BrokenClock {
    fn now(&self) -> Timestamp {
        assert!(!self.panics.swap(false, Ordering::AcqRel), "the clock is broken");
        NOON
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

impl Fragile {
    async fn start() -> Fragile {
        let clock = Arc::new(BrokenClock::default());
        let ended: Arc<Mutex<Vec<String>>> = Arc::default();
        let said = Arc::clone(&ended);
        let on_end = move |why: &str| said.lock().unwrap().push(why.to_owned());
        let node = Node::start_with(
            Options { arbiters: 0, ticking: Ticking::ByHand, ..Options::default() },
            Arc::new(registry()),
            Journal::in_memory(Arc::new(registry())).unwrap(),
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::new(on_end),
        )
        .await
        .unwrap();
        Fragile { node, clock, ended }
    }

    /// Asks until the bell has rung.
    async fn ring(&self, n: u128) -> Novelty {
        loop {
            let answer = self.node.ask(Ask::of::<Bell>("a", Command::Ring, asked(n, NOON))).await;
            if let Answer::Accepted { novelty, .. } = answer {
                return novelty;
            }
            assert!(matches!(answer, Answer::Busy { .. }), "{answer:?}");
            tokio::task::yield_now().await;
        }
    }

    /// Lets the partition look at the broken clock.
    async fn fall(&self, n: u128) -> Answer {
        self.node.durable().await;
        self.clock.panics.store(true, Ordering::Release);
        self.node.ask(Ask::of::<Bell>("a", Command::Ring, asked(n, NOON))).await
    }
}
