//! The nouns of a case (案件): where it can stand and what it carries there (articles 12–18).
//!
//! The page to read first is [`lifecycle`]; around it stand [`timers`], [`effects`], [`listing`], [`claim`], [`stored`],
//! [`view`] and [`explain`]. A case keeps what it decides by; texts, photos and who did what stand in its events.

pub mod assignment;
pub mod canary;
pub mod channel;
pub mod claim;
pub mod clock;
pub mod command;
pub mod effects;
pub mod event;
pub mod explain;
pub mod ladder;
pub mod lifecycle;
pub mod listing;
pub mod provisional;
mod reach;
pub mod recalculation;
pub mod refusal;
pub mod stored;
pub mod supervision;
pub mod timers;
pub mod view;

use compact_str::{CompactString, format_compact};
use duban_rules::book::stages::Urgency;
use duban_rules::line;
use duban_rules::vocabulary::{CollectorId, ConditionCode, GridId, Place, TimeLimit, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{
    Asked, Corrupt, Effect, Entity, EntityId, Kind, Listing, Timers as WantedTimers,
};
use duban_runtime::outbox::{Claim, Message};
use serde::{Deserialize, Serialize};

use assignment::{Assignment, Returned};
pub use channel::Channel;
use clock::{Span, StageClock};
pub use command::Command;
pub use event::Event;
use ladder::SharedLadder;
pub use refusal::Refusal;
use supervision::Order;

use crate::context::Context;

/// What a case is to the runtime.
pub const KIND: Kind = Kind { number: 1, name: "case" };

/// Units that gave a case back and are remembered: a case that more have seen is one of disputed responsibility.
pub const RETURNED_MAX: usize = 4;
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
        EntityId::new(KIND, &self.0)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A case.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its key.
    pub id: CompactString,
    /// Where it stands.
    pub life: Life,
}

/// Where a case stands (the state table of article 12).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Life {
    /// Nobody has reported anything.
    Unreported,
    /// Registered; the desk decides whether to file it (待立案, article 14).
    Registered(Box<Intake>),
    /// A collector looks whether it is so (核实中, article 14); the desk's clock stands still.
    Validating(Box<Intake>, Box<SiteTask>),
    /// Not filed (不予立案); the end.
    Declined(Box<Declined>),
    /// Filed; the dispatcher chooses a unit (待派遣, article 15).
    AwaitingDispatch(Box<Filing>, Box<StageClock>),
    /// With a unit that has not signed for it (待签收, article 16).
    Dispatched(Box<Filing>, Box<Assignment>, Box<StageClock>),
    /// The unit is at it (处置中, article 16).
    Handling(Box<Filing>, Box<Assignment>),
    /// The unit asks to give it back (退单审核); its clock stands still.
    Returning(Box<Filing>, Box<Assignment>, Box<Pending>),
    /// The unit has fed back; a collector looks whether it is so (核查中, article 17); the unit's clock stands still.
    Verifying(Box<Filing>, Box<Assignment>, Box<Verifying>),
    /// Verified; the duty chief compares and closes (待结案, article 18); the unit's clock stands still.
    AwaitingClosing(Box<Filing>, Box<Assignment>, Box<Pending>),
    /// Closed (结案); the end.
    Closed(Box<Closed>),
}

/// Who reported; name and number as sealed by the door, never in the clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    /// The sealed name; empty for an anonymous one.
    #[serde(default)]
    pub name: CompactString,
    /// The sealed number; empty when there is none.
    #[serde(default)]
    pub phone: CompactString,
    /// Whether they want to hear what became of it.
    pub reply: ReplyWish,
}

/// What stands for a name that was erased; nobody's name and no sealed text is this.
pub const ERASED: &str = "~0";

impl Reporter {
    /// Whoever reported it and was erased since (article 13): nothing is known of them, and nobody answers them.
    pub fn erased() -> Reporter {
        Reporter {
            name: CompactString::const_new(ERASED),
            phone: CompactString::default(),
            reply: ReplyWish::NotWanted,
        }
    }

    /// Whether they were erased.
    pub fn is_erased(&self) -> bool {
        self.name == ERASED
    }
}

/// Whether a reporter wants an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplyWish {
    /// They do.
    Wanted,
    /// They do not.
    NotWanted,
}

