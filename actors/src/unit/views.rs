//! Views of a unit's cases by its main leader (主要领导查看, article 7): which days they looked, when they are
//! reminded, which days they missed.
//!
//! The first look of a local day is on record, the others are not. On a working day the head of a class-1 unit who has
//! an account and has not looked is reminded once; when such a day ends without a look, it is missed. A day on which
//! nobody could be reminded, because duban stood still until its end, is not.

mod compliance;
mod letters;
mod plan;

use chrono::{Datelike as _, NaiveDate};
use duban_core::clock::Timestamp;
use duban_core::entity::{Corrupt, Fired, Timer};
use serde::{Deserialize, Serialize};

use super::Event;
use crate::tells::CaseId;

pub use compliance::{Compliance, Share};
pub(super) use letters::{claim, missed, reminder};
pub use plan::{counts_for, has_head_account, looks_for};
pub(super) use plan::{decide, fired, rescheduled};

/// The template by which a head is reminded.
pub const REMINDER: &str = "view-reminder";
/// The template that tells of a missed day.
pub const MISSED: &str = "view-missed";
/// Months that are kept: this one and the last twelve. An older one goes when another begins.
pub const MONTHS_MAX: usize = 13;
/// The timer of the reminder.
const REMINDER_TIMER: &str = "view-reminder";
/// The timer of the end of a day on which somebody was reminded.
const NIGHT_TIMER: &str = "view-day-ends";

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seen {
    /// The list of a unit's cases.
    Cases,
    /// One of them.
    Case(CaseId),
}

/// The looks of this month and of the last twelve, and what is waited for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Views {
    pub watch: Watch,
    /// The oldest first, at most [`MONTHS_MAX`]; one without a look and without a miss does not stand here.
    pub months: Vec<Month>,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Watch {
    /// Nothing: no such duty, or nobody who could look.
    #[default]
    Off,
    /// The instant `at` of the working day `day`, at which a head who has not looked is reminded.
    Reminder { day: NaiveDate, at: Timestamp },
    /// The end `at` of the day `day`, whose reminder has gone out.
    Night { day: NaiveDate, at: Timestamp },
}

/// The days of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    pub year: i32,
    /// From 1.
    pub month: u32,
    pub looked: Days,
    pub missed: Days,
}

/// Days of a month, a bit each: the first is the lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Days(u32);

impl Days {
    /// Whether this day of the month, from 1, is among them.
    pub fn has(self, day: u32) -> bool {
        self.0 & Days::bit(day) != 0
    }

    fn with(self, day: u32) -> Days {
        Days(self.0 | Days::bit(day))
    }

    fn bit(day: u32) -> u32 {
        1_u32.checked_shl(day.saturating_sub(1)).unwrap_or(0)
    }
}

impl Month {
    fn of(day: NaiveDate) -> Month {
        let (looked, missed) = (Days::default(), Days::default());
        Month { year: day.year(), month: day.month(), looked, missed }
    }

    fn is_of(&self, day: NaiveDate) -> bool {
        (self.year, self.month) == (day.year(), day.month())
    }
}

impl Watch {
    /// The timer that wakes the unit for it.
    pub(super) fn timer(self) -> Option<Timer> {
        let (name, due, reason) = match self {
            Watch::Off => return None,
            Watch::Reminder { at, .. } => (REMINDER_TIMER, at, "催主要领导查看案件(第七条)"),
            Watch::Night { at, .. } => (NIGHT_TIMER, at, "主要领导当日查看截止(第七条)"),
        };
        Some(Timer { name: name.into(), due, reason: reason.into() })
    }

    fn is_due_by(self, fired: &Fired) -> bool {
        self.timer().is_some_and(|timer| timer.name == fired.name && timer.due == fired.due)
    }
}

impl Views {
    /// Whether somebody looked on `day`.
    pub fn looked_on(&self, day: NaiveDate) -> bool {
        self.month(day).is_some_and(|month| month.looked.has(day.day()))
    }

    /// Whether `day` was missed.
    pub fn missed_on(&self, day: NaiveDate) -> bool {
        self.month(day).is_some_and(|month| month.missed.has(day.day()))
    }

    /// After an event of the daily view.
    ///
    /// # Errors
    /// When it is another event.
    pub(super) fn after(self, event: &Event) -> Result<Views, Corrupt> {
        Ok(match event {
            Event::Viewed { day, next, .. } => self.looked(*day, *next),
            Event::HeadReminded { day, ends, .. } => {
                self.waiting_for(Watch::Night { day: *day, at: *ends })
            }
            Event::DayMissed { day, next } => self.missed(*day, *next),
            Event::ViewsScheduled { next } => self.waiting_for(*next),
            Event::Established { .. }
            | Event::Rescheduled { .. }
            | Event::BriefDue(_)
            | Event::LeaveTaken(_)
            | Event::LeaveEnded { .. }
            | Event::Reserved(_)
            | Event::QuotaUsedUp(_)
            | Event::Settled { .. }
            | Event::Released { .. }
            | Event::Deactivated { .. } => {
                return Err(Corrupt(format!("{event:?} is no event of views")));
            }
        })
    }

    /// After a look on `day`.
    fn looked(self, day: NaiveDate, next: Watch) -> Views {
        self.marked(day, next, |month| Month { looked: month.looked.with(day.day()), ..month })
    }

    /// After `day` was missed.
    fn missed(self, day: NaiveDate, next: Watch) -> Views {
        self.marked(day, next, |month| Month { missed: month.missed.with(day.day()), ..month })
    }

    /// The same looks, waiting for something else.
    pub(super) fn waiting_for(self, watch: Watch) -> Views {
        Views { watch, ..self }
    }

    fn month(&self, day: NaiveDate) -> Option<&Month> {
        self.months.iter().find(|month| month.is_of(day))
    }

    fn marked(mut self, day: NaiveDate, watch: Watch, mark: impl Fn(Month) -> Month) -> Views {
        if let Some(month) = self.months.iter_mut().find(|month| month.is_of(day)) {
            *month = mark(*month);
        } else {
            self.months.push(mark(Month::of(day)));
            self.months.sort_by_key(|month| (month.year, month.month));
            let gone = self.months.len().saturating_sub(MONTHS_MAX);
            self.months.drain(..gone);
        }
        Views { watch, ..self }
    }
}
