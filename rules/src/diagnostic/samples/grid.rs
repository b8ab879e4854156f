//! Samples of diagnostics of cells, grids and collectors.

use super::spot;
use crate::diagnostic::Diagnostic;

pub(super) fn all() -> Vec<Diagnostic> {
    let spot = &spot();
    vec![
        Diagnostic::cell_code(spot, "1309", "130926"),
        Diagnostic::cell_twice(spot, "130926001001001"),
        Diagnostic::cell_in_two_grids(spot, "{other}", "{code}"),
        Diagnostic::cell_without_grid(spot, "130926001001001"),
        Diagnostic::corner(spot),
        Diagnostic::few_corners(spot),
        Diagnostic::crossing_itself(spot),
        Diagnostic::off_the_map(spot),
        Diagnostic::cells_overlap(spot, ["130926001001001", "130926001001002"], 12.51),
        Diagnostic::overlaps_unchecked(spot),
        Diagnostic::cell_area(spot, 123_456.7),
        Diagnostic::too_many(spot, 20_000),
        Diagnostic::county_code(spot, "13092"),
        Diagnostic::grid_twice(spot, "JG-01"),
        Diagnostic::unknown_cell(spot, "130926001001009"),
        Diagnostic::grid_without_cells(spot, "JG-01"),
        Diagnostic::grid_without_collector(spot, "JG-01"),
        Diagnostic::third_collector(spot, "JG-01"),
        Diagnostic::unknown_collector(spot, "CJ-09"),
        Diagnostic::collector_twice(spot, "CJ-01"),
        Diagnostic::idle_collector(spot, "CJ-01"),
        Diagnostic::busy_collector(spot, "CJ-01", 3),
    ]
}
