//! Disputes (责任认定): until when a unit may ask, when the units concerned meet, and when the finding binds whoever stayed
//! away (article 19).

use serde::{Deserialize, Serialize};

use super::returns::{Window, read_span};
use crate::diagnostic::Findings;
use crate::source::document::Table;
use crate::vocabulary::{LimitUnit, TimeLimit};

/// When a case may be disputed, and how it goes on from there; the clock of the finding is a stage's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeRule {
    pub window: Window,
    /// So long after the asking the units concerned meet on site at the latest.
    pub meeting: TimeLimit,
    /// So long before it those who are called hear of it; of an emergency they need no time.
    pub notice: TimeLimit,
    /// So long after the finding it binds a unit that was called and stayed away.
    pub binding: TimeLimit,
}

/// What holds where the file says nothing.
impl Default for DisputeRule {
    fn default() -> DisputeRule {
        DisputeRule {
            window: Window::default(),
            meeting: TimeLimit::new(3_000, LimitUnit::WorkDay),
            notice: TimeLimit::new(1_000, LimitUnit::WorkHour),
            binding: TimeLimit::new(1_000, LimitUnit::WorkDay),
        }
    }
}

/// Reads what stands beside the clock of disputes.
pub(super) fn read(rule: &mut DisputeRule, table: &mut Table<'_>, findings: &mut Findings) {
    let Window { within, urgent } = &mut rule.window;
    for (key, span) in [
        ("within", within),
        ("within_urgent", urgent),
        ("meeting_within", &mut rule.meeting),
        ("meeting_notice", &mut rule.notice),
        ("binds_after", &mut rule.binding),
    ] {
        read_span(span, key, table, findings);
    }
}
