//! Replacing a small file: what is to stand there is written beside it and takes its name, so that whoever reads
//! meanwhile finds the one or the other. Whether it is synced in between is for whoever replaces it.

use super::disk::{Disk, remove_if_there};
use super::failure::Failure;

/// Writes `bytes` to `unfinished`, in place of what was left there.
pub(super) fn write(disk: &mut dyn Disk, unfinished: &str, bytes: &[u8]) -> Result<(), Failure> {
    remove_if_there(disk, unfinished).map_err(|error| Failure::io("remove", unfinished, error))?;
    disk.write_new(unfinished, bytes).map_err(|error| Failure::io("write", unfinished, error))
}

/// Gives what was written the name `file`.
pub(super) fn rename(disk: &mut dyn Disk, unfinished: &str, file: &str) -> Result<(), Failure> {
    disk.rename(unfinished, file).map_err(|error| Failure::io("rename", unfinished, error))
}
