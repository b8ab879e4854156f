//! Reads `calendar.toml`: hours, seasons, weekend and local closures.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use super::hours::{Hours, Slot};
use super::notices::Notices;
use super::plan::{Bound, DayKind, Plan, Season, Special};
use super::tape::{FIRST_YEAR, LAST_YEAR, common_parts};
use super::{Calendar, holidays};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::{At, Document, Table};
use crate::source::{Sources, Spot};

/// The file's name.
const FILE: &str = "calendar.toml";
/// Local time where the file says nothing: Beijing's.
const OFFSET_SECONDS: i32 = 8 * 3_600;
/// More seasons than this are a slip of the pen; the rest is not read.
const SEASONS_MAX: usize = 64;
/// More closures than this are a slip of the pen; the rest is not read.
const CLOSURES_MAX: usize = 1_000;

/// Reads the calendar with its holidays; what cannot be read has the ordinary value.
pub(crate) fn read(sources: &Sources, findings: &mut Findings) -> Calendar {
    let holidays = holidays::read(sources, findings);
    let mut plan = Plan {
        version: "?".to_owned(),
        offset_seconds: OFFSET_SECONDS,
        ordinary: Hours::ordinary(),
        seasons: Vec::new(),
        weekend: vec![Weekday::Sat, Weekday::Sun],
        special: holidays.special,
        published: holidays.notices.whole(),
    };
    if let Some(document) = Document::read(sources, FILE, findings) {
        let mut root = document.root();
        fill(&mut plan, &holidays.notices, &mut root, findings);
        root.close(findings);
    }
    holidays::check_weekdays(&plan, &holidays.spots, findings);
    Calendar::of(plan)
}

fn fill(plan: &mut Plan, notices: &Notices, root: &mut Table<'_>, findings: &mut Findings) {
    if let Some(version) = root.text("version", findings) {
        version.value.trim().clone_into(&mut plan.version);
    }
    if let Some(text) = root.text_if("utc_offset", findings) {
        match offset(text.value) {
            Some(seconds) => plan.offset_seconds = seconds,
            None => findings.push(Diagnostic::utc_offset(&text.spot, text.value)),
        }
    }
    weekend(plan, root, findings);
    let spot = root.spot();
    if let Some(hours) = hours(root, &spot, findings) {
        plan.ordinary = hours;
    }
    seasons(plan, root, findings);
    closures(plan, root, findings);
    years(notices, root, findings);
}

fn weekend(plan: &mut Plan, root: &mut Table<'_>, findings: &mut Findings) {
    let named = root.texts("weekend", findings);
    let mut days = BTreeMap::new();
    for day in &named {
        match weekday(day.value) {
            Some(free) => drop(days.insert(free.num_days_from_monday(), free)),
            None => findings.push(Diagnostic::unknown_weekday(&day.spot, day.value)),
        }
    }
    if days.len() == 7 {
        let spot = named.first().map_or_else(|| root.spot(), |day| day.spot.clone());
        findings.push(Diagnostic::empty_calendar(&spot));
        return;
    }
    plan.weekend = days.into_values().collect();
}

/// The hours under `slots`; nothing when they cannot be read, which has been said then.
fn hours(table: &mut Table<'_>, entry: &Spot, findings: &mut Findings) -> Option<Hours> {
    let texts = table.texts("slots", findings);
    let Some(first) = texts.first() else {
        findings.push(Diagnostic::missing_key(entry, "slots"));
        return None;
    };
    let whole = texts.last().map_or(first.spot.span.end, |last| last.spot.span.end);
    let spot = Spot { file: first.spot.file.clone(), span: first.spot.span.start..whole };
    let slots: Option<Vec<Slot>> = texts.iter().map(|text| slot(text, findings)).collect();
    let hours = Hours::new(slots?);
    if hours.is_none() {
        findings.push(Diagnostic::slots_out_of_order(&spot));
    }
    hours
}

fn slot(text: &At<&str>, findings: &mut Findings) -> Option<Slot> {
    let ends = text.value.split_once(['-', '–', '—', '~']);
    let slot = ends.and_then(|(from, until)| Slot::minutes(minute(from)?, minute(until)?));
    if slot.is_none() {
        findings.push(Diagnostic::slot_text(&text.spot, text.value));
    }
    slot
}

fn seasons(plan: &mut Plan, root: &mut Table<'_>, findings: &mut Findings) {
    for mut table in bounded(root, "season", SEASONS_MAX, findings) {
        let spot = table.spot();
        let name = table.text("name", findings);
        let from = bound(&mut table, "from", findings);
        let until = bound(&mut table, "until", findings);
        let hours = hours(&mut table, &spot, findings);
        table.close(findings);
        let (Some(name), Some(from), Some(until), Some(hours)) = (name, from, until, hours) else {
            continue;
        };
        let season =
            Season { name: name.value.to_owned(), from: from.value, until: until.value, hours };
        let fits = match (from.value, until.value) {
            (Bound::Date(from), Bound::Date(until)) => from <= until,
            (Bound::Yearly(..), Bound::Yearly(..)) => true,
            (Bound::Date(_), Bound::Yearly(..)) | (Bound::Yearly(..), Bound::Date(_)) => false,
        };
        let measures = plan.seasons.iter().map(|season| &season.hours);
        let measures = measures.chain([&plan.ordinary, &season.hours]);
        if !fits {
            findings.push(Diagnostic::season_ends(&until.spot));
        } else if let Some((other, date)) = overlap(plan, &season) {
            findings.push(Diagnostic::seasons_overlap(&name.spot, [&season.name, other], date));
        } else if common_parts(measures).is_none() {
            findings.push(Diagnostic::day_lengths(&name.spot));
        } else {
            plan.seasons.push(season);
        }
    }
}

