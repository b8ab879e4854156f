//! Slips of the pen that look right: what nobody sees, full width, percentages, dates, commas, quotation marks.

use super::{Broken, edited};

/// A condition of the shipped handbook.
const ROW: &str =
    "部件,01,公用设施,01,上水井盖,2,SW,水务局,井盖局部损坏、松动异响,更换或修好,2工作日";

pub(crate) fn cases() -> Vec<Broken> {
    let row = |from: &str, to: &str| edited("handbook.csv", ROW, &ROW.replacen(from, to, 1));
    vec![
        ("a zero-width space in a code", row("SW", "S\u{200b}W")),
        ("a no-break space in a code", row("SW", "S\u{a0}W")),
        ("a blank between two codes", row("SW", "SW ZJ")),
        ("a full-width number", row(",2,SW", ",\u{ff12},SW")),
        ("full-width commas between cells", row("SW,水务局,", "SW\u{ff0c}水务局\u{ff0c}")),
        ("a quotation mark that opens a cell", row("井盖局部", "\"井盖局部")),
        ("one row twice", row(ROW, &format!("{ROW}\r\n{ROW}"))),
        ("another name beside two units", row("SW,水务局", "SW、ZJ,水务局、教育局")),
        ("a percent sign", edited("ladder.toml", "percent = 100, light", "percent = 80%, light")),
        ("a share of one", edited("ladder.toml", "percent = 100, light", "percent = 0.8, light")),
        (
            "a quoted number",
            edited("ladder.toml", "percent = 100, light", "percent = \"80\", light"),
        ),
        (
            "full-width digits in TOML",
            edited("ladder.toml", "percent = 100, light", "percent = \u{ff17}\u{ff15}, light"),
        ),
        (
            "a full-width comma in TOML",
            edited("calendar.toml", "\"周六\", \"周日\"", "\"周六\"\u{ff0c}\"周日\""),
        ),
        ("full-width brackets", edited("ladder.toml", "[urgent]", "\u{3010}urgent\u{3011}")),
        ("a no-break space in TOML", edited("ladder.toml", "level = 1,", "level\u{a0}= 1,")),
        ("a day that does not exist", edited("handbook.toml", "2026-01-01", "2026-02-31")),
        ("a date with slashes", edited("handbook.toml", "2026-01-01", "2026/01/01")),
        (
            "a distance with its unit",
            edited("stages.toml", "within_metres = 100", "within_metres = 100米"),
        ),
        ("a bracket that is never closed", edited("stages.toml", "[receipt]", "[receipt")),
        ("a list without its bracket", edited("units.toml", "contact = [", "contact = ")),
    ]
}
