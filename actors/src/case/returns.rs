//! Returns as a case remembers them (退单): on which ground a unit asked to give it back, what the desk thinks of it, and
//! whether the signed form is there (articles 15, 19 and 21).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{StepCode, UnitId};
use serde::{Deserialize, Serialize};

use super::clock::{Ahead, ClockName, StepAt};
use super::command::Ground;

/// Returns that a case remembers; of more the oldest is forgotten, and may be asked on its ground once more.
pub const RETURNS_MAX: usize = 16;

/// What a unit asked with a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// To give the case back (退单).
    #[default]
    Return,
    /// To have it found whose the case is (责任认定).
    Dispute,
    /// For something beside the work (延期, 案情不符, 缓办).
    Application,
}

/// A unit asked to give the case back, or to have it found whose it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskedReturn {
    /// Counts the returns of a case from 1.
    pub no: u16,
    pub lane: Lane,
    /// In which assignment.
    pub assignment: u16,
    pub unit: UnitId,
    /// On which ground; none in records of releases that did not ask.
    pub ground: Option<Ground>,
    pub form: Form,
}

/// The form of a return, signed by the unit's leader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// The dispatcher's own slip needs none, and releases before asked for none.
    NotNeeded,
    /// By the name of its blob.
    Given(CompactString),
    /// It may follow until then (待补签章).
    Awaited(StepAt),
    Missing,
}

impl Form {
    /// That of a request which wants one: as it came in, or until when it may follow.
    pub(super) fn wanted(form: Option<&CompactString>, due: Option<Timestamp>) -> Form {
        match (form, due) {
            (Some(form), _) => Form::Given(form.clone()),
            (None, Some(due)) => Form::awaited(due),
            (None, None) => Form::Missing,
        }
    }

    /// One that may follow until `due`.
    pub(super) fn awaited(due: Timestamp) -> Form {
        Form::Awaited(StepAt { code: StepCode::new("100"), due })
    }

    /// Whether it is still to come, in time or not.
    pub fn is_lacking(&self) -> bool {
        match self {
            Form::NotNeeded | Form::Given(_) => false,
            Form::Awaited(_) | Form::Missing => true,
        }
    }
}

impl AskedReturn {
    /// The instant at which a form that may follow is due, as a step.
    pub(super) fn ahead(&self) -> Option<Ahead<'_>> {
        let Form::Awaited(StepAt { code, due }) = &self.form else { return None };
        let (assignment, revision) = (self.assignment, self.no);
        Some(Ahead { clock: ClockName::Form, assignment, revision, code, due: *due })
    }
}
