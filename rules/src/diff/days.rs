//! Changes of single days: holidays, make-up workdays (调休), closures; days on end that change alike are one stretch.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::Changes;
use crate::book::calendar::{Calendar, Plan, Special};
use crate::diagnostic::Lang;

/// Which days are looked at: each belongs to one of two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Holidays and make-up workdays, of `holidays.csv`.
    Holidays,
    /// Closures, of `calendar.toml`.
    Closures,
}

/// What changed among the holidays.
pub(super) fn compare(old: &Calendar, new: &Calendar, changes: &mut Changes<'_>) {
    let Some((was, is)) = old.plan().zip(new.plan()) else { return };
    for year in is.published.difference(&was.published) {
        let new_year = announced(is, *year, changes);
        changes.say(new_year);
    }
    for year in was.published.difference(&is.published) {
        changes.say(match (is_listed(is, *year), changes.names.lang) {
            (false, Lang::Zh) => format!("{year} 年放假安排不再列出"),
            (false, Lang::En) => format!("holidays of {year} are no longer listed"),
            (true, Lang::Zh) => format!("{year} 年放假安排不再完整,时限仍按暂定计"),
            (true, Lang::En) => {
                format!("holidays of {year} are no longer whole: due instants are provisional")
            }
        });
    }
    special(was, is, Among::Holidays, changes);
}

/// Whether a plan has holidays or make-up workdays of a year.
fn is_listed(plan: &Plan, year: i32) -> bool {
    let mut special = plan.special.iter();
    special.any(|(date, day)| date.year() == year && !matches!(day, Special::Closed(_)))
}

/// A stretch of days that change alike.
struct Stretch<'a> {
    first: NaiveDate,
    last: NaiveDate,
    worked: usize,
    was: Option<&'a Special>,
    is: Option<&'a Special>,
}

/// Says which days are something else than they were.
pub(super) fn special(was: &Plan, is: &Plan, among: Among, changes: &mut Changes<'_>) {
    let (come, gone): (BTreeSet<i32>, BTreeSet<i32>) = (
        is.published.difference(&was.published).copied().collect(),
        was.published.difference(&is.published).copied().collect(),
    );
    let gone: BTreeSet<i32> = gone.into_iter().filter(|year| !is_listed(is, *year)).collect();
    let told_whole = |date: &NaiveDate| come.contains(&date.year()) || gone.contains(&date.year());
    let dates: BTreeSet<NaiveDate> = was.special.keys().chain(is.special.keys()).copied().collect();
    let mut stretches: Vec<Stretch<'_>> = Vec::new();
    for date in dates {
        let (before, after) = (was.special.get(&date), is.special.get(&date));
        let closed = [before, after].iter().flatten().any(|day| matches!(day, Special::Closed(_)));
        let ours = match among {
            Among::Closures => closed,
            // A year that came or went as a whole has been told as one.
            Among::Holidays => !closed && !told_whole(&date),
        };
        if !ours || before == after {
            continue;
        }
        let (before, after) = match (before, after) {
            // A make-up workday inside a closure is closed like the days around it, and worked like them afterwards.
            (Some(Special::MadeUp(_)), Some(Special::Closed(_))) => (None, after),
            (Some(Special::Closed(_)), Some(Special::MadeUp(_))) => (before, None),
            other => other,
        };
        match stretches.last_mut() {
            Some(last) if last.was == before && last.is == after && joins(last.last, date, is) => {
                last.last = date;
                last.worked += 1;
            }
            _ => stretches.push(Stretch {
                first: date,
                last: date,
                worked: 1,
                was: before,
                is: after,
            }),
        }
    }
    for stretch in &stretches {
        let line = told(stretch, changes.names.lang);
        changes.say(line);
    }
}

/// Whether nothing but days off lies between two days.
fn joins(last: NaiveDate, next: NaiveDate, plan: &Plan) -> bool {
    let between = last.iter_days().skip(1).take_while(|date| *date < next);
    // A month is longer than any holiday; what lies further apart is not looked at.
    (next - last).num_days() <= 31 && between.into_iter().all(|date| !plan.day(date).is_working())
}

fn told(stretch: &Stretch<'_>, lang: Lang) -> String {
    let Stretch { first, last, worked, was, is } = stretch;
    let days = span(*first, *last, lang);
    let [before, after] = [was, is].map(|day| day.map(|day| kind(day, lang)));
    match (before, after, lang) {
        (None, Some(after), Lang::Zh) => format!("{days}:新增{after},其中工作日 {worked} 天"),
        (None, Some(after), Lang::En) => format!("{days}: {after} added, {worked} working days"),
        (Some(before), None, Lang::Zh) => format!("{days}:取消{before},其中工作日 {worked} 天"),
        (Some(before), None, Lang::En) => {
            format!("{days}: {before} removed, {worked} working days")
        }
        (Some(before), Some(after), Lang::Zh) => format!("{days}:由“{before}”改为“{after}”"),
        (Some(before), Some(after), Lang::En) => format!("{days}: from `{before}` to `{after}`"),
        (None, None, _) => days,
    }
}

/// The holidays of a year in one sentence, in the order of the days.
fn announced(plan: &Plan, year: i32, changes: &Changes<'_>) -> String {
    let lang = changes.names.lang;
    let is_holiday = |day: &Special| !matches!(day, Special::Closed(_));
    let days = plan.special.iter().filter(|(date, day)| date.year() == year && is_holiday(day));
    let mut stretches: Vec<(NaiveDate, NaiveDate, &Special)> = Vec::new();
    for (date, special) in days {
        match stretches.last_mut() {
            Some((_, last, same)) if *same == special && last.succ_opt() == Some(*date) => {
                *last = *date;
            }
            _ => stretches.push((*date, *date, special)),
        }
    }
    let stretches = stretches.iter().map(|(first, last, special)| {
        let days = span(*first, *last, lang);
        let days = days.replace(&format!("{year}-"), "");
        format!("{days} {}", kind(special, lang))
    });
    let stretches = stretches.collect::<Vec<_>>();
    match lang {
        Lang::Zh => format!("{year} 年放假安排已公布:{}", stretches.join(";")),
        Lang::En => format!("holidays of {year} are published: {}", stretches.join("; ")),
    }
}

fn span(first: NaiveDate, last: NaiveDate, lang: Lang) -> String {
    match lang {
        _ if first == last => first.to_string(),
        Lang::Zh => format!("{first} 至 {last}"),
        Lang::En => format!("{first} to {last}"),
    }
}

fn kind(day: &Special, lang: Lang) -> String {
    match (day, lang) {
        (Special::Off(name), Lang::Zh) => format!("放假({name})"),
        (Special::Off(name), Lang::En) => format!("holiday ({name})"),
        (Special::MadeUp(name), Lang::Zh) => format!("调休上班({name})"),
        (Special::MadeUp(name), Lang::En) => format!("make-up workday ({name})"),
        (Special::Closed(why), Lang::Zh) => format!("停办({why})"),
        (Special::Closed(why), Lang::En) => format!("closure ({why})"),
    }
}
