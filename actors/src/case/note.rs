//! Notices of a case as they wait to be claimed: what each is about, and who hears it.
//!
//! A note is the data of an outbox row, so it stays readable: its forms stand in `tests/tables/notices/case.jsonl`.

mod flat;

use chrono::NaiveDate;
use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::outbox::Message;
use duban_rules::vocabulary::{CollectorId, Recipient, StepCode, TimeLimit, UnitId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::application::Wish;
use super::clock::ClockName;
use super::command::{Finding, Opinion};
use super::supervision;

/// The data of a notice's outbox row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub about: About,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell: Vec<Recipient>,
    /// Whether the reporter hears it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<Wanted>,
    /// The unit whose people are meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// In which assignment; 0 before the first.
    pub assignment: u16,
    /// Words that somebody wrote.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// The reporter wants to hear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    Reply,
}

/// What a notice is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// What its template says, with nothing to add: a dispatch, a report that is declined, a return that is refused.
    Plain,
    /// A step of a clock was reached.
    Step(Step),
    /// A supervision order was issued, or has risen.
    Order {
        /// Counts the orders of a case from 1.
        order: u16,
        /// At which level; none in notes of releases that did not say it.
        level: Option<u8>,
        /// When the reply is due; none in notes of releases that did not say it.
        due: Option<Timestamp>,
    },
    /// A collector has a task on site.
    Task {
        /// Counts the tasks of a case from 1.
        task: u16,
        collector: CollectorId,
        due: Timestamp,
    },
    /// A task on site has no collector.
    UnassignedTask {
        /// Counts the tasks of a case from 1.
        task: u16,
        /// Validation or verification.
        stage: ClockName,
        due: Timestamp,
    },
    /// The unit has to do it again.
    Rework {
        /// For which time; none in notes of releases that did not say it.
        rework: Option<u16>,
    },
    /// The unit asks to give it back.
    Return {
        /// When the review is due; none in notes of releases that did not say it.
        due: Option<Timestamp>,
    },
    /// A unit's return was accepted.
    Returned {
        /// Counts the returns of a case from 1.
        no: u16,
    },
    /// The unit disputes that the case is its own.
    Dispute {
        /// When the finding is due.
        due: Timestamp,
    },
    /// Everybody concerned meets on site.
    SiteMeeting {
        /// Counts the calls of a dispute from 1.
        no: u16,
        when: Timestamp,
        /// When they were to meet before it moved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Timestamp>,
    },
    /// A unit need not come to a meeting on site.
    MeetingOff {
        /// When it was to be.
        when: Timestamp,
        /// The entry that goes from the readers' calendars; none in notes of releases that did not say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<Entry>,
    },
    /// It was found whose the case is.
    Determined,
    /// A unit is asked to help.
    HelpAsked {
        /// Counts the sub-tasks of a case from 1.
        no: u16,
        due: Timestamp,
    },
    /// A helper's part is done.
    HelpGiven {
        /// Which sub-task.
        no: u16,
    },
    /// A helper need not do its part any more.
    HelpWaived,
    /// The unit asks for something beside its work.
    Application {
        asked_for: AskedFor,
        /// When the decision is due.
        due: Timestamp,
        /// What was said of it by then; none in notes of releases that did not say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<Said>,
    },
    /// It was decided about what the unit applied for.
    Applied {
        asked_for: AskedFor,
        /// When the case was due before more time was granted; none where it was refused.
        before: Option<Timestamp>,
        /// Supervision orders that are settled by it, by their numbers.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        settled: Vec<u16>,
        /// The county leader who did not consent; none where the centre decided, and in notes of releases that did not
        /// say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        leader: Option<CompactString>,
    },
    /// A collector has looked again at what the unit says is not so.
    Rechecked { finding: Finding },
    /// What the unit applied for finds its quota of the month used up.
    OverQuota { asked_for: TimeLimit, allowed: u32, used: u32 },
    /// The case is due at another instant.
    DueMoved { before: Timestamp },
    /// The county leader's consent to a deferral is wanted.
    Consent {
        review_on: NaiveDate,
        /// When the consent is due.
        due: Timestamp,
        /// What was said of it by then; none in notes of releases that did not say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<Said>,
    },
    /// The county leader's consent is not wanted any more.
    ConsentOff { review_on: NaiveDate },
    /// The case is deferred.
    Deferred {
        /// Who consented.
        leader: CompactString,
        review_on: NaiveDate,
    },
    /// The deferred case goes on.
    Resumed {
        /// When it was due before, where that moved.
        before: Option<Timestamp>,
    },
    /// The case is closed.
    Closed,
    /// The case is withdrawn.
    Withdrawn,
}

/// What unit and desk had said of an application when something was told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Why the unit asks; empty where the note's own words say it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What the desk thinks of it; none before it has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion: Option<Opinion>,
}

/// What was applied for. Notes of releases that knew but more time say how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AskedFor {
    Time(TimeLimit),
    Other(Wish),
}

impl From<Wish> for AskedFor {
    fn from(wish: Wish) -> AskedFor {
        match wish {
            Wish::Extension(by) => AskedFor::Time(by),
            Wish::Deferral(_) | Wish::Mismatch => AskedFor::Other(wish),
        }
    }
}

impl AskedFor {
    /// What it was.
    pub fn wish(self) -> Wish {
        match self {
            AskedFor::Time(by) => Wish::Extension(by),
            AskedFor::Other(wish) => wish,
        }
    }
}

/// An entry of readers' calendars that goes again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was disputed: that tells the meetings of a case apart.
    pub since: Timestamp,
    /// Counts the entries of a dispute from 1.
    pub sequence: u16,
    /// Where they were to meet; none for the case's own place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<CompactString>,
}

/// A step that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub clock: ClockName,
    /// The revision of that clock.
    pub revision: u16,
    pub step: StepCode,
    pub due: Timestamp,
    /// Lower steps of the same moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<StepCode>,
    /// When the reply was due whose step it is; none for other clocks, and in notes of releases that did not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_due: Option<Timestamp>,
}

impl Note {
    /// The note of a message, in whichever form it was written.
    ///
    /// # Errors
    ///
    /// What cannot be read.
    pub fn read(message: &Message) -> Result<Note, serde_json::Error> {
        let data: Value = serde_json::from_str(&message.data)?;
        if data.get("about").is_some() {
            return serde_json::from_value(data);
        }
        serde_json::from_value::<flat::Note>(data)?.now(&message.template)
    }

    /// The collector who is meant.
    pub fn collector(&self) -> Option<&CollectorId> {
        if let About::Task { collector, .. } = &self.about { Some(collector) } else { None }
    }
}

impl Step {
    /// The supervision order whose reply it waits for, and its level.
    pub fn order(&self) -> Option<(u16, u8)> {
        (self.clock == ClockName::Reply).then(|| supervision::of_revision(self.revision))
    }
}
