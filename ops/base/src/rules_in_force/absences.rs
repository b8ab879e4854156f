//! Absences and closed units, as units decided them, read into what all entities decide by.
//!
//! Read when a store is opened and before messages are claimed, and to be read after every command to a unit that was
//! accepted. A unit's own word takes hold the moment it is read here; nothing waits for it.

use duban_actors::roster::Roster;
use duban_actors::unit::{self, Unit};
use duban_runtime::entity::List;
use duban_runtime::journal::{Failure, Journal};

use crate::registry::Rules;
use crate::state::readable;

/// Units that are read; a county has some dozens.
const UNITS_MAX: usize = 4_096;
/// Where units stand that say something of themselves.
const LISTS: [List; 2] = [unit::ACTIVE, unit::DEACTIVATED];

/// Puts in force what the units in `journal` have said, under whatever rules are in force.
///
/// # Errors
/// When the units cannot be read; what was known stays in force.
pub fn heed(journal: &Journal, rules: &Rules) -> Result<(), Failure> {
    rules.change(|context, hash| {
        let mut units = Vec::new();
        for list in LISTS {
            for (_, id) in journal.list(&list, None, UNITS_MAX)? {
                units.extend(readable::<Unit>(journal, &id)?);
            }
        }
        let roster = Roster::of(&units);
        Ok((roster != context.roster).then(|| (context.with(roster), hash)))
    })
}
