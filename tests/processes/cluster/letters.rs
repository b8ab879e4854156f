//! Letters that left a town: every node's courier keeps what it was handed, so that what went out twice is seen.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::town::Town;

/// What left.
#[derive(Debug, Default)]
pub(crate) struct Letters {
    /// Letters and SMS, each counted once.
    pub(crate) all: usize,
    /// How many of them left from more than one node: the office was taken over while they were on their way.
    pub(crate) twice: usize,
}

/// Everything that left, by its id. Whatever left twice was the same to the letter.
pub(crate) fn of(town: &Town) -> Letters {
    let mut left: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for node in &town.nodes {
        // A node that never was the office has no folder.
        for day in fs::read_dir(node.store().join("outbox")).into_iter().flatten() {
            for (id, letter) in of_day(&day.unwrap().path()) {
                left.entry(id).or_default().push(letter);
            }
        }
    }
    for (id, letters) in &left {
        assert!(letters.windows(2).all(|two| two[0] == two[1]), "{id} left in two versions");
    }
    Letters { all: left.len(), twice: left.values().filter(|letters| letters.len() > 1).count() }
}

fn of_day(day: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for file in fs::read_dir(day).unwrap().map(|file| file.unwrap().path()) {
        let content = fs::read(&file).unwrap();
        if file.extension().is_some_and(|kind| kind == "eml") {
            found.push((file.file_name().unwrap().to_string_lossy().into_owned(), content));
        } else if file.extension().is_some_and(|kind| kind == "jsonl") {
            let lines = content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            found.extend(lines.map(|line| {
                let said: Value = serde_json::from_slice(line).unwrap();
                (said["id"].as_str().unwrap().to_owned(), line.to_vec())
            }));
        }
    }
    found
}
