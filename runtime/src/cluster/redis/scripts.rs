//! Scripts that Redis runs: each is one step that nothing comes between. All are handed the same keys.

use std::borrow::Cow;
use std::sync::LazyLock;

use redis::{Cmd, Connection, ErrorKind, RedisResult, ServerErrorKind, Value};

use super::settings::Keys;

/// Adds a group.
pub(super) static COMMIT: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/commit.lua")));
/// Takes, keeps or gives up leases.
pub(super) static LEASE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/lease.lua")));
/// What a node says, and all that stands beside the frames.
pub(super) static NODE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/node.lua")));
/// Begins the log anew.
pub(super) static SEED: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/seed.lua")));
/// What the user may not do.
pub(super) static RIGHTS: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/rights.lua")));

/// A script, and what the server knows it by once it has seen it.
#[derive(Debug)]
pub(super) struct Script {
    text: &'static str,
    sha: String,
}

/// What a script is handed, in order.
#[derive(Debug, Default)]
pub(super) struct Words<'a>(Vec<Cow<'a, [u8]>>);

impl<'a> Words<'a> {
    pub(super) fn number(mut self, number: u64) -> Words<'a> {
        self.0.push(Cow::Owned(number.to_string().into_bytes()));
        self
    }

    pub(super) fn text(self, text: &'a str) -> Words<'a> {
        self.bytes(text.as_bytes())
    }

    pub(super) fn owned(mut self, text: String) -> Words<'a> {
        self.0.push(Cow::Owned(text.into_bytes()));
        self
    }

    pub(super) fn bytes(mut self, bytes: &'a [u8]) -> Words<'a> {
        self.0.push(Cow::Borrowed(bytes));
        self
    }
}

impl Script {
    fn new(text: &'static str) -> Script {
        let mut sum = sha1_smol::Sha1::new();
        sum.update(text.as_bytes());
        Script { text, sha: sum.digest().to_string() }
    }

    /// Runs it; a server that has not seen it is shown its text.
    pub(super) fn run(
        &self,
        connection: &mut Connection,
        keys: &Keys,
        words: &Words<'_>,
    ) -> RedisResult<Value> {
        let known = called("EVALSHA", &self.sha, keys, words).query(connection);
        match known {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                called("EVAL", self.text, keys, words).query(connection)
            }
            Ok(_) | Err(_) => known,
        }
    }
}

fn called(command: &'static str, script: &str, keys: &Keys, words: &Words<'_>) -> Cmd {
    let mut called = redis::cmd(command);
    let keys = [&keys.log, &keys.head, &keys.own, &keys.nodes];
    called.arg(script).arg(keys.len()).arg(&keys);
    for word in &words.0 {
        called.arg(word.as_ref());
    }
    called
}
