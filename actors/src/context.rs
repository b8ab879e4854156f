//! The context by which every entity decides: the rule book in force, what the units have said of themselves, and who
//! keeps the desks of the centre.
//!
//! Immutable; another edition, or another word of a unit or a shift, is another context. What an entity concludes from it stands
//! in its events, so that a replay needs none.

use std::collections::BTreeSet;
use std::sync::Arc;

use duban_rules::RuleBook;
use duban_rules::book::units::Contact;
use duban_rules::vocabulary::{Recipient, UnitId};

use crate::accounts::Accounts;
use crate::desks::Desks;
use crate::handbooks::Handbooks;
use crate::roster::Roster;

/// What [`duban_core::entity::Entity::Context`] is for every kind of this crate.
#[derive(Clone, Debug)]
pub struct Context {
    pub rules: Arc<RuleBook>,
    pub roster: Roster,
    pub desks: Desks,
    /// Who of the units may come in.
    pub accounts: Accounts,
    /// Those of earlier rules.
    pub handbooks: Handbooks,
}

impl Context {
    /// These rules; no unit has said anything, and no desk was ever taken over.
    pub fn new(rules: RuleBook) -> Context {
        Context {
            rules: Arc::new(rules),
            roster: Roster::default(),
            desks: Desks::default(),
            accounts: Accounts::default(),
            handbooks: Handbooks::default(),
        }
    }

    /// Whether the unit takes no cases, by the rules or by its own word.
    pub fn is_closed(&self, unit: &UnitId) -> bool {
        let by_rules = self.rules.units.get(unit).is_some_and(|unit| !unit.active);
        by_rules || self.roster.is_deactivated(unit)
    }

    /// The units that take no cases. What is with them all the same, because it was dispatched in the instant in which
    /// they closed or came by other rules, must be dispatched to others.
    pub fn closed_units(&self) -> BTreeSet<UnitId> {
        let known = self.rules.units.iter().map(|unit| &unit.id).chain(self.roster.deactivated());
        known.filter(|unit| self.is_closed(unit)).cloned().collect()
    }

    /// The people of the centre and the county who hear now what is for `role`, in the order of the file.
    pub fn told(&self, role: Recipient) -> Vec<&Contact> {
        self.desks.told(&self.rules.officials, role)
    }

    /// Other rules with the same roster and memory.
    #[must_use]
    pub fn under(&self, rules: RuleBook) -> Context {
        Context { rules: Arc::new(rules), ..self.clone() }
    }

    /// The same rules with another roster.
    #[must_use]
    pub fn with(&self, roster: Roster) -> Context {
        Context { roster, ..self.clone() }
    }

    /// The same rules with other people at the desks.
    #[must_use]
    pub fn kept_by(&self, desks: Desks) -> Context {
        Context { desks, ..self.clone() }
    }

    /// The same rules, and others may come in.
    #[must_use]
    pub fn admitting(&self, accounts: Accounts) -> Context {
        Context { accounts, ..self.clone() }
    }

    /// The same rules with other handbooks of earlier ones.
    #[must_use]
    pub fn remembering(&self, handbooks: Handbooks) -> Context {
        Context { handbooks, ..self.clone() }
    }
}
