//! E-mail against another server: Postfix's `smtp-sink`, with its own switches for what is wrong with it.
//!
//! Its faults meet every letter for ten minutes; then a server comes that has none. What it takes it writes into files.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use duban_runtime::clock::Timestamp;

use crate::foreign_servers::TestServer;
use crate::mail::{ScratchDir, plain, say_all};
use crate::table::row;
use crate::world::{NOON, Took, World, channels};

/// It writes down what it refuses, too, so nothing here refuses a letter that was given.
const FAULTS: [(&str, &[&str]); 8] = [
    ("none", &[]),
    ("4xx-to-rcpt", &["-r", "RCPT"]),
    ("5xx-to-rcpt", &["-f", "RCPT"]),
    ("421-to-mail", &["-Q", "MAIL"]),
    ("drop-at-data", &["-q", "DATA"]),
    ("drop-at-letter", &["-q", "."]),
    ("slow-to-data", &["-w", "3"]),
    ("window-of-16", &["-T", "16"]),
];

/// The rows of the fault table.
pub(crate) async fn rows() -> String {
    let mut rows = String::new();
    for (fault, switches) in FAULTS {
        let ground = ScratchDir::new();
        let world = World::open(ground.path()).await;
        say_all(&world).await;
        let sick = sink(ground.path(), 0, switches);
        // One at a time: how many are under way when the way is shut is no chance then.
        let toml = plain(sick.port) + "together = 1\n";
        let channels = channels(ground.path(), &toml);
        world.work(&channels, NOON + Duration::from_mins(10)).await;
        let port = sick.port;
        drop(sick);
        let _well = sink(ground.path(), port, &[]);
        world.work(&channels, Timestamp::NEVER).await;
        rows += &row("smtp-sink", fault, &world, &took(ground.path()));
        channels.close().await;
    }
    rows
}

fn sink(dir: &Path, port: u16, switches: &[&str]) -> TestServer {
    let letters = dir.join("letters");
    fs::create_dir_all(&letters).unwrap();
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if is_root {
        // It insists on being somebody else then, who may write here.
        for open in [dir, &letters] {
            fs::set_permissions(open, fs::Permissions::from_mode(0o777)).unwrap();
        }
    }
    TestServer::start_on(port, |port| {
        let mut command = Command::new("smtp-sink");
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin"));
        command.args(is_root.then_some(["-u", "nobody"]).into_iter().flatten());
        command.arg("-d").arg(letters.join("%Y.")).args(switches);
        command.args([&format!("127.0.0.1:{port}"), "64"]);
        command
    })
}

/// What it took: a file for each letter, below what it knows of the conversation.
fn took(dir: &Path) -> Vec<Took> {
    let mut took = Vec::new();
    for file in fs::read_dir(dir.join("letters")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        // A conversation that broke off leaves what there was of it.
        if !text.trim_end().ends_with("--") {
            continue;
        }
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim().trim_matches(['<', '>']).to_owned()
        };
        let letter = text.find("\nFrom: ").map(|start| &text[start..]);
        let mut hash = DefaultHasher::new();
        letter.unwrap_or_default().hash(&mut hash);
        let (id, to) = (field("Message-ID:"), field("X-Rcpt-Args:"));
        let (subject, text) = (String::new(), String::new());
        took.push(Took { id, to, hash: hash.finish().to_string(), subject, text });
    }
    took
}
