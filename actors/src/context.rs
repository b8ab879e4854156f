//! What every entity decides by: the rule book in force.
//!
//! Immutable; another edition is another context. What an entity concludes from it stands in its events, so that a
//! replay needs none.

use duban_rules::RuleBook;

/// What [`duban_runtime::entity::Entity::Context`] is for every kind of this crate.
#[derive(Debug)]
pub struct Context {
    /// The rules in force.
    pub rules: RuleBook,
}
