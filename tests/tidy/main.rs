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

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Third-party crates, and the only packages that may name them as dependencies.
const WALLS: [(&str, &[&str]); 6] = [
    ("sled", &["duban-runtime"]),
    ("redis", &["duban-runtime"]),
    ("lettre", &["duban", "duban-benches"]),
    ("actix-web", &["duban", "duban-benches"]),
    ("actix", &["duban-runtime", "duban", "duban-tests", "duban-benches"]),
    ("tokio", &["duban-runtime", "duban", "duban-tests", "duban-benches"]),
];

/// Who may know whom inside duban.
const NEIGHBOURS: [(&str, &[&str]); 8] = [
    ("duban-rules", &[]),
    ("duban-core", &[]),
    ("duban-runtime", &["duban-core"]),
    ("duban-actors", &["duban-core", "duban-rules"]),
    ("duban", &["duban-rules", "duban-runtime", "duban-actors"]),
    ("duban-gate", &[]),
    (
        "duban-tests",
        &["duban-core", "duban-rules", "duban-runtime", "duban-actors", "duban", "duban-gate"],
    ),
    ("duban-benches", &["duban-rules", "duban-runtime", "duban-actors", "duban"]),
];

/// Licences under which other people's code may be part of duban.
const LICENCES: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];
/// Used as it is: its licence asks for changes to its own files alone.
const FILE_BOUND: [(&str, &str); 1] = [("ucs2", "MPL-2.0")];

/// The six folders of the project; everything else at the root is a file.
const FOLDERS: [&str; 6] = ["actors", "benches", "ops", "rules", "runtime", "tests"];

/// Words of the domain that the runtime must not know.
const DOMAIN_WORDS: [&str; 6] =
    ["handbook", "dispatch", "collector", "citizen", "committee", "county"];

/// Crates that wait, write or look at a clock: the core has none of them.
const DOERS: [&str; 8] =
    ["actix", "futures-util", "rustix", "sled", "tempfile", "tokio", "tracing", "zstd"];

/// Whose threads answer many at a time.
const ANSWERING: [&str; 4] =
    ["ops/src/http", "ops/src/pages", "ops/src/operations", "ops/src/access"];

/// What a journal answers from memory.
const FROM_MEMORY: [&str; 6] =
    [".at_hand(", ".listen()", ".place()", ".revision(", ".store_trouble()", ".trouble()"];

/// Ways to the disk, and to other threads, that `ops/src/aside.rs` alone knows.
const WAITS: [&str; 9] = [
    ".journal()",
    ".store()",
    "aside::store(",
    "web::block",
    "spawn_blocking",
    "block_on",
    "std::fs",
    "tokio::fs",
    "File::",
];

/// What reads where it is called: whoever answers has it done by `aside::at_length`.
const ERRANDS: [&str; 5] =
    ["days::settled(", "edition::cancel(", "recalculation::run(", "reload::again(", "revive(&"];

#[test]
fn third_party_crates_stay_behind_their_walls() {
    for package in packages() {
        let name = package["name"].as_str().unwrap().to_owned();
        for dependency in dependencies(&package) {
            if let Some((_, allowed)) = WALLS.iter().find(|(wall, _)| *wall == dependency) {
                assert!(allowed.contains(&name.as_str()), "`{name}` depends on `{dependency}`");
            }
        }
    }
}

#[test]
fn other_peoples_code_is_under_a_licence_that_lets_duban_be_given_away() {
    let host = run("rustc", &["--version", "--verbose"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let command = ["metadata", "--format-version", "1", "--locked", "--all-features"];
    let text = run("cargo", &[&command[..], &["--filter-platform", host]].concat());
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{} packages", packages.len());
    for package in packages {
        let (name, licence) = (package["name"].as_str().unwrap(), package["license"].as_str());
        let licence = licence.unwrap_or_else(|| panic!("`{name}` says no licence"));
        let may = |one: &str| LICENCES.contains(&one) || FILE_BOUND.contains(&(name, one));
        assert!(allows(licence, &may), "`{name}` is under {licence}");
    }
    assert!(packages.iter().all(|package| package["name"] != "openssl-sys"), "TLS is rustls's");
}

/// Whether `expression` (SPDX) can be met with licences that `may` be.
fn allows(expression: &str, may: &dyn Fn(&str) -> bool) -> bool {
    // Old manifests write a slash.
    let expression = expression.replace('/', " OR ");
    for (word, all) in [(" OR ", false), (" AND ", true)] {
        let parts = apart(&expression, word);
        if parts.len() > 1 {
            let mut parts = parts.into_iter();
            return if all { parts.all(|p| allows(p, may)) } else { parts.any(|p| allows(p, may)) };
        }
    }
    match expression.trim().strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => allows(inner, may),
        None => may(expression.trim()),
    }
}

/// The parts between `word` where no bracket is open.
fn apart<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    for (place, _) in text.match_indices(word) {
        let before = &text[..place];
        if before.matches('(').count() == before.matches(')').count() {
            parts.push(&text[begin..place]);
            begin = place + word.len();
        }
    }
    parts.push(&text[begin..]);
    parts
}

