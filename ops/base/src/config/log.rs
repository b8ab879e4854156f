//! Levels and forms of the log: how much is told, and for whom.

use super::couriers::Choice;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Level {
    /// What a person must look at.
    Error,
    /// What is tried again.
    #[default]
    Warn,
    /// What an operator likes to know.
    Info,
    /// Every command.
    Debug,
    /// Everything.
    Trace,
}

impl Level {
    /// Every level, least first.
    pub const ALL: [Level; 5] =
        [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];

    /// The spelling in files, options and the environment.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug => "debug",
            Level::Trace => "trace",
        }
    }

    /// The level of this spelling.
    pub fn of(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.as_str() == word)
    }
}

/// For whom the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// People: a line per event.
    Human,
    /// Programs: a JSON document per event.
    Json,
}

impl Choice for Form {
    const ALL: &'static [(&'static str, Form)] = &[("human", Form::Human), ("json", Form::Json)];
}
