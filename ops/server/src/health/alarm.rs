//! Alarms: what is wrong with duban itself, told to whoever keeps it running. Pure: the instant is handed in.
//!
//! ```text
//! Quiet ──seen──► Raised (told) ──not seen for CALM──► Cleared (told) ──an hour──► forgotten
//!                   ▲  │ told again after an hour, or then if there is more    │
//!                   └──┘◄──────── seen again: told when the hour is over ───────┘
//! ```
//! Spans are counted by the clock that nobody sets: an alarm ends though the wall clock was put right by a month.
//! [`Alarms::look`] takes what is seen at an instant and gives what is to be told; [`active`] shows what is up to every entry point.

pub mod active;
pub mod loops;

use std::collections::BTreeMap;
use std::time::Duration;

use compact_str::{CompactString, format_compact};
use duban_runtime::clock::Timestamp;
use duban_runtime::clock::hold::Reading;
use serde::Serialize;

/// Nobody is told of the same kind again within this.
pub const REPEAT: Duration = Duration::from_hours(1);
/// What has not been seen for so long is over.
pub const CALM: Duration = Duration::from_secs(30);

/// A wall clock that moved by more than this was set; by less, it was slewed, and what is told keeps its instant.
const MOVED: Duration = Duration::from_secs(2);

/// What can be wrong. One alarm of a kind is up at a time, so there are never more than kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The server of a channel is away.
    ChannelAway(&'static str),
    DeadLetters,
    /// Tells between entities that nobody could take.
    Parked,
    Quarantined,
    /// Timers are due and do not fire.
    TimersLate,
    /// Nothing is committed: the disk is full, as a rule.
    Journal,
    /// The log of the cluster does not answer: nothing is committed, and timers wait.
    LogAway,
    /// The log of the cluster is not the one of this node's ledger.
    LogDiffers,
    /// Cases of which something stands only in a ledger that was set aside here.
    Forked,
    /// Nodes of the cluster have not been seen for a while.
    NodesMissing,
    /// Partitions that no node decides.
    Unowned,
    /// The clocks of nodes differ from the log's.
    ClockSkew,
    /// The state lies behind and does not catch up.
    Store,
    /// The clock jumped ahead and is not believed.
    ClockHeld,
    /// Templates could not be filled in: their messages leave in plain words.
    TemplateFailed,
    /// The clock was set back by more than a little.
    ClockBack,
    /// The rules that were to be read again have errors; the old ones stand.
    RulesRefused,
    /// The day of rules has come, and they cannot come into force.
    RulesHeld,
    /// Rules are in force in the cluster, and this node has not got their files.
    RulesMissing,
    /// Blobs or keys that no other node has.
    CopiesMissing,
    /// The rules in force have errors by the check of this program.
    RulesFaulty,
    /// Somebody's daily brief could not be set by the rules in force.
    BriefsUnset,
    /// The auditor found something that must not be.
    AuditFindings,
    /// The auditor does not get on.
    AuditorSilent,
    /// A part of the node does not answer.
    NodeStuck,
    /// The canary did not get across in time.
    CanaryFailed,
    /// A long-lived task fell and was begun anew.
    LoopRestarted(&'static str),
    /// A long-lived task gives no sign of life.
    LoopDead(&'static str),
    /// Nothing is sent, because a person said so or because the store was restored beside another.
    Muted,
    /// Strangers guess passwords from many places.
    SignInsGuessed,
}

impl Kind {
    /// The stable code, e.g. `channel-away/email`.
    pub fn code(self) -> CompactString {
        let code = match self {
            Kind::ChannelAway(channel) => return format_compact!("channel-away/{channel}"),
            Kind::LoopRestarted(name) => return format_compact!("loop-restarted/{name}"),
            Kind::LoopDead(name) => return format_compact!("loop-dead/{name}"),
            Kind::DeadLetters => "dead-letters",
            Kind::Parked => "parked-tells",
            Kind::Quarantined => "quarantined",
            Kind::TimersLate => "timers-late",
            Kind::Journal => "journal",
            Kind::LogAway => "log-away",
            Kind::LogDiffers => "log-differs",
            Kind::Forked => "forked",
            Kind::NodesMissing => "nodes-missing",
            Kind::Unowned => "partitions-unowned",
            Kind::ClockSkew => "clock-skew",
            Kind::Store => "store-behind",
            Kind::ClockHeld => "clock-held",
            Kind::TemplateFailed => "template-failed",
            Kind::ClockBack => "clock-back",
            Kind::RulesRefused => "rules-refused",
            Kind::RulesHeld => "rules-held",
            Kind::RulesMissing => "rules-missing",
            Kind::CopiesMissing => "copies-missing",
            Kind::RulesFaulty => "rules-faulty",
            Kind::BriefsUnset => "briefs-unset",
            Kind::AuditFindings => "audit-findings",
            Kind::AuditorSilent => "auditor-silent",
            Kind::NodeStuck => "node-stuck",
            Kind::CanaryFailed => "canary-failed",
            Kind::Muted => "muted",
            Kind::SignInsGuessed => "sign-ins-guessed",
        };
        CompactString::const_new(code)
    }

    /// Whether the operator is told by message, or only in the log and wherever alarms are shown: a letter that says
    /// that no letters leave would come when it is wrong.
    pub fn is_told(self) -> bool {
        self != Kind::Muted
    }

    /// Whether it is of the whole house, seen by every node of a cluster alike, or of one machine.
    pub fn reach(self) -> Reach {
        match self {
            Kind::DeadLetters
            | Kind::Parked
            | Kind::Quarantined
            | Kind::TimersLate
            | Kind::NodesMissing
            | Kind::Unowned
            | Kind::ClockSkew
            | Kind::RulesHeld
            | Kind::RulesFaulty
            | Kind::AuditFindings
            | Kind::CanaryFailed => Reach::House,
            Kind::ChannelAway(_)
            | Kind::Journal
            | Kind::LogAway
            | Kind::LogDiffers
            | Kind::Forked
            | Kind::Store
            | Kind::ClockHeld
            | Kind::ClockBack
            | Kind::TemplateFailed
            | Kind::RulesRefused
            | Kind::RulesMissing
            | Kind::CopiesMissing
            | Kind::BriefsUnset
            | Kind::AuditorSilent
            | Kind::NodeStuck
            | Kind::LoopRestarted(_)
            | Kind::LoopDead(_)
            | Kind::Muted
            | Kind::SignInsGuessed => Reach::Machine,
        }
    }

    /// Whether it is told again though nothing has changed.
    fn again(self) -> Again {
        match self {
            Kind::ChannelAway(_)
            | Kind::TimersLate
            | Kind::Journal
            | Kind::LogAway
            | Kind::LogDiffers
            | Kind::NodesMissing
            | Kind::Unowned
            | Kind::ClockSkew
            | Kind::Store
            | Kind::ClockHeld
            | Kind::TemplateFailed
            | Kind::ClockBack
            | Kind::RulesRefused
            | Kind::RulesHeld
            | Kind::RulesMissing
            | Kind::BriefsUnset
            | Kind::AuditorSilent
            | Kind::NodeStuck
            | Kind::CanaryFailed
            | Kind::SignInsGuessed
            | Kind::LoopDead(_)
            | Kind::Muted => Again::Hourly,
            Kind::DeadLetters
            | Kind::Parked
            | Kind::Quarantined
            | Kind::AuditFindings
            | Kind::RulesFaulty
            | Kind::CopiesMissing
            | Kind::Forked
            | Kind::LoopRestarted(_) => Again::WhenMore,
        }
    }
}

/// How far what is wrong reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Told by one node, whoever sees it.
    House,
    /// Told by the machine itself, which is named.
    Machine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    /// It goes on doing harm.
    Hourly,
    /// It lies there and waits; only more of it is news.
    WhenMore,
}

/// Something wrong, as it is seen at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    pub kind: Kind,
    /// One line for the operator.
    pub text: String,
    /// How many, where they are counted.
    pub n: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// [`Kind::code`].
    pub code: CompactString,
    /// One line for the operator.
    pub text: String,
    /// Since when it is up.
    pub since: Timestamp,
    #[serde(skip)]
    kind: Kind,
    #[serde(skip)]
    n: u64,
    /// When it rose, by the clock that nobody sets.
    #[serde(skip)]
    rose: Duration,
    #[serde(skip)]
    seen: Duration,
    #[serde(skip)]
    standing: AlarmState,
    #[serde(skip)]
    told: Option<Told>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AlarmState {
    Raised,
    Cleared(Duration),
}

/// What the operator was told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    at: Duration,
    n: u64,
    /// Of which rise; one that was never told is not told to be over.
    rose: Duration,
}

