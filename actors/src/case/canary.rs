//! The canary (金丝雀): a case that crosses the whole chain each morning, so that a broken link is known before a
//! citizen meets it.
//!
//! It is a case like any other, with real timers and a real message, and it is kept apart: a unit of its own that no
//! rules file knows, a role of its own that may touch nothing else and that nobody else may stand in for, lists of its
//! own, no yearly number, no task for a collector. Whatever it has to say goes to those who keep duban running.

use chrono::NaiveDateTime;
use compact_str::{CompactString, format_compact};
use duban_core::entity::List;
use duban_rules::book::ladder::{Applies, Ladder, Light, Step, Trigger};
use duban_rules::vocabulary::{
    ConditionCode, LimitUnit, Recipient, StepCode, TemplateName, TimeLimit,
};

use super::{Channel, Filing, State};

/// What it is filed under; no other case is.
pub const CONDITION: &str = "CANARY";
/// The source of its reports; the day is the id there.
pub const SOURCE: &str = "canary";
/// Its one step, and the notice of it.
pub const STEP: &str = "canary";
/// Where it stands while it is open.
pub const OPEN: List = List::fixed("canary/open");
/// Where it stands when it is closed.
pub const CLOSED: List = List::fixed("canary/closed");
/// Its limit: an hour by the clock on the wall.
pub const LIMIT: TimeLimit = TimeLimit::new(1_000, LimitUnit::UrgentHour);
/// How long after dispatch its step is reached: 61.2 seconds, the first thousandth of an hour after a minute.
const STEP_AFTER: TimeLimit = TimeLimit::new(17, LimitUnit::UrgentHour);

/// Its ladder: one notice, by a durable timer, to those who keep duban running.
pub(super) fn ladder() -> Ladder {
    let step = Step {
        code: StepCode::new(STEP),
        trigger: Trigger::AfterStart(STEP_AFTER),
        light: Light::Green,
        level: 0,
        applies: Applies::Always,
        tell: vec![Recipient::Operator],
        template: TemplateName::new(STEP),
    };
    Ladder { steps: vec![step] }
}

/// The code that it is filed under.
pub fn condition() -> ConditionCode {
    ConditionCode::new(CONDITION)
}

/// What people call the canary of a local day.
pub(super) fn number(registered: NaiveDateTime) -> CompactString {
    format_compact!("金丝雀-{}", registered.format("%Y%m%d"))
}

impl State {
    /// Whether it is a canary's.
    pub fn is_canary(&self) -> bool {
        self.report().is_some_and(|report| report.channel == Channel::Canary)
    }
}

impl Filing {
    /// Whether it is a canary's.
    pub fn is_canary(&self) -> bool {
        self.report.channel == Channel::Canary
    }
}
