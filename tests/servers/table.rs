//! The fault table: what became of messages, by what a server took and what the world's journal knows.

use std::collections::{BTreeMap, BTreeSet};

use duban_runtime::outbox::RowEvent;

use crate::world::{Took, World};

/// Messages per fault.
pub(crate) const MESSAGES: usize = 6;
/// The first line.
pub(crate) const HEAD: &str =
    "server    fault              said taken lost doubled declared dead waiting\n";

/// A row of the table: what became of the messages, by the server's file and the world's journal together.
pub(crate) fn row(server: &str, fault: &str, world: &World, took: &[Took]) -> String {
    let mut letters: BTreeMap<&str, Vec<&Took>> = BTreeMap::new();
    for letter in took {
        letters.entry(&letter.id).or_default().push(letter);
    }
    for (id, copies) in &letters {
        assert!(copies.iter().all(|copy| copy.hash == copies[0].hash), "{id} came in two forms");
    }
    let doubled: usize = letters.values().map(|copies| copies.len() - 1).sum();
    let taken = took.iter().map(|letter| &letter.to).collect::<BTreeSet<_>>().len();
    let dead = world.dead().len();
    let waiting = world.rows().len() - dead;
    let events: Vec<RowEvent> = world.events().into_values().flatten().collect();
    let declared = |event: &&RowEvent| matches!(event, RowEvent::Failed(said, _) if said.contains("unknown whether"));
    let declared = events.iter().filter(declared).count();
    let lost = MESSAGES - taken - dead - waiting;
    assert!(doubled <= declared, "{fault}: {doubled} came twice, {declared} were declared");
    format!(
        "{server:<9} {fault:<18} {MESSAGES:>4} {taken:>5} {lost:>4} {doubled:>7} {declared:>8} {dead:>4} {waiting:>7}\n",
    )
}
