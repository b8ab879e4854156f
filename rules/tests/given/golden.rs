//! Golden files: what an admin sees, kept to be read.

#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

use std::path::Path;

/// Holds `page` to a file in `golden/`; with `UPDATE_TABLES` set it writes the file anew.
#[track_caller]
pub(crate) fn compare(file: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, page).unwrap();
        return;
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(golden, page, "{file} differs; UPDATE_TABLES=1 writes it anew");
}
