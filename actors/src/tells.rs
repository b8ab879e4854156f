//! Tells between entities: who tells whom, which words, and the ids in them. No entity knows another's commands.
//!
//! ```text
//! case ── Assign ─────────────► numbers      a filed case asks for its number (article 14)
//! numbers ── Numbered ────────► case
//! case ── Entrust, Release ───► collector    validation and verification on site (articles 14 and 17)
//! case ── Reserve, Settle, Release ─► unit   an extension within the unit's quota, and what became of it (article 27)
//! unit ── QuotaReserved, QuotaUsedUp ─► case
//! collector ── Reassign ──────► case         a task that its collector cannot carry goes on
//! case ── Propose, Withdraw, CarriedOut ─► meeting   a dispute that the committee decides (article 19)
//! meeting ── Resolved, CalledOff ─► case
//! person ── Leave ────────────► shift        who has a desk's post no more (article 3)
//! person ── Joined, Left, Recalled ─► operators   who becomes operator, and who is it no more (article 12)
//! operators ── Recall ────────► person       what became of a release that nobody has used
//! ```
//! A word is stored in the commit of the event that caused it and read as a command of whoever is told, so both have the
//! same JSON for ever; their forms stand in `tests/tables/tells`.

use compact_str::{CompactString, format_compact};
use duban_core::clock::Timestamp;
use duban_core::entity::{Effect, EntityId, Kind, Tell};
use duban_rules::line;
use duban_rules::vocabulary::{CollectorId, Place, UnitId};
use serde::{Deserialize, Serialize};

use crate::desks::Desk;
use crate::findings::Determination;

/// What a case is to the runtime.
pub const CASE: Kind = Kind { number: 1, name: "case" };
/// What a unit is to the runtime.
pub const UNIT: Kind = Kind { number: 2, name: "unit" };
/// What a collector is to the runtime.
pub const COLLECTOR: Kind = Kind { number: 3, name: "collector" };
/// What a year's number allocator is to the runtime.
pub const NUMBERS: Kind = Kind { number: 4, name: "numbers" };
/// What a person is to the runtime.
pub const PERSON: Kind = Kind { number: 6, name: "person" };
/// What the reservation of the last operator is to the runtime.
pub const OPERATORS: Kind = Kind { number: 8, name: "operators" };
/// What the shifts of a desk are to the runtime.
pub const SHIFT: Kind = Kind { number: 9, name: "shift" };
/// What a meeting of the committee is to the runtime.
pub const MEETING: Kind = Kind { number: 10, name: "meeting" };
/// The key of the reservation: there is one.
pub const ALL_OPERATORS: &str = "all";

/// The letters of a case id: without i, l, o and u, which are misread on the telephone.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The id that belongs to an intake key: the same report from the same source is the same case (article 14).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub CompactString);

impl CaseId {
    /// The id of what `source` calls `external_id`, as [`line::id`] reads both: twenty-four letters, so that it fits
    /// without an allocation.
    pub fn from_intake(source: &str, external_id: &str) -> CaseId {
        let (source, external_id) = (line::id(source), line::id(external_id));
        let mut hasher = blake3::Hasher::new();
        hasher.update(&u64::try_from(source.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(source.as_bytes()).update(external_id.as_bytes());
        let hash = hasher.finalize();
        let letters = hash.as_bytes().iter().take(23).map(|byte| usize::from(byte % 32));
        let letters = letters.filter_map(|place| LETTERS.get(place).copied().map(char::from));
        CaseId(std::iter::once('c').chain(letters).collect())
    }

    /// The entity of this case.
    pub fn entity(&self) -> EntityId {
        EntityId::new(CASE, &self.0)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A task on site: somebody waits for what stands there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub case: CaseId,
    /// Counts the tasks of that case.
    pub task: u16,
    /// Where to go, if the case knows it in degrees.
    pub place: Option<Place>,
    pub due: Timestamp,
}

/// A place that an application wants in its unit's quota (article 27).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    pub case: CaseId,
    /// Which application of the case.
    pub no: u16,
    /// In which month it was asked, e.g. 2026-03.
    pub month: CompactString,
    /// How many assignments the unit began in it, with this one.
    pub n: u32,
    /// When they were counted.
    pub as_of: Timestamp,
}

/// What a unit's quota said of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaAnswer {
    /// Which application of the case.
    pub no: u16,
    /// The assignments it was reckoned by.
    pub n: u32,
    /// In how many of them the unit may be granted more time.
    pub allowed: u32,
    /// How many of these are used, with this one if it has a place.
    pub used: u32,
}

/// A dispute that is put to the committee (article 19).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Motion {
    pub case: CaseId,
    /// What people call the case and what it is about, in a line.
    pub subject: String,
    /// The unit that disputes it.
    pub applicant: UnitId,
    /// The units named beside it, at most seven.
    pub units: Vec<UnitId>,
    /// Why the committee is to decide it.
    pub reason: String,
    /// Who put it there, by login name.
    pub by: CompactString,
}

