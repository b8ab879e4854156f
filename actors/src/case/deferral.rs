//! Deferrals (缓办, article 27): a case that waits, by the county leader's consent, until a day on which it is looked at
//! again.
//!
//! No clock of the unit runs meanwhile, and the case is overdue for nobody. Ahead lie the reminders of its review, and
//! from that day on one for every day.

use chrono::{Days, Months, NaiveDate};
use compact_str::{CompactString, format_compact};
use duban_core::clock::Timestamp;
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::{Recipient, StepCode};
use serde::{Deserialize, Serialize};

use super::clock::{StageClock, StepAt, Taken};
use crate::context::Context;

/// Deferrals of one case: one more is refused.
pub const DEFERRALS_MAX: u16 = 16;

/// The step of the day of the review, and what those of the days after it begin with.
const REVIEW: &str = "review";
const AFTER: &str = "review+";

const DAY_MS: i64 = 86_400_000;

/// A deferral under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    /// Among what the units asked of the case with a form, counted from 1.
    pub no: u16,
    /// Who consented, by name.
    pub leader: CompactString,
    /// When the case is looked at again, with the reminders ahead.
    pub review: StageClock,
}

impl Deferral {
    /// The local day on which the case is looked at again.
    pub fn review_on(&self, calendar: &Calendar) -> NaiveDate {
        calendar.local(self.review.due.into()).date()
    }
}

/// The last day on which what is deferred at `at` is looked at again.
pub(super) fn latest(at: Timestamp, cx: &Context) -> NaiveDate {
    let today = cx.rules.calendar.local(at.into()).date();
    today.checked_add_months(Months::new(cx.rules.extensions.deferral.months)).unwrap_or(today)
}

/// The clock of a review on `day` of what is deferred at `at`: announced while that lies ahead, in the morning of the day.
pub(super) fn review(day: NaiveDate, at: Timestamp, cx: &Context) -> StageClock {
    let due = opens(day, cx);
    let announced = cx.rules.extensions.deferral.announced_days.into_iter().filter_map(|before| {
        let day = day.checked_sub_days(Days::new(u64::from(before)))?;
        Some(StepAt { code: step(&format_compact!("{REVIEW}-{before}")), due: opens(day, cx) })
    });
    let ahead = announced.filter(|step| step.due > at);
    let last = StepAt { code: step(REVIEW), due };
    StageClock { start: at, due, steps: ahead.chain([last]).collect() }
}

/// When the office opens on a day, or the desks of the centre where it does not.
fn opens(day: NaiveDate, cx: &Context) -> Timestamp {
    let calendar = &cx.rules.calendar;
    let slot = calendar.slots(day).first().or(calendar.desk_slots().first());
    let midnight = Timestamp::from(calendar.midnight(day)).as_millis();
    Timestamp::from_millis(midnight + slot.map_or(0, |slot| slot.from))
}

fn step(code: &str) -> StepCode {
    StepCode::new(code)
}

/// Who hears of a step: before the day of the review the unit and the desk, from then on whoever decides.
pub(super) fn told(code: &StepCode) -> &'static [Recipient] {
    if code.as_str() == REVIEW || code.as_str().starts_with(AFTER) {
        &[Recipient::CentreHead, Recipient::DispatchDesk]
    } else {
        &[Recipient::HandlingOffice, Recipient::DispatchDesk]
    }
}

impl Deferral {
    /// Takes a decided step out, and from the day of the review on puts that of the next day in.
    pub(super) fn take(&mut self, code: &StepCode, (due, at): (Timestamp, Timestamp)) -> Taken {
        let taken = self.review.take(code, due);
        if taken == Taken::Yes && due >= self.review.due {
            self.review.steps = [self.next(at)].into();
        }
        taken
    }

    /// The first day after `at`, at the hour of the review.
    fn next(&self, at: Timestamp) -> StepAt {
        let review = self.review.due.as_millis();
        let days = at.as_millis().saturating_sub(review).div_euclid(DAY_MS).max(0) + 1;
        let due = Timestamp::from_millis(review.saturating_add(days.saturating_mul(DAY_MS)));
        StepAt { code: step(&format_compact!("{AFTER}{days}")), due }
    }
}
