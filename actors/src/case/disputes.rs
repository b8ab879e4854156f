//! Disputes as a case remembers them (责任认定): the one under way with its meeting on site, and what was found of those
//! before (article 19).
//!
//! A case of which something was found is bound: no unit gives it back or disputes it any more. A unit that stayed away from
//! the meeting was not heard: it has a working day to answer in writing, with a return, before it is bound.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{StepCode, UnitId};
use serde::{Deserialize, Serialize};

use super::clock::{Ahead, ClockName, StageClock, StepAt};
use super::command::{Determination, Ground};

/// A dispute under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The clock of the finding.
    pub clock: StageClock,
    pub ground: Ground,
    /// Whose the applicant says it is, if it says so.
    pub proposes: Option<UnitId>,
    /// The meeting on site that was called last.
    pub meeting: Option<SiteMeeting>,
    /// When duty chief or head ought to have found it: time behind that is never the applicant's.
    pub found_by: Timestamp,
    pub committee: Committee,
}

/// Whether the committee is to find it (article 19).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Committee {
    NotAsked,
    /// It is on the agenda of this meeting, by its number.
    Asked {
        meeting: CompactString,
    },
    /// The meeting was called off: chief or head find it after all.
    CalledOff,
}

impl Committee {
    /// The number of the meeting that is to find it.
    pub fn meeting(&self) -> Option<&CompactString> {
        match self {
            Committee::Asked { meeting } => Some(meeting),
            Committee::NotAsked | Committee::CalledOff => None,
        }
    }
}

/// Units that one meeting calls at most, the applicant among them.
pub const CALLED_MAX: usize = 8;

/// A meeting on site (现场确认).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteMeeting {
    /// Counts the calls of a dispute from 1.
    pub no: u16,
    pub when: Timestamp,
    /// Where they meet; none for the case's own place.
    pub place: Option<CompactString>,
    /// Who is called, the applicant first; at most [`CALLED_MAX`].
    pub units: Box<[UnitId]>,
    /// Who stayed away, once it was held.
    pub absent: Option<Box<[UnitId]>>,
}

impl Dispute {
    /// Whether the unit was called to a meeting that was held, and stayed away.
    pub fn was_unheard(&self, unit: &UnitId) -> bool {
        let absent = self.meeting.as_ref().and_then(|meeting| meeting.absent.as_ref());
        absent.is_some_and(|absent| absent.contains(unit))
    }
}

/// What was found of a dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Determined {
    /// In which assignment it was disputed.
    pub assignment: u16,
    pub unit: UnitId,
    pub ground: Ground,
    pub finding: Determination,
    /// Who found it.
    pub by: CompactString,
    /// When the unit asked.
    pub asked: Timestamp,
    pub at: Timestamp,
    pub binding: Binding,
}

/// Whether a finding binds the unit that got the case by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Binding {
    /// It does.
    Bound,
    /// The unit was not heard: it will then, unless the unit answers in writing before.
    At(StepAt),
    /// The unit answered in writing, and has no answer yet.
    Answered,
}

impl Binding {
    /// That of a finding which binds at an instant, or at once.
    pub(super) fn of(at: Option<Timestamp>) -> Binding {
        at.map_or(Binding::Bound, |due| Binding::At(StepAt { code: StepCode::new("100"), due }))
    }
}

impl Determined {
    /// Whose the case was found to be.
    pub fn owner(&self) -> &UnitId {
        match &self.finding {
            Determination::Stays | Determination::StaysCredited => &self.unit,
            Determination::MovesTo(unit) | Determination::Joint { lead: unit, .. } => unit,
        }
    }

    /// The instant at which it binds the unit, as a step.
    pub(super) fn ahead(&self) -> Option<Ahead<'_>> {
        let Binding::At(StepAt { code, due }) = &self.binding else { return None };
        let assignment = self.assignment.saturating_add(1);
        Some(Ahead { clock: ClockName::Binding, assignment, revision: 0, code, due: *due })
    }
}
