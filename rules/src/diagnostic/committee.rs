//! Diagnostics of `committee.toml` (articles 2–5). Codes R0801–R0809.

use chrono::NaiveDate;

use super::Diagnostic;
use crate::source::Spot;
use crate::vocabulary::{Recipient, TimeLimit};

impl Diagnostic {
    /// A person of a unit or a grid stands among those of the county.
    pub(crate) fn not_of_the_county(spot: &Spot, role: Recipient) -> Diagnostic {
        if role.is_of_a_unit() {
            return Diagnostic::error(("R0801", "of-a-unit"), spot, &[("role", &role)]);
        }
        Diagnostic::error("R0801", spot, &[("role", &role)])
    }

    /// A word for who closes that is none.
    pub(crate) fn unknown_closing_rule(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0803", spot, &[("found", &found)])
    }

    /// A meeting that is to be held sooner than it is to be called.
    pub(crate) fn held_before_called(
        spot: &Spot,
        held: TimeLimit,
        called: TimeLimit,
    ) -> Diagnostic {
        Diagnostic::error("R0804", spot, &[("held", &held), ("called", &called)])
    }

    /// A term that ends before it begins.
    pub(crate) fn term_ends(spot: &Spot, from: NaiveDate) -> Diagnostic {
        Diagnostic::error("R0802", spot, &[("from", &from)])
    }
}
