//! Extensions (延期, article 27): how much a unit may be granted on top of a limit, and in how many cases of a month, from
//! `extension.toml`.

use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;
use crate::source::document::Document;
use crate::vocabulary::TimeLimit;

pub(crate) const FILE: &str = "extension.toml";

/// All extensions of a case together are as long as its limit at most: the ordinance allows no more.
const MOST_PERCENT: u32 = 100;
/// Extensions are for one in ten of a unit's cases, as a rule, and for one at least.
const QUOTA_PERCENT: u32 = 10;
const AT_LEAST: u32 = 1;
/// More than this for whoever has no cases is a slip of the pen.
const AT_LEAST_MAX: i64 = 100;

/// How much may be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extensions {
    /// All extensions of a case together, in percent of its limit.
    pub most_percent: u32,
    /// In how many of a month's cases a unit may be granted more time, in percent.
    pub quota_percent: u32,
    /// In how many at least.
    pub quota_at_least: u32,
}

impl Default for Extensions {
    fn default() -> Extensions {
        Extensions {
            most_percent: MOST_PERCENT,
            quota_percent: QUOTA_PERCENT,
            quota_at_least: AT_LEAST,
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
    let Extensions { most_percent, quota_percent, quota_at_least } = &mut extensions;
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
    root.close(findings);
    extensions
}
