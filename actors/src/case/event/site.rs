//! Events on site: tasks that were given out, and what was seen (articles 10, 14 and 17).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::CollectorId;
use serde::{Deserialize, Serialize};

use crate::case::clock::StageClock;
use crate::case::command::Finding;

/// How a task on site left whoever had it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handover {
    /// It was taken from them, and they are told.
    #[default]
    Taken,
    /// They gave it back themselves, and carry it no more.
    GivenBack,
}

/// A task on site was given out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskGiven {
    /// Counts the tasks of a case from 1.
    pub task: u16,
    pub at: Timestamp,
    /// To whom; none while the grid has nobody.
    pub collector: Option<CollectorId>,
    /// The task's clock.
    pub clock: StageClock,
}

/// What was seen on site, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    pub by: CompactString,
    /// The collector who had the task; none when nobody had it.
    #[serde(default)]
    pub carrier: Option<CollectorId>,
    /// The photo, by the name of its blob.
    #[serde(default)]
    pub photo: Option<CompactString>,
    /// How far from the case's place it was taken.
    #[serde(default)]
    pub metres: Option<u32>,
    /// How far off it might have been taken, by the rules of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<u32>,
    #[serde(default)]
    pub note: String,
    /// Why the duty chief said it without a photo or from afar.
    #[serde(default)]
    pub waiver: Option<String>,
}

impl Sight {
    /// Who said it in place of a collector; none where one was there, for they waive nothing.
    pub(crate) fn waived_by(&self) -> Option<CompactString> {
        self.waiver.is_some().then(|| self.by.clone())
    }
}

/// Somebody looked whether it is so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Validated {
    pub at: Timestamp,
    pub task: u16,
    pub finding: Finding,
    pub sight: Sight,
    /// The desk's clock, with the span of the look left out.
    pub clock: StageClock,
}

/// Somebody looked whether it is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    pub at: Timestamp,
    pub task: u16,
    pub sight: Sight,
    pub verdict: Verdict,
}

/// What a look before closing came to, and what follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Verdict {
    /// It is done; the duty chief's clock.
    Passed(StageClock),
    /// It is not; a rework follows in the same record.
    Failed,
    /// It could not be seen; the next look.
    Unable(TaskGiven),
}
