//! The quota of extensions (延期比例, article 27): in how many cases of a month a unit may be granted more time.
//!
//! What counts is what was asked in that month: what waits, what was granted, and what was refused on its merits. What was
//! taken back, and what was refused for the quota itself, is free. One unit answers one application after another, so
//! that two who ask at once do not both get the last place. How many cases it is a share of is counted by the door and
//! stands with each answer.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use serde::{Deserialize, Serialize};

use super::Event;
use crate::context::Context;
use crate::tells::{Became, Booking, CaseId, QuotaAnswer, ToCase};

/// Months that are kept, with the one that runs; an application is decided within days.
pub const MONTHS_MAX: usize = 3;
/// Applications of a month that are kept; one more finds the quota used up.
pub const ASKED_MAX: usize = 1_000;

/// A unit's extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// At most [`MONTHS_MAX`], oldest first.
    pub months: Vec<Month>,
}

/// What was asked in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// E.g. 2026-03.
    pub month: CompactString,
    /// At most [`ASKED_MAX`], in the order of asking.
    pub asked: Vec<Asking>,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    pub case: CaseId,
    /// Which application of the case.
    pub no: u16,
    pub at: Timestamp,
    pub standing: Standing,
}

/// Where an application stands in the quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Pending,
    Granted,
    /// Refused on its merits.
    Refused,
    /// Granted beyond the quota.
    Beyond,
    /// Refused for the quota.
    UsedUp,
}

/// An application, and by which figures it was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoned {
    pub at: Timestamp,
    #[serde(flatten)]
    pub booking: Booking,
    pub allowed: u32,
    /// With this one, if it has a place.
    pub used: u32,
}

impl Standing {
    /// Whether it uses a place.
    pub fn counts(self) -> bool {
        match self {
            Standing::Pending | Standing::Granted | Standing::Refused | Standing::Beyond => true,
            Standing::UsedUp => false,
        }
    }

    /// Whether the unit was granted what it asked.
    pub fn is_granted(self) -> bool {
        matches!(self, Standing::Granted | Standing::Beyond)
    }
}

impl Month {
    /// How many places are used.
    pub fn used(&self) -> u32 {
        let used = self.asked.iter().filter(|asking| asking.standing.counts()).count();
        u32::try_from(used).unwrap_or(u32::MAX)
    }
}

impl Quota {
    /// What was asked in that month; none where nothing was, and where it is forgotten.
    pub fn of(&self, month: &str) -> Option<&Month> {
        self.months.iter().find(|one| one.month == month)
    }

    /// Whether what was asked in that month is still on record; months are forgotten, the oldest first.
    pub fn keeps(&self, month: &str) -> bool {
        let oldest = self.months.first().filter(|_| self.months.len() >= MONTHS_MAX);
        oldest.is_none_or(|oldest| oldest.month.as_str() <= month)
    }

    fn find_mut(&mut self, case: &CaseId, no: u16) -> Option<&mut Asking> {
        let mut asked = self.months.iter_mut().flat_map(|month| &mut month.asked);
        asked.find(|asking| asking.case == *case && asking.no == no)
    }

    fn put(&mut self, asked: &Reckoned, standing: Standing) {
        let Booking { case, no, month, .. } = &asked.booking;
        if !self.months.iter().any(|one| one.month == *month) {
            if self.months.len() >= MONTHS_MAX {
                self.months.remove(0);
            }
            self.months.push(Month { month: month.clone(), asked: Vec::new() });
        }
        let asking = Asking { case: case.clone(), no: *no, at: asked.at, standing };
        let Some(month) = self.months.iter_mut().find(|one| one.month == *month) else { return };
        // A case that finds the quota used up again and again takes one line, and no place from others.
        month.asked.retain(|one| one.case != *case || one.standing != Standing::UsedUp);
        if month.asked.len() < ASKED_MAX {
            month.asked.push(asking);
        }
    }
}

/// The answer to an application: a place while there is one.
pub(super) fn reserve(quota: &Quota, booking: &Booking, at: Timestamp, cx: &Context) -> Event {
    let allowed = cx.rules.extensions.allowed(booking.n);
    let month = quota.of(&booking.month);
    let used = month.map_or(0, Month::used);
    let is_full = month.is_some_and(|month| month.asked.len() >= ASKED_MAX);
    let booking = booking.clone();
    if used < allowed && !is_full {
        Event::Reserved(Reckoned { at, booking, allowed, used: used + 1 })
    } else {
        Event::QuotaUsedUp(Reckoned { at, booking, allowed, used })
    }
}

/// The quota after `event`; none of an event of something else.
pub(super) fn evolve(quota: &mut Quota, event: &Event) -> Option<()> {
    match event {
        Event::Reserved(asked) => quota.put(asked, Standing::Pending),
        Event::QuotaUsedUp(asked) => quota.put(asked, Standing::UsedUp),
        Event::Settled { case, no, became } => {
            // Of a month that is forgotten nothing is counted any more.
            if let Some(asking) = quota.find_mut(case, *no) {
                asking.standing = match became {
                    Became::Granted => Standing::Granted,
                    Became::Beyond => Standing::Beyond,
                    Became::Refused => Standing::Refused,
                };
            }
        }
        Event::Released { case, no } => {
            for month in &mut quota.months {
                month.asked.retain(|asking| asking.case != *case || asking.no != *no);
            }
        }
        Event::Established { .. }
        | Event::Rescheduled { .. }
        | Event::BriefDue(_)
        | Event::LeaveTaken(_)
        | Event::LeaveEnded { .. }
        | Event::Viewed { .. }
        | Event::HeadReminded { .. }
        | Event::DayMissed { .. }
        | Event::ViewsScheduled { .. }
        | Event::Deactivated { .. } => return None,
    }
    Some(())
}

/// The case hears what the quota said.
pub(super) fn told(event: &Event) -> Option<Effect> {
    let answer = |asked: &Reckoned| {
        let Reckoned { booking: Booking { no, n, .. }, allowed, used, .. } = asked;
        QuotaAnswer { no: *no, n: *n, allowed: *allowed, used: *used }
    };
    if let Event::Reserved(asked) = event {
        Some(ToCase::QuotaReserved(answer(asked)).tell(&asked.booking.case))
    } else if let Event::QuotaUsedUp(asked) = event {
        Some(ToCase::QuotaUsedUp(answer(asked)).tell(&asked.booking.case))
    } else {
        None
    }
}
