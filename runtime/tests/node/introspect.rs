//! What a node says of itself while it runs.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock, Timestamp};
use duban_runtime::entity::{Asked, CommandId};
use duban_runtime::journal::Journal;
use duban_runtime::journal::outbox_counts::OutboxCounts;
use duban_runtime::journal::overdue::Overdue;
use duban_runtime::metrics::{Commands, Metrics};
use duban_runtime::node::{Ask, Node, Options, PULSE_PATIENCE, Ticking};
use duban_runtime::outbox::RowEvent;
use duban_runtime::partition::PARTITIONS;

use crate::bell::{Bell, Command, asked, registry};
use crate::{Fixture, NOON, now};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Commands from outside that a node takes at a time.
const EDGE: usize = 4_096;

#[actix::test]
async fn every_command_counts_by_what_became_of_it() {
    let fixture = Fixture::in_memory().await;
    for (n, command) in [(1, Command::Ring), (1, Command::Ring), (2, Command::Silence)] {
        fixture.node.ask(Ask::of::<Bell>("a", command, asked(n, NOON))).await;
    }
    let stale = Asked { expected: Some(7), ..asked(3, NOON) };
    fixture.node.ask(Ask::of::<Bell>("a", Command::Ring, stale)).await;
    fixture.node.ask(Ask::of::<Bell>("b", Command::Crack, asked(4, NOON))).await;
    let expected = Commands {
        n_accepted: 1,
        n_again: 1,
        n_refused: 1,
        n_stale: 1,
        n_failed: 1,
        ..Commands::default()
    };
    let metrics = fixture.node.metrics();
    assert_eq!((metrics.commands, metrics.falls.n_entities), (expected, 2));
    assert_eq!(metrics.n_resident, 2);
}

#[actix::test]
async fn a_timer_that_fires_late_is_counted_with_its_lateness_and_is_overdue_until_it_has_fired() {
    let fixture = Fixture::in_memory().await;
    let hour = Duration::from_hours(1);
    let wind = Command::Wind { every: hour, times: 1 };
    fixture.node.ask(Ask::of::<Bell>("clock", wind, asked(1, NOON))).await;
    assert_eq!(fixture.node.overdue().await.unwrap(), Overdue::default());
    assert_eq!(fixture.node.metrics().lateness.count(), 0);

    fixture.clock.advance_to(NOON + hour + Duration::from_secs(3));
    let overdue = fixture.node.overdue().await.unwrap();
    assert_eq!((overdue.n_alarms, overdue.oldest_alarm), (1, Some(NOON + hour)));
    fixture.node.fire_due().await;
    fixture.node.durable().await;
    assert_eq!(fixture.node.overdue().await.unwrap(), Overdue::default());
    let lateness = fixture.node.metrics().lateness;
    assert_eq!((lateness.count(), lateness.sum), (1, Duration::from_secs(3)));
}

#[actix::test]
async fn a_message_counts_where_it_stands_and_names_the_command_that_caused_it() {
    let fixture = Fixture::in_memory().await;
    let outbox_counts = || fixture.node.metrics().outbox_counts;
    fixture.node.ask(Ask::of::<Bell>("a", Command::Ring, asked(1, NOON))).await;
    fixture.node.ask(Ask::of::<Bell>("a", Command::Announce, asked(2, NOON))).await;
    fixture.node.ask(Ask::of::<Bell>("a", Command::Ring, asked(3, NOON))).await;
    assert_eq!(outbox_counts(), OutboxCounts { n_ready: 1, ..OutboxCounts::default() });
    let oldest = fixture.node.overdue().await.unwrap().oldest_message;
    assert_eq!(oldest, Some(Timestamp::from_millis(0)), "due since before all time");

    let leased = fixture.node.lease(1).await.remove(0);
    assert_eq!(fixture.journal().cause(&leased.id).unwrap(), Some(CommandId(3)));
    let row = fixture.node.row(&leased).unwrap().expect("the row is in the journal");
    let claimed = fixture.node.claim(leased.clone(), row.clone(), NOON).await;
    assert!(matches!(claimed, Answer::Claimed(_)), "{claimed:?}");
    assert_eq!(outbox_counts(), OutboxCounts { n_claimed: 1, ..OutboxCounts::default() });
    let partition = leased.id.entity.partition(PARTITIONS);
    let row = fixture.journal().outbox_row(partition, NOON, &leased.id).unwrap().expect("claimed");
    fixture.node.conclude(leased, row, RowEvent::Failed("busy".into(), NOON)).await;
    assert_eq!(outbox_counts(), OutboxCounts { n_retry: 1, ..OutboxCounts::default() });
    assert_eq!(fixture.node.overdue().await.unwrap().oldest_message, None, "it waits its pause");
}

