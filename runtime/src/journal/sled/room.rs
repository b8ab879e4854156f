//! Room on the disk: whether a store that failed for want of it could be opened again.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

/// What is tried to be written, and removed again.
const PROBE_FILE: &str = "duban.room";
/// How much of it: a start writes a few segments of sled's, and the ledger must be able to go on.
const PROBE_BYTES: usize = 16 << 20;
/// Bytes of one write.
const CHUNK: usize = 1 << 20;

/// Whether there is room for a start on the disk of `dir`.
pub(super) fn is_there(dir: &Path) -> bool {
    let path = dir.join(PROBE_FILE);
    let tried = File::create(&path).and_then(|mut file| {
        let chunk = vec![1; CHUNK];
        (0..PROBE_BYTES / CHUNK).try_for_each(|_| file.write_all(&chunk))?;
        // A disk that promises first and finds out later says so here.
        file.sync_data()
    });
    let removed = fs::remove_file(path);
    tried.is_ok() && removed.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_for_room_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        assert!(is_there(dir.path()));
        assert!(!dir.path().join(PROBE_FILE).exists());
        assert!(!is_there(&dir.path().join("nowhere")));
    }
}
