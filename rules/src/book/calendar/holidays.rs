//! Reads `holidays.csv`: statutory days off and make-up workdays, as the State Council announces
//! them each November for the year to come. Nothing is derived: a day is what the notice says.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::file::in_table;
use super::notices::{Cited, Notices};
use super::plan::{Plan, Special};
use super::tape::{FIRST_YEAR, LAST_YEAR};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::sheet::{Field, Row, Rows};
use crate::source::spelling::{self, Dated};
use crate::source::{Sources, Spot};

/// The file's name.
pub(super) const FILE: &str = "holidays.csv";
/// The columns that must be there.
const COLUMNS: [&str; 4] = ["date", "kind", "name", "notice_year"];
/// The column that names the notice; a year without one is provisional.
const SOURCE: &str = "notice_url";
/// More make-up days on one weekday than this are one warning: the weekend is wrong, not the dates.
const SINGLY_MAX: usize = 3;
/// A notice for a year rules its days and so many on either side of it, around New Year.
const DAYS_ASIDE: u32 = 10;
/// The longest break there was had 10 days (春节 of 2020); a longer one is asked about.
const BREAK_DAYS_MAX: usize = 12;

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Holidays {
    pub(super) special: BTreeMap<NaiveDate, Special>,
    /// The notices that the rows are from, year by year.
    pub(super) notices: Notices,
    /// Where each date stands.
    pub(super) spots: BTreeMap<NaiveDate, Spot>,
    /// Rows whose notice is for another year than their date.
    astray: Vec<(Spot, i32, NaiveDate)>,
}

pub(super) fn read(sources: &Sources, findings: &mut Findings) -> Holidays {
    let mut holidays = Holidays::default();
    let Some((file, text)) = sources.read(FILE, findings) else { return holidays };
    let mut rows = Rows::of(text).filter(|row| !row.is_blank());
    let Some(columns) = rows.next().and_then(|header| Columns::of(&header)) else {
        let header = text.lines().next().map_or(0, str::len);
        findings.push(Diagnostic::holiday_columns(&Spot::new(&file, 0..header), &COLUMNS));
        return holidays;
    };
    for row in rows {
        if findings.is_full(FILE) {
            break;
        }
        let spot = |field: &Field<'_>| Spot::new(&file, field.span.clone());
        if let Some(open) = row.open() {
            findings.push(Diagnostic::open_quotation(&spot(open)));
            continue;
        }
        let row = row.seen(&file, findings);
        match columns.entry(&row) {
            Some(entry) => holidays.take(&entry, spot, sources, findings),
            None => findings.push(Diagnostic::holiday_row(&Spot::new(&file, row.span.clone()))),
        }
    }
    holidays.check(findings);
    holidays
}

/// Warns of make-up workdays that are working days anyway, except the first after a break, which
/// notices sometimes name to say when work resumes.
pub(super) fn check_weekdays(
    plan: &Plan,
    spots: &BTreeMap<NaiveDate, Spot>,
    findings: &mut Findings,
) {
    let mut groups: BTreeMap<u32, Vec<(NaiveDate, &Spot)>> = BTreeMap::new();
    for (date, special) in &plan.special {
        let Some(spot) = spots.get(date) else { continue };
        let worked_anyway = !plan.weekend.contains(&date.weekday());
        let resumes = date.pred_opt().is_some_and(|eve| !plan.day(eve).is_working());
        if matches!(special, Special::MadeUp(_)) && worked_anyway && !resumes {
            let weekday = date.weekday().num_days_from_monday();
            groups.entry(weekday).or_default().push((*date, spot));
        }
    }
    for days in groups.values() {
        match days.as_slice() {
            [(date, spot), rest @ ..] if rest.len() >= SINGLY_MAX => {
                findings.push(Diagnostic::made_up_weekdays(spot, *date, days.len()));
            }
            few => {
                for (date, spot) in few {
                    findings.push(Diagnostic::made_up_weekday(spot, *date));
                }
            }
        }
    }
}

impl Holidays {
    /// Asks about what only all rows together show.
    fn check(&self, findings: &mut Findings) {
        if let Some((spot, year, date)) = self.astray.first() {
            let count = self.astray.len();
            findings.push(Diagnostic::notice_of_another_year(spot, *year, *date, count));
        }
        let mut run: Vec<NaiveDate> = Vec::new();
        for (date, special) in &self.special {
            let off = matches!(special, Special::Off(_));
            if !off || run.last().and_then(NaiveDate::succ_opt) != Some(*date) {
                self.ask_about(&run, findings);
                run.clear();
            }
            if off {
                run.push(*date);
            }
        }
        self.ask_about(&run, findings);
    }

