//! Diagnostics of the stages, and of any step that has a limit, a percentage or recipients. Codes R0501–R0509, R0523.

use super::Diagnostic;
use crate::source::Spot;

impl Diagnostic {
    /// A stage with two steps of one name.
    pub(crate) fn stage_step_twice(spot: &Spot, code: &str) -> Diagnostic {
        Diagnostic::error("R0501", spot, &[("code", &code)])
    }

    pub(crate) fn stage_without_steps(spot: &Spot) -> Diagnostic {
        Diagnostic::warning("R0502", spot, &[])
    }

    /// A stage whose end is not told.
    pub(crate) fn stage_end_untold(spot: &Spot) -> Diagnostic {
        Diagnostic::warning("R0503", spot, &[])
    }

    /// A limit of nothing or less.
    pub(crate) fn step_limit(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0504", spot, &[("found", &found)])
    }

    /// A percentage out of range.
    pub(crate) fn percent_range(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0505", spot, &[("found", &found)])
    }

    /// A step that tells nobody.
    pub(crate) fn nobody_told(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0506", spot, &[])
    }

    /// A recipient listed twice.
    pub(crate) fn told_twice(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::warning("R0507", spot, &[("found", &found)])
    }

    pub(crate) fn too_many_steps(spot: &Spot, most: usize) -> Diagnostic {
        Diagnostic::error("R0508", spot, &[("most", &most)])
    }

    /// A level to which silence raises an order, out of range.
    pub(crate) fn rises_range(spot: &Spot, found: i64) -> Diagnostic {
        Diagnostic::error("R0523", spot, &[("found", &found)])
    }

    /// A word for what becomes of a return without its form that is none.
    pub(crate) fn unknown_form_rule(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0525", spot, &[("found", &found)])
    }

    /// A distance on site out of range.
    pub(crate) fn metres_range(spot: &Spot, found: i64) -> Diagnostic {
        Diagnostic::error("R0509", spot, &[("found", &found)])
    }
}
