//! Circles between the modules at the root of a crate: none but those that are one idea.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{named, root, sources};

/// Modules at the root of a crate that may know each other. The list of operations is one with its three faces (ADRs
/// 0029 and 0035); the others are older than this rule, and none is added to them.
const CIRCLES: [(&str, &[&[&str]]); 13] = [
    ("ops", &[]),
    ("ops/base", &[]),
    ("ops/access", &[]),
    ("ops/messages", &[]),
    ("ops/server", &[]),
    ("ops/watch", &[]),
    ("ops/api", &[&["forms", "http", "operations", "verbs"]]),
    ("ops/web", &[]),
    ("ops/lab", &[]),
    ("actors", &[&["brief", "context", "roster", "unit"]]),
    ("rules", &[&["book", "check", "deadline", "diagnostic", "edition", "source", "vocabulary"]]),
    ("runtime", &[]),
    ("runtime/core", &[]),
];

#[test]
fn modules_at_the_root_of_a_crate_do_not_know_each_other_in_a_circle() {
    for (krate, allowed) in CIRCLES {
        let known = known_modules(&root().join(krate).join("src"));
        assert!(known.len() > 1, "{krate}: {known:?}");
        for circle in circles(&known) {
            let is_known = |of: &&[&str]| circle.iter().all(|module| of.contains(&module.as_str()));
            assert!(allowed.iter().any(is_known), "{krate}: {circle:?} know each other");
        }
    }
}

#[test]
fn a_circle_is_found_however_long_it_is() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let graph = |edges: &[(&str, &[&str])]| -> BTreeMap<String, BTreeSet<String>> {
        edges.iter().map(|(from, to)| ((*from).to_owned(), set(to))).collect()
    };
    assert!(circles(&graph(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])])).is_empty());
    let ring = graph(&[("a", &["b"]), ("b", &["c"]), ("c", &["a"]), ("d", &["a"])]);
    assert_eq!(circles(&ring), BTreeSet::from([set(&["a", "b", "c"])]));
}

/// Which modules at the root of a crate each of them names, its tests and comments left out.
fn known_modules(src: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in sources().into_iter().filter(|file| file.starts_with(src)) {
        let place = file.strip_prefix(src).unwrap().with_extension("");
        let modules: Vec<&str> = place.iter().map(|part| part.to_str().unwrap()).collect();
        if ["lib", "main"].contains(&modules[0]) || modules.contains(&"tests") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let (text, _) = text.split_once("#[cfg(test)]\nmod ").unwrap_or((&text, ""));
        let code: Vec<&str> =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        known
            .entry(modules[0].to_owned())
            .or_default()
            .extend(named(modules.len(), &code.join("\n")));
    }
    let all: BTreeSet<String> = known.keys().cloned().collect();
    for (module, others) in &mut known {
        others.retain(|other| other != module && all.contains(other));
    }
    known
}

/// The modules that reach each other, in sets of all that do.
fn circles(known: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<BTreeSet<String>> {
    let reached = |from: &String| {
        let (mut reached, mut rest) = (BTreeSet::new(), vec![from]);
        while let Some(others) = rest.pop().and_then(|module| known.get(module)) {
            rest.extend(others.iter().filter(|other| reached.insert((*other).clone())));
        }
        reached
    };
    let reach: BTreeMap<&String, BTreeSet<String>> =
        known.keys().map(|module| (module, reached(module))).collect();
    let mutual = |module: &&String| -> BTreeSet<String> {
        let back = |other: &&String| reach.get(other).is_some_and(|back| back.contains(*module));
        reach[*module].iter().filter(back).cloned().collect()
    };
    reach.keys().map(mutual).filter(|circle| circle.len() > 1).collect()
}
