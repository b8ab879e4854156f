//! Samples of diagnostics of units, their people and telephones.

use super::spot;
use crate::book::units::Contact;
use crate::diagnostic::Diagnostic;
use crate::vocabulary::{GridId, Recipient, UnitId};

pub(super) fn all() -> Vec<Diagnostic> {
    let (spot, unit, other) = (&spot(), &UnitId::new("CG-HW"), &UnitId::new("CG-YL"));
    let (grid, other_grid) = (&GridId::new("JG-01"), &GridId::new("JG-02"));
    let contact = &Contact {
        role: Recipient::Informant,
        name: "甲".to_owned(),
        phone: None,
        email: None,
        deputy: None,
    };
    vec![
        Diagnostic::unit_twice(spot, unit, 12),
        Diagnostic::no_units(),
        Diagnostic::unit_id_shape(spot, "CG_HW"),
        Diagnostic::unit_class(spot, 4),
        Diagnostic::dispatch_method(spot, "radio"),
        Diagnostic::no_place(spot),
        Diagnostic::out_of_reach(spot, "甲"),
        Diagnostic::phone(spot, "12"),
        Diagnostic::email(spot, "甲"),
        Diagnostic::unit_named_twice(spot, "环卫", [unit, other]),
        Diagnostic::mobile_digits(spot, "1390000000", 10),
        Diagnostic::mobile_digits(spot, "139000000000", 12),
        Diagnostic::landline_digits(spot, "123456789", 9),
        Diagnostic::grid_named_twice(spot, "一", [grid, other_grid]),
        Diagnostic::unknown_incomplete(spot, "warn"),
        Diagnostic::shares_upside_down(spot, 1, 5),
        Diagnostic::contact_twice(spot, "CG-HW", contact),
    ]
}
