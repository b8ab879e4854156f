//! Directories on the real disk, gone when the run is over.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;

/// A directory that is removed when this is dropped.
#[derive(Debug)]
pub struct Scratch(TempDir);

impl Scratch {
    /// A fresh one under `parent`, which is created if it is missing.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn under(parent: &Path) -> anyhow::Result<Scratch> {
        std::fs::create_dir_all(parent).with_context(|| format!("create {}", parent.display()))?;
        let dir = tempfile::Builder::new().prefix("bench-").tempdir_in(parent)?;
        Ok(Scratch(dir))
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }
}
