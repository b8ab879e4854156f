//! Diagnostics of cells, grids and collectors (article 10). Codes R0301–R0322.

use super::Diagnostic;
use crate::source::Spot;

impl Diagnostic {
    /// A cell's code of the wrong form.
    pub(crate) fn cell_code(spot: &Spot, found: &str, county: &str) -> Diagnostic {
        Diagnostic::error("R0301", spot, &[("found", &found), ("county", &county)])
    }

    /// A cell that appears twice.
    pub(crate) fn cell_twice(spot: &Spot, code: &str) -> Diagnostic {
        Diagnostic::error("R0302", spot, &[("code", &code)])
    }

    pub(crate) fn cell_in_two_grids(spot: &Spot, code: &str, other: &str) -> Diagnostic {
        Diagnostic::error("R0303", spot, &[("code", &code), ("other", &other)])
    }

    pub(crate) fn cell_without_grid(spot: &Spot, code: &str) -> Diagnostic {
        Diagnostic::error("R0304", spot, &[("code", &code)])
    }

    /// A corner that cannot be read.
    pub(crate) fn corner(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0305", spot, &[])
    }

    /// A polygon with too few corners.
    pub(crate) fn few_corners(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0306", spot, &[])
    }

    /// A polygon that crosses itself.
    pub(crate) fn crossing_itself(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0307", spot, &[])
    }

    /// A corner that is off the map.
    pub(crate) fn off_the_map(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0308", spot, &[])
    }

    pub(crate) fn cells_overlap(spot: &Spot, [one, other]: [&str; 2], shared: f64) -> Diagnostic {
        let shared = format!("{shared:.0}");
        Diagnostic::error("R0309", spot, &[("one", &one), ("other", &other), ("shared", &shared)])
    }

    /// Overlaps that were not all looked for.
    pub(crate) fn overlaps_unchecked(spot: &Spot) -> Diagnostic {
        Diagnostic::warning("R0310", spot, &[])
    }

    /// A cell of unusual size.
    pub(crate) fn cell_area(spot: &Spot, area: f64) -> Diagnostic {
        Diagnostic::warning("R0311", spot, &[("area", &format!("{area:.0}"))])
    }

    /// Too many of a kind.
    pub(crate) fn too_many(spot: &Spot, most: usize) -> Diagnostic {
        Diagnostic::error("R0312", spot, &[("most", &most)])
    }

    /// A county's code of the wrong form.
    pub(crate) fn county_code(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0313", spot, &[("found", &found)])
    }

    /// A grid that appears twice.
    pub(crate) fn grid_twice(spot: &Spot, id: &str) -> Diagnostic {
        Diagnostic::error("R0314", spot, &[("id", &id)])
    }

    pub(crate) fn unknown_cell(spot: &Spot, code: &str) -> Diagnostic {
        Diagnostic::error("R0315", spot, &[("code", &code)])
    }

    pub(crate) fn grid_without_cells(spot: &Spot, id: &str) -> Diagnostic {
        Diagnostic::warning("R0316", spot, &[("id", &id)])
    }

    pub(crate) fn grid_without_collector(spot: &Spot, id: &str) -> Diagnostic {
        Diagnostic::warning("R0317", spot, &[("id", &id)])
    }

    pub(crate) fn third_collector(spot: &Spot, id: &str) -> Diagnostic {
        Diagnostic::error("R0318", spot, &[("id", &id)])
    }

    pub(crate) fn unknown_collector(spot: &Spot, id: &str) -> Diagnostic {
        Diagnostic::error("R0319", spot, &[("id", &id)])
    }

    /// A collector who appears twice.
    pub(crate) fn collector_twice(spot: &Spot, id: &str) -> Diagnostic {
        Diagnostic::error("R0320", spot, &[("id", &id)])
    }

    /// A collector without a grid.
    pub(crate) fn idle_collector(spot: &Spot, id: &str) -> Diagnostic {
        Diagnostic::warning("R0321", spot, &[("id", &id)])
    }

    /// A collector with several grids.
    pub(crate) fn busy_collector(spot: &Spot, id: &str, grids: usize) -> Diagnostic {
        Diagnostic::warning("R0322", spot, &[("id", &id), ("grids", &grids)])
    }
}
