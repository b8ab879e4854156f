//! Whole files that are wrong: absent, in another encoding, no TOML, keys too many or too few.

use duban_rules::Sources;

use super::{Broken, edited};

pub(crate) fn cases() -> Vec<Broken> {
    let shipped = Sources::shipped;
    vec![
        ("a file is absent", shipped().without("notices.toml")),
        ("a file of eleven megabytes", shipped().with("units.toml", vec![b'x'; 11 << 20])),
        (
            "a handbook in GBK",
            shipped().with("handbook.csv", b"\xC0\xE0\xB1\xF0,\xB4\xF3\xC0\xE0\n"),
        ),
        ("a handbook in UTF-16", shipped().with("handbook.csv", b"\xFF\xFE\x7B\x7C\x2C\x00")),
        ("a workbook instead of a CSV", shipped().with("handbook.csv", b"PK\x03\x04\x14\x00\xFF")),
        (
            "full-width quotation marks",
            edited("handbook.toml", "\"2026-1\"", "\u{201C}2026-1\u{201D}"),
        ),
        (
            "two slips in one file",
            shipped().with("handbook.toml", "number = \"1\napproved = \neffective = 2026-13-40\n"),
        ),
        ("a key twice", edited("handbook.toml", "approved =", "number = \"2\"\napproved =")),
        ("a misspelt key", edited("handbook.toml", "approved =", "aproved =")),
        ("a value of another type", edited("handbook.toml", "\"2026-1\"", "2026")),
        ("a blank text", edited("handbook.toml", "\"2026-1\"", "\"  \"")),
        ("a copy left in the directory", shipped().with("units - 副本.toml", "")),
        (
            "more problems than anybody reads",
            shipped().with("stages.toml", "x = 1\n".repeat(6_000)),
        ),
        ("a limit that cannot be read", edited("stages.toml", "work_hour\"", "working hours\"")),
        (
            "a look from the other end of the town",
            edited("stages.toml", "within_metres = 100", "within_metres = 100000"),
        ),
        ("an unknown recipient", edited("ladder.toml", "\"informant\"", "\"the boss\"")),
    ]
}
