//! The shifts of a desk (交接班, article 3): who is on shift, what was handed over to whom, and the notes of its duty log.
//!
//! One person keeps a desk at a time. Whoever goes hands over what is open there, and stays on shift until the next one
//! has signed for it by taking over; nobody else takes over from them without saying why. Whoever is dismissed, or
//! loses the post, leaves. What is open at the desk is read from the lists of cases by whoever asks, and stands in the
//! event, so that it stays what was signed for.

mod lifecycle;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::Kind;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::desks::{Allowance, Desk, Keeper};
use crate::refusal::{self, Common};
use crate::tells::{self, CaseId, ToShift};

/// Shifts on disk.
pub const KIND: Kind = tells::SHIFT;
/// Cases that a handover lists; what is open beyond them is counted.
pub const OPEN_MAX: usize = 200;
/// Notes that a desk has at hand, the latest ones; all of them stand in its history.
pub const NOTES_MAX: usize = 20;
/// Chiefs who close by leave of the head at a time.
pub const ALLOWANCES_MAX: usize = 8;
/// How long such a leave holds at most.
pub const ALLOWED_DAYS_MAX: u64 = 7;

/// The shifts of a desk, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// The desk: the entity's key.
    pub desk: CompactString,
    pub standing: State,
    /// The latest first, at most [`NOTES_MAX`].
    pub notes: Vec<Note>,
    /// Who closes without being on shift, at most [`ALLOWANCES_MAX`]; at the duty chief's desk alone.
    pub allowed: Vec<Allowance>,
}

/// Where a desk stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum State {
    /// Nobody has ever taken it over: everybody of its post keeps it.
    Unkept,
    /// Nobody is on shift.
    Vacant,
    /// Somebody is.
    Manned(Stint),
    /// Somebody is, and has put their handover to the next one, who has not signed for it.
    HandingOver(Stint, Box<Handover>),
}

impl State {
    /// The words for wherever a desk can stand.
    pub const NAMES: &[&str] = State::VARIANTS;

    /// Where it stands, in a word for lists and views.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// Who is on shift.
    pub fn stint(&self) -> Option<&Stint> {
        match self {
            State::Unkept | State::Vacant => None,
            State::Manned(stint) | State::HandingOver(stint, _) => Some(stint),
        }
    }
}

/// Somebody on shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stint {
    pub login: CompactString,
    /// What they were called when they took over.
    pub name: CompactString,
    pub since: Timestamp,
}

/// What somebody hands over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// To whom, by login name; to nobody where the desk is left vacant.
    pub to: Option<CompactString>,
    pub at: Timestamp,
    /// What the next one has to know; may be empty.
    pub note: String,
    pub open: Open,
}

/// What is open at a desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The cases that wait for it, the first due first within a stage; at most [`OPEN_MAX`].
    pub cases: Vec<OpenCase>,
    /// How many more there are.
    pub more: u32,
}

/// A case that waits for a desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCase {
    pub case: CaseId,
    /// Its number on paper, if it has one.
    pub number: Option<CompactString>,
    /// Where it stands.
    pub stage: CompactString,
    /// By when the desk is to be done with it.
    pub due: Timestamp,
}

/// A note of the duty log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub at: Timestamp,
    /// By login name.
    pub by: CompactString,
    pub text: String,
}

/// What can be asked of the shifts of a desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Be on shift from now on; what was handed over is signed for by this.
    TakeOver {
        /// Why, where somebody else is on shift who has not handed over.
        reason: Option<String>,
    },
    /// Put a handover to the next one, or leave the desk vacant.
    HandOver {
        to: Option<Named>,
        note: String,
        /// As whoever asks has read it.
        open: Open,
    },
    /// Write something into the duty log.
    Note { text: String },
    /// Let a duty chief close who is not on shift.
    AllowClosing { chief: Named, until: Timestamp, reason: String },
    /// Somebody has the post no more; the person asks it.
    Leave { login: CompactString },
}

/// Somebody who is named by whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub login: CompactString,
    pub post: Post,
}

/// Whether somebody may come in and has the desk's post, as whoever asks has looked up: no entity sees another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Post {
    Held,
    NotHeld,
}

impl From<ToShift> for Command {
    fn from(told: ToShift) -> Command {
        let ToShift::Leave { login } = told;
        Command::Leave { login }
    }
}

/// What happened at a desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Somebody is on shift.
    TakenOver { who: Stint, how: Taking },
    /// A handover waits for whoever it is put to; put to nobody, it leaves the desk vacant.
    HandedOver(Handover),
    /// Something was written into the duty log.
    Noted(Note),
    /// A duty chief closes without being on shift.
    ClosingAllowed {
        allowance: Allowance,
        /// The head of the centre, by login name.
        by: CompactString,
        reason: String,
    },
    /// Somebody has the post no more. Whoever was not on shift changes nothing by that.
    Left { login: CompactString },
}

/// How somebody came to be on shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Taking {
    /// Nobody was.
    Vacant,
    /// They signed for what was handed over.
    Signed {
        from: CompactString,
        /// When it was handed over.
        handed: Timestamp,
        /// How many cases were open then.
        open: u32,
    },
    /// Without a handover.
    Unasked { from: CompactString, reason: String },
}

/// Why the shifts of a desk say no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", prefix = "shift-")]
pub enum Refusal {
    /// The centre has no such desk.
    NoSuchDesk,
    /// They are on shift already.
    AlreadyOn,
    /// Somebody else is on shift and has handed over to nobody, or to somebody else.
    NotHandedToYou { on_shift: CompactString },
    /// Nobody hands over to themselves.
    HandedToOneself,
    /// Nobody of this login name has the desk's post.
    NotOfThisPost { login: CompactString },
    /// Only whoever is on shift hands over and writes notes.
    NotOn,
    /// Leave to close is given at the duty chief's desk.
    NothingToClose,
    /// A leave to close ends at once, or much later.
    AllowanceSpan { until: Timestamp },
    /// Too many close by leave already.
    TooManyAllowed,
    /// What any entity may say.
    #[serde(untagged)]
    #[strum(transparent)]
    Common(Common),
}

refusal::of_kind!(Refusal);

impl Shift {
    /// Whose shifts they are; none where the centre has no such desk.
    pub fn desk(&self) -> Option<Desk> {
        self.desk.parse().ok()
    }

    /// Who keeps the desk, as far as its shifts know.
    pub fn keeper(&self) -> Keeper {
        match &self.standing {
            State::Unkept => Keeper::Everybody,
            State::Vacant => Keeper::Nobody,
            State::Manned(Stint { login, name, .. })
            | State::HandingOver(Stint { login, name, .. }, _) => {
                Keeper::OnShift { login: login.clone(), name: name.clone() }
            }
        }
    }
}

impl Open {
    /// How many cases there are.
    pub fn len(&self) -> u32 {
        u32::try_from(self.cases.len()).unwrap_or(u32::MAX).saturating_add(self.more)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
