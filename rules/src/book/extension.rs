//! Extensions (延期, article 27): how much a unit may be granted on top of a limit, from `extension.toml`.

use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;
use crate::source::document::Document;
use crate::vocabulary::TimeLimit;

pub(crate) const FILE: &str = "extension.toml";

/// All extensions of a case together are as long as its limit at most: the ordinance allows no more.
const MOST_PERCENT: u32 = 100;

/// How much may be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extensions {
    /// All extensions of a case together, in percent of its limit.
    pub most_percent: u32,
}

impl Default for Extensions {
    fn default() -> Extensions {
        Extensions { most_percent: MOST_PERCENT }
    }
}

impl Extensions {
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
    if let Some(found) = root.percent_if("most_percent", findings) {
        let percent = u32::try_from(found.value).ok();
        match percent.filter(|percent| (1..=MOST_PERCENT).contains(percent)) {
            Some(percent) => extensions.most_percent = percent,
            None => findings.push(Diagnostic::share_range(&found.spot, found.value)),
        }
    }
    root.close(findings);
    extensions
}
