//! `grid.toml` and where places belong.

use duban_rules::book::grid::Grid;
use duban_rules::vocabulary::{CellId, CollectorId, GridId, Place};
use duban_rules::{Sources, parse};

use super::{a_change_is_found, changed, found_in, parsed_with, shipped};

const FILE: &str = "grid.toml";

fn grid() -> Grid {
    parse(&Sources::shipped()).0.grid
}

#[test]
fn the_shipped_grid_is_a_town_without_faults() {
    let (book, found) = parsed_with(FILE, &shipped(FILE));
    assert_eq!(found, []);
    assert_eq!((book.grid.cells().count(), book.grid.grids().count()), (36, 9));
    for cell in book.grid.cells() {
        assert!((cell.area - 10_000.0).abs() < 100.0, "{cell:?}");
        let here = Place { lon: 115.84, lat: 38.43 };
        assert!(cell.middle().metres_to(&here) < 1_000.0);
    }
    for grid in book.grid.grids() {
        assert!((1..=2).contains(&grid.collectors.len()));
        assert_eq!(grid.cells.len(), 4);
    }
}

#[test]
fn every_cell_contains_its_middle_and_leads_to_its_collectors() {
    let grid = grid();
    for cell in grid.cells() {
        let (found, patrolled) = grid.locate(cell.middle()).unwrap();
        assert_eq!((found, &patrolled.id), (cell, &cell.grid));
        for id in grid.collectors(&patrolled.id) {
            assert!(grid.collector(id).unwrap().grids.contains(&patrolled.id));
        }
    }
}

#[test]
fn on_a_boundary_the_smallest_code_wins() {
    let grid = grid();
    let mut shared = 0;
    for cell in grid.cells() {
        for corner in cell.corners() {
            let smallest = grid.cells().find(|other| other.covers(corner)).unwrap();
            assert_eq!(grid.locate(corner).unwrap().0, smallest);
            assert!(smallest.id <= cell.id);
            shared += usize::from(smallest.id < cell.id);
        }
    }
    assert!(shared > 36);
}

#[test]
fn a_place_outside_every_cell_belongs_to_none() {
    let grid = grid();
    for (lon, lat) in [(115.80, 38.43), (0.0, 0.0), (f64::NAN, 38.43), (f64::INFINITY, f64::MAX)] {
        assert_eq!(grid.locate(Place { lon, lat }), None);
    }
    assert_eq!(grid.collectors(&GridId::new("JD-99")), []);
    assert_eq!(grid.collector(&CollectorId::new("CJ-99")), None);
}

#[test]
fn wrong_codes_are_underlined() {
    let code = "code = \"130926100001001\"";
    a_change_is_found(FILE, [code, "code = \"13092610000101\""], "R0301", "\"13092610000101\"");
    a_change_is_found(FILE, [code, "code = \"130927100001001\""], "R0301", "\"130927100001001\"");
    a_change_is_found(FILE, [code, "code = \"1309261000010①\""], "R0301", "\"1309261000010①\"");
    a_change_is_found(FILE, [code, "code = \"130926100001002\""], "R0302", "\"130926100001002\"");
    a_change_is_found(FILE, [code, "code = \"130926100001099\""], "R0304", "\"130926100001099\"");
    a_change_is_found(FILE, [code, "code = \"130926100001099\""], "R0315", "\"130926100001001\"");
    a_change_is_found(FILE, ["county = \"130926\"", "county = \"13\""], "R0313", "\"13\"");
    let listed = "  \"130926100001001\",\n";
    a_change_is_found(FILE, [listed, "  \"130926100001005\",\n"], "R0303", "\"130926100001005\"");
    let alias = changed(FILE, code, &format!("{code}\nalias = \"130926010203\""));
    let (book, found) = parsed_with(FILE, &alias);
    assert_eq!(found, []);
    let cell = book.grid.cell(&CellId::new("130926100001001")).unwrap();
    assert_eq!(cell.alias.as_deref(), Some("130926010203"));
}

#[test]
fn wrong_polygons_are_underlined() {
    let cell = "[[115.83660, 38.43270], [115.83775, 38.43270], [115.83775, 38.43180], [115.83660, 38.43180]]";
    let drawn = |polygon: &str| changed(FILE, cell, polygon);
    let has = |polygon: &str, code: &str| {
        let text = drawn(polygon);
        let found = found_in(FILE, &text);
        let inner = polygon.strip_prefix('[').unwrap().strip_suffix(']').unwrap();
        assert!(found.contains(&(code, inner.to_owned())), "{found:?}");
    };
    has(
        "[[115.83660, 38.43270], [115.83775, 38.43180], [115.83775, 38.43270], [115.83660, 38.43180]]",
        "R0307",
    );
    has("[[115.83660, 38.43270], [115.83775, 38.43270]]", "R0306");
    has("[[115.83660, 38.43270], [115.83660, 38.43270], [115.83660, 38.43270]]", "R0306");
    has("[[115.83660, 38.43270], [115.83670, 38.43270], [115.83670, 38.43260]]", "R0311");
    a_change_is_found(
        FILE,
        ["[115.83660, 38.43270]", "[38.43270, 115.83660]"],
        "R0308",
        "[38.43270, 115.83660]",
    );
    a_change_is_found(FILE, ["[115.83660, 38.43270]", "[115.83660]"], "R0305", "[115.83660]");
    a_change_is_found(
        FILE,
        ["[115.83660, 38.43270]", "[nan, 38.43270]"],
        "R0305",
        "[nan, 38.43270]",
    );
    // A corner moved into the neighbour makes both overlap, told at the larger code.
    let moved = "[[115.83660, 38.43270], [115.83790, 38.43270], [115.83775, 38.43180], [115.83660, 38.43180]]";
    let found = found_in(FILE, &drawn(moved));
    assert_eq!(found, [("R0309", "\"130926100001002\"".to_owned())]);
}

#[test]
fn a_sliver_between_neighbours_is_no_overlap() {
    let text = changed(FILE, "[115.83775, 38.43270]", "[115.837752, 38.43270]");
    assert_eq!(found_in(FILE, &text), []);
}

#[test]
fn wrong_collectors_are_underlined() {
    let two = "[\"CJ-01\", \"CJ-02\"]";
    a_change_is_found(FILE, [two, "[\"CJ-01\", \"CJ-02\", \"CJ-03\"]"], "R0318", "\"CJ-03\"");
    a_change_is_found(FILE, [two, "[\"CJ-01\", \"CJ-03\"]"], "R0322", "\"CJ-03\"");
    a_change_is_found(FILE, [two, "[\"CJ-01\"]"], "R0321", "\"CJ-02\"");
    a_change_is_found(FILE, [two, "[\"CJ-01\", \"CJ-77\"]"], "R0319", "\"CJ-77\"");
    a_change_is_found(FILE, [two, "[]"], "R0317", "\"JD-01\"");
    a_change_is_found(FILE, ["id = \"CJ-02\"", "id = \"CJ-01\""], "R0320", "\"CJ-01\"");
    a_change_is_found(FILE, ["id = \"JD-02\"", "id = \"JD-01\""], "R0314", "\"JD-01\"");
}
