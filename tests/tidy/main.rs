//! The rules of the project, as tests: nobody has to remember them or nag.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "a test binary's helpers are not `in tests` for clippy"
)]

mod circles;
mod documented;
mod packages;
mod waiting;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The six folders of the project; everything else at the root is a file.
const FOLDERS: [&str; 6] = ["actors", "benches", "ops", "rules", "runtime", "tests"];

/// Words of the domain that the runtime must not know.
const DOMAIN_WORDS: [&str; 6] =
    ["handbook", "dispatch", "collector", "citizen", "committee", "county"];

#[test]
fn the_top_level_has_six_folders() {
    let listed = run("git", &["ls-files"]);
    let folders: BTreeSet<&str> = listed
        .lines()
        .filter_map(|file| file.split_once('/'))
        .map(|(folder, _)| folder)
        .filter(|folder| !folder.starts_with('.'))
        .collect();
    assert_eq!(folders, BTreeSet::from(FOLDERS));
}

#[test]
fn no_source_file_is_over_500_lines() {
    for file in sources() {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 500, "{} has {lines} lines: which two ideas live in it?", file.display());
    }
}

#[test]
fn every_source_file_says_what_it_is_for() {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//!"), "{} does not open with `//!`", file.display());
    }
}

#[test]
fn no_file_is_named_after_nothing() {
    for file in sources() {
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let empty = ["utils", "util", "helpers", "common", "manager", "service", "types", "misc"];
        assert!(!empty.contains(&stem), "{} is named after nothing", file.display());
    }
}

/// Entities are files of `actors/src`, each perhaps with a folder; what one tells another stands in `tells.rs`.
#[test]
fn no_entity_knows_another() {
    let actors = root().join("actors/src");
    let read = |file: PathBuf| {
        let place = file.strip_prefix(&actors).ok()?.with_extension("");
        let modules = place.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        Some((modules, fs::read_to_string(&file).unwrap()))
    };
    let sources: Vec<(Vec<String>, String)> = sources().into_iter().filter_map(read).collect();
    let alive = sources.iter().filter(|(_, text)| text.contains("impl Entity for "));
    let entities: BTreeSet<&str> = alive.map(|(modules, _)| modules[0].as_str()).collect();
    assert!(entities.len() >= 8, "{entities:?}");
    for (modules, text) in sources.iter().filter(|(one, _)| entities.contains(one[0].as_str())) {
        for other in named(modules.len(), text).iter().filter(|other| **other != modules[0]) {
            let is_known = entities.contains(other.as_str()) || other == "*";
            assert!(!is_known, "{} knows `{other}`", modules.join("/"));
        }
    }
}

#[test]
fn a_module_that_is_named_is_found_however_it_is_written() {
    let named = |depth, text| named(depth, text).contains("case");
    assert!(named(2, "use crate::case::State;") && named(2, "use crate::case as one;"));
    assert!(named(2, "use crate::{role, case};") && named(2, "use crate::{case as one, role};"));
    assert!(named(2, "use crate::{\n    role::{Duty, Role},\n    case::{self, State},\n};"));
    assert!(named(1, "use super::case;") && named(2, "super::super::case::view(one)"));
    assert!(!named(2, "use crate::{context::{case, Context}, role};\nuse other::{case};"));
    assert!(named(2, "/// As [`crate::case::State`] has it."));
    assert!(!named(2, "/// As [`crate::case`] has it.\nuse crate::role;"));
    assert!(!named(2, "use super::case;") && !named(2, "use crate::cases::State;"));
}

/// The modules at the root of its crate that a source of this depth names: from `crate` or from as many `super`, one by
/// one or several in braces.
fn named(depth: usize, text: &str) -> BTreeSet<String> {
    // A comment may send its reader to another module, but not to anything in it.
    let is_inside = |path: &str| path.contains("::");
    let may_stand = |line: &&str| {
        line.trim_start().starts_with("//") && !line.split("crate::").skip(1).any(is_inside)
    };
    let code = text.lines().filter(|line| !may_stand(line));
    let text = code.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
    let by_super = "super::".repeat(depth);
    let from_root = text.split("crate::").skip(1).flat_map(heads);
    // Tests inside a module begin one `super` deeper, and take everything of the module itself.
    let paths = text.split(&by_super).skip(1).map(|path| path.trim_start_matches("super::"));
    from_root.chain(paths.flat_map(heads).filter(|name| name != "*")).collect()
}

