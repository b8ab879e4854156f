//! Diagnostics of the escalation ladders. Codes R0601–R0608.

use super::Diagnostic;
use crate::source::Spot;

impl Diagnostic {
    /// A step without exactly one trigger.
    pub(crate) fn one_trigger(spot: &Spot, known: &[&str]) -> Diagnostic {
        Diagnostic::error("R0601", spot, &[("known", &known.join(" "))])
    }

    /// `at_least` by itself.
    pub(crate) fn at_least_alone(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0602", spot, &[])
    }

    pub(crate) fn unknown_light(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0603", spot, &[("found", &found)])
    }

    /// A supervision level out of range.
    pub(crate) fn level_range(spot: &Spot, found: i64) -> Diagnostic {
        Diagnostic::error("R0604", spot, &[("found", &found)])
    }

    /// A ladder with two steps of one name.
    pub(crate) fn ladder_step_twice(spot: &Spot, code: &str) -> Diagnostic {
        Diagnostic::error("R0605", spot, &[("code", &code)])
    }

    /// A ladder that goes down.
    pub(crate) fn ladder_descends(spot: &Spot, level: u8, highest: u8) -> Diagnostic {
        Diagnostic::warning("R0606", spot, &[("level", &level), ("highest", &highest)])
    }

    /// A ladder without a step at the end of the limit.
    pub(crate) fn ladder_end_untold(spot: &Spot) -> Diagnostic {
        Diagnostic::warning("R0607", spot, &[])
    }

    /// A number of reworks out of range.
    pub(crate) fn rework_times(spot: &Spot, found: i64) -> Diagnostic {
        Diagnostic::error("R0608", spot, &[("found", &found)])
    }
}
