//! The daily brief (每日简报, article 7), when it is due and to whom it goes: what a unit and the centre have in common.
//!
//! A slot is an instant of the schedule in `notices.toml`, a cron expression in the county's local time. Each slot is
//! settled once: the latest one passed is sent, earlier ones that nobody could send in time are written down as
//! missed. What a brief says is not known here: its lists are read when its message is claimed.
//!
//! Where the schedule is changed, the new one holds from the next slot on. What has gone out on a day stands for the
//! first slot of that day by whatever schedule, so that a later hour brings no second brief on the same day; and a slot
//! that is still ahead stays when an earlier hour comes too late for its day.

mod people;
mod said;

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use cron::Schedule;
use duban_core::clock::Timestamp;
use duban_core::entity::{Fired, Timer};
use duban_rules::book::calendar::Calendar;
use serde::{Deserialize, Serialize};

pub use people::addresses;
pub(crate) use said::{Morning, claim, message};

/// When briefs are due if the rules' schedule cannot be read: daily at eight, local time.
pub const DEFAULT_SCHEDULE: &str = "0 0 8 * * *";
/// The timer of the next slot.
pub const TIMER: &str = "brief";
/// Slots that are written down one by one as missed: more than a year of mornings. Older ones are not listed.
pub const MISSED_LISTED_MAX: usize = 400;

/// The slot that comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Next {
    /// No brief is due any more.
    Never,
    /// A brief is due at this instant.
    At(Timestamp),
}

impl Next {
    /// The timer that wakes its owner for it.
    pub fn timer(self) -> Option<Timer> {
        match self {
            Next::Never => None,
            Next::At(due) => {
                Some(Timer { name: TIMER.into(), due, reason: "每日简报(第七条)".into() })
            }
        }
    }

    /// Whether `fired` is the timer of this slot.
    pub fn is_due_by(self, fired: &Fired) -> bool {
        fired.name == TIMER && self == Next::At(fired.due)
    }
}

/// The briefs of a unit or of the centre: which comes next, and which came last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Briefing {
    /// When the next one is due.
    pub next: Next,
    /// The slot of the last one, if there was one.
    pub last: Option<Timestamp>,
}

impl Briefing {
    /// Begins with the slot `next`.
    pub(crate) fn from(next: Next) -> Briefing {
        Briefing { next, last: None }
    }

    /// The slot by which other mornings replace these, or by which there are none any more; none when nothing changes.
    /// A slot that has passed is settled by its timer, not by a new schedule.
    pub(crate) fn rescheduled(&self, mornings: Option<&Mornings>, now: Timestamp) -> Option<Next> {
        let is_behind = matches!(self.next, Next::At(due) if due <= now);
        let next = mornings.map_or(Next::Never, |mornings| self.next_by(mornings, now));
        (!is_behind && next != self.next).then_some(next)
    }

    /// The slot after `now` by other mornings: no day has a second brief because the hour was changed on it, and none
    /// goes without.
    fn next_by(&self, mornings: &Mornings, now: Timestamp) -> Next {
        let is_today = |slot: Timestamp| mornings.day(slot) == mornings.day(now);
        let next = mornings.next(now, self.last);
        if let (Next::At(ahead), Next::At(slot), Next::At(first)) =
            (self.next, next, mornings.first_of_day(now))
            && is_today(ahead)
            && is_today(first)
            && !is_today(slot)
            && !self.last.is_some_and(is_today)
        {
            // Today's hour by the new schedule has passed, and nothing has gone out: the old one holds until tomorrow.
            return self.next;
        }
        next
    }

    /// What `fired` settles; none when it is not this briefing's timer.
    pub(crate) fn fired(
        &self,
        fired: &Fired,
        mornings: &Mornings,
        now: Timestamp,
    ) -> Option<Settled> {
        let settled = || Settled { since: self.last, ..mornings.settle(fired.due, now) };
        self.next.is_due_by(fired).then(settled)
    }

