//! Changes of the calendar: hours, seasons, weekend and closures, with what follows for limits in working time.

use chrono::{NaiveDate, Weekday};

use super::days::{self, Among};
use super::{Changes, End, both};
use crate::book::calendar::{Bound, Calendar, Plan, Season, Slot, Timetable};
use crate::diagnostic::Lang;
use crate::vocabulary::weekday;

/// Milliseconds in an hour.
const HOUR_MS: i64 = 3_600_000;

/// What changed from one calendar to the other; holidays have a file of their own.
pub(super) fn compare(old: &Calendar, new: &Calendar, changes: &mut Changes<'_>) {
    changes.turned("", ["日历版本", "calendar version"], old.version(), new.version());
    changes.turned("", ["时区", "time zone"], old.offset(), new.offset());
    let Some((was, is)) = old.plan().zip(new.plan()) else { return };
    let Plan {
        version: _,
        offset_seconds: _,
        ordinary: _,
        seasons: _,
        desk: _,
        dated: _,
        weekend: _,
        special: _,
        published: _,
    } = was;
    let said = changes.lines.len();
    weekend(was, is, changes);
    timetable("", &was.ordinary, &is.ordinary, changes);
    seasons(was, is, changes);
    follow(said, [was, is], changes);
    let [before, after] = [was, is].map(|plan| slots(plan.desk.hours().slots()));
    changes.turned("", ["中心的值守时段", "hours of the centre's desks"], before, after);
    dated(was, is, changes);
    days::special(was, is, Among::Closures, changes);
}

fn weekend(was: &Plan, is: &Plan, changes: &mut Changes<'_>) {
    let names = changes.names;
    let words = |plan: &Plan| {
        let days = plan.weekend.iter().map(|day| weekday(*day, names.lang).to_owned());
        names.join(&days.collect::<Vec<_>>())
    };
    changes.turned("", ["周末", "weekend"], words(was), words(is));
}

/// The hours of every working day, and of weekdays that have their own.
fn timetable(subject: &str, was: &Timetable, is: &Timetable, changes: &mut Changes<'_>) {
    const EVERY: [&str; 2] = ["每个工作日的办公时段", "office hours of a working day"];
    let [before, after] = [was, is].map(|hours| slots(hours.every().slots()));
    changes.turned(subject, EVERY, before, after);
    let mut day = Weekday::Mon;
    for _ in 0..7 {
        // A weekday without hours of its own has those of every day.
        if was.own(day).is_some() || is.own(day).is_some() {
            let of_day = |hours: &Timetable| slots(hours.on(day).slots());
            let name = weekday(day, changes.names.lang);
            let what = [format!("{name}的办公时段"), format!("office hours of {name}")];
            let [zh, en] = &what;
            changes.turned(subject, [zh, en], of_day(was), of_day(is));
        }
        day = day.succ();
    }
}

/// Dates with hours of their own.
fn dated(was: &Plan, is: &Plan, changes: &mut Changes<'_>) {
    let hours = |plan: &Plan, date: NaiveDate| plan.dated.get(&date).map(|own| slots(own.slots()));
    for date in both(&was.dated, &is.dated).into_keys() {
        let (before, after) = (hours(was, *date), hours(is, *date));
        let what = ["当天的办公时段", "office hours"];
        changes.maybe_turned(&date.to_string(), what, before.as_deref(), after.as_deref());
    }
}

fn seasons(was: &Plan, is: &Plan, changes: &mut Changes<'_>) {
    const SEASON: [&str; 2] = ["季节作息", "season"];
    let names = changes.names;
    let key = |season: &Season| season.name.clone();
    let sides = both(
        was.seasons.iter().map(|season| (key(season), season)),
        is.seasons.iter().map(|season| (key(season), season)),
    );
    let days = |season: &Season| match names.lang {
        Lang::Zh => format!("{} 至 {}", bound(season.from), bound(season.until)),
        Lang::En => format!("{} to {}", bound(season.from), bound(season.until)),
    };
    for (name, sides) in sides {
        match sides {
            (None, Some(season)) => {
                let (days, hours) = (days(season), slots(season.timetable.every().slots()));
                let more = names.of([",", ", "]);
                let subject = format!("{} {name}", names.of(SEASON));
                let came = format!("{more}{days}{more}{hours}");
                changes.came_or_went(End::Came, SEASON, name, &came);
                let alike = Timetable::new(season.timetable.every().clone());
                timetable(&subject, &alike, &season.timetable, changes);
            }
            (Some(season), None) => {
                let after = format!("({})", days(season));
                changes.came_or_went(End::Went, SEASON, name, &after);
            }
            (Some(old), Some(new)) => {
                let Season { name: _, from: _, until: _, timetable: hours } = old;
                let subject = names.of(SEASON);
                let subject = &format!("{subject} {name}");
                changes.turned(subject, ["日期", "days"], days(old), days(new));
                timetable(subject, hours, &new.timetable, changes);
            }
            (None, None) => {}
        }
    }
}

/// Adds to what was said of hours and weekend what follows from it, once.
fn follow(said: usize, [was, is]: [&Plan; 2], changes: &mut Changes<'_>) {
    let names = changes.names;
    let limits = names.new.handbook.conditions.values().map(|condition| condition.limit);
    let count = limits.filter(|limit| !limit.is_urgent()).count();
    let [before, after] = [was, is].map(|plan| plan.ordinary.every().total());
    let day = match names.lang {
        _ if before == after => String::new(),
        Lang::Zh => format!(";一个工作日由 {} 小时变为 {} 小时", hours(before), hours(after)),
        Lang::En => format!("; a working day is {} hours, was {}", hours(after), hours(before)),
    };
    let follows = match names.lang {
        Lang::Zh => format!("{day};处置时限以工作时、工作日计的 {count} 条,到期时刻随之变化"),
        Lang::En => format!("{day}; {count} conditions with limits in working time follow"),
    };
    let whole = changes.lines.get_mut(said..).and_then(<[_]>::last_mut);
    if let Some(line) = whole {
        line.after.push_str(&follows);
    }
}

fn bound(bound: Bound) -> String {
    match bound {
        Bound::Date(date) => date.to_string(),
        Bound::Yearly(month, day) => format!("{month:02}-{day:02}"),
    }
}

fn slots(slots: &[Slot]) -> String {
    let time = |ms: i64| format!("{:02}:{:02}", ms / HOUR_MS, ms / 60_000 % 60);
    let slots = slots.iter().map(|slot| format!("{}–{}", time(slot.from), time(slot.until)));
    slots.collect::<Vec<_>>().join(" ")
}

/// `7`, `7.5`, to a hundredth.
fn hours(ms: i64) -> String {
    let hundredths = ms * 100 / HOUR_MS;
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