/// The first name of a path, or of each path in braces.
fn heads(path: &str) -> Vec<String> {
    let head = |path: &str| {
        let is_of_a_name = |letter: &char| letter.is_alphanumeric() || "_*".contains(*letter);
        path.trim_start().chars().take_while(is_of_a_name).collect()
    };
    let Some(group) = path.strip_prefix('{') else { return vec![head(path)] };
    let (mut depth, mut begins, mut names) = (0_usize, 0, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(head(&group[begins..at]));
                begins = at + 1;
            }
            _ => {}
        }
        if letter == '}' && begins == at + 1 {
            break;
        }
    }
    names
}

#[test]
fn only_an_entity_says_what_its_lists_are_called() {
    for file in sources().into_iter().filter(|file| file.starts_with(root().join("ops"))) {
        // Names that it has read in the store.
        if file.ends_with("cli/verify/index.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        for made in ["List::named(", "List::fixed("] {
            assert!(!text.contains(made), "{} names a list", file.display());
        }
    }
}

#[test]
fn the_runtime_contains_no_word_of_the_domain() {
    let runtime = ["runtime/src", "runtime/core/src"].map(|folder| root().join(folder));
    let is_runtime = |file: &PathBuf| runtime.iter().any(|folder| file.starts_with(folder));
    for file in sources().into_iter().filter(is_runtime) {
        let text = fs::read_to_string(&file).unwrap().to_lowercase();
        for word in DOMAIN_WORDS {
            assert!(!text.contains(word), "{} says `{word}`", file.display());
        }
    }
}

#[test]
fn only_one_file_reads_the_system_clock() {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        let reads = ["SystemTime::now", "Instant::now", "Utc::now", "Local::now"];
        let allowed = file.ends_with("runtime/src/clock.rs")
            || file.starts_with(root().join("tests"))
            || file.starts_with(root().join("benches"));
        assert!(allowed || !reads.iter().any(|r| text.contains(r)), "{}", file.display());
    }
}

#[test]
fn nothing_is_unfinished_or_switched_off() {
    let marks = [concat!("to", "do!("), concat!("unimplemented", "!("), concat!("#[ig", "nore")];
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        for mark in marks {
            assert!(!text.contains(mark), "{} contains `{mark}`", file.display());
        }
    }
}

#[test]
fn every_shared_dependency_says_what_it_is_for() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, dependencies) = manifest.split_once("[workspace.dependencies]").unwrap();
    let (dependencies, _) = dependencies.split_once("\n[").unwrap();
    for line in
        dependencies.lines().filter(|line| line.contains(" = ") && !line.contains("path = "))
    {
        assert!(line.contains('#'), "no reason given: {line}");
    }
}

#[test]
fn the_ordinances_table_has_every_article_and_names_files_that_exist() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, table) = text.split_once("## From the ordinance to the code").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    let articles: Vec<&str> = rows.iter().filter_map(|row| row.split(" | ").next()).collect();
    let expected: Vec<String> = (1..=28).map(|article| format!("| article {article}")).collect();
    assert_eq!(articles, expected);
    for row in rows {
        let mut cells = row.trim_matches(['|', ' ']).split(" | ").skip(2);
        let (code, proof) = (cells.next().unwrap(), cells.next().unwrap());
        for file in quoted(code).filter(|file| file.contains('/')) {
            assert!(root().join(file).exists(), "{file}: {row}");
        }
        for file in quoted(proof) {
            assert!(root().join("tests/scenarios").join(file).exists(), "{file}: {row}");
        }
        assert!(proof != "–" || code.contains("not yet"), "nothing proves it: {row}");
    }
}

/// What stands between back-ticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn sources() -> Vec<PathBuf> {
    let listed = run("git", &["ls-files", "*.rs"]);
    let files: Vec<PathBuf> = listed.lines().map(|file| root().join(file)).collect();
    let files: Vec<PathBuf> = files.into_iter().filter(|file| file.exists()).collect();
    assert!(!files.is_empty(), "git lists no source file");
    files
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?} failed");
    String::from_utf8(output.stdout).unwrap()
}
