//! The reminder of the daily view (article 7) against the office hours: who is reminded when nobody is there does not look.

use cron::{Schedule, TimeUnitSpec as _};

use crate::book::RuleBook;
use crate::book::calendar::FILE as CALENDAR;
use crate::diagnostic::{Diagnostic, Findings};

/// Says the first time of a day at which it goes out when the offices are closed.
pub(super) fn check(book: &RuleBook, findings: &mut Findings) {
    let Some(spot) = book.notices.view_spot.as_ref().filter(|_| !findings.has_error(CALENDAR))
    else {
        return;
    };
    let Some(plan) = book.calendar.plan() else { return };
    let Ok(schedule) = book.notices.view_reminder.parse::<Schedule>() else { return };
    let (hours, minutes) = (schedule.hours(), schedule.minutes());
    let slots = plan.ordinary.every().slots();
    let is_open = |minute: u32| slots.iter().any(|slot| slot.has_minute(minute));
    let times = hours.iter().flat_map(|hour| minutes.iter().map(move |minute| hour * 60 + minute));
    if let Some(closed) = times.into_iter().find(|time| !is_open(*time)) {
        let time = format!("{:02}:{:02}", closed / 60, closed % 60);
        findings.push(Diagnostic::reminder_after_hours(spot, &time));
    }
}
