//! The actix shell: a node of real actors over a real journal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "a test binary's helpers are not `in tests` for clippy"
)]

mod bell;
mod closing;
mod falling;
mod introspect;
mod jumping;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bell::{Bell, Command, asked, registry};
use duban_runtime::answer::{Answer, Novelty};
use duban_runtime::clock::{Clock, Timestamp, VirtualClock};
use duban_runtime::entity::{Entity, EntityId};
use duban_runtime::journal::{Journal, Options as JournalOptions};
use duban_runtime::node::{Ask, Node, Options, Ticking};
use duban_runtime::outbox::{Claim, RowEvent, RowState};
use duban_runtime::partition::PARTITIONS;

const NOON: Timestamp = Timestamp::from_millis(1_700_000_000_000);

#[actix::test]
async fn an_accepted_command_is_durable_and_the_same_id_is_decided_once() {
    let fixture = Fixture::in_memory().await;
    let ring = || Ask::of::<Bell>("a", Command::Ring, asked(1, NOON));
    let first = fixture.node.ask(ring()).await;
    assert!(is_accepted(&first, (1, Novelty::First)), "{first:?}");
    let again = fixture.node.ask(ring()).await;
    assert!(is_accepted(&again, (1, Novelty::Again)), "{again:?}");
    assert_eq!(fixture.rings("a"), 1);
}

#[actix::test]
async fn a_refusal_comes_with_its_code_and_leaves_nothing() {
    let fixture = Fixture::in_memory().await;
    let answer = fixture.node.ask(Ask::of::<Bell>("a", Command::Silence, asked(1, NOON))).await;
    assert!(matches!(answer, Answer::Refused { code: "already-silent", .. }), "{answer:?}");
    assert!(fixture.journal().entity(&EntityId::new(Bell::KIND, "a")).unwrap().is_none());
}

#[actix::test]
async fn a_command_that_panics_twice_is_a_dead_letter_and_the_entity_lives_on() {
    let fixture = Fixture::in_memory().await;
    let answer = fixture.node.ask(Ask::of::<Bell>("a", Command::Crack, asked(1, NOON))).await;
    assert!(matches!(answer, Answer::DeadLetter { .. }), "{answer:?}");
    let answer = fixture.node.ask(Ask::of::<Bell>("a", Command::Ring, asked(2, NOON))).await;
    assert!(is_accepted(&answer, (1, Novelty::First)), "{answer:?}");
}

#[actix::test]
async fn many_callers_of_one_entity_are_decided_one_after_the_other() {
    let fixture = Fixture::in_memory().await;
    let answers: Vec<_> = (0..50)
        .map(|n| fixture.node.post(Ask::of::<Bell>("a", Command::Ring, asked(n, NOON))))
        .collect();
    for answer in answers {
        assert!(matches!(answer.await.unwrap(), Answer::Accepted { novelty: Novelty::First, .. }));
    }
    assert_eq!(fixture.rings("a"), 50);
}

#[actix::test]
async fn a_tell_reaches_the_other_entity_once() {
    let fixture = Fixture::in_memory().await;
    for n in 0..20 {
        let pass = Command::PassOn { to: "far".into() };
        fixture.node.ask(Ask::of::<Bell>(format!("near{}", n % 4), pass, asked(n, NOON))).await;
    }
    fixture.node.durable().await;
    assert_eq!(fixture.rings("far"), 20);
}

#[actix::test]
async fn timers_fire_in_virtual_time_in_order_and_none_is_skipped() {
    let fixture = Fixture::in_memory().await;
    let hour = Duration::from_hours(1);
    let wind = Command::Wind { every: hour, times: 5 };
    fixture.node.ask(Ask::of::<Bell>("clock", wind, asked(1, NOON))).await;
    let mut fired = Vec::new();
    while let Some(due) = fixture.node.next_due() {
        fired.push(due);
        fixture.clock.advance_to(due);
        fixture.node.fire_due().await;
    }
    let expected: Vec<Timestamp> = (1..=5).map(|n| NOON + hour * n).collect();
    assert_eq!(fired, expected);
    fixture.node.durable().await;
    assert_eq!(fixture.rings("clock"), 5);
}

