//! Known names: whether there is such a unit or collector, so that nobody takes an empty list for an answer.
//!
//! One that the rules no longer name is known as long as the store knows it.

use duban_actors::case::listing;
use duban_actors::{collector, unit};
use duban_rules::RuleBook;
use duban_rules::vocabulary::{CollectorId, UnitId};
use duban_runtime::entity::EntityId;
use duban_runtime::journal::{Failure, Journal};

/// Whether there is or was a unit of this name.
pub fn unit(journal: &Journal, rules: &RuleBook, id: &UnitId) -> Result<bool, Failure> {
    if rules.units.get(id).is_some()
        || journal.sequence(&EntityId::new(unit::KIND, id.as_str()))?.is_some()
    {
        return Ok(true);
    }
    for list in [listing::open_of(id), listing::closed_of(id)] {
        if !journal.list(&list, None, 1)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether there is or was a collector of this name.
pub fn collector(journal: &Journal, rules: &RuleBook, id: &CollectorId) -> Result<bool, Failure> {
    let known = rules.grid.collector(id).is_some();
    Ok(known || journal.sequence(&EntityId::new(collector::KIND, id.as_str()))?.is_some())
}
