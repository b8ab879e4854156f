//! Changes of the handbook: its edition, its conditions, their limits and units (article 11).

use super::{Changes, End, both};
use crate::book::handbook::{Condition, Handbook};
use crate::diagnostic::Lang;

/// What changed of number, approval and effective date.
pub(super) fn edition(old: &Handbook, new: &Handbook, changes: &mut Changes<'_>) {
    changes.turned("", ["手册编号", "handbook number"], &old.number, &new.number);
    changes.turned("", ["手册批准", "handbook approval"], &old.approved, &new.approved);
    let effective = ["手册生效日期", "handbook effective from"];
    changes.turned("", effective, old.effective, new.effective);
}

/// How many limits mean something else though their table is the same: what plain hours and days count has changed.
pub(super) fn meant(old: &Handbook, new: &Handbook, changes: &mut Changes<'_>) {
    let sides = both(&old.conditions, &new.conditions).into_values();
    let count = sides.filter(|(was, is)| was.map(|was| was.limit) != is.map(|is| is.limit)).count();
    if count > 0 {
        changes.say(match changes.names.lang {
            Lang::Zh => format!("{count} 条处置时限的含义随之变化"),
            Lang::En => format!("{count} limits mean something else accordingly"),
        });
    }
}

/// What changed among the conditions.
pub(super) fn conditions(old: &Handbook, new: &Handbook, changes: &mut Changes<'_>) {
    const CONDITION: [&str; 2] = ["立案条件", "condition"];
    let names = changes.names;
    for sides in both(&old.conditions, &new.conditions).into_values() {
        match sides {
            (None, Some(added)) => {
                let (filing, limit) = (&added.filing, names.limit(added.limit));
                let units = names.join(&names.candidates(added));
                let after = names.of([",", ", "]);
                let more = format!("“{filing}”{after}{units}{after}{limit}");
                changes.came_or_went(End::Came, CONDITION, names.condition(added), &more);
            }
            (Some(removed), None) => {
                let subject = format!("{}“{}”", names.condition(removed), removed.filing);
                changes.came_or_went(End::Went, CONDITION, subject, "");
            }
            (Some(old), Some(new)) => condition(old, new, changes),
            (None, None) => {}
        }
    }
}

fn condition(old: &Condition, new: &Condition, changes: &mut Changes<'_>) {
    let names = changes.names;
    let Condition {
        code: _,
        matter: _,
        big_code: _,
        big_class,
        small_code: _,
        small_class,
        filing,
        closing,
        limit,
        candidates: _,
    } = old;
    let name = &names.condition(new);
    changes.turned(name, ["处置时限", "limit"], names.limit(*limit), names.limit(new.limit));
    let units = |condition| names.join(&names.candidates(condition));
    changes.turned(name, ["责任单位", "units"], units(old), units(new));
    changes.text(name, ["立案条件", "filing condition"], filing, &new.filing);
    changes.text(name, ["结案条件", "closing condition"], closing, &new.closing);
    changes.turned(name, ["大类名称", "big class"], big_class, &new.big_class);
    changes.turned(name, ["小类名称", "small class"], small_class, &new.small_class);
}
