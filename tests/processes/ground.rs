//! A directory for a test, kept when the test fails: whoever looks into the failure needs it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::tell::tell;

pub(crate) struct Ground(Option<TempDir>);

impl Ground {
    pub(crate) fn new() -> Ground {
        Ground(Some(tempfile::tempdir().unwrap()))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.as_ref().unwrap().path()
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(dir) = self.0.take()
        {
            tell(&format!("kept: {}", dir.keep().display()));
        }
    }
}
