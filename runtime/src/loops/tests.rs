//! Loops that fall, end by themselves, and hang.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::clock::VirtualClock;
use crate::supervision::OnEnd;

const FRAIL: Loop = Loop { name: "frail", silent_max: Duration::from_secs(10) };

fn unended() -> OnEnd {
    Arc::new(|why| panic!("the process was to end: {why}"))
}

#[actix::test]
async fn a_loop_that_panics_is_begun_anew_and_counted() {
    let loops = Arc::new(Loops::default());
    let n_begun = Arc::new(AtomicUsize::new(0));
    let begun = Arc::clone(&n_begun);
    let keeper = Keeper::new(Arc::clone(&loops), unended());
    let (kept, running) = keeper.keep(FRAIL, move |mut life| {
        let n = begun.fetch_add(1, Ordering::AcqRel);
        async move {
            life.beat();
            assert!(n > 1, "it falls twice");
            life.over().await;
        }
    });
    let running = actix::spawn(running);
    while n_begun.load(Ordering::Acquire) < 3 {
        tokio::task::yield_now().await;
    }
    let expected = Seen { name: "frail", n_falls: 2, n_lately: 2, standing: LoopState::Lives };
    assert_eq!(loops.seen(), [expected]);
    kept.close().await;
    running.await.unwrap();
    assert!(loops.seen().is_empty(), "one that was told to stop is not missed");
}

#[actix::test]
async fn a_loop_that_ends_though_nobody_said_so_has_fallen() {
    let loops = Arc::new(Loops::default());
    let (_kept, running) = Keeper::new(loops.clone(), unended()).keep(FRAIL, |_| async {});
    let running = actix::spawn(running);
    while loops.seen()[0].n_falls == 0 {
        tokio::task::yield_now().await;
    }
    running.abort();
}

#[actix::test]
async fn the_fifth_fall_within_ten_minutes_ends_the_process_and_one_that_nothing_ends_is_dead() {
    let loops = Arc::new(Loops::default());
    let why = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&why);
    let on_end: OnEnd = Arc::new(move |why| why.clone_into(&mut told.lock().unwrap()));
    let keeper = Keeper::new(Arc::clone(&loops), on_end);
    let (kept, running) = keeper.keep(FRAIL, |_| async { panic!("of glass") });
    let running = actix::spawn(running);
    while loops.dead().is_empty() {
        tokio::task::yield_now().await;
    }
    let said = why.lock().unwrap().clone();
    assert_eq!(said, "the loop `frail` fell 5 times within ten minutes: of glass");
    let expected = Seen { name: "frail", n_falls: 5, n_lately: 5, standing: LoopState::Ended };
    assert_eq!(loops.dead(), [expected]);
    kept.close().await;
    running.await.unwrap();
}

#[test]
fn a_loop_without_a_sign_of_life_for_longer_than_its_bound_is_dead_until_it_gives_one() {
    let clock = Arc::new(VirtualClock::at(Timestamp::from_millis(5_000)));
    let loops = Loops::by(clock.clone());
    let seat = loops.enter(FRAIL);
    let after = |seconds: u64| Timestamp::from_millis(5_000) + Duration::from_secs(seconds);
    clock.advance_to(after(10));
    assert!(loops.dead().is_empty());
    clock.advance_to(after(11));
    let dead = loops.dead();
    assert_eq!(dead[0].standing, LoopState::Silent(Duration::from_secs(11)));
    seat.beat();
    assert!(loops.dead().is_empty());
    seat.rest();
    clock.advance_to(after(100_000));
    assert!(loops.dead().is_empty(), "what it waits for need not come");
}

#[actix::test]
async fn a_loop_of_turns_takes_the_first_at_once_and_lets_go_of_its_work_when_told_to_stop() {
    let loops = Arc::new(Loops::default());
    let n_turns = Arc::new(AtomicUsize::new(0));
    let taken = Arc::clone(&n_turns);
    let (kept, running) = Keeper::new(loops, unended()).keep(FRAIL, move |life| {
        let taken = Arc::clone(&taken);
        async move {
            let mut turns = life.every(Duration::ZERO);
            while turns.next().await {
                let n = taken.fetch_add(1, Ordering::AcqRel);
                let done = turns.at(std::future::ready(n)).await;
                assert_eq!(done, Some(n));
                if n == 2 {
                    assert_eq!(turns.at(std::future::pending::<()>()).await, None);
                }
            }
        }
    });
    let running = actix::spawn(running);
    while n_turns.load(Ordering::Acquire) < 3 {
        tokio::task::yield_now().await;
    }
    kept.close().await;
    running.await.unwrap();
    assert_eq!(n_turns.load(Ordering::Acquire), 3);
}