/// What is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// It is up, or still is.
    Raised(Alarm),
    Cleared(Alarm),
}

/// Every alarm that is up or was within the hour.
#[derive(Clone, Debug, Default)]
pub struct Alarms(BTreeMap<Kind, Alarm>);

impl Alarms {
    /// What is to be told of what is seen at `reading`. Whoever could not tell it says so by [`Alarms::untold`].
    pub fn look(&mut self, sightings: Vec<Sighting>, reading: Reading) -> Vec<Word> {
        let Reading { wall, monotonic: now } = reading;
        for Sighting { kind, text, n } in sightings {
            let known = self.0.remove(&kind);
            let up = known.as_ref().filter(|alarm| alarm.standing == AlarmState::Raised);
            let (since, rose) = up.map_or((wall, now), |alarm| (alarm.since, alarm.rose));
            let told = known.and_then(|alarm| alarm.told);
            let (code, standing) = (kind.code(), AlarmState::Raised);
            let alarm = Alarm { code, text, since, kind, n, rose, seen: now, standing, told };
            self.0.insert(kind, alarm);
        }
        for alarm in self.0.values_mut() {
            alarm.follow(reading);
        }
        let words = self.0.values_mut().filter_map(|alarm| alarm.next(now)).collect();
        self.0.retain(|_, alarm| match alarm.standing {
            AlarmState::Raised => true,
            AlarmState::Cleared(at) => now.saturating_sub(at) < REPEAT,
        });
        words
    }

