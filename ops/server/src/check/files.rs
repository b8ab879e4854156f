//! Files that the configuration names: whether they can be read, and by whom else.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use duban_base::config::Finding;
use duban_messages::courier::{Failure, secret};

/// The bits that let everybody read a file.
const EVERYBODY: u32 = 0o004;

/// The secret of a file that must have one.
pub(super) fn secret_of(
    field: &'static str,
    path: &Path,
    found: &mut Vec<Finding>,
) -> Option<String> {
    // A file that is not named at all is told where the configuration is read.
    if path.as_os_str().is_empty() {
        return None;
    }
    match secret::read(field, path) {
        Ok(secret) => {
            open_to_everybody(field, path, found);
            Some(secret)
        }
        Err(Failure::File { path, source, .. }) => {
            unreadable(field, &path, &source, found);
            None
        }
        Err(_) => {
            let shown = path.display();
            found.push(Finding::error(
                field,
                [
                    format!("密码文件 `{shown}` 的第一行是空的"),
                    format!("the first line of `{shown}` is empty"),
                ],
                ["把密码写在第一行", "write the secret into its first line"],
            ));
            None
        }
    }
}

/// A file that must be there to be read.
pub(super) fn readable(field: &'static str, path: &Path, found: &mut Vec<Finding>) {
    if let Err(error) = fs::read(path) {
        unreadable(field, path, &error, found);
    }
}

fn unreadable(field: &'static str, path: &Path, why: &std::io::Error, found: &mut Vec<Finding>) {
    let shown = path.display();
    found.push(Finding::error(
        field,
        [format!("无法读取文件 `{shown}`:{why}"), format!("cannot read `{shown}`: {why}")],
        [
            "核对路径;文件须为运行服务的账户可读(chown、chmod 600)",
            "look at the path; the account of the service must be able to read it (chown, chmod 600)",
        ],
    ));
}

fn open_to_everybody(field: &'static str, path: &Path, found: &mut Vec<Finding>) {
    let mode = fs::metadata(path).map(|file| file.permissions().mode());
    if mode.is_ok_and(|mode| mode & EVERYBODY != 0) {
        found.push(Finding::warning(
            field,
            ["密码文件对所有账户可读", "everybody on this machine can read the secret"],
            ["chmod 600 这个文件", "chmod 600 the file"],
        ));
    }
}
