//! Changes of the handbook: its edition, its conditions, their limits and units (article 11).

use super::{Changes, both};
use crate::book::handbook::{Condition, Handbook};
use crate::diagnostic::Lang;

/// What changed from one edition to the other.
pub(super) fn compare(old: &Handbook, new: &Handbook, changes: &mut Changes) {
    changes.turned(["手册编号", "handbook number"], &old.number, &new.number);
    changes.turned(["手册批准", "handbook approval"], &old.approved, &new.approved);
    changes.turned(["手册生效日期", "handbook effective from"], old.effective, new.effective);
    for (code, sides) in both(&old.conditions, &new.conditions) {
        match sides {
            (None, Some(added)) => {
                let Condition { small_class, filing, limit, .. } = added;
                let units = units(added);
                changes.say(
                    format!("新增条件 {code} {small_class}“{filing}”,{units},{limit}"),
                    format!(
                        "condition {code} {small_class} `{filing}` added: {units}, {}",
                        limit.key()
                    ),
                );
            }
            (Some(removed), None) => {
                let Condition { small_class, filing, .. } = removed;
                changes.say(
                    format!("删除条件 {code} {small_class}“{filing}”"),
                    format!("condition {code} {small_class} `{filing}` removed"),
                );
            }
            (Some(old), Some(new)) => condition(old, new, changes),
            (None, None) => {}
        }
    }
}

fn condition(old: &Condition, new: &Condition, changes: &mut Changes) {
    let name = format!("{} {}", new.code, new.small_class);
    let what = |zh: &str, en: &str| [format!("{name} {zh}"), format!("{name}, {en}")];
    let lang = changes.lang;
    let limit = |condition: &Condition| match lang {
        Lang::Zh => condition.limit.to_string(),
        Lang::En => condition.limit.key(),
    };
    let mut turned = |what: [String; 2], old: String, new: String| {
        let [zh, en] = &what;
        changes.turned([zh, en], old, new);
    };
    turned(what("处置时限", "limit"), limit(old), limit(new));
    turned(what("责任单位", "units"), units(old), units(new));
    turned(what("立案条件", "filing condition"), old.filing.clone(), new.filing.clone());
    turned(what("结案条件", "closing condition"), old.closing.clone(), new.closing.clone());
    turned(what("大类名称", "big class"), old.big_class.clone(), new.big_class.clone());
    turned(what("小类名称", "small class"), old.small_class.clone(), new.small_class.clone());
}

/// The candidates as the handbook writes them.
pub(crate) fn units(condition: &Condition) -> String {
    let names = condition.candidates.iter().map(|candidate| {
        let grids = candidate.grids.iter().map(ToString::to_string).collect::<Vec<_>>();
        if grids.is_empty() {
            return candidate.unit.to_string();
        }
        format!("{}({})", candidate.unit, grids.join(" "))
    });
    names.collect::<Vec<_>>().join("、")
}
