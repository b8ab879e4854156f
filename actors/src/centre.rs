//! The centre (数字城管, article 3) as far as it is one thing: the daily brief to its duty chiefs, the record of which
//! rules were in force since when and which wait for their day, put there by whom, and what its operator is told of
//! duban itself.
//!
//! The brief carries the head of the ledger's chain, so that nothing before it can be altered unseen; whoever renders
//! it adds that and the figures. People of the centre stand in the rules.

mod alarm;
mod effects;
mod lifecycle;
mod waiting;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::Kind;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::brief::{Briefing, Next, Settled};
use crate::refusal::{self, Common};

pub use alarm::Alarm;
pub use waiting::{Day, GivenUp, Stage, Waiting};

/// The centre on disk.
pub const KIND: Kind = Kind { number: 5, name: "centre" };
/// The key of the one centre there is.
pub const KEY: &str = "centre";
/// The template of the duty chief's brief.
pub const BRIEF: &str = "duty-brief";
/// The template of what the operator is told of duban itself.
pub const ALARM: &str = "operator-alarm";

/// The centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Centre {
    pub standing: State,
    /// The rules put in force last; none before the first were recorded.
    pub rules: Option<RulesEdition>,
    /// The rules that wait for their day; none as a rule.
    pub waiting: Option<Waiting>,
}

/// Where the centre stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Nobody has established it.
    Unknown,
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
            State::Unknown => None,
            State::Working(briefing) => Some(briefing),
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
    /// Have a rules set wait for its day; its files are safe in their blob.
    ScheduleRules {
        edition: RulesEdition,
        /// Until when.
        day: Day,
    },
    /// Take back the rules that wait.
    CancelRules { hash: CompactString, reason: String },
    /// Put the rules that wait in force: their day has come, and they were looked at once more.
    PutWaitingInForce { hash: CompactString },
    /// Tell the operator that something is wrong with duban itself.
    RaiseAlarm(Alarm),
    /// Tell the operator that it is over.
    ClearAlarm(Alarm),
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
    BriefDue(Settled),
    /// Other rules are in force. Cases keep the instants they have.
    RulesPutInForce {
        /// Since when.
        at: Timestamp,
        #[serde(flatten)]
        edition: RulesEdition,
    },
    /// Rules are to come into force on a day ahead.
    RulesScheduled {
        at: Timestamp,
        #[serde(flatten)]
        edition: RulesEdition,
        #[serde(flatten)]
        day: Day,
    },
    /// The operators are told that rules come into force on the next day.
    RulesForetold {
        at: Timestamp,
        hash: CompactString,
        /// The number of their handbook.
        number: CompactString,
        from: Timestamp,
    },
    /// The day of the rules that wait has come.
    RulesDayCome {
        hash: CompactString,
    },
    /// Rules wait no longer, and were not in force.
    RulesGivenUp {
        at: Timestamp,
        hash: CompactString,
        why: GivenUp,
    },
    /// The operator is told that something is wrong.
    AlarmRaised(Alarm),
    /// The operator is told that it is over.
    AlarmCleared(Alarm),
}

/// Why the centre says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", prefix = "centre-")]
pub enum Refusal {
    /// It works as the rules say, and nothing changes.
    AlreadyEstablished,
    /// These very rules are in force.
    RulesInForce,
    /// These very rules wait for their day.
    RulesWaiting,
    /// No rules wait, or others.
    NoRulesWaiting,
    /// The day of the rules that wait is still ahead.
    #[strum(serialize = "rules-day-ahead")]
    DayAhead,
    /// What any entity may say.
    #[serde(untagged)]
    #[strum(transparent)]
    Common(Common),
}

refusal::of_kind!(Refusal);
