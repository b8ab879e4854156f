//! Reads the seasons: hours that replace the ordinary ones between two days of the year.

use chrono::{Datelike, NaiveDate, Weekday};

use super::{bounded, hours, week};
use crate::book::calendar::hours::Hours;
use crate::book::calendar::plan::{Bound, Plan, Season};
use crate::book::calendar::tape::{FIRST_YEAR, LAST_YEAR, common_parts};
use crate::book::calendar::timetable::Timetable;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Spot;
use crate::source::document::{At, Table};

/// More seasons than this are a slip of the pen; the rest is not read.
const SEASONS_MAX: usize = 64;
/// A season longer than eight months is asked about: winter hours last seven.
const LONGEST_DAYS: i64 = 243;

/// The seasons (`[[season]]`), each with its own timetable.
pub(super) fn read(plan: &mut Plan, root: &mut Table<'_>, findings: &mut Findings) {
    for mut table in bounded(root, "season", SEASONS_MAX, findings) {
        let name = table.text("name", findings);
        let from = bound(&mut table, "from", findings);
        let until = bound(&mut table, "until", findings);
        let mut timetable = hours::read(&mut table, findings).map(Timetable::new);
        // Entries of a season without hours are read all the same: what is wrong with them is said at once.
        let mut unused = Timetable::new(Hours::ordinary());
        week::weekdays(timetable.as_mut().unwrap_or(&mut unused), plan, &mut table, findings);
        table.close(findings);
        let (Some(name), Some(from), Some(until), Some(timetable)) = (name, from, until, timetable)
        else {
            continue;
        };
        let season =
            Season { name: name.value.to_owned(), from: from.value, until: until.value, timetable };
        let fits = match (from.value, until.value) {
            (Bound::Date(from), Bound::Date(until)) => from <= until,
            (Bound::Yearly(..), Bound::Yearly(..)) => true,
            (Bound::Date(_), Bound::Yearly(..)) | (Bound::Yearly(..), Bound::Date(_)) => false,
        };
        let measures = plan.all_hours().chain(season.timetable.all());
        if !fits {
            findings.push(Diagnostic::season_ends(&until.spot));
        } else if let Some((other, date)) = overlap(plan, &season) {
            findings.push(Diagnostic::seasons_overlap(&name.spot, [&season.name, other], date));
        } else if common_parts(measures).is_none() {
            findings.push(Diagnostic::day_lengths(&name.spot));
        } else {
            ask(plan, &season, &name.spot, findings);
            plan.seasons.push(season);
        }
    }
}

/// Asks about a season longer than any real one, and about weekdays whose own hours it sets aside.
fn ask(plan: &Plan, season: &Season, spot: &Spot, findings: &mut Findings) {
    let days = season.days();
    if days > LONGEST_DAYS {
        findings.push(Diagnostic::length_of_season(spot, &season.name, days));
    }
    let aside = plan.ordinary.weekdays().filter(|day| !plan.weekend.contains(day));
    let aside: Vec<Weekday> = aside.filter(|day| season.timetable.own(*day).is_none()).collect();
    if !aside.is_empty() {
        findings.push(Diagnostic::season_without_weekdays(spot, &season.name, &aside));
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

/// A day of a season: `06-01` or `2026-06-01`.
fn bound(table: &mut Table<'_>, key: &'static str, findings: &mut Findings) -> Option<At<Bound>> {
    let text = table.word(key, findings)?;
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
