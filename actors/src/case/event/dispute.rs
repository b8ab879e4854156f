//! Dispute events: asked, met on site, and found (article 19).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

use crate::case::assignment::Resumed;
use crate::case::clock::{Span, StageClock};
use crate::case::command::{Determination, Ground};

/// The unit asked to have it found whose the case is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disputed {
    pub at: Timestamp,
    pub ground: Ground,
    pub reason: String,
    /// Whose it says the case is.
    #[serde(default)]
    pub proposes: Option<UnitId>,
    /// The signed form, by the name of its blob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<CompactString>,
    /// Until when the form may follow, where it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_due: Option<Timestamp>,
    /// The clock of whoever finds it.
    pub clock: StageClock,
}

/// Everybody concerned was called to the place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteMeetingCalled {
    pub at: Timestamp,
    /// Counts the calls of a dispute from 1: a higher one moves the meeting.
    pub no: u16,
    /// When they meet.
    pub when: Timestamp,
    /// Where they meet; none for the case's own place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Who is called, the applicant first.
    pub units: Vec<UnitId>,
    /// When they were to meet by the call before, if that was not held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Timestamp>,
    /// Who was called to that and is not called any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<UnitId>,
}

/// They met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteMeetingHeld {
    pub at: Timestamp,
    /// Which call.
    pub no: u16,
    pub present: Vec<UnitId>,
    /// Who was called and stayed away.
    pub absent: Vec<UnitId>,
    pub record: String,
    /// By the names of their blobs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<CompactString>,
}

/// A meeting that was called and is not held: the dispute ended before its hour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeetingOff {
    /// Which call.
    pub no: u16,
    /// When it was to be.
    pub when: Timestamp,
    /// When it was disputed: it is this dispute's meeting.
    pub since: Timestamp,
    /// Where they were to meet; none for the case's own place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<CompactString>,
    pub units: Box<[UnitId]>,
}

/// It was found whose the case is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeterminedEvent {
    pub at: Timestamp,
    pub finding: Determination,
    pub reason: String,
    /// Who found it.
    pub by: CompactString,
    /// When it binds the unit that gets the case, where that stayed away from the meeting; none where it binds at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binds_at: Option<Timestamp>,
    /// Which meeting of the committee decided it; none where chief or head found it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committee: Option<ByCommittee>,
    /// The meeting that is not held any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting_off: Option<Box<MeetingOff>>,
    /// What became of the case.
    pub outcome: DisputeOutcome,
}

/// A decision of the committee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByCommittee {
    /// The number of the meeting, which has the minutes.
    pub meeting: CompactString,
    /// Who chaired it.
    pub chair: CompactString,
}

/// A dispute was put to the committee.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Referred {
    pub at: Timestamp,
    pub reason: String,
    /// Who put it there.
    pub by: CompactString,
    /// The number of the meeting that is proposed by this.
    pub meeting: CompactString,
    /// What the case is called on its agenda.
    pub subject: String,
    /// The units concerned beside the applicant.
    pub units: Vec<UnitId>,
    /// Until when the committee is to meet; the meeting reminds of it.
    pub clock: StageClock,
}

/// What becomes of a case whose dispute ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisputeOutcome {
    /// The applicant goes on.
    GoesOn {
        /// The time that is the applicant's after all, from the asking on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        charged_back: Option<Span>,
        /// How its clock goes on, with the time that is credited.
        resumed: Resumed,
    },
    /// Another unit gets it, with the clock of its dispatch; that follows at once.
    Leaves { clock: StageClock },
}
