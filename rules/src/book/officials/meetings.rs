//! Special meetings of the committee (临时会议): by when they are to be called and held (article 19).

use crate::book::stages::{limit_if, of_the_unit};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Spot;
use crate::source::document::Table;
use crate::vocabulary::{LimitUnit, TimeLimit};

/// The table in the file.
pub(super) const TABLE: &str = "meetings";

const CALLED_WITHIN: TimeLimit = TimeLimit::new(5_000, LimitUnit::WorkDay);
const HELD_WITHIN: TimeLimit = TimeLimit::new(10_000, LimitUnit::WorkDay);

/// By when a meeting is to be called and held once it is proposed; then head and chair hear that it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeetingRule {
    /// Working time after the proposal.
    pub called_within: TimeLimit,
    /// Working time after the proposal.
    pub held_within: TimeLimit,
}

impl Default for MeetingRule {
    fn default() -> MeetingRule {
        MeetingRule { called_within: CALLED_WITHIN, held_within: HELD_WITHIN }
    }
}

/// Reads the table; what is not written has the usual value.
pub(super) fn read(rule: &mut MeetingRule, mut table: Table<'_>, findings: &mut Findings) {
    let MeetingRule { called_within, held_within } = rule;
    let called = span(called_within, "called_within", &mut table, findings);
    let held = span(held_within, "held_within", &mut table, findings);
    if held_within.days_about() < called_within.days_about() {
        if let Some(spot) = held.or(called) {
            findings.push(Diagnostic::held_before_called(&spot, *held_within, *called_within));
        }
        *rule = MeetingRule::default();
    }
    table.close(findings);
}

/// A span of working time; where it stands, if it is one.
fn span(
    span: &mut TimeLimit,
    key: &'static str,
    table: &mut Table<'_>,
    findings: &mut Findings,
) -> Option<Spot> {
    let found = limit_if(table, key, findings);
    let found = found.and_then(|found| of_the_unit(found, findings))?;
    *span = found.value;
    Some(found.spot)
}
