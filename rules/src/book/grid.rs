//! Cells, supervision grids and their collectors (网格, article 10).
//!
//! A cell (万米单元网格) is a polygon with a fifteen-digit code; a supervision grid (监督网格) is
//! several cells that the same one or two collectors patrol. A place belongs to the cell that
//! contains it; on a common boundary the smallest code wins, so that two looks always agree.
//! Coordinates are degrees east and north of whatever datum the county's maps use: nothing is
//! converted here.

mod file;
mod shape;

use std::collections::BTreeMap;

use crate::vocabulary::{CellId, CollectorId, GridId, Place};
use shape::Shape;

pub(crate) use file::read;

/// A basic management cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Its fifteen digits.
    pub id: CellId,
    /// What people call the place; may be blank.
    pub name: String,
    /// Codes of earlier editions, kept for imports.
    pub alias: Option<String>,
    /// The supervision grid it belongs to.
    pub grid: GridId,
    /// Its area in square metres.
    pub area: f64,
    shape: Shape,
}

impl Cell {
    /// Whether a place lies in the cell or on its boundary.
    pub fn covers(&self, place: Place) -> bool {
        self.shape.covers(place)
    }

    /// A place in the middle of the cell's bounds.
    pub fn middle(&self) -> Place {
        self.shape.middle()
    }

    /// The corners in the order of the file, the first not repeated.
    pub fn corners(&self) -> Vec<Place> {
        self.shape.corners()
    }
}

/// A supervision grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupervisionGrid {
    /// Its name in files.
    pub id: GridId,
    pub name: String,
    pub cells: Vec<CellId>,
    /// One or two collectors; none while a post is vacant.
    pub collectors: Vec<CollectorId>,
}

/// A collector (信息采集员).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectorEntry {
    /// The collector's name in files.
    pub id: CollectorId,
    /// The person's name.
    pub name: String,
    /// The handset's number.
    pub phone: String,
    /// The grids patrolled, in the order of names.
    pub grids: Vec<GridId>,
}

/// Every cell, grid and collector of one edition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grid {
    cells: BTreeMap<CellId, Cell>,
    /// How many cells of the file could not be read: what is here is a part, then.
    pub left_out: usize,
    grids: BTreeMap<GridId, SupervisionGrid>,
    collectors: BTreeMap<CollectorId, CollectorEntry>,
}

impl Grid {
    /// The cell that contains a place and the supervision grid it belongs to; on a boundary the one
    /// with the smallest code.
    pub fn locate(&self, place: Place) -> Option<(&Cell, &SupervisionGrid)> {
        // Cells stand in the order of their codes, so the first is the smallest.
        let cell = self.cells.values().find(|cell| cell.covers(place))?;
        Some((cell, self.grids.get(&cell.grid)?))
    }

    /// The collectors of a supervision grid; none for one that does not exist.
    pub fn collectors(&self, grid: &GridId) -> &[CollectorId] {
        self.grids.get(grid).map_or(&[], |grid| &grid.collectors)
    }

    /// A collector.
    pub fn collector(&self, id: &CollectorId) -> Option<&CollectorEntry> {
        self.collectors.get(id)
    }

    /// Every collector in the order of ids.
    pub fn all_collectors(&self) -> impl Iterator<Item = &CollectorEntry> {
        self.collectors.values()
    }

    /// A supervision grid.
    pub fn grid(&self, id: &GridId) -> Option<&SupervisionGrid> {
        self.grids.get(id)
    }

    /// Every supervision grid in the order of ids.
    pub fn grids(&self) -> impl Iterator<Item = &SupervisionGrid> {
        self.grids.values()
    }

    /// A cell.
    pub fn cell(&self, id: &CellId) -> Option<&Cell> {
        self.cells.get(id)
    }

    /// Every cell that belongs to a grid, in the order of codes.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.cells.values()
    }
}
