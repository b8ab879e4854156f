//! The centre (数字城管, article 3) as far as it is one thing: the daily brief to its duty chiefs, the record of which
//! rules were in force since when, put there by whom, and what its operator is told of duban itself.
//!
//! The brief carries the head of the ledger's chain, so that nothing before it can be altered unseen; whoever renders
//! it adds that and the figures. People of the centre stand in the rules.

mod alarm;
mod effects;
mod entity;
mod lifecycle;

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Fired, Kind};
use serde::{Deserialize, Serialize};

use crate::brief::{Briefing, Next, Settled};
use crate::role::Duty;

pub use alarm::Alarm;

/// The centre on disk.
pub const KIND: Kind = Kind { number: 5, name: "centre" };
/// The key of the one centre there is.
pub const KEY: &str = "centre";
/// The template of the duty chief's brief.
pub const BRIEF: &str = "duty-brief";
/// The template of what the operator is told of duban itself.
pub const ALARM: &str = "operator-alarm";

/// The code of [`Refusal::RulesInForce`].
pub const RULES_IN_FORCE: &str = "centre-rules-in-force";

/// The centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Centre {
    /// Whether it works.
    pub standing: Standing,
    /// The rules put in force last; none before the first were recorded.
    pub rules: Option<RulesEdition>,
}

/// Where the centre stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Nobody has established it.
    Unknown,
    /// It works, and has briefs.
    Working(Briefing),
}

/// A rules set as it is known for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesEdition {
    /// What it is known by: names and bytes of its files, hashed; 64 hexadecimal digits.
    pub hash: CompactString,
    /// The blob that holds its files.
    pub blob: CompactString,
    /// The number of its handbook.
    pub number: CompactString,
}

impl Centre {
    /// Its briefs; none before it is established.
    pub fn briefing(&self) -> Option<&Briefing> {
        match &self.standing {
            Standing::Unknown => None,
            Standing::Working(briefing) => Some(briefing),
        }
    }
}

/// What can be asked of the centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Send briefs from now on; asked again, it follows a new schedule.
    Establish,
    /// Put a rules set in force (article 11); its files are safe in their blob.
    PutRulesInForce(RulesEdition),
    /// Tell the operator that something is wrong with duban itself.
    RaiseAlarm(Alarm),
    /// Tell the operator that it is over.
    ClearAlarm(Alarm),
    /// A timer is due.
    Fired(Fired),
}

impl From<Fired> for Command {
    fn from(fired: Fired) -> Command {
        Command::Fired(fired)
    }
}

/// What happened to the centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It sends briefs.
    Established {
        /// When the first is due.
        next: Next,
    },
    /// The schedule of briefs has changed.
    Rescheduled {
        /// When the next brief is due.
        next: Next,
    },
    /// A brief is due.
    BriefDue(Settled),
    /// Other rules are in force. Cases keep the instants they have.
    RulesPutInForce {
        /// Since when.
        at: Timestamp,
        /// Which.
        #[serde(flatten)]
        edition: RulesEdition,
    },
    /// The operator is told that something is wrong.
    AlarmRaised(Alarm),
    /// The operator is told that it is over.
    AlarmCleared(Alarm),
}

/// Why the centre says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The role may not do this (article 12).
    NotPermitted {
        /// What it would have done.
        duty: Duty,
    },
    /// It works as the rules say, and nothing changes.
    AlreadyEstablished,
    /// These very rules are in force.
    RulesInForce,
    /// It waits for no such timer.
    NoSuchTimer,
}
