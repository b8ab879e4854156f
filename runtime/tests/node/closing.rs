//! A node that many hold and that ends in good order.

use std::sync::Arc;
use std::time::Duration;

use duban_runtime::answer::{Answer, Novelty};
use duban_runtime::clock::{Clock, VirtualClock};
use duban_runtime::journal::{Journal, Options as JournalOptions};
use duban_runtime::node::{Ask, CLOSING_RETRY_AFTER, Node, Options, Ticking};

use crate::bell::{Bell, Command, asked, registry};
use crate::{Fixture, NOON, now};

#[actix::test]
async fn a_draining_node_answers_what_it_has_taken_and_takes_nothing_more() {
    let node = Arc::new(Fixture::in_memory().await.node);
    let ring = |n: u128| Ask::of::<Bell>(format!("b{n}"), Command::Ring, asked(n, NOON));
    let ask = |n| {
        let (node, ring) = (Arc::clone(&node), ring(n));
        let mut ask = Box::pin(async move { node.ask(ring).await });
        assert!(now(&mut ask).is_pending());
        actix::spawn(ask)
    };
    let answers: Vec<_> = (0..50).map(ask).collect();
    assert!(!node.is_draining());
    node.drain().await;
    assert_eq!((node.metrics().commands.n_accepted, node.metrics().commands.n_in_flight), (50, 0));
    for answer in answers {
        let answer = answer.await.unwrap();
        assert!(matches!(answer, Answer::Accepted { novelty: Novelty::First, .. }), "{answer:?}");
    }
    let closing = Answer::Busy { retry_after: CLOSING_RETRY_AFTER };
    assert_eq!(node.ask(ring(50)).await, closing);
    assert_eq!(node.post(ring(51)).await.unwrap(), closing);
    assert!(node.is_draining());
    let metrics = node.metrics();
    assert_eq!((metrics.commands.n_busy, metrics.turned_away.n_edge), (1, 0));
}

#[actix::test]
async fn a_courier_of_a_draining_node_ends_what_it_has_begun_and_begins_nothing() {
    let fixture = Fixture::in_memory().await;
    for n in 0..2 {
        fixture.node.ask(Ask::of::<Bell>("a", Command::Announce, asked(n, NOON))).await;
    }
    let leased = fixture.node.lease(1).await.remove(0);
    let row = fixture.node.row(&leased).unwrap().expect("the row is in the journal");
    fixture.node.drain().await;
    assert!(fixture.node.lease(10).await.is_empty());
    let claimed = fixture.node.claim(leased, row, NOON).await;
    assert!(matches!(claimed, Answer::Claimed(_)), "{claimed:?}");
}

#[actix::test]
async fn what_is_due_while_a_node_drains_fires_after_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(VirtualClock::at(NOON));
    let node = Arc::new(by_clock(dir.path(), &clock).await);
    let hour = Duration::from_hours(1);
    let wind = Command::Wind { every: hour, times: 1 };
    node.ask(Ask::of::<Bell>("a", wind, asked(1, NOON))).await;
    let held_elsewhere = Arc::clone(&node);
    node.drain().await;
    clock.advance_to(NOON + hour);
    // A command that is turned away goes the way of one that would have woken the partition.
    node.ask(Ask::of::<Bell>("a", Command::Ring, asked(2, NOON))).await;
    held_elsewhere.drain().await;
    assert_eq!(held_elsewhere.journal().overdue(clock.now()).unwrap().n_alarms, 1);
    drop(node);
    let journal = held_elsewhere.journal().clone();
    Arc::into_inner(held_elsewhere).expect("the last one").stop().await;
    journal.close().unwrap();

    let node = by_clock(dir.path(), &clock).await;
    let rung = async {
        while node.journal().overdue(clock.now()).unwrap().n_alarms > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), rung).await.expect("it fires");
    let journal = node.journal().clone();
    node.stop().await;
    journal.close().unwrap();
}

async fn by_clock(dir: &std::path::Path, clock: &Arc<VirtualClock>) -> Node {
    let options = Options { arbiters: 1, ticking: Ticking::ByClock, ..Options::default() };
    let journal = JournalOptions::at(dir);
    let journal = Journal::open(journal, Arc::new(registry()), &|_| {}).unwrap();
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Node::start(options, Arc::new(registry()), journal, clock).await.unwrap()
}
