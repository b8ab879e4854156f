//! Samples of diagnostics of the handbook and the numbers of editions.

use super::{limit, spot};
use crate::Sources;
use crate::book::handbook::Condition;
use crate::diagnostic::Diagnostic;
use crate::edition::{Identity, Known, Part};
use crate::vocabulary::{ConditionCode, LimitUnit, Matter, UnitId};

pub(super) fn all() -> Vec<Diagnostic> {
    let mut all = rows();
    all.extend(tables());
    all.extend(numbers());
    all
}

fn rows() -> Vec<Diagnostic> {
    let spot = &spot();
    let condition = |code: &str, hours: i64| Condition {
        code: ConditionCode::new(code),
        matter: Matter::Component,
        big_code: "01".to_owned(),
        big_class: "公用设施".to_owned(),
        small_code: "02".to_owned(),
        small_class: "井盖".to_owned(),
        filing: "破损".to_owned(),
        closing: "修复".to_owned(),
        limit: limit(hours * 1000, LimitUnit::WorkHour),
        candidates: Vec::new(),
    };
    let pairs = [condition("part-01-02-1", 4), condition("part-01-02-2", 8)];
    let [first, other] = &pairs;
    vec![
        Diagnostic::no_conditions(),
        Diagnostic::merged_cells(spot, 12),
        Diagnostic::open_quotation(spot),
        Diagnostic::row_too_long(spot),
        Diagnostic::nothing_above(spot),
        Diagnostic::unknown_kind(spot, "零件"),
        Diagnostic::class_renamed(spot, "part-01", ["{other}", "{first}"], 7),
        Diagnostic::class_code(spot, "大类代码", "A1"),
        Diagnostic::candidate_twice(spot, &UnitId::new("CG-HW")),
        Diagnostic::no_candidate(spot),
        Diagnostic::condition_twice(spot, &ConditionCode::new("part-01-02-1"), 7),
        Diagnostic::condition_worded_twice(spot, [first, first]),
        Diagnostic::condition_worded_twice(spot, [first, other]),
        Diagnostic::full_width_comma(spot),
        Diagnostic::gap_in_unit(spot, "CG\u{a0}HW", '\u{a0}'),
        Diagnostic::gap_in_unit(spot, "CG-HW CG-YL", ' '),
    ]
}

fn tables() -> Vec<Diagnostic> {
    let spot = &spot();
    let columns = [("filing", "立案条件"), ("limit", "处置时限")];
    vec![
        Diagnostic::open_elsewhere("handbook.csv", &["~$handbook.csv"]),
        Diagnostic::open_elsewhere("handbook.csv", &["~$handbook.csv", ".~lock.handbook.csv#"]),
        Diagnostic::column_twice(spot, " 时限 "),
        Diagnostic::unknown_column(spot, " 备注 "),
        Diagnostic::missing_columns(spot, &columns),
        Diagnostic::no_headings(spot, &columns),
    ]
}

fn numbers() -> Vec<Diagnostic> {
    let spot = &spot();
    let (identity, _) = Identity::read(&Sources::from_files([
        ("handbook.toml", b"number = \"2026-3\"\n".to_vec()),
        ("calendar.toml", b"version = \"2026-5\"\n".to_vec()),
    ]));
    let known = Known { identity, hash: "0a1b".to_owned(), since: "2026-03-01 08:00".to_owned() };
    let of = |part: Part| {
        [
            Diagnostic::number_taken((part, spot), ("2026-3", "2c3d"), &known, "2026-4"),
            Diagnostic::number_back((part, spot), "2026-2", &known, "2026-4"),
        ]
    };
    Part::ALL.into_iter().flat_map(of).collect()
}
