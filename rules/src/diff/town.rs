//! Changes of the town's grid: cells, supervision grids, collectors (article 10).

use std::fmt::Display;

use super::{Changes, both};
use crate::book::grid::{Cell, CollectorEntry, Grid, SupervisionGrid};

/// What changed from one grid to the other.
pub(super) fn compare(old: &Grid, new: &Grid, changes: &mut Changes) {
    let key = |cell: &Cell| cell.id.clone();
    let cells = both(old.cells().map(|c| (key(c), c)), new.cells().map(|c| (key(c), c)));
    for (id, sides) in cells {
        match sides {
            (Some(old), Some(new)) => {
                let what = |zh: &str, en: &str| {
                    [format!("单元网格 {id} {zh}"), format!("cell {id}, {en}")]
                };
                let [zh, en] = what("监督网格", "grid");
                changes.turned([&zh, &en], &old.grid, &new.grid);
                if old.corners() != new.corners() {
                    let [zh, en] = what("边界已修改", "outline changed");
                    changes.say(zh, en);
                }
            }
            (Some(_), None) => went(["单元网格", "cell"], &id, changes),
            (None, Some(_)) => came(["单元网格", "cell"], &id, changes),
            (None, None) => {}
        }
    }
    let key = |grid: &SupervisionGrid| grid.id.clone();
    let grids = both(old.grids().map(|g| (key(g), g)), new.grids().map(|g| (key(g), g)));
    for (id, sides) in grids {
        match sides {
            (Some(old), Some(new)) => {
                let what = [format!("监督网格 {id} 采集员"), format!("grid {id}, collectors")];
                changes.turned([&what[0], &what[1]], list(&old.collectors), list(&new.collectors));
            }
            (Some(_), None) => went(["监督网格", "grid"], &id, changes),
            (None, Some(_)) => came(["监督网格", "grid"], &id, changes),
            (None, None) => {}
        }
    }
    let key = |collector: &CollectorEntry| collector.id.clone();
    let collectors =
        both(old.all_collectors().map(|c| (key(c), c)), new.all_collectors().map(|c| (key(c), c)));
    for (id, sides) in collectors {
        match sides {
            (Some(old), Some(new)) => {
                let what = |zh: &str, en: &str| {
                    [format!("采集员 {id} {zh}"), format!("collector {id}, {en}")]
                };
                let [zh, en] = what("姓名", "name");
                changes.turned([&zh, &en], &old.name, &new.name);
                let [zh, en] = what("电话", "phone");
                changes.turned([&zh, &en], &old.phone, &new.phone);
            }
            (Some(_), None) => went(["采集员", "collector"], &id, changes),
            (None, Some(_)) => came(["采集员", "collector"], &id, changes),
            (None, None) => {}
        }
    }
}

fn came(what: [&str; 2], id: &dyn Display, changes: &mut Changes) {
    let [zh, en] = what;
    changes.say(format!("新增{zh} {id}"), format!("{en} {id} added"));
}

fn went(what: [&str; 2], id: &dyn Display, changes: &mut Changes) {
    let [zh, en] = what;
    changes.say(format!("删除{zh} {id}"), format!("{en} {id} removed"));
}

fn list<T: Display>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
}
