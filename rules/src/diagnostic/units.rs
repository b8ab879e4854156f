//! Diagnostics of `units.toml` (articles 6–9). Codes R0201–R0229.

use super::Diagnostic;
use crate::source::Spot;
use crate::vocabulary::UnitId;

impl Diagnostic {
    /// Two units of one id.
    pub(crate) fn unit_twice(spot: &Spot, id: &UnitId, first_line: usize) -> Diagnostic {
        Diagnostic::error("R0201", spot, &[("id", &id), ("first_line", &first_line)])
    }

    pub(crate) fn no_units() -> Diagnostic {
        Diagnostic::error("R0202", &Spot::of_file("units.toml"), &[])
    }

    /// An id that would not survive in file names and tables.
    pub(crate) fn unit_id_shape(spot: &Spot, id: &str) -> Diagnostic {
        Diagnostic::error("R0203", spot, &[("id", &id)])
    }

    /// A class other than 1, 2, 3.
    pub(crate) fn unit_class(spot: &Spot, class: i64) -> Diagnostic {
        Diagnostic::error("R0204", spot, &[("class", &class)])
    }

    /// A way of dispatching that does not exist.
    pub(crate) fn dispatch_method(spot: &Spot, word: &str) -> Diagnostic {
        Diagnostic::error("R0205", spot, &[("word", &word)])
    }

    /// A place without usable coordinates.
    pub(crate) fn no_place(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0206", spot, &[])
    }

    /// A person nobody can reach.
    pub(crate) fn out_of_reach(spot: &Spot, name: &str) -> Diagnostic {
        Diagnostic::error("R0207", spot, &[("name", &name)])
    }

    /// A text that is no telephone number.
    pub(crate) fn phone(spot: &Spot, text: &str) -> Diagnostic {
        Diagnostic::error("R0208", spot, &[("text", &text)])
    }

    /// Two organisations of one name.
    pub(crate) fn organisation_twice(spot: &Spot, name: &str, first_line: usize) -> Diagnostic {
        Diagnostic::error("R0210", spot, &[("name", &name), ("first_line", &first_line)])
    }

    /// An organisation to which no unit belongs.
    pub(crate) fn organisation_without_unit(spot: &Spot, name: &str) -> Diagnostic {
        Diagnostic::warning("R0211", spot, &[("name", &name)])
    }

    /// A word for what becomes of incomplete units that is none.
    pub(crate) fn unknown_incomplete(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0212", spot, &[("found", &found)])
    }

    /// The second class asks for as large a share as the first.
    pub(crate) fn shares_upside_down(spot: &Spot, first: u32, second: u32) -> Diagnostic {
        Diagnostic::error("R0213", spot, &[("first", &first), ("second", &second)])
    }

    /// A text that is no e-mail address.
    pub(crate) fn email(spot: &Spot, text: &str) -> Diagnostic {
        Diagnostic::error("R0209", spot, &[("text", &text)])
    }
}
