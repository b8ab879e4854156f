//! The hold as a table: minutes since the machine started, how many seconds the wall clock is ahead, what is said.

use super::*;

const NOON: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const HOUR: i64 = 3_600;

use Kernel::{Synchronised as Yes, Unsynchronised as No};

#[test]
fn a_jump_forward_is_held_for_five_minutes_and_then_goes_on_by_itself() {
    let jumped = Duration::from_hours(3);
    assert_table(&[
        (0, 0, No, None),
        (1, 3 * HOUR, No, Some(Word::Jumped(jumped))),
        (2, 3 * HOUR, No, None),
        (5, 3 * HOUR, No, None),
        (6, 3 * HOUR, No, Some(Word::GoesOn(jumped))),
        (7, 3 * HOUR, No, None),
    ]);
}

#[test]
fn a_jump_of_more_than_a_day_waits_until_the_kernels_clock_is_synchronised() {
    let jumped = Duration::from_hours(25);
    assert_table(&[
        (1, 25 * HOUR, Yes, Some(Word::Jumped(jumped))),
        (6, 25 * HOUR, No, Some(Word::StillHeld(jumped))),
        (7, 25 * HOUR, Yes, None),
        (11, 25 * HOUR, No, Some(Word::StillHeld(jumped))),
        (16, 25 * HOUR, Yes, Some(Word::GoesOn(jumped))),
    ]);
}

#[test]
fn a_day_exactly_goes_on_and_a_second_more_does_not() {
    let day = Duration::from_hours(24);
    let more = day + Duration::from_secs(1);
    assert_table(&[
        (1, 24 * HOUR, No, Some(Word::Jumped(day))),
        (6, 24 * HOUR, No, Some(Word::GoesOn(day))),
    ]);
    assert_table(&[
        (1, 24 * HOUR + 1, No, Some(Word::Jumped(more))),
        (6, 24 * HOUR + 1, No, Some(Word::StillHeld(more))),
    ]);
}

#[test]
fn a_jump_that_is_taken_back_ends_the_hold_at_once() {
    assert_table(&[
        (1, HOUR, No, Some(Word::Jumped(Duration::from_hours(1)))),
        (2, 0, No, Some(Word::PutRight)),
        (3, 0, No, None),
    ]);
}

#[test]
fn a_clock_set_back_is_said_once_and_followed() {
    assert_table(&[
        (1, -HOUR, No, Some(Word::SetBack(Duration::from_hours(1)))),
        (2, -HOUR, No, None),
        (3, 0, No, Some(Word::PutRight)),
        (4, HOUR, No, Some(Word::Jumped(Duration::from_hours(1)))),
    ]);
}

#[test]
fn a_clock_of_which_a_person_said_that_it_was_set_back_rightly_jumps_when_it_goes_forward_again() {
    let mut hold = Hold::from(at(0, 0), Trust::default());
    hold.look(at(1, -48 * HOUR), No);
    hold.release(at(2, -48 * HOUR));
    let jumped = Duration::from_hours(48);
    assert_eq!(hold.look(at(3, 0), No), Some(Word::Jumped(jumped)));
}

#[test]
fn a_clock_that_is_slewed_is_followed_without_a_word() {
    let table: Vec<(u64, i64, Kernel, Option<Word>)> =
        (0_u64..60).map(|n| (n, 2 * n.cast_signed(), No, None)).collect();
    assert_table(&table);
}

#[test]
fn while_it_is_held_alarms_fire_as_if_the_clock_had_not_jumped() {
    let (trust, hold) = (Trust::default(), Hold::from(at(0, 0), Trust::default()));
    let until = |reading: Reading| reading.fires_until(hold.trusted_ms(), trust);
    assert_eq!(until(at(4, 0)), NOON + Duration::from_mins(4));
    assert_eq!(until(at(4, 2)), NOON + Duration::from_mins(4) + Duration::from_secs(2));
    assert_eq!(until(at(4, 3)), NOON + Duration::from_mins(4));
    assert_eq!(until(at(4, 25 * HOUR)), NOON + Duration::from_mins(4));
    assert_eq!(until(at(4, -60)), NOON + Duration::from_mins(3), "set back: firing waits");
}

#[test]
fn a_person_can_let_it_go_on() {
    let mut hold = Hold::from(at(0, 0), Trust::default());
    assert_eq!(hold.release(at(1, 0)), None, "nothing was held");
    hold.look(at(2, 48 * HOUR), No);
    assert!(hold.asks_kernel(at(7, 48 * HOUR)) && !hold.asks_kernel(at(6, 48 * HOUR)));
    let jumped = Duration::from_hours(48);
    assert_eq!(hold.release(at(3, 48 * HOUR)), Some(Word::GoesOn(jumped)));
    assert_eq!(hold.look(at(4, 48 * HOUR), No), None);
    assert!(!hold.is_held());
}

#[test]
fn a_start_a_month_after_what_was_seen_last_is_held_until_the_clock_is_synchronised() {
    let month = Duration::from_hours(30 * 24);
    let mut hold = Hold::after(NOON - month, at(0, 0), Trust::default());
    let until = |hold: &Hold, reading: Reading| reading.fires_until(hold.trusted_ms(), hold.trust);
    assert!(hold.is_held() && hold.asks_kernel(at(0, 0)), "the kernel is asked at once");
    assert_eq!(hold.look(at(0, 0), No), Some(Word::StillHeld(month)));
    assert_eq!(
        until(&hold, at(4, 0)),
        NOON - month + Duration::from_mins(4),
        "time goes on from there"
    );
    assert_eq!(hold.look(at(5, 0), Yes), Some(Word::GoesOn(month)));
    assert_eq!(until(&hold, at(6, 0)), NOON + Duration::from_mins(6));
}

#[test]
fn a_start_within_a_day_of_what_was_seen_last_or_before_it_is_believed() {
    for last in [NOON - Duration::from_hours(24), NOON, NOON + Duration::from_hours(1)] {
        let mut hold = Hold::after(last, at(0, 0), Trust::default());
        assert_eq!((hold.is_held(), hold.look(at(0, 0), No)), (false, None), "{last}");
    }
}

#[track_caller]
fn assert_table(looks: &[(u64, i64, Kernel, Option<Word>)]) {
    let mut hold = Hold::from(at(0, 0), Trust::default());
    for (minutes, ahead, kernel, word) in looks {
        assert_eq!(hold.look(at(*minutes, *ahead), *kernel), *word, "after {minutes} minutes");
    }
}

fn at(minutes: u64, ahead_secs: i64) -> Reading {
    let monotonic = Duration::from_mins(minutes);
    let wall = (NOON + monotonic).as_millis() + ahead_secs * 1_000;
    Reading { wall: Timestamp::from_millis(wall), monotonic }
}