/// What a case keeps of its report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How it came.
    pub channel: Channel,
    /// When it was registered.
    pub at: Timestamp,
    /// Where it is, in degrees.
    pub place: Option<Place>,
    /// The supervision grid around that place.
    pub grid: Option<GridId>,
    /// Where it is, in words.
    pub address: Box<str>,
    /// Who reported it.
    pub reporter: Option<Box<Reporter>>,
    /// How many tasks on site it had.
    pub tasks: u16,
}

/// What a case carries until it is filed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intake {
    /// The report.
    pub report: Report,
    /// The desk's clock.
    pub clock: StageClock,
    /// When that clock stood still.
    pub pauses: Box<[Span]>,
    /// What is known of its truth.
    pub truth: Truth,
}

/// What is known of a report's truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// Nobody has looked.
    Unasked,
    /// It is as reported.
    Confirmed,
    /// It is not.
    Refuted,
}

/// A task on site: validation or verification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteTask {
    /// Counts the tasks of a case from 1.
    pub no: u16,
    /// Who goes; none while the grid has nobody.
    pub collector: Option<CollectorId>,
    /// When it was given out.
    pub since: Timestamp,
    /// Its clock.
    pub clock: StageClock,
}

/// A filed case, whoever holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filing {
    /// The report.
    pub report: Report,
    /// The handbook's condition; none in a history that knows no handbook.
    pub condition: Option<ConditionCode>,
    /// The condition's limit on the day of filing (article 11); none in a history, whose targets are given.
    pub limit: Option<TimeLimit>,
    /// The ladder of that day.
    pub ladder: SharedLadder,
    /// The yearly number, once the allocator has given it.
    pub number: Option<CompactString>,
    /// How many assignments it had.
    pub assignments: u16,
    /// How often it was sent back for rework.
    pub reworks: u16,
    /// Supervision orders (督办单).
    pub orders: Box<[Order]>,
    /// Units that gave it back: each goes on with what was left of its limit if it gets the case again. At most
    /// [`RETURNED_MAX`], oldest first; one that is forgotten gets the whole limit.
    pub returned: Box<[Returned]>,
}

impl Filing {
    /// Whether nights and holidays count.
    pub fn urgency(&self) -> Urgency {
        self.limit.as_ref().map_or(Urgency::Ordinary, Urgency::of)
    }

    /// Whether it is a history's, whose target and steps were given: it is neither returned nor supervised, and it is
    /// concluded instead of closed.
    pub fn is_adopted(&self) -> bool {
        self.limit.is_none()
    }

    /// What people call it: its number, or its id until it has one.
    pub fn called<'a>(&'a self, id: &'a str) -> &'a str {
        self.number.as_deref().unwrap_or(id)
    }

    /// The stretch that `unit` ended by giving the case back, if it is remembered.
    pub fn returned_by(&self, unit: &UnitId) -> Option<&Returned> {
        self.returned.iter().find(|returned| returned.held.unit == *unit)
    }

    /// Remembers a stretch that ended by giving the case back; the unit's earlier one went on in it.
    fn given_back(&mut self, held: Assignment, since: Timestamp) {
        let mut returned = std::mem::take(&mut self.returned).into_vec();
        if returned.len() >= RETURNED_MAX {
            returned.remove(0);
        }
        returned.push(Returned { held, since });
        self.returned = returned.into_boxed_slice();
    }

    /// Takes out the stretch with this number: its unit has the case again.
    fn take_returned(&mut self, no: u16) -> Option<Assignment> {
        let mut returned = std::mem::take(&mut self.returned).into_vec();
        let place = returned.iter().position(|returned| returned.held.no == no);
        let taken = place.map(|place| returned.remove(place).held);
        self.returned = returned.into_boxed_slice();
        taken
    }

    /// What people call a supervision order of it.
    pub fn order_called(&self, id: &str, order: u16) -> CompactString {
        format_compact!("{}-督{order}", self.called(id))
    }
}

/// A stage at the centre during which the unit's clock stands still.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// Since when the unit's clock stands still.
    pub since: Timestamp,
    /// The clock of whoever decides.
    pub clock: StageClock,
}

/// A feedback under verification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verifying {
    /// When the unit finished: on time is judged by this.
    pub finish: Timestamp,
    /// Who looks.
    pub task: SiteTask,
}

/// A report that was not filed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Declined {
    /// The report.
    pub report: Report,
    /// When.
    pub at: Timestamp,
}

/// Whether a case was finished in time (按期结案, article 26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timeliness {
    /// The accepted feedback came no later than the due instant.
    OnTime,
    /// It came later.
    Late,
    /// There was no target.
    Unjudged,
}

