//! Waiting: no thread that answers waits for the journal, the store or the disk.

use std::fs;
use std::path::PathBuf;

use super::{root, sources};

/// Whose threads answer many at a time.
const ANSWERING: [&str; 4] =
    ["ops/api/src/http", "ops/web/src/pages", "ops/api/src/operations", "ops/access/src/access"];

/// What a journal answers from memory.
const FROM_MEMORY: [&str; 7] = [
    ".at_hand(",
    ".listen()",
    ".next_change(",
    ".place()",
    ".revision(",
    ".store_trouble()",
    ".trouble()",
];

/// Ways to the disk, and to other threads, that `ops/base/src/aside.rs` alone knows.
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

/// While one waits for the disk, all those wait whom the same thread answers: what is read is read by `Server::read`,
/// `Backend::read` and what else is in `ops/base/src/aside.rs`.
#[test]
fn no_thread_that_answers_waits_for_the_journal_or_the_disk() {
    let root = root();
    let place = |file: &PathBuf| file.strip_prefix(&root).unwrap().with_extension("");
    let answers = |file: &PathBuf| ANSWERING.iter().any(|of| place(file).starts_with(of));
    let answering: Vec<PathBuf> = sources().into_iter().filter(answers).collect();
    assert!(answering.len() > ANSWERING.len(), "{answering:?}");
    for file in answering {
        let wait = waits(&fs::read_to_string(&file).unwrap());
        assert_eq!(wait, None, "{} waits: ask `ops/base/src/aside.rs`", file.display());
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
