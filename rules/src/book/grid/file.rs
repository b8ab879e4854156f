//! Reads `grid.toml`: collectors, supervision grids, and cells with their corners.

mod overlap;
mod ring;

use std::collections::BTreeMap;

use super::{Cell, CollectorEntry, Grid, SupervisionGrid};
use crate::book::units::phone;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::{At, Document, Table};
use crate::source::{Sources, Spot};
use crate::vocabulary::{CellId, CollectorId, GridId};

/// The file's name.
pub(super) const FILE: &str = "grid.toml";
/// Digits of a cell's code: county 6, town 3, community 3, cell 3.
const CODE_DIGITS: usize = 15;
/// The county's digits in front of every code, where the file says nothing: Suning.
const COUNTY: &str = "130926";
/// Square metres between which a cell is what the standard means by one.
const AREA: std::ops::RangeInclusive<f64> = 2_000.0..=50_000.0;
/// A grid has no more collectors than this (article 10).
const COLLECTORS_MAX: usize = 2;
/// More cells than this are no county.
const CELLS_MAX: usize = 20_000;

/// Cells as read, with where each stands.
type Drawn = BTreeMap<CellId, (Spot, Cell)>;

/// Reads the grid; what cannot be read is left out.
pub(crate) fn read(sources: &Sources, findings: &mut Findings) -> Grid {
    let Some(document) = Document::read(sources, FILE, findings) else { return Grid::default() };
    let mut root = document.root();
    let county = county(&mut root, findings);
    let mut collectors = collectors(&mut root, sources, findings);
    let (n_cells, mut cells) = cells(&mut root, county, sources, findings);
    let grids = grids(&mut root, &mut collectors, &mut cells, sources, findings);
    root.close(findings);
    for (spot, cell) in cells.values().filter(|(_, cell)| cell.grid.as_str().is_empty()) {
        findings.push(Diagnostic::cell_without_grid(spot, cell.id.as_str()));
    }
    for (spot, collector) in collectors.values_mut() {
        collector.grids.sort();
        let grids = collector.grids.len();
        if grids == 0 {
            findings.push(Diagnostic::idle_collector(spot, collector.id.as_str()));
        } else if grids > 1 {
            findings.push(Diagnostic::busy_collector(spot, collector.id.as_str(), grids));
        }
    }
    overlap::check(cells.values(), findings);
    let cells = cells.into_iter().map(|(id, (_, cell))| (id, cell));
    let collectors = collectors.into_iter().map(|(id, (_, collector))| (id, collector));
    let cells: BTreeMap<_, _> = cells.filter(|(_, cell)| grids.contains_key(&cell.grid)).collect();
    Grid {
        left_out: n_cells.saturating_sub(cells.len()),
        cells,
        grids,
        collectors: collectors.collect(),
    }
}

fn county<'a>(root: &mut Table<'a>, findings: &mut Findings) -> &'a str {
    let Some(text) = root.word_if("county", findings) else { return COUNTY };
    let county = text.value.trim();
    if county.len() == 6 && county.bytes().all(|digit| digit.is_ascii_digit()) {
        return county;
    }
    findings.push(Diagnostic::county_code(&text.spot, text.value));
    COUNTY
}

fn collectors(
    root: &mut Table<'_>,
    sources: &Sources,
    findings: &mut Findings,
) -> BTreeMap<CollectorId, (Spot, CollectorEntry)> {
    let mut collectors = BTreeMap::new();
    for mut table in root.tables("collector", findings) {
        let id = table.word("id", findings);
        let name = table.text("name", findings);
        let number = table.word("phone", findings);
        table.close(findings);
        let (Some(id), Some(name), Some(number)) = (id, name, number) else { continue };
        // Whoever has no number that can be dialled is a collector all the same.
        drop(phone::phone(number.clone(), findings));
        let entry = CollectorEntry {
            id: CollectorId::new(id.value.trim()),
            name: name.name(findings),
            phone: number.value.trim().to_owned(),
            grids: Vec::new(),
        };
        if let Some((first, _)) = collectors.get(&entry.id) {
            let twice = Diagnostic::collector_twice(&id.spot, id.value);
            findings.push(twice.after(sources, first));
        } else {
            collectors.insert(entry.id.clone(), (id.spot, entry));
        }
    }
    collectors
}

