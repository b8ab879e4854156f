//! A directory for a test, kept when the test fails: whoever looks into the failure needs it.

#![expect(clippy::unwrap_used, reason = "a test without a directory fails")]

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use duban_gate::report::tell;

/// The directory.
#[derive(Debug)]
pub struct ScratchDir(Option<TempDir>);

impl ScratchDir {
    pub fn new() -> ScratchDir {
        ScratchDir(Some(tempfile::tempdir().unwrap()))
    }

    pub fn path(&self) -> &Path {
        self.0.as_ref().unwrap().path()
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The shipped rules as files of its own, to be changed.
    pub fn rules(&self) -> PathBuf {
        let own = self.join("rules");
        std::fs::create_dir(&own).unwrap();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/suning");
        for file in std::fs::read_dir(shipped).unwrap().map(|file| file.unwrap()) {
            std::fs::copy(file.path(), own.join(file.file_name())).unwrap();
        }
        own
    }
}

impl Default for ScratchDir {
    fn default() -> ScratchDir {
        ScratchDir::new()
    }
}

impl Drop for ScratchDir {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(dir) = self.0.take()
        {
            tell(&format!("kept: {}", dir.keep().display()));
        }
    }
}