    pub(crate) fn after(settled: &Settled) -> Briefing {
        Briefing { next: settled.next, last: Some(settled.slot) }
    }

    /// Whether a later brief than that of `slot` has come.
    pub(crate) fn has_passed(&self, slot: Timestamp) -> bool {
        self.last.is_some_and(|last| last > slot)
    }
}

/// What one firing makes of every slot that has passed: a brief is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The slot whose brief is sent.
    pub slot: Timestamp,
    /// Slots whose briefs are not, because nobody could send them in time: oldest first, at most
    /// [`MISSED_LISTED_MAX`].
    #[serde(default)]
    pub missed: Vec<Timestamp>,
    /// The slot after all of them.
    pub next: Next,
    /// The slot of the brief before it, if there was one: what came since is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// Mornings, as the rules in force schedule them.
#[derive(Debug)]
pub struct Mornings {
    schedule: Option<Schedule>,
    zone: FixedOffset,
}

impl Mornings {
    /// The slots of `schedule`, a cron expression with seconds, in the calendar's zone.
    pub fn new(schedule: &str, calendar: &Calendar) -> Mornings {
        // The rules' own check names a schedule that cannot be read; a brief goes out all the same.
        let read = Schedule::from_str(schedule).or_else(|_| Schedule::from_str(DEFAULT_SCHEDULE));
        Mornings { schedule: read.ok(), zone: calendar.offset() }
    }

    /// The first slot after `instant`.
    pub fn after(&self, instant: Timestamp) -> Next {
        let slot = self.schedule.as_ref().and_then(|s| s.after(&self.local(instant)).next());
        slot.map_or(Next::Never, |slot| Next::At(slot.with_timezone(&Utc).into()))
    }

    /// The first slot after `instant` for which nothing has gone out: the brief of `last` stands for the first slot of
    /// its day, whatever the hour was then.
    fn next(&self, instant: Timestamp, last: Option<Timestamp>) -> Next {
        let next = self.after(instant);
        if let (Next::At(slot), Some(last)) = (next, last)
            && self.day(slot) == self.day(last)
            && self.first_of_day(slot) == next
        {
            return self.after(slot);
        }
        next
    }

    /// The first slot of the local day of `instant`; if that day has none, the first one after it.
    fn first_of_day(&self, instant: Timestamp) -> Next {
        let midnight = self.local(instant).with_time(NaiveTime::MIN);
        // A zone without summer time has each midnight once.
        let midnight = midnight.single().map(|midnight| Timestamp::from(midnight.to_utc()));
        midnight.map_or(Next::Never, |midnight| self.after(midnight - Duration::from_millis(1)))
    }

    fn day(&self, instant: Timestamp) -> NaiveDate {
        self.local(instant).date_naive()
    }

    /// Settles the slot `due`, and every one after it, up to `now`.
    pub fn settle(&self, due: Timestamp, now: Timestamp) -> Settled {
        let now = now.max(due);
        let slot = self.latest(now).filter(|latest| *latest > due).unwrap_or(due);
        let mut missed = Vec::new();
        let mut passed = due;
        while passed < slot && missed.len() < MISSED_LISTED_MAX {
            missed.push(passed);
            match self.after(passed) {
                Next::At(next) => passed = next,
                Next::Never => break,
            }
        }
        Settled { slot, missed, next: self.next(now, Some(slot)), since: None }
    }

    fn latest(&self, now: Timestamp) -> Option<Timestamp> {
        // Looking back from the next full second finds a slot at `now` itself.
        let second = now.as_millis().div_euclid(1000).saturating_add(1).saturating_mul(1000);
        let from = self.local(Timestamp::from_millis(second));
        let slot = self.schedule.as_ref()?.after(&from).next_back()?;
        Some(slot.with_timezone(&Utc).into())
    }

    fn local(&self, instant: Timestamp) -> DateTime<FixedOffset> {
        DateTime::<Utc>::from(instant).with_timezone(&self.zone)
    }
}

#[cfg(test)]
mod tests;
