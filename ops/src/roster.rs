//! What units have decided, read into what all entities decide by: who is away, which units take no cases.
//!
//! Read when a store is opened and before messages are claimed, and to be read after every command to a unit that was
//! accepted. A unit's own word takes hold the moment it is read here; nothing waits for it.

use std::sync::{Mutex, PoisonError};

use duban_actors::roster::Roster;
use duban_actors::unit::Unit;
use duban_runtime::entity::Entity;
use duban_runtime::journal::{Failure, Journal};

use crate::wiring::Rules;

/// Units that are read; a county has some dozens.
const UNITS_MAX: usize = 4_096;
/// Where units stand that say something of themselves.
const LISTS: [&str; 2] = ["units/active", "units/deactivated"];

/// Only one caller at a time reads what is said and puts it in force: the later one has read more.
static TURN: Mutex<()> = Mutex::new(());

/// Puts in force what the units in `journal` have said.
///
/// # Errors
/// When the units cannot be read; what was known stays in force.
pub fn heed(journal: &Journal, rules: &Rules) -> Result<(), Failure> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut units = Vec::new();
    for list in LISTS {
        for (_, id) in journal.list(list, None, UNITS_MAX)? {
            let stored = journal.entity(&id)?;
            // One whose state cannot be read is quarantined, and says nothing.
            units.extend(stored.and_then(|stored| Unit::from_stored(&id, &stored.state).ok()));
        }
    }
    let (roster, in_force) = (Roster::of(&units), rules.current());
    let (context, hash) = &*in_force;
    if roster != context.roster {
        rules.replace(context.with(roster), *hash);
    }
    Ok(())
}
