//! Several machines over one log in memory: each with its own disk, ledger and tables, its own leases, and its own faults.
//!
//! The product's tenancy, fence, placement, sender, mirror and partitions run for real, one step at a time in virtual
//! time; the log is [`crate::cluster::model`], and lines, disks, people and the clock are models. Not here: a loss of
//! power, which leaves a hole among frames that were not safe yet, the office and who carries its messages, letters from
//! node to node, and programs of several releases.

mod desk;
mod faults;
mod line;
mod member;
mod node;
mod turns;
mod watch;
mod world;

pub(super) use self::member::{Joining, Member, Sent};

use self::world::World;
use super::Broken;
use super::tally::Tally;

/// A safeguard taken out: whoever watches must notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// Nothing: the code as it is.
    #[default]
    Nothing,
    /// The log adds what was decided under an epoch that is over.
    EpochCheck,
    /// The log adds entries under numbers that are taken.
    LsnCheck,
    /// A machine goes on deciding without having heard that its leases are renewed.
    Fence,
}

/// What goes wrong among several machines, and what comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    /// A process was killed, and another started from its disk.
    Killed,
    /// A machine stood still, and woke.
    Paused,
    /// It woke when its fence had closed, and was asked to decide.
    FencedOff,
    /// A machine handed over what it held, went, and came back.
    Left,
    ToLogCut,
    FromLogCut,
    /// A group arrived after it had been sent anew.
    CameLate,
    AnswersLost,
    LogFull,
    LogAway,
    LogRestarted,
    LogClockBack,
    /// Another machine decides what one that did not give it up had.
    TakenOver,
    /// A machine found out from the log that another decides.
    FoundLost,
    /// A command was answered as one that stands already.
    AnsweredAgain,
}

impl Happening {
    /// Every kind: over enough seeds each must have happened.
    pub const ALL: [Happening; 15] = [
        Happening::Killed,
        Happening::Paused,
        Happening::FencedOff,
        Happening::Left,
        Happening::ToLogCut,
        Happening::FromLogCut,
        Happening::CameLate,
        Happening::AnswersLost,
        Happening::LogFull,
        Happening::LogAway,
        Happening::LogRestarted,
        Happening::LogClockBack,
        Happening::TakenOver,
        Happening::FoundLost,
        Happening::AnsweredAgain,
    ];
}

/// How often each of these happened.
pub type Happened = Tally<Happening>;

/// Runs the machines of `seed` without this safeguard; what happened to them is added to `happened`.
///
/// # Errors
/// The first promise that was broken.
pub fn run_several(seed: u64, missing: Missing, happened: &Happened) -> Result<(), Broken> {
    let mut world = World::new(seed, missing);
    let ended = world.run();
    happened.add(world.happened());
    ended.map_err(|promise| Broken { seed, at_ms: world.now_ms(), promise })
}
