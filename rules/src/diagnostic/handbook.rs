//! Diagnostics of `handbook.csv` and `handbook.toml` (article 11). Codes R0101–R0139.

mod rows;

use super::{Diagnostic, Text};
use crate::book::handbook::Condition;
use crate::source::Spot;
use crate::vocabulary::{ConditionCode, UnitId};

impl Diagnostic {
    /// The handbook is empty.
    pub(crate) fn no_conditions() -> Diagnostic {
        Diagnostic::error("R0101", &Spot::of_file("handbook.csv"), &[])
    }

    /// Cells of a class are blank, as merged cells are saved; told once, at the first.
    pub(crate) fn merged_cells(spot: &Spot, rows: usize) -> Diagnostic {
        Diagnostic::warning("R0102", spot, &[("rows", &rows)])
    }

    /// A quotation mark is never closed.
    pub(crate) fn open_quotation(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0103", spot, &[])
    }

    /// A row has more cells than there are headings.
    pub(crate) fn row_too_long(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0104", spot, &[])
    }

    /// The first row has blank class columns.
    pub(crate) fn nothing_above(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0105", spot, &[])
    }

    /// Neither component nor incident.
    pub(crate) fn unknown_kind(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0106", spot, &[("found", &found)])
    }

    /// One class code with two names.
    pub(crate) fn class_renamed(
        spot: &Spot,
        code: &str,
        [first, other]: [&str; 2],
        first_row: usize,
    ) -> Diagnostic {
        Diagnostic::error(
            "R0107",
            spot,
            &[("code", &code), ("first", &first), ("first_row", &first_row), ("other", &other)],
        )
    }

    /// A code that is no number of one or two digits.
    pub(crate) fn class_code(spot: &Spot, column: &str, found: &str) -> Diagnostic {
        Diagnostic::error("R0111", spot, &[("column", &column), ("found", &found)])
    }

    /// A unit is named twice for one condition.
    pub(crate) fn candidate_twice(spot: &Spot, unit: &UnitId) -> Diagnostic {
        Diagnostic::error("R0112", spot, &[("unit", &unit)])
    }

    /// Nobody may handle a condition.
    pub(crate) fn no_candidate(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0113", spot, &[])
    }

    /// Two conditions of one code.
    pub(crate) fn condition_twice(
        spot: &Spot,
        code: &ConditionCode,
        first_row: usize,
    ) -> Diagnostic {
        Diagnostic::error("R0114", spot, &[("code", &code), ("first_row", &first_row)])
    }

    /// The same words under two numbers of a class.
    pub(crate) fn condition_worded_twice(
        spot: &Spot,
        [first, other]: [&Condition; 2],
    ) -> Diagnostic {
        let (first_name, other_name) = (named(first), named(other));
        if first.limit == other.limit {
            return Diagnostic::warning(
                "R0120",
                spot,
                &[("first", &first_name), ("other", &other_name)],
            );
        }
        Diagnostic::warning(
            ("R0120", "limits-differ"),
            spot,
            &[
                ("first", &first_name),
                ("other", &other_name),
                ("first_limit", &first.limit),
                ("other_limit", &other.limit),
            ],
        )
    }

    /// A rules file that somebody has open.
    pub(crate) fn open_elsewhere(file: &str, locks: &[&str]) -> Diagnostic {
        let locks = Text::joined(locks, ["`、`", "`, `"]);
        let spot = Spot::of_file(file);
        Diagnostic::warning("R0122", &spot, &[("file", &file), ("locks", &locks)])
    }

    /// Two columns of one heading.
    pub(crate) fn column_twice(spot: &Spot, heading: &str) -> Diagnostic {
        Diagnostic::error("R0115", spot, &[("heading", &heading.trim())])
    }

    /// A column that nothing reads.
    pub(crate) fn unknown_column(spot: &Spot, heading: &str) -> Diagnostic {
        Diagnostic::warning("R0116", spot, &[("heading", &heading.trim())])
    }

    /// Columns without which no row makes sense: keys and headings.
    pub(crate) fn missing_columns(spot: &Spot, columns: &[(&str, &str)]) -> Diagnostic {
        let headings: Vec<String> = columns.iter().map(|(_, zh)| format!("`{zh}`")).collect();
        let keys: Vec<String> = columns.iter().map(|(key, _)| format!("`{key}`")).collect();
        let [headings, keys] = [headings.join("、"), keys.join(", ")];
        Diagnostic::error("R0117", spot, &[("headings", &headings), ("keys", &keys)])
    }

    /// The first row has no heading at all.
    pub(crate) fn no_headings(spot: &Spot, columns: &[(&str, &str)]) -> Diagnostic {
        let columns: Vec<Text> = columns.iter().map(|(key, zh)| Text::new(*zh, *key)).collect();
        let columns = Text::joined(&columns, [",", ","]);
        Diagnostic::error(("R0117", "none"), spot, &[("columns", &columns)])
    }
}

/// A condition by its place in the handbook; in English by its code.
fn named(condition: &Condition) -> Text {
    let Condition { code, matter, big_code, small_code, small_class, .. } = condition;
    Text::word(
        "condition",
        "named",
        &[
            ("code", code),
            ("matter", &matter.chinese()),
            ("big_code", big_code),
            ("small_code", small_code),
            ("small_class", small_class),
            ("number", &condition.number()),
        ],
    )
}
