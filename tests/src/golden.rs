//! Golden tables: what a test finds stands in a file of `tests/tables`, and whoever changes it reads the difference.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::path::Path;

/// Where they are.
pub const TABLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tables");

/// Compares with the golden file, or rewrites it when `UPDATE_TABLES` is set.
#[track_caller]
pub fn assert_golden(name: &str, found: &str) {
    let path = Path::new(TABLES).join(name);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, found).expect("the table can be written");
    }
    let golden = std::fs::read_to_string(&path).expect("the table is there: UPDATE_TABLES=1");
    assert_same(name, &golden, found);
}

/// Compares with what the file says, line by line.
#[track_caller]
pub fn assert_same(name: &str, golden: &str, found: &str) {
    for (number, (golden, found)) in golden.lines().zip(found.lines()).enumerate() {
        assert_eq!(golden, found, "{name}, line {}; UPDATE_TABLES=1 rewrites it", number + 1);
    }
    assert_eq!(golden, found, "{name} differs; UPDATE_TABLES=1 rewrites it");
}
