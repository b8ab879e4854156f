//! Shifts (交接班): who may close a case while the duty chief's desk is kept by shifts (articles 3 and 18).

use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::Table;

/// The table in the file.
pub(super) const TABLE: &str = "shifts";

/// What holds at the desks once they are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShiftRule {
    pub closing: ClosingRule,
}

/// Which duty chief closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClosingRule {
    /// Whoever is on shift, and whom the head of the centre allows it.
    #[default]
    OnShift,
    /// Every duty chief.
    AnyChief,
}

impl ClosingRule {
    /// Who closes, in Chinese and in English.
    pub fn words(self) -> [&'static str; 2] {
        match self {
            ClosingRule::OnShift => ["在班的值班长结案", "the chief on shift"],
            ClosingRule::AnyChief => ["任何值班长都可以结案", "any chief"],
        }
    }
}

/// Reads the table; what is not written has the usual value.
pub(super) fn read(rule: &mut ShiftRule, mut table: Table<'_>, findings: &mut Findings) {
    if let Some(word) = table.word_if("closing", findings) {
        match word.value.trim() {
            "on-shift" => rule.closing = ClosingRule::OnShift,
            "any-chief" => rule.closing = ClosingRule::AnyChief,
            other => findings.push(Diagnostic::unknown_closing_rule(&word.spot, other)),
        }
    }
    table.close(findings);
}
