//! The yearly notices of holidays (放假安排), and when a year's notice is in the file as a whole.
//!
//! A year counts as published when its notice is named and gives days off for each of the seven
//! statutory festivals, joined names included (`中秋节、国庆节`). A year typed in part stays
//! provisional: without 春节 its weeks would count as work, and no due instant of that year holds.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::festivals::FESTIVALS;
use crate::diagnostic::{Diagnostic, Findings, Lacks};
use crate::source::Spot;
use crate::source::document::At;

/// What the file has of one year's notice.
#[derive(Debug)]
struct Notice {
    /// Its first row.
    first: Spot,
    /// Days off of each festival, in the order of [`FESTIVALS`].
    days: [usize; 7],
    cited: Cited,
}

/// Whether a row says which notice it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cited {
    /// An address or a number stands under `notice_url`.
    Yes,
    /// Nothing stands there.
    No,
}

impl Cited {
    /// What the text of the cell says.
    pub(super) fn of(text: &str) -> Cited {
        if text.trim().is_empty() { Cited::No } else { Cited::Yes }
    }
}

/// What the file has of every year's notice.
#[derive(Debug, Default)]
pub(super) struct Notices(BTreeMap<i32, Notice>);

impl Notices {
    /// Notes that a row belongs to the notice of `year`.
    pub(super) fn note(&mut self, year: i32, spot: Spot, cited: Cited) {
        let notice = self.0.entry(year).or_insert(Notice { first: spot, days: [0; 7], cited });
        if cited == Cited::Yes {
            notice.cited = cited;
        }
    }

    /// Notes a day off of the notice of `year`.
    pub(super) fn day_off(&mut self, year: i32, date: NaiveDate, name: &str) {
        let Some(notice) = self.0.get_mut(&year) else { return };
        for (days, festival) in notice.days.iter_mut().zip(&FESTIVALS) {
            *days += usize::from(festival.has(date, name));
        }
    }

    /// The years whose notice is in the file as a whole.
    pub(super) fn whole(&self) -> BTreeSet<i32> {
        let years = self.0.iter().filter(|(year, notice)| notice.lacks(**year).is_none());
        years.map(|(year, _)| *year).collect()
    }

    /// Warns of the years whose notice is there in part; years that lack the same are one warning.
    pub(super) fn check(&self, findings: &mut Findings) {
        let mut groups: Vec<(Lacks, &Spot, Vec<i32>)> = Vec::new();
        for (year, notice) in &self.0 {
            let Some(lacks) = notice.lacks(*year) else { continue };
            match groups.iter_mut().find(|(other, ..)| *other == lacks) {
                Some((.., years)) => years.push(*year),
                None => groups.push((lacks, &notice.first, vec![*year])),
            }
        }
        for (lacks, spot, years) in groups {
            findings.push(Diagnostic::year_in_part(spot, &in_spans(&years), &lacks));
        }
    }

    /// Warns, in one, of the years that the county expects holidays for and that have no row.
    pub(super) fn check_expected(&self, first: i32, last: &At<i32>, findings: &mut Findings) {
        let expected = first..=last.value;
        let absent: Vec<i32> = expected.filter(|year| !self.0.contains_key(year)).collect();
        if !absent.is_empty() {
            findings.push(Diagnostic::year_unpublished(&last.spot, &in_spans(&absent)));
        }
    }

    /// Whether no year at all has a row.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Notice {
    fn lacks(&self, year: i32) -> Option<Lacks> {
        let festivals = self.days.iter().zip(&FESTIVALS);
        let festivals: Vec<_> =
            festivals.filter_map(|(days, festival)| festival.lacks(year, *days)).collect();
        match (festivals.is_empty(), self.cited) {
            (true, Cited::Yes) => None,
            (true, Cited::No) => Some(Lacks::Source),
            (false, Cited::Yes) => Some(Lacks::Festivals(festivals)),
            (false, Cited::No) => Some(Lacks::Both(festivals)),
        }
    }
}

/// Years in order as a reader writes them: `2010–2014、2027`.
fn in_spans(years: &[i32]) -> [String; 2] {
    let mut spans: Vec<(i32, i32)> = Vec::new();
    for year in years {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *year => *last = *year,
            _ => spans.push((*year, *year)),
        }
    }
    let span = |(first, last): &(i32, i32)| {
        if first == last { first.to_string() } else { format!("{first}–{last}") }
    };
    let spans: Vec<String> = spans.iter().map(span).collect();
    [spans.join("、"), spans.join(", ")]
}
