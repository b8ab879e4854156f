//! Permissions of a store's files: what duban keeps is its own account's, whatever the umask.
//!
//! A directory that only its owner enters keeps everybody else from all that lies below it; files are made `0600`
//! besides, so that one that is moved elsewhere stays private. What libraries make, sled above all, is made under a
//! umask of the process that says the same.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::Mode;
use rustix::process::umask;

/// What a directory lets others do: nothing.
const DIR: u32 = 0o700;
/// What a file lets others do: nothing.
const FILE: u32 = 0o600;
/// The bits that speak of others than the owner.
const OTHERS: u32 = 0o077;

/// Makes a directory, and what is missing above it, that only its owner enters. One that is there stays as it is.
pub fn dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(DIR).create(path)
}

/// Makes the directory of a store or a backup if it is missing, and closes to others what lies open in it: the
/// directory, and what is directly in it. Below those nobody else gets. Whatever this process makes from now on is
/// its owner's, too.
///
/// # Errors
/// The disk's. One that another account owns is left as it is, and said.
pub fn keep(root: &Path) -> io::Result<()> {
    umask(Mode::from_raw_mode(OTHERS));
    dir(root)?;
    let mut n_closed = u32::from(close(root)?);
    for entry in fs::read_dir(root)? {
        match close(&entry?.path()) {
            Ok(was_open) => n_closed += u32::from(was_open),
            // What was there a moment ago and is gone, e.g. a file that was renamed, needs nothing.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    if n_closed > 0 {
        tracing::warn!(dir = %root.display(), n_closed, "what others could read is the owner's alone");
    }
    Ok(())
}

/// Closes one file or directory; whether it was open to others.
fn close(path: &Path) -> io::Result<bool> {
    let found = fs::symlink_metadata(path)?;
    let mode = found.permissions().mode();
    if found.is_symlink() || mode & OTHERS == 0 || !(found.is_dir() || found.is_file()) {
        return Ok(false);
    }
    let wanted = if found.is_dir() { DIR } else { FILE };
    match fs::set_permissions(path, Permissions::from_mode(wanted)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            tracing::warn!(path = %path.display(), "others can read this, and another account owns it");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_lies_open_in_a_store_is_closed_to_everybody_else() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("store");
        fs::create_dir_all(root.join("ledger")).unwrap();
        fs::write(root.join("audit.json"), "{}").unwrap();
        for (path, open) in [("", 0o755), ("ledger", 0o755), ("audit.json", 0o644)] {
            fs::set_permissions(root.join(path), Permissions::from_mode(open)).unwrap();
        }
        keep(&root).unwrap();
        assert_eq!([mode(&root), mode(&root.join("ledger"))], [DIR, DIR]);
        assert_eq!(mode(&root.join("audit.json")), FILE);
    }

    #[test]
    fn a_directory_that_is_made_is_its_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let made = dir.path().join("a/b");
        keep(&made).unwrap();
        assert_eq!(mode(&made), DIR);
    }
}
