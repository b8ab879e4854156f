//! Packages: which of them may know each other and which crates of other people, under which licences.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::{root, run, sources};

/// Third-party crates, and the only packages that may name them as dependencies.
const WALLS: [(&str, &[&str]); 15] = [
    ("sled", &["duban-runtime"]),
    ("redis", &["duban-runtime"]),
    ("argon2", &["duban-access"]),
    ("ring", &["duban-access"]),
    ("lettre", &["duban-messages", "duban-lab", "duban-benches"]),
    ("rusmpp", &["duban-messages"]),
    ("rusmppc", &["duban-messages"]),
    ("actix-web", &["duban-api", "duban-web", "duban-benches"]),
    ("actix-multipart", &["duban-web"]),
    ("utoipa", &["duban-base", "duban-api"]),
    ("clap", &["duban-api", "duban", "duban-tests", "duban-gate"]),
    ("prometheus-client", &["duban-server", "duban-watch"]),
    ("flate2", &["duban-lab", "duban-tests"]),
    ("minijinja", &["duban-messages", "duban-web", "duban-rules"]),
    ("opentelemetry", &["duban-base"]),
];

/// Those who neither wait nor run anything beside themselves: what is inside, but for the shell around the core; the gate.
const STILL: [&str; 4] = ["duban-rules", "duban-core", "duban-actors", "duban-gate"];

/// What all packages of `ops` may know.
const INSIDE: [&str; 4] = ["duban-rules", "duban-core", "duban-runtime", "duban-actors"];

/// The packages of `ops`, each with those of `ops` that it may know.
const OUTSIDE: [(&str, &[&str]); 9] = [
    ("duban-base", &[]),
    ("duban-access", &["base"]),
    ("duban-messages", &["base", "access"]),
    ("duban-server", &["base", "access", "messages"]),
    ("duban-watch", &["base", "access", "messages", "server"]),
    ("duban-api", &["base", "access", "messages", "server", "watch"]),
    ("duban-web", &["base", "access", "messages", "server", "api"]),
    ("duban-lab", &["base", "access", "messages", "server", "api"]),
    ("duban", &["base", "access", "messages", "server", "watch", "api", "web", "lab"]),
];

/// Who else may know whom inside duban.
const NEIGHBOURS: [(&str, &[&str]); 7] = [
    ("duban-rules", &[]),
    ("duban-core", &[]),
    // Its tests start servers.
    ("duban-runtime", &["duban-core", "duban-gate"]),
    ("duban-actors", &["duban-core", "duban-rules"]),
    ("duban-gate", &[]),
    (
        "duban-tests",
        &["duban-core", "duban-rules", "duban-runtime", "duban-actors", "duban", "duban-gate"],
    ),
    ("duban-benches", &["duban-rules", "duban-runtime", "duban-actors", "duban", "duban-gate"]),
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

/// Crates that wait, write or look at a clock: the core has none of them.
const DOERS: [&str; 8] =
    ["actix", "futures-util", "rustix", "sled", "tempfile", "tokio", "tracing", "zstd"];

#[test]
fn third_party_crates_stay_behind_their_walls() {
    for package in packages() {
        let name = package["name"].as_str().unwrap().to_owned();
        for dependency in dependencies(&package) {
            if let Some((_, allowed)) = WALLS.iter().find(|(wall, _)| *wall == dependency) {
                assert!(allowed.contains(&name.as_str()), "`{name}` depends on `{dependency}`");
            }
            let runs = ["actix", "tokio"].contains(&dependency.as_str());
            assert!(!runs || !STILL.contains(&name.as_str()), "`{name}` depends on `{dependency}`");
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
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let allowed = neighbours(name);
        for dependency in dependencies(&package) {
            if dependency.starts_with("duban") {
                assert!(allowed.contains(&dependency), "`{name}` knows `{dependency}`");
            }
        }
    }
}

/// Which packages of duban this one may know.
fn neighbours(name: &str) -> Vec<String> {
    if let Some((_, outside)) = OUTSIDE.iter().find(|(one, _)| *one == name) {
        let outside = outside.iter().map(|one| format!("duban-{one}"));
        return INSIDE.iter().map(|one| (*one).to_owned()).chain(outside).collect();
    }
    let (_, known) = NEIGHBOURS.iter().find(|(one, _)| *one == name).expect(name);
    known.iter().map(|one| (*one).to_owned()).collect()
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

fn packages() -> Vec<Value> {
    let text = run("cargo", &["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn dependencies(package: &Value) -> Vec<String> {
    let listed = package["dependencies"].as_array().unwrap();
    listed.iter().map(|d| d["name"].as_str().unwrap().to_owned()).collect()
}