    /// This was not told: it is to be told at the next look.
    pub fn untold(&mut self, word: &Word) {
        let (Word::Raised(alarm) | Word::Cleared(alarm)) = word;
        if let Some(known) = self.0.get_mut(&alarm.kind) {
            known.told = alarm.told;
            if let Word::Cleared(_) = word {
                known.standing = AlarmState::Raised;
            }
        }
    }

    /// Those that are up, the oldest first.
    pub fn up(&self) -> Vec<Alarm> {
        let is_up = |alarm: &&Alarm| alarm.standing == AlarmState::Raised;
        let mut up: Vec<Alarm> = self.0.values().filter(is_up).cloned().collect();
        up.sort_by(|one, other| (one.since, &one.code).cmp(&(other.since, &other.code)));
        up
    }
}

impl Alarm {
    /// An alarm of what is seen, which nobody was told of.
    pub fn seen(Sighting { kind, text, n }: Sighting, since: Timestamp) -> Alarm {
        let (code, standing) = (kind.code(), AlarmState::Raised);
        let (rose, seen) = (Duration::ZERO, Duration::ZERO);
        Alarm { code, text, since, kind, n, rose, seen, standing, told: None }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Since when it is up, by a wall clock that was set meanwhile: never an instant to come.
    fn follow(&mut self, Reading { wall, monotonic }: Reading) {
        let since = wall - monotonic.saturating_sub(self.rose);
        let moved = since.since(self.since).max(self.since.since(since));
        if moved > MOVED {
            self.since = since;
        }
    }

    /// What is to be told of it at `now`, as it stood before that was told.
    fn next(&mut self, now: Duration) -> Option<Word> {
        let before = self.clone();
        if self.standing != AlarmState::Raised {
            return None;
        }
        if now.saturating_sub(self.seen) >= CALM {
            self.standing = AlarmState::Cleared(now);
            let was_told = self.told.is_some_and(|told| told.rose == self.rose);
            return was_told.then_some(Word::Cleared(before));
        }
        let is_news = match (self.told, self.kind.again()) {
            (None, _) => true,
            (Some(told), _) if now.saturating_sub(told.at) < REPEAT => false,
            (Some(_), Again::Hourly) => true,
            (Some(told), Again::WhenMore) => self.n > told.n || told.rose != self.rose,
        };
        (self.seen == now && is_news).then(|| {
            self.told = Some(Told { at: now, n: self.n, rose: self.rose });
            Word::Raised(before)
        })
    }
}

#[cfg(test)]
mod tests;
