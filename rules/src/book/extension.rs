//! Extensions and deferrals (延期, 缓办; article 27): how much a unit may be granted on top of a limit, in how many cases of a
//! month, and how long a case may wait, from `extension.toml`.

use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::{Document, Table};
use crate::source::{Sources, Spot};
use crate::vocabulary::TimeLimit;

pub(crate) const FILE: &str = "extension.toml";

/// All extensions of a case together are as long as its limit at most: the ordinance allows no more.
const MOST_PERCENT: u32 = 100;
/// Extensions are for one in ten of a unit's cases, as a rule, and for one at least.
const QUOTA_PERCENT: u32 = 10;
const AT_LEAST: u32 = 1;
/// More than this for whoever has no cases is a slip of the pen.
const AT_LEAST_MAX: i64 = 100;
/// A deferred case is looked at again at least each quarter, and announced a month and a week before.
const REVIEW_MONTHS: u32 = 3;
const ANNOUNCED_DAYS: [u32; 2] = [30, 7];
/// The longest that a case may wait, in months, and the longest before its day on which it may be announced.
const REVIEW_MONTHS_MAX: u32 = 12;
const ANNOUNCED_DAYS_MAX: u32 = 90;

/// How much may be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extensions {
    /// All extensions of a case together, in percent of its limit.
    pub most_percent: u32,
    /// In how many of a month's cases a unit may be granted more time, in percent.
    pub quota_percent: u32,
    /// In how many at least.
    pub quota_at_least: u32,
    pub deferral: Deferrals,
}

/// How long a case may wait, and when that is called to mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deferrals {
    /// Months after which a deferred case is looked at again at the latest.
    pub months: u32,
    /// Days before that day on which it is announced, the earlier one first.
    pub announced_days: [u32; 2],
}

impl Default for Deferrals {
    fn default() -> Deferrals {
        Deferrals { months: REVIEW_MONTHS, announced_days: ANNOUNCED_DAYS }
    }
}

impl Default for Extensions {
    fn default() -> Extensions {
        Extensions {
            most_percent: MOST_PERCENT,
            quota_percent: QUOTA_PERCENT,
            quota_at_least: AT_LEAST,
            deferral: Deferrals::default(),
        }
    }
}

impl Extensions {
    /// In how many cases a unit may be granted more time that began `n` in the month.
    pub fn allowed(&self, n: u32) -> u32 {
        let share = u64::from(n) * u64::from(self.quota_percent) / 100;
        u32::try_from(share).unwrap_or(u32::MAX).max(self.quota_at_least)
    }

    /// How much of a limit may still be granted after so much, in the limit's unit; never less than nothing.
    pub fn left(&self, limit: TimeLimit, granted: Option<TimeLimit>) -> TimeLimit {
        let granted = granted.map_or(0, |granted| granted.thousandths());
        let most = limit.percent(self.most_percent).thousandths();
        TimeLimit::new(most.saturating_sub(granted).max(0), limit.unit())
    }
}

/// Reads the file. One that is absent is one that says nothing: earlier rules know none.
pub(crate) fn read(sources: &Sources, findings: &mut Findings) -> Extensions {
    let mut extensions = Extensions::default();
    if sources.bytes(FILE).is_none() {
        return extensions;
    }
    let Some(document) = Document::read(sources, FILE, findings) else { return extensions };
    let mut root = document.root();
    let Extensions { most_percent, quota_percent, quota_at_least, deferral } = &mut extensions;
    root.share_if("most_percent", most_percent, findings);
    if let Some(mut table) = root.table_if("quota", findings) {
        let found = table.share_if("percent", quota_percent, findings);
        if let Some(spot) = found.filter(|_| *quota_percent > QUOTA_PERCENT) {
            findings.push(Diagnostic::quota_large(&spot, *quota_percent, QUOTA_PERCENT));
        }
        if let Some(found) = table.integer_if("at_least", findings) {
            let least = u32::try_from(found.value).ok();
            match least.filter(|_| (0..=AT_LEAST_MAX).contains(&found.value)) {
                Some(least) => *quota_at_least = least,
                None => findings.push(Diagnostic::at_least_range(
                    &found.spot,
                    found.value,
                    AT_LEAST_MAX,
                )),
            }
        }
        table.close(findings);
    }
    if let Some(table) = root.table_if("deferral", findings) {
        deferrals(deferral, table, findings);
    }
    root.close(findings);
    extensions
}

fn deferrals(rule: &mut Deferrals, mut table: Table<'_>, findings: &mut Findings) {
    let Deferrals { months, announced_days: [first, last] } = rule;
    span(months, ("months", REVIEW_MONTHS_MAX), &mut table, findings);
    let once = span(first, ("announced_days", ANNOUNCED_DAYS_MAX), &mut table, findings);
    let again = span(last, ("announced_again_days", ANNOUNCED_DAYS_MAX), &mut table, findings);
    if last >= first {
        // Nobody is told twice of one day, and the later word is not the earlier one.
        if let Some(spot) = again.or(once) {
            findings.push(Diagnostic::announced_again_earlier(&spot, *last, *first));
        }
        [*first, *last] = ANNOUNCED_DAYS;
    }
    table.close(findings);
}

/// So many months or days, at least one; where it stands, if it is one.
fn span(
    span: &mut u32,
    (key, most): (&'static str, u32),
    table: &mut Table<'_>,
    findings: &mut Findings,
) -> Option<Spot> {
    let found = table.integer_if(key, findings)?;
    let value = u32::try_from(found.value).ok().filter(|value| (1..=most).contains(value));
    if let Some(value) = value {
        *span = value;
        return Some(found.spot);
    }
    findings.push(Diagnostic::deferral_range(&found.spot, found.value, most));
    None
}
