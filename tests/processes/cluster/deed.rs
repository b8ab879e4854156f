//! Deeds: what somebody asked of a town, when, of which nodes, and what they were told.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

/// Something that was asked, and what became of it.
#[derive(Debug)]
pub(crate) struct Deed {
    /// By what it is found in a record: it stands in what was said.
    pub(crate) mark: String,
    pub(crate) case: String,
    /// Steps come due on its case soon.
    pub(crate) is_urgent: bool,
    /// When it was sent first, since the callers came.
    pub(crate) sent: Duration,
    /// When the last answer came.
    pub(crate) ended: Duration,
    pub(crate) tries: Vec<Try>,
    pub(crate) outcome: Outcome,
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Deed { mark, case, sent, ended, tries, outcome, .. } = self;
        write!(f, "{mark} of {case}, from {sent:.3?} to {ended:.3?}: {outcome:?} after ")?;
        let tries = tries.iter().map(|Try { node, answer }| format!("node {node}: {answer}"));
        f.write_str(&tries.collect::<Vec<_>>().join("; "))
    }
}

/// One time it was asked.
#[derive(Debug)]
pub(crate) struct Try {
    /// The place of the node that was asked.
    pub(crate) node: usize,
    /// The status, or what was wrong with the connection.
    pub(crate) answer: String,
}

#[derive(Debug)]
pub(crate) enum Outcome {
    /// It stands as the record of this sequence.
    Done(u64),
    /// Nobody said so.
    Unknown,
    /// An answer that nobody who asks so is to get.
    Unexpected(String),
}

impl Deed {
    /// Whether somebody said that it stands.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.outcome, Outcome::Done(_))
    }

    /// From the first time it was asked to the last answer.
    pub(crate) fn waited(&self) -> Duration {
        self.ended.saturating_sub(self.sent)
    }
}

impl Outcome {
    /// What an answer that is none of refusal says.
    pub(crate) fn of(answer: &str) -> Outcome {
        let said: Value = serde_json::from_str(answer).unwrap_or_default();
        match said["sequence"].as_u64() {
            Some(sequence) => Outcome::Done(sequence),
            None => Outcome::Unexpected(answer.to_owned()),
        }
    }
}
