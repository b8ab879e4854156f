//! Slots, on both sides of their instants.

use chrono::FixedOffset;
use duban_core::clock::Timestamp;

use super::{Calendar, MISSED_LISTED_MAX, Mornings, Next, Settled};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// 2026-03-02 08:00 in Suning.
const MONDAY_8AM: i64 = 1_772_409_600_000;

#[test]
fn a_slot_is_eight_in_local_time_and_the_next_is_a_day_later() {
    let mornings = daily();
    assert_eq!(mornings.after(at(MONDAY_8AM - 1)), Next::At(at(MONDAY_8AM)));
    assert_eq!(mornings.after(at(MONDAY_8AM)), Next::At(at(MONDAY_8AM + DAY)));
}

#[test]
fn a_slot_fired_in_time_is_sent_and_nothing_is_missed() {
    for now in [MONDAY_8AM, MONDAY_8AM + 1, MONDAY_8AM + DAY - 1] {
        let settled = daily().settle(at(MONDAY_8AM), at(now));
        let next = Next::At(at(MONDAY_8AM + DAY));
        assert_eq!(
            settled,
            Settled { slot: at(MONDAY_8AM), missed: Vec::new(), next, since: None }
        );
    }
}

#[test]
fn after_three_days_down_only_the_latest_slot_is_sent() {
    let settled = daily().settle(at(MONDAY_8AM), at(MONDAY_8AM + 2 * DAY));
    let missed = vec![at(MONDAY_8AM), at(MONDAY_8AM + DAY)];
    let next = Next::At(at(MONDAY_8AM + 3 * DAY));
    assert_eq!(settled, Settled { slot: at(MONDAY_8AM + 2 * DAY), missed, next, since: None });
}

#[test]
fn years_of_missed_slots_are_not_listed_without_end() {
    let settled = daily().settle(at(MONDAY_8AM), at(MONDAY_8AM + 3000 * DAY));
    assert_eq!(settled.slot, at(MONDAY_8AM + 3000 * DAY));
    assert_eq!(settled.missed.len(), MISSED_LISTED_MAX);
}

#[test]
fn a_firing_before_its_slot_settles_that_slot_alone() {
    let settled = daily().settle(at(MONDAY_8AM), at(MONDAY_8AM - HOUR));
    assert_eq!(settled.slot, at(MONDAY_8AM));
    assert_eq!(settled.next, Next::At(at(MONDAY_8AM + DAY)));
}

#[test]
fn a_schedule_that_ends_leaves_no_next_slot() {
    let mornings = Mornings::new("0 0 8 2 3 * 2026", &calendar());
    assert_eq!(mornings.settle(at(MONDAY_8AM), at(MONDAY_8AM)).next, Next::Never);
}

#[test]
fn an_unreadable_schedule_is_daily_at_eight() {
    let mornings = Mornings::new("eight o'clock", &calendar());
    assert_eq!(mornings.after(at(MONDAY_8AM - 1)), Next::At(at(MONDAY_8AM)));
}

fn daily() -> Mornings {
    Mornings::new(super::DEFAULT_SCHEDULE, &calendar())
}

fn calendar() -> Calendar {
    Calendar::always(FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset"))
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}