impl Timeliness {
    /// Judges a finish against a due instant, which is still in time itself.
    pub fn of(finish: Timestamp, due: Option<Timestamp>) -> Timeliness {
        match due {
            Some(due) if finish <= due => Timeliness::OnTime,
            Some(_) => Timeliness::Late,
            None => Timeliness::Unjudged,
        }
    }
}

/// A closed case, as it is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    /// What it was filed as.
    pub filing: Filing,
    /// The last assignment, which counts (article 26).
    pub assignment: Assignment,
    /// When the accepted handling was finished.
    pub finish: Timestamp,
    /// When it was closed.
    pub at: Timestamp,
    /// In time or not, frozen.
    pub timeliness: Timeliness,
}

impl Entity for Case {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 3;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Case {
        Case { id: id.key.clone(), life: Life::Unreported }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        lifecycle::decide(self, command, asked, cx)
    }

    fn evolve(self, event: &Event) -> Result<Case, Corrupt> {
        let life = lifecycle::evolve(self.life, event)?;
        Ok(Case { life, ..self })
    }

    fn timers(&self) -> WantedTimers {
        timers::timers(self)
    }

    fn listing(&self) -> Listing {
        listing::listing(self)
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        effects::effects(self, event)
    }

    fn claim(&self, message: &Message, at: Timestamp, cx: &Context) -> Claim {
        claim::claim(self, message, at, cx)
    }

    fn to_stored(&self) -> Vec<u8> {
        stored::to_stored(self)
    }

    fn from_stored(id: &EntityId, bytes: &[u8]) -> Result<Case, Corrupt> {
        stored::from_stored(id, bytes)
    }

    fn view(&self) -> serde_json::Value {
        view::view(self)
    }
}

impl Life {
    /// Where it stands, as lists, tables and people name it.
    pub fn name(&self) -> &'static str {
        match self {
            Life::Unreported => "unreported",
            Life::Registered(..) => "registered",
            Life::Validating(..) => "validating",
            Life::Declined(..) => "declined",
            Life::AwaitingDispatch(..) => "awaiting-dispatch",
            Life::Dispatched(..) => "dispatched",
            Life::Handling(..) => "handling",
            Life::Returning(..) => "returning",
            Life::Verifying(..) => "verifying",
            Life::AwaitingClosing(..) => "awaiting-closing",
            Life::Closed(..) => "closed",
        }
    }

    /// The filing, once there is one.
    pub fn filing(&self) -> Option<&Filing> {
        match self {
            Life::Unreported | Life::Registered(..) | Life::Validating(..) | Life::Declined(..) => {
                None
            }
            Life::AwaitingDispatch(filing, _)
            | Life::Dispatched(filing, ..)
            | Life::Handling(filing, _)
            | Life::Returning(filing, ..)
            | Life::Verifying(filing, ..)
            | Life::AwaitingClosing(filing, ..) => Some(filing),
            Life::Closed(closed) => Some(&closed.filing),
        }
    }

    /// The report, once there is one.
    pub fn report(&self) -> Option<&Report> {
        if let Life::Registered(intake) | Life::Validating(intake, _) = self {
            return Some(&intake.report);
        }
        if let Life::Declined(declined) = self {
            return Some(&declined.report);
        }
        self.filing().map(|filing| &filing.report)
    }

    /// The assignment of the unit that holds, or last held, the case.
    pub fn assignment(&self) -> Option<&Assignment> {
        match self {
            Life::Unreported
            | Life::Registered(..)
            | Life::Validating(..)
            | Life::Declined(..)
            | Life::AwaitingDispatch(..) => None,
            Life::Dispatched(_, assignment, _)
            | Life::Handling(_, assignment)
            | Life::Returning(_, assignment, _)
            | Life::Verifying(_, assignment, _)
            | Life::AwaitingClosing(_, assignment, _) => Some(assignment),
            Life::Closed(closed) => Some(&closed.assignment),
        }
    }

    /// The unit that holds it.
    pub fn unit(&self) -> Option<&UnitId> {
        self.assignment().map(|assignment| &assignment.unit)
    }

    /// The task on site, while there is one.
    pub fn task(&self) -> Option<&SiteTask> {
        if let Life::Validating(_, task) = self {
            return Some(task);
        }
        if let Life::Verifying(_, _, verifying) = self {
            return Some(&verifying.task);
        }
        None
    }
}
