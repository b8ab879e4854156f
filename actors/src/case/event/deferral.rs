//! Deferral events: consent wanted, deferred, and resumed (article 27).

use chrono::NaiveDate;
use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::TimeLimit;
use serde::{Deserialize, Serialize};

use crate::case::clock::{Span, StageClock};
use crate::case::recalculation::Moved;

/// The centre's head is for it, and the county leader's consent is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentWanted {
    pub at: Timestamp,
    pub reason: String,
    pub review_on: NaiveDate,
    /// The clock of the consent.
    pub clock: StageClock,
}

/// The county leader consented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeferredEvent {
    pub at: Timestamp,
    /// What the leader wrote to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who consented, by name.
    pub leader: CompactString,
    /// The date of the consent.
    pub signed_on: NaiveDate,
    /// The signed consent, by the name of its blob; none where the leader consented in person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<CompactString>,
    /// When the unit asked for it.
    pub asked: Timestamp,
    pub review_on: NaiveDate,
    /// When it is looked at again, with the reminders ahead.
    pub review: StageClock,
}

/// A deferred case goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumedEvent {
    pub at: Timestamp,
    /// Empty where the unit fed back.
    pub reason: String,
    /// For how long it was deferred; the unit's clock stood still.
    pub pause: Span,
    /// The limit that it has from now on; none where it goes on with the rest of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<TimeLimit>,
    /// What moved, old and new; none where nothing did, because it was overdue before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
}
