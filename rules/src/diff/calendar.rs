//! Changes of the calendar: days that are worked or not, hours, published years.

use chrono::{Datelike, NaiveDate};

use super::Changes;
use crate::book::calendar::{Calendar, DayKind, Slot};

/// The years looked at; holidays are published a year ahead at most, and nobody recomputes older ones.
const YEARS: std::ops::RangeInclusive<i32> = 2010..=2040;

/// What changed from one calendar to the other.
pub(super) fn compare(old: &Calendar, new: &Calendar, changes: &mut Changes) {
    changes.turned(["日历版本", "calendar version"], old.version(), new.version());
    changes.turned(["时区", "time zone"], old.offset(), new.offset());
    for year in YEARS {
        match (old.is_published(year), new.is_published(year)) {
            (false, true) => changes.say(
                format!("{year} 年放假安排已公布"),
                format!("holidays of {year} are published"),
            ),
            (true, false) => changes.say(
                format!("{year} 年放假安排不再列出"),
                format!("holidays of {year} are no longer listed"),
            ),
            (true, true) | (false, false) => {}
        }
    }
    let days = || YEARS.filter_map(|year| NaiveDate::from_yo_opt(year, 1)).flat_map(days_of_year);
    runs(
        days().filter_map(|day| {
            let (was, is) = (old.day(day), new.day(day));
            (was != is).then(|| (day, kind(was), kind(is)))
        }),
        changes,
    );
    runs(
        days().filter_map(|day| {
            let worked = old.day(day).is_working() && new.day(day).is_working();
            let (was, is) = (old.slots(day), new.slots(day));
            (worked && was != is).then(|| (day, hours(was), hours(is)))
        }),
        changes,
    );
}

fn days_of_year(first: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    first.iter_days().take_while(move |day| day.year() == first.year())
}

/// Says one line for days on end that change alike; a weekend between them does not part them.
fn runs(days: impl Iterator<Item = (NaiveDate, [String; 2], [String; 2])>, changes: &mut Changes) {
    const APART_DAYS: i64 = 4;
    let mut open: Option<(NaiveDate, NaiveDate, [String; 2], [String; 2])> = None;
    for (day, was, is) in days {
        open = match open {
            Some((first, last, before, after))
                if before == was && after == is && (day - last).num_days() <= APART_DAYS =>
            {
                Some((first, day, before, after))
            }
            other => {
                say(other, changes);
                Some((day, day, was, is))
            }
        };
    }
    say(open, changes);
}

fn say(run: Option<(NaiveDate, NaiveDate, [String; 2], [String; 2])>, changes: &mut Changes) {
    let Some((first, last, [was, was_en], [is, is_en])) = run else { return };
    let (days, days_en) = if first == last {
        (first.to_string(), first.to_string())
    } else {
        (format!("{first} 至 {last}"), format!("{first} to {last}"))
    };
    changes.say(
        format!("{days}:由“{was}”改为“{is}”"),
        format!("{days_en}: from `{was_en}` to `{is_en}`"),
    );
}

fn kind(day: DayKind<'_>) -> [String; 2] {
    match day {
        DayKind::Working => ["工作日".to_owned(), "working day".to_owned()],
        DayKind::MadeUp(name) => [format!("调休上班({name})"), format!("make-up workday ({name})")],
        DayKind::Weekend => ["周末".to_owned(), "weekend".to_owned()],
        DayKind::Holiday(name) => [format!("放假({name})"), format!("holiday ({name})")],
        DayKind::Closed(why) => [format!("停办({why})"), format!("closed ({why})")],
    }
}

fn hours(slots: &[Slot]) -> [String; 2] {
    let time = |ms: i64| format!("{:02}:{:02}", ms / 3_600_000, ms / 60_000 % 60);
    let slots = slots.iter().map(|slot| format!("{}–{}", time(slot.from), time(slot.until)));
    let slots = slots.collect::<Vec<_>>().join(" ");
    [slots.clone(), slots]
}
