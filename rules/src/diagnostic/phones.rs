//! Diagnostics of telephone numbers, and of names that stand twice. Codes R0323–R0339.

use super::Diagnostic;
use super::texts::Values;
use crate::book::units::Contact;
use crate::source::Spot;
use crate::vocabulary::{GridId, UnitId};

impl Diagnostic {
    /// Two units of one name.
    pub(crate) fn unit_named_twice(
        spot: &Spot,
        name: &str,
        [first, other]: [&UnitId; 2],
    ) -> Diagnostic {
        Diagnostic::warning("R0323", spot, &[("first", first), ("other", other), ("name", &name)])
    }

    /// A mobile number of another length.
    pub(crate) fn mobile_digits(spot: &Spot, found: &str, digits: usize) -> Diagnostic {
        let values: Values<'_> = &[("found", &found), ("digits", &digits)];
        if digits < 11 {
            return Diagnostic::error(("R0324", "few"), spot, values);
        }
        Diagnostic::error("R0324", spot, values)
    }

    /// A fixed number of another length.
    pub(crate) fn landline_digits(spot: &Spot, found: &str, digits: usize) -> Diagnostic {
        Diagnostic::warning("R0325", spot, &[("found", &found), ("digits", &digits)])
    }

    /// Two grids of one name.
    pub(crate) fn grid_named_twice(
        spot: &Spot,
        name: &str,
        [first, other]: [&GridId; 2],
    ) -> Diagnostic {
        Diagnostic::warning("R0326", spot, &[("first", first), ("other", other), ("name", &name)])
    }

    /// A person who stands twice in one capacity.
    pub(crate) fn contact_twice(
        spot: &Spot,
        unit: &str,
        Contact { role, name, .. }: &Contact,
    ) -> Diagnostic {
        Diagnostic::warning("R0327", spot, &[("unit", &unit), ("role", role), ("name", name)])
    }
}
