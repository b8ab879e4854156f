//! Exits: how a command ended, as its process says it and as the control socket does.

use std::process::ExitCode;

use serde::{Deserialize, Serialize};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    Done,
    /// Errors were found, or it could not be done.
    Failed,
    /// The command line made no sense.
    Usage,
    /// A server found no store.
    NoStore,
    /// A server found another ledger than the one that was seen, or a part of it, or that of another node.
    NoLedger,
    /// It is done, without what could not be read.
    PartlyRead,
    /// Nothing could be read.
    NothingRead,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        match exit {
            Exit::Done => ExitCode::SUCCESS,
            Exit::Failed => ExitCode::FAILURE,
            Exit::Usage => ExitCode::from(2),
            Exit::NoStore => ExitCode::from(3),
            Exit::NoLedger => ExitCode::from(4),
            Exit::PartlyRead => ExitCode::from(5),
            Exit::NothingRead => ExitCode::from(6),
        }
    }
}
