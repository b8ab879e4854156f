//! Before: rules on record as a program put them there that took what is refused today.

#![expect(clippy::unwrap_used, reason = "a test without its store fails")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use duban::asking::{Asker, Terms};
use duban::registry;
use duban_actors::centre::{self, Centre, RulesEdition};
use duban_rules::Sources;
use duban_runtime::answer::Answer;
use duban_runtime::clock::SystemClock;
use duban_runtime::entity::CommandId;
use duban_runtime::journal::{Journal, Options as JournalOptions};
use duban_runtime::node::{Ask, Node, Options};

/// Puts the files of the directory `rules` in force in the closed store `store`, whatever is wrong with them.
pub fn put_in_force(store: &Path, rules: &Path) {
    let files = std::fs::read_dir(rules).unwrap().map(|file| {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        (name, std::fs::read_to_string(file.path()).unwrap())
    });
    let files: BTreeMap<String, String> = files.collect();
    let bytes = files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes()));
    let book = duban_rules::parse(&Sources::from_files(bytes)).0;
    let hash = book.hash.iter().fold(String::new(), |hash, byte| hash + &format!("{byte:02x}"));
    actix::System::new().block_on(async {
        let registry = registry::registry(&registry::in_force(book.clone()));
        let options = JournalOptions::at(store.to_owned());
        let journal = Journal::open(options, registry.clone(), &|_| {}).unwrap();
        let blob = journal.blobs().put(&serde_json::to_vec_pretty(&files).unwrap()).unwrap();
        let clock = Arc::new(SystemClock::start());
        let node = Node::start(Options::default(), registry, journal, clock).await.unwrap();
        let edition = RulesEdition {
            hash: hash.into(),
            blob: blob.to_string().into(),
            number: book.handbook.number.as_str().into(),
        };
        let id = CommandId::derived(&[b"rules of before"]);
        let asked = Asker::on_the_machine().asked(Terms::of(id), node.clock().now());
        let command = centre::Command::PutRulesInForce(edition);
        let answer = node.ask(Ask::of::<Centre>(centre::KEY, command, asked)).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        let journal = node.journal().clone();
        node.stop().await;
        journal.close().unwrap();
    });
}
