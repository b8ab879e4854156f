//! A wall clock that jumps: alarms are held until it is believed, and nobody is asked at an instant that is not.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::Duration;

use duban_runtime::clock::hold::Kernel;
use duban_runtime::clock::{Clock, Timestamp};
use duban_runtime::entity::{Entity, EntityId};
use duban_runtime::journal::{Journal, Options as JournalOptions};
use duban_runtime::node::{Ask, Node, Options, Ticking};

use crate::NOON;
use crate::bell::{Bell, Command, asked, registry};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_hours(1);

#[actix::test]
async fn a_timer_that_a_jump_of_the_clock_makes_due_fires_when_a_person_trusts_the_clock() {
    let clock = Arc::new(Jumpy::default());
    let node = in_memory(&clock).await;
    let wind = Command::Wind { every: HOUR, times: 1 };
    node.ask(Ask::of::<Bell>("a", wind, asked(1, NOON))).await;
    assert_eq!(node.clock_jump(), None);

    let days = 48 * HOUR;
    clock.stands(days.as_millis());
    // What is due by the jumped clock alone does not fire with a commit either.
    node.ask(Ask::of::<Bell>("a", Command::Announce, asked(2, NOON))).await;
    until(|| node.clock_jump() == Some(days)).await;
    assert_eq!(rings(&node), 0);

    node.trust_clock();
    until(|| rings(&node) == 1).await;
    assert_eq!(node.clock_jump(), None);
}

#[actix::test]
async fn while_a_jump_is_held_time_goes_on_without_it_and_it_is_over_when_the_clock_is_put_right() {
    let clock = Arc::new(Jumpy::default());
    let node = in_memory(&clock).await;
    clock.stands((30 * 24 * HOUR).as_millis());
    assert_eq!(node.clock().now(), NOON, "from the first moment on, before anybody has looked");
    let seen = node.clock_seen();
    assert_eq!((seen.wall, seen.believed), (NOON + 30 * 24 * HOUR, NOON));
    assert_eq!((seen.ahead, seen.behind), (Some(30 * 24 * HOUR), None));

    clock.stands(0);
    assert_eq!(node.clock_jump(), None);
    assert_eq!(node.clock().now(), NOON);
    assert_eq!(node.clock_seen().behind, None, "nobody ever went by the other time");
}

#[actix::test]
async fn a_clock_that_was_set_back_is_behind_until_it_has_caught_up_or_a_person_trusts_it() {
    let clock = Arc::new(Jumpy::default());
    let node = in_memory(&clock).await;
    let behind = |days: u32| Some(days * 24 * HOUR);
    clock.is_back(3 * 24 * HOUR);
    assert_eq!((node.clock_jump(), node.clock_seen().behind), (None, behind(3)));
    assert_eq!(node.clock().now(), NOON - 3 * 24 * HOUR, "it is followed");
    clock.stands(0);
    assert_eq!(node.clock_seen().behind, None);

    clock.is_back(3 * 24 * HOUR);
    node.trust_clock();
    assert_eq!(node.clock_seen().behind, None, "a person said so");
    clock.is_back(Duration::from_mins(3) + 3 * 24 * HOUR);
    assert_eq!(node.clock_seen().behind, None, "a little is not told of");
}

#[actix::test]
async fn a_node_that_starts_a_month_later_by_an_unsynchronised_clock_fires_when_a_person_trusts_it()
{
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(Jumpy::default());
    wound(dir.path(), &clock).await;
    let month = 30 * 24 * HOUR;
    clock.stands(month.as_millis());
    let node = on_disk(dir.path(), &clock).await;
    assert_eq!(node.clock_jump(), Some(month));
    assert_eq!(node.clock().now(), NOON);
    assert_eq!(rings(&node), 0);
    node.trust_clock();
    until(|| rings(&node) == 1).await;
    node.stop().await;
}

#[actix::test]
async fn a_node_that_starts_a_month_later_by_a_synchronised_clock_fires_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(Jumpy::default());
    wound(dir.path(), &clock).await;
    clock.stands((30 * 24 * HOUR).as_millis());
    clock.synchronised.store(1, Ordering::Release);
    let node = on_disk(dir.path(), &clock).await;
    assert_eq!(node.clock_jump(), None);
    until(|| rings(&node) == 1).await;
    node.stop().await;
}

#[actix::test]
async fn a_node_that_starts_before_what_it_has_seen_says_that_the_clock_is_behind() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(Jumpy::default());
    wound(dir.path(), &clock).await;
    clock.is_back(2 * 24 * HOUR);
    let node = on_disk(dir.path(), &clock).await;
    assert_eq!(node.clock_seen().behind, Some(2 * 24 * HOUR));
    node.stop().await;
}

async fn in_memory(clock: &Arc<Jumpy>) -> Node {
    let registry = Arc::new(registry());
    let journal = Journal::in_memory(registry.clone()).unwrap();
    Node::start(options(), registry, journal, Arc::clone(clock) as _).await.unwrap()
}

async fn on_disk(dir: &Path, clock: &Arc<Jumpy>) -> Node {
    let registry = Arc::new(registry());
    let journal = Journal::open(JournalOptions::at(dir), registry.clone(), &|_| {}).unwrap();
    Node::start(options(), registry, journal, Arc::clone(clock) as _).await.unwrap()
}

fn options() -> Options {
    Options { arbiters: 0, ticking: Ticking::ByClock, ..Options::default() }
}

/// A bell that was wound at noon, in a journal that is closed again.
async fn wound(dir: &Path, clock: &Arc<Jumpy>) {
    let node = on_disk(dir, clock).await;
    let wind = Command::Wind { every: HOUR, times: 1 };
    node.ask(Ask::of::<Bell>("a", wind, asked(1, NOON))).await;
    let journal = node.journal().clone();
    node.stop().await;
    journal.close().unwrap();
}

/// A wall clock that can be moved; the other one stands.
#[derive(Default)]
struct Jumpy {
    ahead_ms: AtomicI64,
    synchronised: AtomicU8,
}

impl Jumpy {
    /// It stands so far after noon.
    fn stands(&self, ahead_ms: u128) {
        self.ahead_ms.store(i64::try_from(ahead_ms).unwrap(), Ordering::Release);
    }

    /// It stands so far before noon.
    fn is_back(&self, by: Duration) {
        self.ahead_ms.store(-i64::try_from(by.as_millis()).unwrap(), Ordering::Release);
    }
}

impl Clock for Jumpy {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(NOON.as_millis() + self.ahead_ms.load(Ordering::Acquire))
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn kernel(&self) -> Kernel {
        match self.synchronised.load(Ordering::Acquire) {
            0 => Kernel::Unsynchronised,
            _ => Kernel::Synchronised,
        }
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
