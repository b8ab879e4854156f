//! Diagnostics of rows of `handbook.csv` that were typed by hand. Codes R0130–R0138.

use crate::diagnostic::slips::{named, point};
use crate::diagnostic::{Diagnostic, Text};
use crate::source::Spot;

impl Diagnostic {
    /// Full-width commas between the cells of a row.
    pub(crate) fn full_width_comma(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0130", spot, &[])
    }

    /// White space inside the id of a unit: one id with a blank too many, or two without a mark between them.
    pub(crate) fn gap_in_unit(spot: &Spot, found: &str, gap: char) -> Diagnostic {
        let parts: Vec<&str> = found.split_whitespace().collect();
        Diagnostic::error(
            "R0131",
            spot,
            &[
                ("found", &found),
                ("code", &point(gap)),
                ("name", &named(gap)),
                ("joined", &parts.concat()),
                ("listed", &Text::joined(&parts, ["、", ";"])),
            ],
        )
    }
}
