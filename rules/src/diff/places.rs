//! Changes of the town's grid: cells, supervision grids, collectors (article 10).

use super::{Changes, End, both};
use crate::book::grid::{Cell, CollectorEntry, Grid, SupervisionGrid};
use crate::diagnostic::Lang;

const CELL: [&str; 2] = ["单元网格", "cell"];
const GRID: [&str; 2] = ["监督网格", "grid"];
const COLLECTOR: [&str; 2] = ["采集员", "collector"];
const NAME: [&str; 2] = ["名称", "name"];

/// What changed from one grid to the other.
pub(super) fn compare(old: &Grid, new: &Grid, changes: &mut Changes<'_>) {
    collectors(old, new, changes);
    grids(old, new, changes);
    cells(old, new, changes);
}

fn collectors(old: &Grid, new: &Grid, changes: &mut Changes<'_>) {
    let names = changes.names;
    let key = |collector: &CollectorEntry| collector.id.clone();
    let sides =
        both(old.all_collectors().map(|c| (key(c), c)), new.all_collectors().map(|c| (key(c), c)));
    for (id, sides) in sides {
        match sides {
            (Some(old), Some(new)) => {
                // Who patrols what is said of the grids.
                let CollectorEntry { id: _, name, phone, grids: _ } = old;
                let subject = &format!("{} {}", names.of(COLLECTOR), names.collector(&id));
                changes.turned(subject, ["姓名", "name"], name, &new.name);
                changes.turned(subject, ["电话", "phone"], phone, &new.phone);
            }
            (Some(_), None) => {
                changes.came_or_went(End::Went, COLLECTOR, names.collector(&id), "");
            }
            (None, Some(_)) => {
                changes.came_or_went(End::Came, COLLECTOR, names.collector(&id), "");
            }
            (None, None) => {}
        }
    }
}

fn grids(old: &Grid, new: &Grid, changes: &mut Changes<'_>) {
    let names = changes.names;
    let key = |grid: &SupervisionGrid| grid.id.clone();
    let sides = both(old.grids().map(|g| (key(g), g)), new.grids().map(|g| (key(g), g)));
    for (id, sides) in sides {
        match sides {
            (Some(old), Some(new)) => {
                // Which cells belong to it is said of the cells.
                let SupervisionGrid { id: _, name, cells: _, collectors } = old;
                let subject = &format!("{} {}", names.of(GRID), names.grid(&id));
                changes.turned(subject, NAME, name, &new.name);
                let [old, new] = [collectors, &new.collectors].map(|collectors| {
                    collectors.iter().map(|id| names.collector(id)).collect::<Vec<_>>()
                });
                changes.list(subject, COLLECTOR, &old, &new);
            }
            (Some(_), None) => changes.came_or_went(End::Went, GRID, names.grid(&id), ""),
            (None, Some(_)) => changes.came_or_went(End::Came, GRID, names.grid(&id), ""),
            (None, None) => {}
        }
    }
}

fn cells(old: &Grid, new: &Grid, changes: &mut Changes<'_>) {
    let names = changes.names;
    let key = |cell: &Cell| cell.id.clone();
    let sides = both(old.cells().map(|c| (key(c), c)), new.cells().map(|c| (key(c), c)));
    for (id, sides) in sides {
        match sides {
            (Some(old), Some(new)) => {
                let subject = &format!("{} {}", names.of(CELL), names.cell(&id));
                changes.turned(subject, NAME, &old.name, &new.name);
                let (was, is) = (old.alias.as_deref(), new.alias.as_deref());
                changes.maybe_turned(subject, ["旧编码", "alias"], was, is);
                let [was, is] = [&old.grid, &new.grid].map(|grid| names.grid(grid));
                changes.turned(subject, GRID, was, is);
                if old.corners() != new.corners() {
                    let area = |cell: &Cell| format!("{:.0}", cell.area);
                    let (was, is) = (area(old), area(new));
                    let how = match names.lang {
                        Lang::Zh => format!("已修改,面积由 {was} 平方米变为 {is} 平方米"),
                        Lang::En => format!("changed; {was} m² before, {is} m² after"),
                    };
                    changes.quality(subject, ["边界", "outline"], &how);
                }
            }
            (Some(_), None) => changes.came_or_went(End::Went, CELL, names.cell(&id), ""),
            (None, Some(_)) => changes.came_or_went(End::Came, CELL, names.cell(&id), ""),
            (None, None) => {}
        }
    }
}