#[actix::test]
async fn a_message_of_nobody_has_no_cause() {
    let fixture = Fixture::in_memory().await;
    fixture.node.ask(Ask::of::<Bell>("a", Command::Announce, asked(1, NOON))).await;
    let known = fixture.node.lease(1).await.remove(0).id;
    for (key, sequence) in [("a", 0), ("a", 2), ("b", 1)] {
        let mut id = known.clone();
        (id.entity.key, id.sequence) = (key.into(), sequence);
        assert_eq!(fixture.journal().cause(&id).unwrap(), None, "{id}");
    }
}

#[actix::test]
async fn one_command_more_than_the_edge_takes_is_busy_and_callers_who_leave_make_room() {
    let fixture = Fixture::in_memory().await;
    let ask = |n: usize| {
        let asked = asked(u128::try_from(n).unwrap(), NOON);
        Box::pin(fixture.node.ask(Ask::of::<Bell>(n.to_string(), Command::Ring, asked)))
    };
    let mut waiting: Vec<_> = (0..EDGE).map(ask).collect();
    assert!(waiting.iter_mut().all(|ask| now(ask).is_pending()));
    assert_eq!(fixture.node.metrics().commands.n_in_flight, 4_096);
    assert!(matches!(now(pin!(ask(EDGE))), Poll::Ready(Answer::Busy { .. })));
    let metrics = fixture.node.metrics();
    assert_eq!((metrics.turned_away.n_edge, metrics.commands.n_busy), (1, 1));

    drop(waiting);
    assert_eq!(fixture.node.metrics().commands.n_in_flight, 0);
    assert!(matches!(ask(EDGE).await, Answer::Accepted { .. }));
}

#[actix::test]
async fn commands_that_find_no_room_inside_count_where_they_found_none() {
    let fixture = Fixture::in_memory().await;
    let post = |n: u128| fixture.node.post(Ask::of::<Bell>("a", Command::Ring, asked(n, NOON)));
    let mut n_busy = 0;
    for answer in (0..2_000).map(post).collect::<Vec<_>>() {
        n_busy += u64::from(matches!(answer.await.unwrap(), Answer::Busy { .. }));
    }
    let turned_away = fixture.node.metrics().turned_away;
    assert!(n_busy > 0 && turned_away.n_entity > 0, "{turned_away:?}");
    assert_eq!(turned_away.n_entity + turned_away.n_partition, n_busy, "{turned_away:?}");
}

#[actix::test]
async fn a_node_whose_partitions_all_answer_has_a_pulse_and_one_that_is_held_up_has_none() {
    let clock = Arc::new(Heavy::default());
    let options = Options { arbiters: 1, ticking: Ticking::ByHand, ..Options::default() };
    let journal = Journal::in_memory(Arc::new(registry())).unwrap();
    let registry = Arc::new(registry());
    let node = Node::start(options, registry, journal, clock.clone()).await.unwrap();
    let pulse = node.pulse(PULSE_PATIENCE).await.expect("all answer");
    assert_eq!(pulse.n_pausing, 0);

    clock.is_held.store(true, Ordering::Release);
    let answer = node.post(Ask::of::<Bell>("a", Command::Ring, asked(1, NOON)));
    let waits = async {
        while clock.n_waiting.load(Ordering::Acquire) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.expect("the partition looks at the clock");
    let stuck = node.pulse(Duration::from_millis(100)).await.expect_err("its arbiter waits");
    assert!(!stuck.silent.is_empty() && stuck.ended.is_empty(), "{stuck}");
    clock.is_held.store(false, Ordering::Release);
    assert!(matches!(answer.await.unwrap(), Answer::Accepted { .. }));
    assert!(node.pulse(PULSE_PATIENCE).await.is_ok());
}

#[test]
fn a_node_and_its_figures_can_be_shared_among_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Node>();
    shared::<Metrics>();
}

/// A wall clock that whoever reads it waits for, while it is held.
#[derive(Default)]
struct Heavy {
    is_held: AtomicBool,
    n_waiting: AtomicU32,
}

impl Clock for Heavy {
    fn now(&self) -> Timestamp {
        self.n_waiting.fetch_add(1, Ordering::AcqRel);
        while self.is_held.load(Ordering::Acquire) {
            std::thread::yield_now();
        }
        self.n_waiting.fetch_sub(1, Ordering::AcqRel);
        NOON
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}
