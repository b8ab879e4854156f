//! Accounts of the units' people, read into what all entities decide by: whose daily view is watched (article 7).
//!
//! Read when a store is opened and after every command to a person that was accepted; nothing waits for it.

use compact_str::CompactString;
use duban_actors::accounts::Accounts;
use duban_actors::person::{self, Person};
use duban_actors::unit::{self, Unit};
use duban_runtime::entity::{EntityId, Refusal as _};
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::node::Node;

use crate::asking::{self, Asker, No, Terms};
use crate::registry::Rules;
use crate::state::readable;

/// Accounts that are read; a county has some hundreds.
const PERSONS_MAX: usize = 16_384;
/// Units that are asked; a county has some dozens.
const UNITS_MAX: usize = 4_096;

/// Whether the accounts of units' people are others than were known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heeded {
    Changed,
    AsItWas,
}

/// Puts in force who of the units may come in by `journal`, under whatever rules are in force.
///
/// # Errors
/// When the persons cannot be read; what was known stays in force.
pub fn heed(journal: &Journal, rules: &Rules) -> Result<Heeded, Failure> {
    let mut heeded = Heeded::AsItWas;
    rules.change(|context, hash| {
        let mut persons = Vec::new();
        for (_, id) in journal.list(&person::ACTIVE, None, PERSONS_MAX)? {
            persons.extend(readable::<Person>(journal, &id)?);
        }
        let accounts = Accounts::of(persons.iter().filter_map(Person::holder));
        if accounts == context.accounts {
            return Ok(None);
        }
        heeded = Heeded::Changed;
        Ok(Some((context.admitting(accounts), hash)))
    })?;
    Ok(heeded)
}

/// The units at work in `journal`, by id.
///
/// # Errors
/// When the list cannot be read.
pub fn units_at_work(journal: &Journal) -> Result<Vec<EntityId>, Failure> {
    Ok(journal.list(&unit::ACTIVE, None, UNITS_MAX)?.into_iter().map(|(_, id)| id).collect())
}

/// Has each of `units` follow the accounts that are known now. What one cannot do now it does at the next start.
pub async fn follow(node: &Node, asker: &Asker, units: Vec<EntityId>) {
    for EntityId { key, .. } in units {
        let Ok(terms) = Terms::once() else { return };
        let asked = asking::ask::<Unit>(node, asker, terms, &key, unit::Command::FollowRules).await;
        if let Err(no) = asked
            && no.code() != Some(unit::Refusal::AlreadyEstablished.code())
        {
            told(&key, &no);
        }
    }
}

fn told(unit: &CompactString, no: &No) {
    tracing::warn!(%unit, ?no, "whether its leader looks daily is watched as before");
}