/// The season already there that holds on a day of this one too.
fn overlap<'a>(plan: &'a Plan, season: &Season) -> Option<(&'a str, NaiveDate)> {
    let start = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1)?;
    let dates = start.iter_days().take_while(|date| date.year() <= LAST_YEAR);
    dates.filter(|date| season.covers(*date)).find_map(|date| {
        let other = plan.seasons.iter().find(|other| other.covers(date))?;
        Some((other.name.as_str(), date))
    })
}

fn closures(plan: &mut Plan, root: &mut Table<'_>, findings: &mut Findings) {
    for mut table in bounded(root, "closure", CLOSURES_MAX, findings) {
        let from = table.date("from", findings);
        let until = table.date_if("until", findings);
        let reason = table.text("reason", findings);
        table.close(findings);
        let (Some(from), Some(reason)) = (from, reason) else { continue };
        let until = until.unwrap_or_else(|| from.clone());
        if until.value < from.value {
            findings.push(Diagnostic::closure_ends(&until.spot));
            continue;
        }
        if let Some(far) = [&from, &until].into_iter().find(|at| !in_table(at.value)) {
            findings.push(Diagnostic::date_out_of_range(&far.spot, FIRST_YEAR, LAST_YEAR));
            continue;
        }
        for date in from.value.iter_days().take_while(|date| *date <= until.value) {
            if plan.day(date).is_working() {
                let reason = reason.value.trim().to_owned();
                plan.special.insert(date, Special::Closed(reason));
            } else if until.value == from.value && !matches!(plan.day(date), DayKind::Closed(_)) {
                findings.push(Diagnostic::closed_anyway(&from.spot, date));
            }
        }
    }
}

/// The first so many tables of a list; says so when there are more.
fn bounded<'a>(
    root: &mut Table<'a>,
    key: &'static str,
    most: usize,
    findings: &mut Findings,
) -> Vec<Table<'a>> {
    let mut tables = root.tables(key, findings);
    if let Some(table) = tables.get(most) {
        findings.push(Diagnostic::calendar_too_many(&table.spot(), most));
    }
    tables.truncate(most);
    tables
}

/// Warns of every year whose holidays are not known as a whole.
fn years(notices: &Notices, root: &mut Table<'_>, findings: &mut Findings) {
    let mut year = |key| {
        let found = root.integer(key, findings)?;
        let year = i32::try_from(found.value).ok();
        let year = year.filter(|year| (FIRST_YEAR..=LAST_YEAR).contains(year));
        if year.is_none() {
            findings.push(Diagnostic::date_out_of_range(&found.spot, FIRST_YEAR, LAST_YEAR));
        }
        Some(At { value: year?, spot: found.spot })
    };
    let (Some(first), Some(last)) = (year("first_year"), year("last_year")) else { return };
    if last.value < first.value {
        findings.push(Diagnostic::years_reversed(&last.spot));
    }
    // What a table of holidays with an error lacks is known when that is mended.
    let spoilt = findings.has_error(holidays::FILE);
    if !(spoilt && notices.is_empty()) {
        notices.check_expected(first.value, &last, findings);
    }
    if !spoilt {
        notices.check(findings);
    }
}

/// A day of a season: `06-01` or `2026-06-01`.
fn bound(table: &mut Table<'_>, key: &'static str, findings: &mut Findings) -> Option<At<Bound>> {
    let text = table.text(key, findings)?;
    let trimmed = text.value.trim();
    let yearly = || {
        let (month, day) = trimmed.split_once('-')?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // 2024 was a leap year: 02-29 is a day of some years.
        NaiveDate::from_ymd_opt(2024, month, day).map(|_| Bound::Yearly(month, day))
    };
    let bound = trimmed.parse().ok().map(Bound::Date).or_else(yearly);
    if bound.is_none() {
        findings.push(Diagnostic::season_day(&text.spot, text.value));
    }
    Some(At { value: bound?, spot: text.spot })
}

/// Whether rules about this date can be kept.
pub(super) fn in_table(date: NaiveDate) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&date.year())
}

/// Minutes since midnight of `08:30`, up to `24:00`.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once([':', ':'])?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
}

/// Seconds east of Greenwich of `+08:00`.
fn offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let minutes = minute(digits).filter(|minutes| *minutes <= 14 * 60)?;
    Some(sign * i32::from(minutes) * 60)
}

fn weekday(text: &str) -> Option<Weekday> {
    let text = text.trim();
    let chinese = text.strip_prefix("星期").or_else(|| text.strip_prefix("周"));
    match chinese {
        Some("一") => Some(Weekday::Mon),
        Some("二") => Some(Weekday::Tue),
        Some("三") => Some(Weekday::Wed),
        Some("四") => Some(Weekday::Thu),
        Some("五") => Some(Weekday::Fri),
        Some("六") => Some(Weekday::Sat),
        Some("日" | "天") => Some(Weekday::Sun),
        Some(_) => None,
        None => text.parse().ok(),
    }
}