/// The cells that could be read, and how many there are.
fn cells(
    root: &mut Table<'_>,
    county: &str,
    sources: &Sources,
    findings: &mut Findings,
) -> (usize, Drawn) {
    let mut cells = Drawn::new();
    let tables = root.tables("cell", findings);
    let n_cells = tables.len();
    if let Some(table) = tables.get(CELLS_MAX) {
        findings.push(Diagnostic::too_many(&table.spot(), CELLS_MAX));
    }
    for mut table in tables.into_iter().take(CELLS_MAX) {
        let code = table.word("code", findings);
        let name = table.text_if("name", findings);
        let alias = table.text_if("alias", findings);
        let shape = ring::read(&mut table, findings);
        table.close(findings);
        let Some(code) = code else { continue };
        let id = CellId::new(code.value.trim());
        if !is_code(id.as_str(), county) {
            findings.push(Diagnostic::cell_code(&code.spot, code.value, county));
            continue;
        }
        if let Some((first, _)) = cells.get(&id) {
            let twice = Diagnostic::cell_twice(&code.spot, id.as_str());
            findings.push(twice.after(sources, first));
            continue;
        }
        let Some(shape) = shape else { continue };
        let area = shape.value.area();
        if !AREA.contains(&area) {
            findings.push(Diagnostic::cell_area(&shape.spot, area));
        }
        let name = name.map(|name| name.name(findings)).unwrap_or_default();
        let (alias, grid) = (alias.map(|alias| alias.name(findings)), GridId::new(""));
        let cell = Cell { id: id.clone(), name, alias, grid, area, shape: shape.value };
        cells.insert(id, (code.spot, cell));
    }
    (n_cells, cells)
}

fn is_code(code: &str, county: &str) -> bool {
    code.len() == CODE_DIGITS
        && code.bytes().all(|digit| digit.is_ascii_digit())
        && code.starts_with(county)
}

fn grids(
    root: &mut Table<'_>,
    collectors: &mut BTreeMap<CollectorId, (Spot, CollectorEntry)>,
    cells: &mut Drawn,
    sources: &Sources,
    findings: &mut Findings,
) -> BTreeMap<GridId, SupervisionGrid> {
    let (mut grids, mut spots) = (BTreeMap::new(), BTreeMap::new());
    for mut table in root.tables("grid", findings) {
        let id = table.word("id", findings);
        let name = table.text("name", findings);
        let patrols = table.words("collectors", findings);
        let codes = table.words("cells", findings);
        table.close(findings);
        let (Some(id), Some(name)) = (id, name) else { continue };
        let grid = GridId::new(id.value.trim());
        if let Some(first) = spots.get(&grid) {
            findings.push(Diagnostic::grid_twice(&id.spot, id.value).after(sources, first));
            continue;
        }
        spots.insert(grid.clone(), id.spot.clone());
        if codes.is_empty() {
            findings.push(Diagnostic::grid_without_cells(&id.spot, id.value));
        }
        if patrols.is_empty() {
            findings.push(Diagnostic::grid_without_collector(&id.spot, id.value));
        }
        let entry = SupervisionGrid {
            name: name.name(findings),
            cells: take_cells(&grid, &codes, cells, findings),
            collectors: take_collectors(&grid, &patrols, collectors, findings),
            id: grid.clone(),
        };
        grids.insert(grid, entry);
    }
    grids
}

fn take_cells(
    grid: &GridId,
    codes: &[At<&str>],
    cells: &mut Drawn,
    findings: &mut Findings,
) -> Vec<CellId> {
    let mut taken = Vec::new();
    for code in codes {
        let id = CellId::new(code.value.trim());
        match cells.get_mut(&id) {
            None => findings.push(Diagnostic::unknown_cell(&code.spot, code.value)),
            Some((_, cell)) if cell.grid.as_str().is_empty() => {
                cell.grid = grid.clone();
                taken.push(id);
            }
            Some((_, cell)) => {
                let other = cell.grid.as_str();
                findings.push(Diagnostic::cell_in_two_grids(&code.spot, code.value, other));
            }
        }
    }
    taken
}

fn take_collectors(
    grid: &GridId,
    patrols: &[At<&str>],
    collectors: &mut BTreeMap<CollectorId, (Spot, CollectorEntry)>,
    findings: &mut Findings,
) -> Vec<CollectorId> {
    let mut taken = Vec::new();
    for patrol in patrols {
        let id = CollectorId::new(patrol.value.trim());
        let Some((_, collector)) = collectors.get_mut(&id) else {
            findings.push(Diagnostic::unknown_collector(&patrol.spot, patrol.value));
            continue;
        };
        if taken.contains(&id) {
            findings.push(Diagnostic::told_twice(&patrol.spot, patrol.value));
        } else if taken.len() == COLLECTORS_MAX {
            findings.push(Diagnostic::third_collector(&patrol.spot, grid.as_str()));
        } else {
            collector.grids.push(grid.clone());
            taken.push(id);
        }
    }
    taken
}
