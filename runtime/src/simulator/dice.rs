//! Chance, from a seed.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

/// A source of chance that always rolls the same for the same seed.
#[derive(Clone, Debug)]
pub struct Dice(Pcg64);

impl Dice {
    /// The dice of a seed.
    pub fn of(seed: u64) -> Dice {
        Dice(Pcg64::seed_from_u64(seed))
    }

    /// Dice of its own for a part of the world, so that what happens there does not change the rolls elsewhere.
    pub(super) fn split(&mut self) -> Dice {
        Dice::of(self.0.random())
    }

    /// A number from `from` up to and with `to`.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        self.0.random_range(from..=to.max(from))
    }

    /// A place in something of `n` places; 0 when it has none.
    pub fn place(&mut self, n: usize) -> usize {
        if n < 2 { 0 } else { self.0.random_range(0..n) }
    }

    /// Whether something happens that happens once in `n` times; never for 0.
    pub fn once_in(&mut self, n: u64) -> bool {
        n > 0 && self.between(1, n) == 1
    }

    /// A number that nothing else has.
    pub fn id(&mut self) -> u128 {
        self.0.random()
    }
}
