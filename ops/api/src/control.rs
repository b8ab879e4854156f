//! The control socket: whoever may open the store's directory gives commands to the server that works on it.
//!
//! ```text
//! duban case list ─► is somebody at DIR/control/socket? ─► yes: the server runs the very command on its own store
//!                                                        └► no: it opens the store itself
//! ```
//! The socket lies in a directory that only its owner enters, so no password is asked: the files are theirs anyway.
//! What a command prints comes back line by line as it is printed, then how it ended.

mod caller;
mod server;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use duban_rules::Lang;
use serde::{Deserialize, Serialize};

use duban_base::config::fields::word_of;
use duban_base::exit::Exit;
use duban_server::server::Server;

pub use caller::{Line, reach};
pub use server::{Control, open};

/// Carries a command out in the server that holds its store: what it prints goes to the one end and the other.
pub type CarryOut = fn(&Arc<Server>, &Order, &mut dyn Write, &mut dyn Write) -> Exit;

/// A command that was typed elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// As they were typed, the program's name first.
    pub args: Vec<String>,
    /// What was read beside them, such as a password.
    pub secret: Option<String>,
}

impl Order {
    /// The command of these arguments, to be answered in `lang`.
    pub fn new(args: &[OsString], lang: Lang, secret: Option<String>) -> Order {
        let mut args: Vec<String> =
            args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
        if !args.iter().any(|arg| arg == "--lang" || arg.starts_with("--lang=")) {
            // Before the command's own words, which may end in arguments that are taken as they stand.
            args.insert(1.min(args.len()), format!("--lang={}", word_of(lang)));
        }
        Order { args, secret }
    }

    /// The same with further words at its end.
    #[must_use]
    pub fn with(mut self, words: &[&str]) -> Order {
        self.args.extend(words.iter().map(|word| (*word).to_owned()));
        self
    }
}

/// A piece of what a command has to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Piece {
    /// Of its output.
    Out(String),
    /// Of its remarks.
    Err(String),
    Exit(Exit),
}

/// Where the socket of the store in `dir` lies.
fn socket(dir: &Path) -> PathBuf {
    dir.join("control").join("socket")
}