    /// Asks about days off on end that are more than any break there was.
    fn ask_about(&self, run: &[NaiveDate], findings: &mut Findings) {
        let first = run.first().filter(|_| run.len() > BREAK_DAYS_MAX);
        if let Some((date, spot)) = first.and_then(|date| Some((date, self.spots.get(date)?))) {
            findings.push(Diagnostic::length_of_break(spot, *date, run.len()));
        }
    }

    fn take(
        &mut self,
        entry: &Entry<'_>,
        spot: impl Fn(&Field<'_>) -> Spot,
        sources: &Sources,
        findings: &mut Findings,
    ) {
        let at = spot(entry.date);
        let date = match spelling::date(&spelling::word(&entry.date.text, &at, findings)) {
            Dated::Day(date) => date,
            Dated::Impossible(year, month, day) => {
                findings.push(Diagnostic::impossible_date(&at, year, month, day));
                return;
            }
            Dated::Unreadable => {
                findings.push(Diagnostic::holiday_date(&at, &entry.date.text));
                return;
            }
        };
        if !in_table(date) {
            let at = spot(entry.date);
            findings.push(Diagnostic::date_out_of_range(&at, FIRST_YEAR, LAST_YEAR));
            return;
        }
        let name = entry.name.text.trim().to_owned();
        if name.is_empty() {
            findings.push(Diagnostic::holiday_without_name(&spot(entry.name), date));
        }
        let year = self.notice_of(entry, date, &spot, findings);
        let special = match entry.kind.text.trim() {
            "off" | "休" | "放假" => Special::Off(name),
            "work" | "班" | "上班" => Special::MadeUp(name),
            _ => {
                findings.push(Diagnostic::holiday_kind(&spot(entry.kind), &entry.kind.text));
                return;
            }
        };
        if let (Some(year), Special::Off(name)) = (year, &special) {
            self.notices.day_off(year, date, name);
        }
        if self.special.insert(date, special).is_some() {
            let first = self.spots.get(&date).cloned().unwrap_or_else(|| spot(entry.date));
            let twice = Diagnostic::holiday_twice(&spot(entry.date), date);
            findings.push(twice.after(sources, &first));
        }
        self.spots.entry(date).or_insert_with(|| spot(entry.date));
    }

    /// Notes which year's notice a row is from.
    fn notice_of(
        &mut self,
        entry: &Entry<'_>,
        date: NaiveDate,
        spot: impl Fn(&Field<'_>) -> Spot,
        findings: &mut Findings,
    ) -> Option<i32> {
        let at = entry.notice_year;
        let Ok(year) = spelling::word(&at.text, &spot(at), findings).parse::<i32>() else {
            findings.push(Diagnostic::holiday_year(&spot(at), &at.text));
            return None;
        };
        if !rules_over(year, date) {
            self.astray.push((spot(at), year, date));
            return None;
        }
        self.notices.note(year, spot(entry.date), entry.cited);
        Some(year)
    }
}

/// Whether a notice for that year can speak of this day.
fn rules_over(year: i32, date: NaiveDate) -> bool {
    match year.checked_sub(date.year()) {
        Some(0) => true,
        Some(1) => date.month() == 12 && date.day() > 31 - DAYS_ASIDE,
        Some(-1) => date.month() == 1 && date.day() <= DAYS_ASIDE,
        Some(_) | None => false,
    }
}

struct Columns {
    needed: [usize; 4],
    source: Option<usize>,
}

/// The fields of one row.
struct Entry<'a> {
    date: &'a Field<'a>,
    kind: &'a Field<'a>,
    name: &'a Field<'a>,
    notice_year: &'a Field<'a>,
    cited: Cited,
}

impl Columns {
    fn of(header: &Row<'_>) -> Option<Columns> {
        let column = |name: &str| {
            header.fields.iter().position(|field| spelling::meant(&field.text) == name)
        };
        let [date, kind, name, notice_year] = COLUMNS.map(column);
        Some(Columns { needed: [date?, kind?, name?, notice_year?], source: column(SOURCE) })
    }

    fn entry<'a>(&self, row: &'a Row<'a>) -> Option<Entry<'a>> {
        let [date, kind, name, notice_year] = self.needed.map(|at| row.fields.get(at));
        let source = self.source.and_then(|at| row.fields.get(at));
        let cited = Cited::of(source.map_or("", |field| &field.text));
        Some(Entry { date: date?, kind: kind?, name: name?, notice_year: notice_year?, cited })
    }
}