#[test]
fn an_expression_of_licences_is_read_with_its_brackets() {
    let may = |one: &str| ["MIT", "Unicode-3.0"].contains(&one);
    for met in ["MIT", "GPL OR MIT", "(MIT OR GPL) AND Unicode-3.0", "GPL/MIT", "(MIT)"] {
        assert!(allows(met, &may), "{met}");
    }
    for unmet in ["GPL", "(MIT OR Unicode-3.0) AND GPL", "MIT AND GPL", "MIT AND (GPL OR BSD)"] {
        assert!(!allows(unmet, &may), "{unmet}");
    }
}

#[test]
fn packages_know_only_their_neighbours() {
    for (name, allowed) in NEIGHBOURS {
        let package = packages().into_iter().find(|p| p["name"] == name).expect(name);
        for dependency in dependencies(&package) {
            if dependency.starts_with("duban") {
                assert!(allowed.contains(&dependency.as_str()), "`{name}` knows `{dependency}`");
            }
        }
    }
}

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
    for file in sources().into_iter().filter(|file| file.starts_with(root().join("ops/src"))) {
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
fn the_core_does_nothing_itself() {
    let core = root().join("runtime/core/src");
    let files: Vec<PathBuf> =
        sources().into_iter().filter(|file| file.starts_with(&core)).collect();
    assert!(files.len() > 10, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for done in ["std::fs", "std::io", "std::net", "std::process", "std::thread", "async fn"] {
            assert!(!text.contains(done), "{} does `{done}`", file.display());
        }
    }
    let metadata = packages();
    let core = metadata.iter().find(|package| package["name"] == "duban-core").unwrap();
    let found = dependencies(core).into_iter().find(|name| DOERS.contains(&name.as_str()));
    assert_eq!(found, None, "the core depends on somebody who does things");
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

/// While one waits for the disk, all those wait whom the same thread answers: what is read is read by `Server::read`,
/// `Backend::read` and what else is in `ops/src/aside.rs`.
#[test]
fn no_thread_that_answers_waits_for_the_journal_or_the_disk() {
    let root = root();
    let place = |file: &PathBuf| file.strip_prefix(&root).unwrap().with_extension("");
    let answers = |file: &PathBuf| ANSWERING.iter().any(|of| place(file).starts_with(of));
    let answering: Vec<PathBuf> = sources().into_iter().filter(answers).collect();
    assert!(answering.len() > ANSWERING.len(), "{answering:?}");
    for file in answering {
        let wait = waits(&fs::read_to_string(&file).unwrap());
        assert_eq!(wait, None, "{} waits: ask `ops/src/aside.rs`", file.display());
    }
}

#[test]
fn a_wait_is_found_however_it_is_written() {
    assert_eq!(waits("server.node.journal().entity(&id)?"), Some(".journal()"));
    assert_eq!(waits("let journal = node\n    .journal()\n    .clone();"), Some(".journal()"));
    assert_eq!(waits("E::shown(&server.store(), key)"), Some(".store()"));
    assert_eq!(waits("use actix_web::web;\nweb::block(move || read())"), Some("web::block"));
    assert_eq!(waits("node.journal().place(); node.journal().list(&all)"), Some(".journal()"));
    let after = "at_length(async || f()).await; reload::again(&server, &by).await";
    assert_eq!(waits(after), Some("reload::again("));
    for at_once in [
        "node\n    .journal()\n    .revision(KIND)",
        "server.read(move |store| store.journal.entity(&id))",
        "aside::at_length(async move || reload::again(&at, (&by, 1)).await).await",
        "// as `server.store()` would\nlet one = 1;",
        "#[cfg(test)]\nmod tests { fn on(node: &Node) { node.journal().list(&all) } }",
    ] {
        assert_eq!(waits(at_once), None, "{at_once}");
    }
}

/// What in `text` waits, its tests left out.
fn waits(text: &str) -> Option<&'static str> {
    let (text, _) = text.split_once("#[cfg(test)]\nmod ").unwrap_or((text, ""));
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut code: String = code.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect();
    for answer in FROM_MEMORY {
        code = code.replace(&format!(".journal(){answer}"), answer);
    }
    let code = without_errands(&code);
    WAITS.into_iter().chain(ERRANDS).find(|wait| code.contains(wait))
}

fn without_errands(code: &str) -> String {
    let mut parts = code.split("at_length(");
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut depth = 1;
        let end = part.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        left.push_str(&part[end.unwrap_or(part.len())..]);
    }
    left
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
    let expected: Vec<String> = (1..=28).map(|article| format!("| {article}")).collect();
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

fn packages() -> Vec<Value> {
    let text = run("cargo", &["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn dependencies(package: &Value) -> Vec<String> {
    let listed = package["dependencies"].as_array().unwrap();
    listed.iter().map(|d| d["name"].as_str().unwrap().to_owned()).collect()
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?} failed");
    String::from_utf8(output.stdout).unwrap()
}
