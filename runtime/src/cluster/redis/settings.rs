//! Settings of the way to a log: where Redis is, who comes, and under which name the log stands.

use std::fmt;

/// A cluster's name has at most so many letters.
const NAME_MAX: usize = 32;

/// What it takes to come to a log in Redis.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `redis://HOST:PORT`, or `rediss://` for TLS; a process that says `rediss` has chosen a provider for rustls.
    pub url: String,
    /// With TLS: the certificate, as PEM, of the authority that vouches for the server; none: whoever the machine trusts.
    pub authority: Option<String>,
    /// None: the server's default user.
    pub user: Option<String>,
    pub password: Option<Password>,
    /// Under which everything stands: 1–32 letters, digits, `-` or `_`.
    pub cluster: String,
    pub durability: Durability,
    /// How many bytes of frames the log may hold: the server must have room for them.
    pub cap_bytes: u64,
}

/// When what is added is safe on the server's disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Before it is answered.
    Always,
    /// About a second later: a machine that loses power, or a server that is killed, takes the last two seconds with it.
    EverySecond,
}

/// A password; it hides when it is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hidden")
    }
}

/// What is wrong with settings before anything is connected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSettings {
    #[error("the cluster's name `{0}` is not 1 to {NAME_MAX} letters, digits, `-` or `_`")]
    Name(String),
    #[error(
        "this is no address of a Redis: {0}; write `redis://HOST:PORT`, or `rediss://` for TLS"
    )]
    Url(String),
    #[error("the address of Redis names a user or a password; they have settings of their own")]
    Secret,
}

/// The names of keys of one cluster; all lie in one slot.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) log: String,
    pub(super) head: String,
    pub(super) own: String,
    pub(super) nodes: String,
    letters: String,
    /// What fits them and no other cluster's.
    pub(super) pattern: String,
}

impl Keys {
    pub(super) fn of(cluster: &str) -> Result<Keys, BadSettings> {
        let is_fine = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_');
        if cluster.is_empty() || cluster.len() > NAME_MAX || !cluster.bytes().all(is_fine) {
            return Err(BadSettings::Name(cluster.to_owned()));
        }
        let key = |of: &str| format!("{{{cluster}}}:{of}");
        let (log, head, own, nodes) = (key("log"), key("head"), key("own"), key("nodes"));
        Ok(Keys { log, head, own, nodes, letters: key("to:"), pattern: key("*") })
    }

    /// Where letters to this node are published.
    pub(super) fn letters_to(&self, node: &str) -> String {
        format!("{}{node}", self.letters)
    }
}
