//! What a store, its keys and its backups let other accounts do: nothing, whatever the umask.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use duban_actors::role::Role;

use crate::server::{Client, Server, token};
use duban_tests::scratch_dir::ScratchDir;

/// The bits that speak of others than the owner.
const OTHERS: u32 = 0o077;

#[test]
fn nothing_that_duban_keeps_is_open_to_another_account_whatever_the_umask() {
    let ground = ScratchDir::new();
    let dir = ground.path();
    let token = token(dir, Role::Intake);
    // As a package manager, or an operator in a hurry, leaves it.
    for path in walk(&dir.join("data")) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    }
    let server = Server::start(dir, &[]);
    let report = r#"{"channel":"hotline","source":"12319","external_id":"1","text":"井盖丢失",
        "reporter":{"name":"王示例","phone":"13900000001","reply":"wanted"}}"#;
    let (status, said) = Client::connect(&server.address, &token)
        .and_then(|mut client| client.ask("POST", "/api/v1/cases", report))
        .unwrap();
    assert_eq!(status, 201, "{said}");
    let ran = Command::new(env!("CARGO_BIN_EXE_duban-child"))
        .current_dir(dir)
        .args(["backup", "copy", "--store", "data"])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let closed = "what others could read is the owner's alone";
    assert_eq!(server.logged().matches(closed).count(), 1, "{}", server.logged());
    for root in ["data", "copy"] {
        assert_eq!(open_to_others(&dir.join(root)), Vec::<PathBuf>::new());
    }
    for made in ["data/keys", "copy/keys", "copy/ledger"] {
        let open: Vec<_> = walk(&dir.join(made)).into_iter().filter(|p| is_open(p)).collect();
        assert_eq!(open, Vec::<PathBuf>::new());
    }
    server.kill();
}

/// What of `root` another account reaches.
fn open_to_others(root: &Path) -> Vec<PathBuf> {
    if !is_open(root) {
        return Vec::new();
    }
    walk(root).into_iter().filter(|path| is_open(path)).collect()
}

fn is_open(path: &Path) -> bool {
    let found = fs::symlink_metadata(path).unwrap();
    (found.is_dir() || found.is_file()) && found.permissions().mode() & OTHERS != 0
}

/// The directory and all that is in it and below.
fn walk(root: &Path) -> Vec<PathBuf> {
    let mut found = vec![root.to_owned()];
    for entry in fs::read_dir(root).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
}
