//! Registry: which entities a node of duban knows, and the rules they decide by.

use std::sync::Arc;

use duban_actors::bundle::Bundle;
use duban_actors::case::Case;
use duban_actors::case_numbers::Numbers;
use duban_actors::centre::Centre;
use duban_actors::collector::Collector;
use duban_actors::context::Context;
use duban_actors::meeting::Meeting;
use duban_actors::operators::Operators;
use duban_actors::person::Person;
use duban_actors::shift::Shift;
use duban_actors::unit::Unit;
use duban_rules::RuleBook;
use duban_runtime::registry::{ContextCell, Registry};

/// The rules in force, shared by all kinds; another edition is put in here.
pub type Rules = Arc<ContextCell<Context>>;

/// `book`, ready to decide by.
pub fn in_force(book: RuleBook) -> Rules {
    let hash = short(&book.hash);
    Arc::new(ContextCell::new(Context::new(book), hash))
}

/// Every kind of entity, deciding by `rules`.
pub fn registry(rules: &Rules) -> Arc<Registry> {
    let registry = Registry::new()
        .with::<Case>(rules)
        .with::<Unit>(rules)
        .with::<Collector>(rules)
        .with::<Numbers>(rules)
        .with::<Centre>(rules)
        .with::<Person>(rules)
        .with::<Bundle>(rules)
        .with::<Operators>(rules)
        .with::<Shift>(rules)
        .with::<Meeting>(rules);
    Arc::new(registry)
}

/// The first eight bytes of a hash: what records carry.
pub fn short(hash: &[u8; 32]) -> u64 {
    let (first, _) = hash.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
    u64::from_le_bytes(*first)
}
