//! A small disk, which a test fills: a file system of its own, in memory.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What fills it.
const BALLAST: &str = "fill";
/// Bytes that are written at once.
const CHUNK: usize = 64 << 10;

/// A mounted one. Dropped, it is taken away.
#[derive(Debug)]
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// One of so many mebibytes at a place where nothing is yet; none where no file system can be mounted.
    pub(crate) fn mounted(at: &Path, mib: u64) -> Option<SmallDisk> {
        fs::create_dir(at).unwrap();
        let size = format!("size={mib}m");
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).output().ok()?;
        mounted.status.success().then(|| SmallDisk(at.to_owned()))
    }

    pub(crate) fn place(&self) -> &Path {
        &self.0
    }

    /// Leaves so many bytes.
    pub(crate) fn fill(&self, left: u64) {
        let mut file = File::create(self.0.join(BALLAST)).unwrap();
        let chunk = vec![1_u8; CHUNK];
        let mut n_written = 0;
        while file.write_all(&chunk).is_ok() {
            n_written += u64::try_from(chunk.len()).unwrap();
        }
        file.set_len(n_written.saturating_sub(left)).unwrap();
    }

    pub(crate) fn make_room(&self) {
        fs::remove_file(self.0.join(BALLAST)).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let gone = Command::new("umount").arg("--lazy").arg(&self.0).status();
        assert!(gone.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}
