//! Reads the days with hours of their own (`[[day]]`), such as one make-up day.
//!
//! Whether a day is worked at all is the business of `holidays.csv`, the weekend and the closures: hours for a day off
//! have no effect and are asked about.

use super::{bounded, hours, in_table};
use crate::book::calendar::plan::Plan;
use crate::book::calendar::tape::{FIRST_YEAR, LAST_YEAR, common_parts};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::Table;

/// More days than this are a season; the rest is not read.
const DAYS_MAX: usize = 366;

pub(super) fn read(plan: &mut Plan, root: &mut Table<'_>, findings: &mut Findings) {
    for mut table in bounded(root, "day", DAYS_MAX, findings) {
        let date = table.date("date", findings);
        let hours = hours::read(&mut table, findings);
        table.close(findings);
        let (Some(date), Some(hours)) = (date, hours) else { continue };
        if !in_table(date.value) {
            findings.push(Diagnostic::date_out_of_range(&date.spot, FIRST_YEAR, LAST_YEAR));
        } else if plan.dated.contains_key(&date.value) {
            findings.push(Diagnostic::hours_twice(&date.spot, date.value));
        } else if common_parts(plan.all_hours().chain([&hours])).is_none() {
            findings.push(Diagnostic::day_lengths(&date.spot));
        } else {
            if !plan.day(date.value).is_working() {
                findings.push(Diagnostic::hours_of_a_day_off(&date.spot, date.value));
            }
            plan.dated.insert(date.value, hours);
        }
    }
}