#[actix::test]
async fn an_entity_whose_timer_comes_and_goes_all_day_is_never_busy_for_it() {
    let fixture = Fixture::in_memory().await;
    let (minute, rounds) = (Duration::from_mins(1), 600);
    for n in 0..rounds {
        let wind = Command::Wind { every: minute, times: 1 };
        let answer =
            fixture.node.ask(Ask::of::<Bell>("clock", wind, asked(n, fixture.clock.now()))).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "after {n} rounds: {answer:?}");
        fixture.clock.advance_to(fixture.node.next_due().unwrap());
        fixture.node.fire_due().await;
    }
    fixture.node.durable().await;
    assert_eq!(u128::from(fixture.rings("clock")), rounds);
}

#[actix::test]
async fn in_virtual_time_what_is_asked_at_an_instant_comes_before_the_timers_of_that_instant() {
    let fixture = Fixture::in_memory().await;
    let hour = Duration::from_hours(1);
    let wind = Command::Wind { every: hour, times: 1 };
    fixture.node.ask(Ask::of::<Bell>("clock", wind, asked(1, NOON))).await;
    fixture.clock.advance_to(NOON + hour);
    // Its commit comes back when the timer is due by the clock.
    fixture.node.ask(Ask::of::<Bell>("clock", Command::Announce, asked(2, NOON + hour))).await;
    fixture.node.durable().await;
    assert_eq!(fixture.rings("clock"), 0);
    fixture.node.fire_due().await;
    fixture.node.durable().await;
    assert_eq!(fixture.rings("clock"), 1);
}

#[actix::test]
async fn a_message_is_leased_claimed_and_concluded_once() {
    let fixture = Fixture::in_memory().await;
    fixture.node.ask(Ask::of::<Bell>("a", Command::Announce, asked(1, NOON))).await;
    let leased = fixture.node.lease(10).await;
    assert_eq!(leased.len(), 1);
    assert!(fixture.node.lease(10).await.is_empty(), "a leased message is nobody else's");
    let row = fixture.node.row(&leased[0]).unwrap().expect("the row is in the journal");
    let claimed = fixture.node.claim(leased[0].clone(), row.clone(), NOON).await;
    let Answer::Claimed(Claim::Deliver(addresses, data)) = claimed else { panic!("{claimed:?}") };
    let at = fixture.clock.now();
    let row = row.after(&RowEvent::Claimed(addresses, data, NOON)).unwrap();
    let concluded = fixture.node.conclude(leased[0].clone(), row, RowEvent::Delivered(at)).await;
    assert_eq!(concluded, Answer::Recorded);
    assert!(fixture.node.lease(10).await.is_empty());
}

#[actix::test]
async fn a_message_partly_taken_waits_for_the_rest_and_once_dead_is_tried_again_when_asked() {
    let fixture = Fixture::in_memory().await;
    fixture.node.ask(Ask::of::<Bell>("a", Command::Announce, asked(1, NOON))).await;
    let leased = fixture.node.lease(1).await.remove(0);
    let row = fixture.node.row(&leased).unwrap().expect("the row is in the journal");
    let claimed = fixture.node.claim(leased.clone(), row.clone(), NOON).await;
    let Answer::Claimed(Claim::Deliver(addresses, data)) = claimed else { panic!("{claimed:?}") };
    let mut row = row.after(&RowEvent::Claimed(addresses.clone(), data, NOON)).unwrap();
    let later = NOON + Duration::from_hours(1);
    for event in [
        RowEvent::Narrowed(addresses, NOON),
        RowEvent::Postponed("the way is closed".into(), later, NOON),
    ] {
        let before = row.clone();
        row = row.after(&event).unwrap();
        assert_eq!(fixture.node.conclude(leased.clone(), before, event).await, Answer::Recorded);
    }
    assert_eq!((row.attempts, row.next), (0, later), "waiting is no attempt");
    assert!(fixture.node.lease(1).await.is_empty(), "not due yet");

    fixture.clock.advance_to(later);
    let leased = fixture.node.lease(1).await.remove(0);
    let died = RowEvent::Died("no such person".into(), later);
    assert_eq!(fixture.node.conclude(leased.clone(), row, died).await, Answer::Recorded);
    assert!(fixture.node.lease(1).await.is_empty(), "a dead message is nobody's");
    let revived = || fixture.node.revive(leased.id.clone(), later);
    assert_eq!(revived().await.unwrap(), Answer::Recorded);
    assert!(matches!(revived().await.unwrap(), Answer::Failed { .. }), "it is alive already");
    assert_eq!(fixture.node.lease(10).await.len(), 1);
}

