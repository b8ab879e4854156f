//! Reads `calendar.toml`: hours, seasons, weekend, local closures, single days, and the desks' hours.

mod closures;
mod days;
mod desk;
mod hours;
mod seasons;
mod week;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use super::desk::DeskHours;
use super::hours::Hours;
use super::notices::Notices;
use super::plan::Plan;
use super::tape::{FIRST_YEAR, LAST_YEAR};
use super::timetable::Timetable;
use super::{Calendar, holidays};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;
use crate::source::document::{At, Document, Table};

/// The file's name.
pub(crate) const FILE: &str = "calendar.toml";
/// Local time where the file says nothing: Beijing's.
const OFFSET_SECONDS: i32 = 8 * 3_600;

/// Reads the calendar with its holidays; what cannot be read has the ordinary value.
pub(crate) fn read(sources: &Sources, findings: &mut Findings) -> Calendar {
    let holidays = holidays::read(sources, findings);
    let mut plan = Plan {
        version: "?".to_owned(),
        offset_seconds: OFFSET_SECONDS,
        ordinary: Timetable::new(Hours::ordinary()),
        seasons: Vec::new(),
        desk: DeskHours::new(Hours::desk()),
        dated: BTreeMap::new(),
        weekend: vec![Weekday::Sat, Weekday::Sun],
        special: holidays.special,
        published: holidays.notices.whole(),
    };
    if let Some(document) = Document::read(sources, FILE, findings) {
        let mut root = document.root();
        fill(&mut plan, &holidays.notices, &mut root, findings);
        root.close(findings);
    }
    // A weekend that could not be read would make every make-up day look wrong.
    if !findings.has_error(FILE) {
        holidays::check_weekdays(&plan, &holidays.spots, findings);
    }
    Calendar::of(plan)
}

fn fill(plan: &mut Plan, notices: &Notices, root: &mut Table<'_>, findings: &mut Findings) {
    if let Some(version) = root.word("version", findings) {
        version.value.trim().clone_into(&mut plan.version);
    }
    if let Some(text) = root.word_if("utc_offset", findings) {
        match offset(text.value) {
            Some(seconds) => {
                plan.offset_seconds = seconds;
                if seconds != OFFSET_SECONDS {
                    findings.push(Diagnostic::offset_elsewhere(&text.spot, text.value));
                }
            }
            None => findings.push(Diagnostic::utc_offset(&text.spot, text.value)),
        }
    }
    week::weekend(plan, root, findings);
    if let Some(hours) = hours::read(root, findings) {
        plan.ordinary = Timetable::new(hours);
    }
    week::ordinary(plan, root, findings);
    seasons::read(plan, root, findings);
    closures::read(plan, root, findings);
    days::read(plan, root, findings);
    desk::read(plan, root, findings);
    years(notices, root, findings);
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

/// Whether rules about this date can be kept.
pub(super) fn in_table(date: NaiveDate) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&date.year())
}

/// Seconds east of Greenwich of `+08:00`.
fn offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let minutes = hours::minute(digits).filter(|minutes| *minutes <= 14 * 60)?;
    Some(sign * i32::from(minutes) * 60)
}
