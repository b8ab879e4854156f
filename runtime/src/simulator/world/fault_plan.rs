//! The fault plan of one run: never everything at once, so that each fault also meets a
//! run in which little else goes wrong.

use crate::simulator::dice::Dice;
use crate::simulator::disk::DiskFaults;

/// Rates: once in so many times, or within so many milliseconds; 0 for never.
#[derive(Clone, Copy, Debug)]
pub(super) struct FaultPlan {
    pub(super) disk: DiskFaults,
    pub(super) crash_ms: u64,
    pub(super) fall_ms: u64,
    pub(super) power_ms: u64,
    pub(super) die_applying_ms: u64,
    pub(super) opening: u64,
    pub(super) jump_ms: u64,
    pub(super) full_ms: u64,
    pub(super) slow: u64,
    pub(super) late_reads: u64,
    pub(super) failing_reads: u64,
    pub(super) store_refuses: u64,
    pub(super) store_unopenable: u64,
}

impl FaultPlan {
    pub(super) fn any(dice: &mut Dice) -> FaultPlan {
        let mut maybe = |from, to| if dice.once_in(2) { dice.between(from, to) } else { 0 };
        FaultPlan {
            disk: DiskFaults {
                append: maybe(10, 200),
                sync: maybe(50, 400),
                read: maybe(20, 200),
                ..DiskFaults::default()
            },
            crash_ms: maybe(500, 10_000),
            fall_ms: maybe(500, 10_000),
            power_ms: maybe(500, 10_000),
            die_applying_ms: maybe(1_000, 10_000),
            opening: maybe(2, 6),
            jump_ms: maybe(500, 8_000),
            full_ms: maybe(1_000, 10_000),
            slow: maybe(3, 40),
            late_reads: maybe(1, 10),
            failing_reads: maybe(3, 30),
            store_refuses: maybe(3, 30),
            store_unopenable: maybe(2, 6),
        }
    }
}
