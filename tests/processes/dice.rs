//! Throws that a seed repeats: when to kill. What happens at that moment no seed repeats.

use std::time::Duration;

/// Splitmix64.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    /// A moment within so many milliseconds, to the microsecond.
    pub(crate) fn within_millis(&mut self, millis: u64) -> Duration {
        Duration::from_micros(self.below(millis * 1_000))
    }
}
