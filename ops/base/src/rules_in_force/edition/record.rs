//! The record followed: what is in force in this process becomes what the centre has on record, wherever it was put there.

use duban_actors::centre::RulesEdition;
use duban_runtime::journal::{Failure, Journal};

use super::{Lost, is, last, sources, swap};
use crate::registry::Rules;
use crate::rules_in_force::handbooks;

/// What following came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// It was in force, or nothing is on record yet.
    AsItWas,
    /// It was put on record elsewhere, and is in force now.
    InForce(RulesEdition),
}

/// Why what is on record is not in force here; what was in force stays.
#[derive(Debug, thiserror::Error)]
pub enum Behind {
    #[error("the centre's record cannot be read")]
    Unread(#[from] Failure),
    /// Its files cannot be had: nothing is to be decided by others.
    #[error("the files of the rules on record cannot be had")]
    Lost(Box<RulesEdition>, #[source] Lost),
}

/// Works by what is on record from now on. Reads, and parses on the caller's thread.
///
/// # Errors
/// [`Behind`]; it is to be tried again.
pub fn follow(journal: &Journal, rules: &Rules) -> Result<Followed, Behind> {
    let Some(edition) = last(journal)? else { return Ok(Followed::AsItWas) };
    if is(&edition, &rules.current().0.rules.hash) {
        return Ok(Followed::AsItWas);
    }
    let sources = match sources(journal, &edition) {
        Ok(sources) => sources,
        Err(lost) => return Err(Behind::Lost(Box::new(edition), lost)),
    };
    // They were without errors when they were put on record: this program goes on by what it can use of them.
    swap(journal, rules, duban_rules::parse(&sources).0)?;
    // Of editions that came and went meanwhile nothing was heard here.
    handbooks::recall(journal, rules)?;
    Ok(Followed::InForce(edition))
}