/// The number of the meeting to which a case's `request`-th request is put.
pub fn meeting_of(case: &str, request: u16) -> CompactString {
    format_compact!("{case}-{request}")
}

/// What the committee decided of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// The number of the meeting.
    pub meeting: CompactString,
    pub finding: Determination,
    pub reason: String,
    /// Who chaired the meeting.
    pub chair: CompactString,
    /// Who entered it, by login name.
    pub by: CompactString,
}

/// What became of an application that was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Became {
    Granted,
    /// Granted beyond the quota, by the centre's head.
    Beyond,
    /// Refused on its merits.
    Refused,
}

/// What somebody is whose release is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Post {
    Operator,
    Other,
}

/// What an allocator is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ToNumbers {
    /// Give this case a number.
    Assign { case: CaseId },
}

/// What a unit is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ToUnit {
    /// A case of yours applies for more time.
    Reserve(Booking),
    /// It was decided.
    Settle { case: CaseId, no: u16, became: Became },
    /// It was taken back.
    Release { case: CaseId, no: u16 },
}

/// What a collector is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ToCollector {
    /// Carry this task.
    Entrust(Task),
    /// Carry the task of this case no more.
    Release { case: CaseId },
}

/// What a case is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ToCase {
    /// It has this number.
    Numbered {
        /// On paper.
        number: CompactString,
    },
    /// Its task needs somebody else.
    Reassign {
        task: u16,
        /// Nobody by name: the case finds the next one.
        to: Option<CollectorId>,
        reason: String,
        /// Who cannot carry it.
        from: Option<CollectorId>,
    },
    /// Its application has a place in the unit's quota.
    QuotaReserved(QuotaAnswer),
    /// The unit's quota is used up.
    QuotaUsedUp(QuotaAnswer),
    /// The committee has decided it.
    Resolved(Resolution),
    /// The meeting that was to decide it is called off.
    CalledOff { meeting: CompactString, reason: String },
}

/// What a meeting of the committee is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ToMeeting {
    /// Be proposed, with this on the agenda.
    Propose(Motion),
    /// This case needs no decision any more.
    Withdraw { case: CaseId },
    /// What was decided of this case is done.
    CarriedOut { case: CaseId },
}

/// What the reservation of the last operator is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ToOperators {
    /// Somebody has become operator.
    Joined { login: CompactString },
    /// Somebody has used their release.
    Left { login: CompactString, release: u64 },
    /// Somebody has declared all releases up to this one void.
    Recalled { login: CompactString, release: u64, post: Post },
}

/// What the shifts of a desk are told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ToShift {
    /// Somebody has the desk's post no more.
    Leave { login: CompactString },
}

/// What a person is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ToPerson {
    /// Declare this release and all before it void, and say what you are.
    Recall { release: u64 },
}

impl ToNumbers {
    /// Told to the allocator of a year.
    pub fn tell(&self, year: i32) -> Effect {
        told(NUMBERS, &format_compact!("{year}"), self)
    }
}

impl ToUnit {
    /// Told to a unit.
    pub fn tell(&self, unit: &UnitId) -> Effect {
        told(UNIT, unit.as_str(), self)
    }
}

impl ToCollector {
    /// Told to a collector.
    pub fn tell(&self, collector: &CollectorId) -> Effect {
        told(COLLECTOR, collector.as_str(), self)
    }
}

impl ToCase {
    /// Told to a case.
    pub fn tell(&self, case: &CaseId) -> Effect {
        told(CASE, case.as_str(), self)
    }
}

impl ToMeeting {
    /// Told to the meeting of this number.
    pub fn tell(&self, meeting: &str) -> Effect {
        told(MEETING, meeting, self)
    }
}

impl ToOperators {
    /// Told to the reservation.
    pub fn tell(&self) -> Effect {
        told(OPERATORS, ALL_OPERATORS, self)
    }
}

impl ToShift {
    /// Told to the shifts of a desk.
    pub fn tell(&self, desk: Desk) -> Effect {
        told(SHIFT, desk.as_str(), self)
    }
}

impl ToPerson {
    /// Told to a person.
    pub fn tell(&self, login: &str) -> Effect {
        told(PERSON, login, self)
    }
}

fn told<W: Serialize>(whom: Kind, key: &str, word: &W) -> Effect {
    // Writing plain data cannot fail.
    let command = serde_json::to_string(word).unwrap_or_default();
    Effect::Tell(Tell { to: EntityId::new(whom, key), command })
}
