//! Returns (退单): until when a unit may ask, with what form, and until when a dispatcher may recall a slip of their own
//! (articles 15 and 19).

use serde::{Deserialize, Serialize};

use super::Urgency;
use super::file::{limit_if, of_the_unit};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::Table;
use crate::vocabulary::{LimitUnit, TimeLimit};

/// The table in the file.
pub(super) const TABLE: &str = "return";

/// So long after its receipt a unit may ask something of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub within: TimeLimit,
    /// So long with an urgent case.
    pub urgent: TimeLimit,
}

/// When a case may be given back or recalled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnRule {
    pub window: Window,
    /// So long after dispatch, and before receipt, a dispatcher may recall their own dispatch.
    pub recall: TimeLimit,
    pub form: FormRule,
}

/// What becomes of a return without a signed form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormRule {
    /// It is refused, unless the form may follow.
    Required,
    /// It is taken, and shown as lacking its form.
    Asked,
}

impl FormRule {
    /// The spelling in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            FormRule::Required => "required",
            FormRule::Asked => "asked",
        }
    }
}

impl Window {
    /// How long it is for a case of this urgency.
    pub fn of(&self, urgency: Urgency) -> TimeLimit {
        match urgency {
            Urgency::Ordinary => self.within,
            Urgency::Urgent => self.urgent,
        }
    }
}

/// What holds where the file says nothing.
impl Default for Window {
    fn default() -> Window {
        Window {
            within: TimeLimit::new(2_000, LimitUnit::WorkHour),
            urgent: TimeLimit::new(500, LimitUnit::UrgentHour),
        }
    }
}

/// What holds where the file says nothing.
impl Default for ReturnRule {
    fn default() -> ReturnRule {
        ReturnRule {
            window: Window::default(),
            recall: TimeLimit::new(250, LimitUnit::UrgentHour),
            form: FormRule::Asked,
        }
    }
}

/// Reads the table; what is not written has the usual value.
pub(super) fn read(rule: &mut ReturnRule, mut table: Table<'_>, findings: &mut Findings) {
    let Window { within, urgent } = &mut rule.window;
    for (key, span) in [("within", within), ("urgent", urgent), ("recall", &mut rule.recall)] {
        read_span(span, key, &mut table, findings);
    }
    if let Some(word) = table.word_if("form", findings) {
        match word.value.trim() {
            "required" => rule.form = FormRule::Required,
            "asked" => rule.form = FormRule::Asked,
            other => findings.push(Diagnostic::unknown_form_rule(&word.spot, other)),
        }
    }
    table.close(findings);
}

pub(super) fn read_span(
    span: &mut TimeLimit,
    key: &'static str,
    table: &mut Table<'_>,
    findings: &mut Findings,
) {
    let found = limit_if(table, key, findings);
    if let Some(found) = found.and_then(|found| of_the_unit(found, findings)) {
        *span = found.value;
    }
}
