//! Reads the local closures: working days on which the county's offices stay shut.

use chrono::NaiveDate;

use super::{bounded, in_table};
use crate::book::calendar::plan::{DayKind, Plan, Special};
use crate::book::calendar::tape::{FIRST_YEAR, LAST_YEAR};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::{At, Table};

/// More closures than this are a slip of the pen; the rest is not read.
const CLOSURES_MAX: usize = 1_000;
/// A closure of more working days is asked about: a snowed-in county opens again after two weeks.
const LONGEST_WORKDAYS: usize = 10;

/// The local closures (`[[closure]]`).
pub(super) fn read(plan: &mut Plan, root: &mut Table<'_>, findings: &mut Findings) {
    for mut table in bounded(root, "closure", CLOSURES_MAX, findings) {
        let from = table.date("from", findings);
        let until = table.date_if("until", findings);
        let reason = table.text("reason", findings);
        let confirmed = table.integer_if("workdays", findings);
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
        close(plan, (&from, until.value), reason.value.trim(), confirmed, findings);
    }
}

/// Closes the working days between two days; asks about a closure that takes away none or very many.
fn close(
    plan: &mut Plan,
    (from, until): (&At<NaiveDate>, NaiveDate),
    reason: &str,
    confirmed: Option<At<i64>>,
    findings: &mut Findings,
) {
    let dates = || from.value.iter_days().take_while(|date| *date <= until);
    let closed: Vec<NaiveDate> = dates().filter(|date| plan.day(*date).is_working()).collect();
    let closed_before = dates().any(|date| matches!(plan.day(date), DayKind::Closed(_)));
    let span = (from.value, until);
    match confirmed {
        Some(said) if usize::try_from(said.value) != Ok(closed.len()) => {
            findings.push(Diagnostic::workdays_do_not_add_up(&said.spot, span, closed.len()));
        }
        None if closed.len() > LONGEST_WORKDAYS => {
            findings.push(Diagnostic::length_of_closure(&from.spot, span, closed.len()));
        }
        Some(_) | None => {}
    }
    if closed.is_empty() && !closed_before {
        findings.push(Diagnostic::closed_anyway(&from.spot, span));
    }
    for date in closed {
        plan.special.insert(date, Special::Closed(reason.to_owned()));
    }
}
