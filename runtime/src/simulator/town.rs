//! Towns: who lives in a simulated world, what is asked of them, and what must hold of them beyond what holds of all.
//!
//! A world brings the faults and the promises of the runtime; a town brings its kinds of entities, the people who ask, and
//! a witness, who hears every record of the ledger and knows what these may not say.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dice::Dice;
use super::machine::Machine;
use crate::clock::Timestamp;
use crate::entity::{Asked, EntityId};
use crate::record::{Record, SentTell, Stored};
use crate::registry::{AnyCommand, Registry};

/// Who lives in a world.
pub trait Town {
    /// How it lives.
    fn habits(&self) -> Habits;
    /// Its kinds of entities, with what they decide by.
    fn registry(&self) -> Arc<Registry>;
    /// What somebody asks next.
    fn next(&mut self, dice: &mut Dice, now: Timestamp, eyes: Eyes<'_>) -> Request;
    /// Puts other rules in force; there is nothing to look at while no process runs.
    fn change_rules(&mut self, dice: &mut Dice, eyes: Option<Eyes<'_>>);
    /// Somebody who has heard nothing yet.
    fn witness(&self) -> Box<dyn Witness>;
}

/// How a town lives.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// What its clock says in the beginning.
    pub founded: Timestamp,
    /// Milliseconds of its clock in each of the world's, while faults happen; after them there is one.
    pub pace: u32,
    /// By how many milliseconds its clock is wrong for each by which the world says so.
    pub skew: u32,
    /// How many requests each of its people makes, from and to.
    pub requests: (u64, u64),
    /// How many times larger its records are than those of probes.
    pub weight: u32,
    pub days: Days,
}

/// Whether a town's days are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// Once nobody asks, its last timer fires and its last message is handed over.
    Numbered,
    /// There is always another timer ahead: it is looked at when nothing is due.
    Endless,
}

/// What somebody asks, as often as it takes.
pub struct Request {
    pub to: EntityId,
    /// Makes the command anew for each try.
    pub command: Box<dyn Fn() -> AnyCommand>,
    /// How it is asked at this instant, always under the same id: a door stamps each try anew.
    pub asked: Box<dyn Fn(Timestamp) -> Asked>,
}

/// A look at what the process says now, which may be a moment old.
#[derive(Clone, Copy)]
pub struct Eyes<'a>(&'a Machine);

impl<'a> Eyes<'a> {
    pub(super) fn on(machine: &'a Machine) -> Eyes<'a> {
        Eyes(machine)
    }

    /// How an entity is stored; none where nothing has happened to it, and where it cannot be read now.
    pub fn entity(self, id: &EntityId) -> Option<Stored> {
        self.0.load(id).ok().flatten()
    }
}

/// Everything that the ledger says when it has been heard to its end.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    pub entities: &'a BTreeMap<EntityId, Stored>,
    /// Tells that nobody could take, for a person to look at.
    pub parked: &'a [&'a SentTell],
}

/// Somebody who hears a ledger from its beginning. What is wrong is said in words.
pub trait Witness {
    /// A record was written, and its entity stands so after it.
    fn hears(&mut self, record: &Record, after: &Stored) -> Result<(), String>;
    /// Whether an entity may have been set aside that stands so.
    fn may_be_set_aside(&self, stored: &Stored) -> bool;
    /// What must hold whenever a process has started.
    fn holds(&self, said: Said<'_>) -> Result<(), String>;
    /// What must hold once everything has ended that was begun.
    fn has_ended(&self, said: Said<'_>) -> Result<(), String>;
}
