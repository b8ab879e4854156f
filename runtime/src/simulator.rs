//! The simulator: a small world under virtual time, with everything that can go wrong, from a seed; in it lives a town of
//! probes, made to try the runtime, or one that others bring.
//!
//! The partition core, the activations, the ledger, the committer, the memtable, the applier and the recovery run for
//! real; the disk, the store, the clock, callers and couriers are models, and one loop stands for every thread. First
//! everything goes wrong that can (*safety*), then nothing does, and all that was begun must end (*liveness*). After each
//! start and at the end the whole ledger is folded again and compared with what the process believes.
//!
//! Not here: threads, actors, the real disk and the real store; those have tests of their own.

mod clients;
mod dice;
mod disk;
mod machine;
mod oracle;
mod probe;
mod several;
mod store;
mod tally;
mod town;
mod world;

use std::fmt;

pub use self::dice::Dice;
pub use self::several::{Happened, Happening, Missing, run_several};
pub use self::tally::{Kind, Tally};
pub use self::town::{Days, Eyes, Habits, Request, Said, Town, Witness};

/// Something taken out of the code under test: the simulator must notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mutation {
    /// Nothing: the code as it is.
    #[default]
    None,
    /// A window forgets, at a reload, what changed since it was asked for.
    ForgottenDeltas,
    /// The disk promises syncs and does none.
    IgnoredSyncs,
    /// Records do not carry the high-water mark of the tell that caused them.
    ForgottenMarks,
}

/// A promise was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The seed that shows it.
    pub seed: u64,
    /// Virtual milliseconds since the beginning.
    pub at_ms: u64,
    pub promise: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Broken { seed, at_ms, promise } = self;
        write!(f, "seed {seed}, after {at_ms} ms: {promise}")
    }
}

/// Runs the probes of `seed`; what happened to them is added to `tally`.
///
/// # Errors
/// The first promise that was broken.
pub fn run(seed: u64, mutation: Mutation, tally: &Tally) -> Result<(), Broken> {
    live(world::World::new(seed, Box::new(probe::Probes::default()), mutation), seed, tally)
}

/// Lets this town live under the faults of `seed`.
///
/// # Errors
/// The first promise that was broken.
pub fn run_town(seed: u64, town: Box<dyn Town>, tally: &Tally) -> Result<(), Broken> {
    live(world::World::new(seed, town, Mutation::None), seed, tally)
}

fn live(mut world: world::World, seed: u64, tally: &Tally) -> Result<(), Broken> {
    let ended = world.run();
    tally.add(world.tally());
    ended.map_err(|promise| Broken { seed, at_ms: world.now_ms(), promise })
}
