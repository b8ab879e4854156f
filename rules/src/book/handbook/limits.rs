//! Limits of the handbook's rows: what the words of a cell mean in this edition (article 11).
//!
//! A handbook that says neither 工作 nor 紧急 may mean office hours or the clock on the wall; `handbook.toml` says which.
//! Until it does they are office hours, and an admin is asked once for the whole table.

use crate::diagnostic::{Diagnostic, Findings, Unsaid};
use crate::source::Spot;
use crate::vocabulary::{LimitUnit, TimeLimit, Wording};

/// The longest limit known of any county's handbook: fifteen working days, for planting trees.
const LONGEST: TimeLimit = TimeLimit::new(15_000, LimitUnit::WorkDay);

/// What a plain hour or day counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    /// Office hours.
    Work,
    /// Every hour of day and night.
    Urgent,
}

/// How the limits of an edition are meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meant {
    /// What a plain hour counts, where the edition says so.
    pub(super) hours: Option<Counting>,
    /// What a plain day counts, where the edition says so.
    pub(super) days: Option<Counting>,
    /// A longer limit than this is asked about.
    pub(super) longest: TimeLimit,
}

impl Default for Meant {
    fn default() -> Meant {
        Meant { hours: None, days: None, longest: LONGEST }
    }
}

/// The limits of a table as they are read, row by row.
#[derive(Debug, Default)]
pub(super) struct Limits {
    meant: Meant,
    first: Option<(Spot, String, TimeLimit)>,
    unsaid: Unsaid,
}

impl Limits {
    pub(super) fn new(meant: Meant) -> Limits {
        Limits { meant, ..Limits::default() }
    }

    /// The limit of a cell; never taken from the row above.
    pub(super) fn read(
        &mut self,
        text: &str,
        spot: &Spot,
        findings: &mut Findings,
    ) -> Option<TimeLimit> {
        if text.is_empty() {
            findings.push(Diagnostic::no_limit(spot));
            return None;
        }
        let (limit, wording) = match TimeLimit::spelt(text) {
            Ok(spelt) => spelt,
            Err(why) => {
                findings.push(Diagnostic::handbook_limit(spot, text, &why));
                return None;
            }
        };
        if limit.thousandths() <= 0 {
            findings.push(Diagnostic::limit_not_positive(spot, text));
            return None;
        }
        if limit.unit() == LimitUnit::DeskHour {
            findings.push(Diagnostic::handbook_in_desk_hours(spot, limit));
            return None;
        }
        let limit = self.as_meant(limit, wording, text, spot);
        if limit.days_about() > self.meant.longest.days_about() {
            findings.push(Diagnostic::limit_longest(spot, limit, self.meant.longest));
        }
        Some(limit)
    }

    fn as_meant(&mut self, limit: TimeLimit, wording: Wording, text: &str, at: &Spot) -> TimeLimit {
        let (counting, unsaid) = match wording {
            Wording::Said => return limit,
            Wording::PlainHour => (self.meant.hours, &mut self.unsaid.hours),
            Wording::PlainDay => (self.meant.days, &mut self.unsaid.days),
        };
        match counting {
            Some(Counting::Work) => limit,
            Some(Counting::Urgent) => TimeLimit::new(limit.thousandths(), limit.unit().urgent()),
            None => {
                *unsaid += 1;
                self.first.get_or_insert_with(|| (at.clone(), text.trim().to_owned(), limit));
                limit
            }
        }
    }

    /// Asks about plain hours and days, once for the table.
    pub(super) fn close(self, findings: &mut Findings) {
        if let Some((spot, text, limit)) = self.first {
            findings.push(Diagnostic::limits_unsaid(&spot, &text, limit, self.unsaid));
        }
    }
}
