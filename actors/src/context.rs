//! What every entity decides by: the rule book in force, and what the units have said of themselves.
//!
//! Immutable; another edition, or another word of a unit, is another context. What an entity concludes from it stands
//! in its events, so that a replay needs none.

use std::sync::Arc;

use duban_rules::RuleBook;

use crate::roster::Roster;

/// What [`duban_runtime::entity::Entity::Context`] is for every kind of this crate.
#[derive(Clone, Debug)]
pub struct Context {
    /// The rules in force.
    pub rules: Arc<RuleBook>,
    /// What the units have said.
    pub roster: Roster,
}

impl Context {
    /// These rules, and no unit has said anything.
    pub fn new(rules: RuleBook) -> Context {
        Context { rules: Arc::new(rules), roster: Roster::default() }
    }

    /// Other rules with the same roster.
    #[must_use]
    pub fn under(&self, rules: RuleBook) -> Context {
        Context { rules: Arc::new(rules), roster: self.roster.clone() }
    }

    /// The same rules with another roster.
    #[must_use]
    pub fn with(&self, roster: Roster) -> Context {
        Context { rules: Arc::clone(&self.rules), roster }
    }
}