#[actix::test]
async fn a_message_whose_claim_panics_is_a_dead_letter_that_everybody_can_see() {
    let fixture = Fixture::in_memory().await;
    fixture.node.ask(Ask::of::<Bell>("cracked", Command::Announce, asked(1, NOON))).await;
    let leased = fixture.node.lease(1).await.remove(0);
    let row = fixture.node.row(&leased).unwrap().expect("the row is in the journal");
    let answer = fixture.node.claim(leased.clone(), row, NOON).await;
    assert!(matches!(answer, Answer::DeadLetter { .. }), "{answer:?}");
    let partition = leased.id.entity.partition(PARTITIONS);
    let row = fixture.journal().outbox_row(partition, Timestamp::NEVER, &leased.id).unwrap();
    let standing = row.expect("it stays in the outbox").standing;
    assert!(matches!(standing, RowState::Dead(_, _, why) if why.contains("nobody hears it")));
}

#[actix::test]
async fn after_a_restart_everything_accepted_is_there_and_timers_still_fire() {
    let dir = tempfile::tempdir().unwrap();
    let hour = Duration::from_hours(1);
    {
        let fixture = Fixture::on_disk(dir.path()).await;
        for n in 0..100 {
            let wind = Command::Wind { every: hour, times: 1 };
            let answer =
                fixture.node.ask(Ask::of::<Bell>(format!("b{n}"), wind, asked(n, NOON))).await;
            assert!(matches!(answer, Answer::Accepted { .. }));
        }
        fixture.stop().await;
    }
    let fixture = Fixture::on_disk(dir.path()).await;
    assert_eq!(fixture.node.next_due(), Some(NOON + hour));
    fixture.clock.advance_to(NOON + hour);
    fixture.node.fire_due().await;
    fixture.node.durable().await;
    for n in 0..100 {
        assert_eq!(fixture.rings(&format!("b{n}")), 1);
    }
    fixture.stop().await;
}

#[actix::test]
async fn warming_makes_entities_with_timers_resident_and_they_work_as_before() {
    let dir = tempfile::tempdir().unwrap();
    {
        let fixture = Fixture::on_disk(dir.path()).await;
        for n in 0..3 {
            let wind = Command::Wind { every: Duration::from_mins(1), times: 1 };
            fixture.node.ask(Ask::of::<Bell>(format!("b{n}"), wind, asked(n, NOON))).await;
        }
        fixture.stop().await;
    }
    let fixture = Fixture::on_disk(dir.path()).await;
    assert_eq!(fixture.node.warm().await.unwrap(), 3);
    let answer = fixture.node.ask(Ask::of::<Bell>("b0", Command::Ring, asked(9, NOON))).await;
    assert!(is_accepted(&answer, (2, Novelty::First)), "{answer:?}");
    fixture.stop().await;
}

fn is_accepted(answer: &Answer, (then, so): (u64, Novelty)) -> bool {
    matches!(answer, Answer::Accepted { sequence, novelty, .. } if (*sequence, *novelty) == (then, so))
}

/// What it has come to without waiting.
pub(crate) fn now<F: Future + Unpin>(mut future: F) -> Poll<F::Output> {
    Pin::new(&mut future).poll(&mut Context::from_waker(Waker::noop()))
}

struct Fixture {
    node: Node,
    clock: Arc<VirtualClock>,
}

impl Fixture {
    async fn in_memory() -> Fixture {
        Fixture::over(Journal::in_memory(Arc::new(registry())).unwrap()).await
    }

    async fn on_disk(dir: &std::path::Path) -> Fixture {
        let options = JournalOptions::at(dir);
        Fixture::over(Journal::open(options, Arc::new(registry()), &|_| {}).unwrap()).await
    }

    async fn over(journal: Journal) -> Fixture {
        let clock = Arc::new(VirtualClock::at(NOON));
        let options = Options { arbiters: 0, ticking: Ticking::ByHand, ..Options::default() };
        let node = Node::start(
            options,
            Arc::new(registry()),
            journal,
            Arc::clone(&clock) as Arc<dyn Clock>,
        )
        .await
        .unwrap();
        Fixture { node, clock }
    }

    fn journal(&self) -> &Journal {
        self.node.journal()
    }

    #[track_caller]
    fn rings(&self, key: &str) -> u64 {
        let id = EntityId::new(Bell::KIND, key);
        let stored = self.journal().entity(&id).unwrap().expect("the bell exists");
        Bell::from_stored(&id, &stored.state).unwrap().rings
    }

    async fn stop(self) {
        let journal = self.node.journal().clone();
        self.node.stop().await;
        journal.close().unwrap();
    }
}
