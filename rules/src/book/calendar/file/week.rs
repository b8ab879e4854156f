//! Reads what differs by the day of the week: the weekend, and weekdays with hours of their own.

use std::collections::BTreeMap;

use chrono::Weekday;

use super::{bounded, hours};
use crate::book::calendar::plan::Plan;
use crate::book::calendar::tape::common_parts;
use crate::book::calendar::timetable::Timetable;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::Table;

/// A week has so many days; more entries are a slip of the pen and not read.
const WEEKDAYS_MAX: usize = 7;

/// The days of the week that are not worked. A file without them keeps seven working days and is refused.
pub(super) fn weekend(plan: &mut Plan, root: &mut Table<'_>, findings: &mut Findings) {
    if !root.has("weekend") {
        findings.push(Diagnostic::no_weekend(&root.spot()));
    }
    let named = root.words("weekend", findings);
    let (mut days, mut odd) = (BTreeMap::new(), None);
    for day in &named {
        match weekday(day.value) {
            Some(free) => {
                if days.insert(free.num_days_from_monday(), free).is_some() {
                    findings.push(Diagnostic::weekday_twice(&day.spot, free));
                }
                if !matches!(free, Weekday::Sat | Weekday::Sun) {
                    odd = odd.or(Some(day.spot.clone()));
                }
            }
            None => findings.push(Diagnostic::unknown_weekday(&day.spot, day.value)),
        }
    }
    if days.len() == 7 {
        let spot = named.first().map_or_else(|| root.spot(), |day| day.spot.clone());
        findings.push(Diagnostic::empty_calendar(&spot));
        return;
    }
    plan.weekend = days.into_values().collect();
    if let Some(spot) = odd {
        findings.push(Diagnostic::odd_weekend(&spot, &plan.weekend));
    }
}

/// The weekdays with hours of their own, outside of seasons (`[[weekday]]`).
pub(super) fn ordinary(plan: &mut Plan, root: &mut Table<'_>, findings: &mut Findings) {
    let mut timetable = plan.ordinary.clone();
    weekdays(&mut timetable, plan, root, findings);
    plan.ordinary = timetable;
}

/// The weekdays with hours of their own in a timetable of `plan`.
pub(super) fn weekdays(
    timetable: &mut Timetable,
    plan: &Plan,
    around: &mut Table<'_>,
    findings: &mut Findings,
) {
    for mut table in bounded(around, "weekday", WEEKDAYS_MAX, findings) {
        let named = table.word("day", findings);
        let hours = hours::read(&mut table, findings);
        table.close(findings);
        let Some(named) = named else { continue };
        let Some(day) = weekday(named.value) else {
            findings.push(Diagnostic::unknown_weekday(&named.spot, named.value));
            continue;
        };
        let Some(hours) = hours else { continue };
        let measures = plan.all_hours().chain(timetable.all()).chain([&hours]);
        if timetable.own(day).is_some() {
            findings.push(Diagnostic::weekday_twice(&named.spot, day));
        } else if common_parts(measures).is_none() {
            findings.push(Diagnostic::day_lengths(&named.spot));
        } else {
            if plan.weekend.contains(&day) {
                findings.push(Diagnostic::weekday_is_weekend(&named.spot, day));
            }
            timetable.set(day, hours);
        }
    }
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
