//! Every refusal of every entity has words.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_refusal_of_every_entity_has_words_for_people() {
    let known: BTreeSet<&str> = duban::http::api::codes().collect();
    let mut asked = 0;
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../actors/src")) {
        let text = fs::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| line.trim_start().starts_with("Refusal::")) {
            let Some((_, code)) = line.split_once("=> \"") else { continue };
            let code = code.split('"').next().unwrap();
            assert!(known.contains(code), "{code} has no words ({})", file.display());
            asked += 1;
        }
    }
    assert!(asked > 90, "only {asked} codes were found");
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else {
            files.push(path);
        }
    }
    files
}
