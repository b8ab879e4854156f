//! Backups beside a busy server, and restores that are cut off: what is not whole is never taken for a store.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use duban_actors::role::Role;
use serde_json::Value;

use crate::server::{Client, Server, token};
use duban_gate::report::tell;
use duban_runtime::clock::{Clock as _, SystemClock};
use duban_tests::child::{PATIENCE, Running};
use duban_tests::scratch_dir::ScratchDir;

/// Reporters who call at once.
const CALLERS: u64 = 8;
/// Keys of a store that takes a while to copy.
const KEYS: u64 = 4_000;

#[test]
fn backups_beside_a_server_that_takes_reports_never_fail_and_lack_nothing() {
    let ground = ScratchDir::new();
    let dir = ground.path();
    let token = token(dir, Role::Intake);
    let server = Server::start(dir, &[]);
    let (stop, reported) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let (address, token, stop, reported) = (&server.address, &token, &stop, &reported);
        for caller in 0..CALLERS {
            scope.spawn(move || {
                let mut client = Client::connect(address, token).unwrap();
                let mut n = 0;
                while !stop.load(Ordering::Relaxed) {
                    n += 1;
                    let (status, said) = report(&mut client, &format!("{caller}-{n}"));
                    assert!(matches!(status, 201 | 429 | 503), "{status}: {said}");
                    reported.fetch_add(u64::from(status == 201), Ordering::Relaxed);
                }
            });
        }
        for n in 1..=6 {
            let ran = duban(dir, &["backup", "copy", "--store", "data"]);
            if !ran.status.success() {
                stop.store(true, Ordering::Relaxed);
                panic!("backup {n}: {}", said(&ran));
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    tell(&format!("six backups beside {} reports", reported.load(Ordering::Relaxed)));
    server.kill();
    assert!(!dir.join("copy/INCOMPLETE").exists());
    done(dir, &["restore", "copy", "--store", "again"]);
    let verified = verified(dir, "again");
    assert!(verified["named"]["keys"].as_u64().unwrap() > 0, "{verified}");
}

#[test]
fn a_restore_that_is_killed_leaves_no_store_and_is_begun_again() {
    let ground = ScratchDir::new();
    let dir = ground.path();
    town(dir, 20);
    strangers(&dir.join("data"), KEYS);
    done(dir, &["backup", "copy", "--store", "data"]);
    let mut cut_off = 0;
    let whole = whole_restore(dir);
    for sixth in 1..6 {
        let restore = Running::start(command(dir).args(["restore", "copy", "--store", "again"]));
        let _quiet = restore.line_until(whole * sixth / 6);
        restore.kill();
        if dir.join("again/ledger").exists() {
            // It was quicker than the kill.
            done(dir, &["verify", "--deep", "--store", "again"]);
            fs::remove_dir_all(dir.join("again")).unwrap();
            continue;
        }
        assert!(!dir.join("again").exists());
        if dir.join("again.restoring/INCOMPLETE").exists() {
            cut_off += 1;
            let asked = [
                &["init", "--store", "again"][..],
                &["init", "--store", "again.restoring"],
                &["unit", "list", "--store", "again"],
            ];
            for args in asked {
                let refused = duban(dir, args);
                let words = said(&refused);
                assert!(!refused.status.success() && words.contains("没有做完"), "{words}");
            }
            let refused =
                duban(dir, &["serve", "--listen", "127.0.0.1:0", "--store", "again.restoring"]);
            assert!(
                !refused.status.success() && said(&refused).contains("没有做完"),
                "{}",
                said(&refused)
            );
            let refused = duban(dir, &["restore", "again.restoring", "--store", "other"]);
            assert!(
                !refused.status.success() && said(&refused).contains("没有做完"),
                "{}",
                said(&refused)
            );
        }
    }
    tell(&format!("{cut_off} of 5 restores were cut off half way"));
    assert!(cut_off > 0, "no kill met a restore at work");
    done(dir, &["restore", "copy", "--store", "again"]);
    assert!(!dir.join("again.restoring").exists());
    let verified = verified(dir, "again");
    assert_eq!(verified["named"]["keys"], 20, "{verified}");
    let n_keys = |store: &str| files(&dir.join(store).join("keys")).len();
    assert_eq!(n_keys("again"), n_keys("data"));
}

#[test]
fn a_restore_that_is_killed_while_it_clears_away_an_earlier_one_is_begun_again() {
    let ground = ScratchDir::new();
    let dir = ground.path();
    town(dir, 3);
    done(dir, &["backup", "copy", "--store", "data"]);
    let place = dir.join("again.restoring");
    let parts_left = || fs::read_dir(place.join("keys")).map_or(0, Iterator::count);
    for parts in [15, 10, 5] {
        strangers(&place, KEYS);
        let mark = r#"{"what":"restore","since":"2026-11-28T00:00:00.000Z"}"#;
        fs::write(place.join("INCOMPLETE"), mark).unwrap();
        let restore = Running::start(command(dir).args(["restore", "copy", "--store", "again"]));
        while parts_left() > parts && restore.age() < PATIENCE {
            std::thread::yield_now();
        }
        restore.kill();
        assert!(parts_left() <= parts, "it clears nothing away");
        let refused = duban(dir, &["restore", "again.restoring", "--store", "other"]);
        let words = said(&refused);
        assert!(!refused.status.success() && words.contains("没有做完"), "{words}");
        whole_restore(dir);
    }
}

/// How long a restore takes that nobody kills; what it made is taken away again.
fn whole_restore(dir: &Path) -> Duration {
    let clock = SystemClock::start();
    done(dir, &["restore", "copy", "--store", "again"]);
    let took = clock.monotonic();
    fs::remove_dir_all(dir.join("again")).unwrap();
    took
}

#[test]
fn a_backup_that_is_killed_says_so_until_it_is_whole() {
    let ground = ScratchDir::new();
    let dir = ground.path();
    town(dir, 5);
    strangers(&dir.join("data"), KEYS);
    let clock = SystemClock::start();
    done(dir, &["backup", "copy", "--store", "data"]);
    let whole = clock.monotonic();
    fs::remove_dir_all(dir.join("copy")).unwrap();
    let mut met = false;
    for tenth in [6, 5, 7, 4, 8, 3, 2, 9] {
        let backup = Running::start(command(dir).args(["backup", "copy", "--store", "data"]));
        let _quiet = backup.line_until(whole * tenth / 10);
        backup.kill();
        met = dir.join("copy/INCOMPLETE").exists();
        if met {
            break;
        }
        fs::remove_dir_all(dir.join("copy")).unwrap_or_default();
    }
    assert!(met, "no kill met a backup at work");
    for args in [["restore", "copy", "--store", "again"], ["case", "list", "--store", "copy"]] {
        let refused = duban(dir, &args);
        assert!(
            !refused.status.success() && said(&refused).contains("duban backup"),
            "{}",
            said(&refused)
        );
    }
    assert!(!dir.join("again").exists() && !dir.join("again.restoring").exists());
    done(dir, &["backup", "copy", "--store", "data"]);
    done(dir, &["restore", "copy", "--store", "again"]);
    verified(dir, "again");
}

#[test]
fn a_restore_beside_the_configured_store_is_muted_and_in_its_place_a_person_says_so() {
    let ground = ScratchDir::new();
    let dir = ground.path();
    town(dir, 1);
    done(dir, &["backup", "copy", "--store", "data"]);
    let ran = done(dir, &["restore", "copy", "--store", "beside"]);
    assert!(ran.contains("静音") && dir.join("beside/muted").exists(), "{ran}");
    assert!(!ran.contains("WARN") && !dir.join("beside/store.aside").exists(), "{ran}");
    done(dir, &["restore", "copy", "--store", "loud", "--live"]);
    assert!(!dir.join("loud/muted").exists());

    // The store that is configured where nothing says otherwise.
    let refused = duban(dir, &["restore", "copy"]);
    let words = said(&refused);
    assert!(
        !refused.status.success() && words.contains("--muted") && words.contains("--live"),
        "{words}"
    );
    assert!(!dir.join("duban-data").exists() && !dir.join("duban-data.restoring").exists());
    done(dir, &["restore", "copy", "--muted"]);
    assert!(dir.join("duban-data/muted").exists());
    fs::remove_dir_all(dir.join("duban-data")).unwrap();
    done(dir, &["restore", "copy", "--live", "--store", "./duban-data/"]);
    assert!(!dir.join("duban-data/muted").exists() && dir.join("duban-data/ledger").exists());
}

#[test]
fn whoever_was_erased_after_a_backup_does_not_come_back_with_it_where_it_is_said() {
    let ground = ScratchDir::new();
    let dir = ground.path();
    town(dir, 3);
    done(dir, &["backup", "copy", "--store", "data"]);
    fs::write(&files(&dir.join("data/keys"))[1], "").unwrap();
    let nowhere = duban(dir, &["restore", "copy", "--store", "x", "--erased-in", "nowhere"]);
    assert!(!nowhere.status.success() && !dir.join("x").exists(), "{}", said(&nowhere));
    let words = done(dir, &["restore", "copy", "--store", "again", "--erased-in", "data"]);
    assert!(words.contains("1 份上报人信息"), "{words}");
    let named = &verified(dir, "again")["named"];
    assert_eq!((&named["keys"], &named["erased"]), (&2.into(), &1.into()), "{named}");
}

#[test]
fn a_restore_to_before_the_first_record_is_refused_and_leaves_nothing() {
    let ground = ScratchDir::new();
    let dir = ground.path();
    town(dir, 1);
    let refused = duban(dir, &["restore", "data", "--store", "again", "--at", "2020-01-01T00:00"]);
    let words = said(&refused);
    assert!(!refused.status.success() && words.contains("第一条记录在 20"), "{words}");
    assert!(!dir.join("again").exists() && !dir.join("again.restoring").exists());
    fs::create_dir(dir.join("full")).unwrap();
    fs::write(dir.join("full/letter"), "").unwrap();
    let refused = duban(dir, &["restore", "data", "--store", "full"]);
    assert!(!refused.status.success() && said(&refused).contains("letter"), "{}", said(&refused));
}

#[test]
fn whatever_a_record_names_and_is_not_there_is_found() {
    let ground = ScratchDir::new();
    let dir = ground.path();
    town(dir, 3);
    verified(dir, "data");
    let keys = files(&dir.join("data/keys"));
    let blobs = files(&dir.join("data/blobs"));
    // One key is lost, one was erased, and the rules that were in force are gone.
    fs::remove_file(&keys[0]).unwrap();
    fs::write(&keys[1], "").unwrap();
    for blob in &blobs {
        fs::remove_file(blob).unwrap();
    }
    let ran = duban(dir, &["verify", "--deep", "--format", "json", "--store", "data"]);
    let report: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{report}");
    let named = &report["named"];
    assert_eq!((&named["keys"], &named["erased"]), (&1.into(), &1.into()), "{report}");
    let problems: Vec<&str> =
        named["problems"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(problems.len(), 1 + blobs.len(), "{problems:?}");
    for gone in blobs.iter().chain(&keys[..1]) {
        let path = gone.strip_prefix(dir.join("data")).unwrap().to_str().unwrap();
        assert!(problems.iter().any(|problem| problem.contains(path)), "{path}: {problems:?}");
    }
}

/// A store `data` with so many reports in it, each with a reporter.
fn town(dir: &Path, n: u64) {
    let token = token(dir, Role::Intake);
    let server = Server::start(dir, &[]);
    let mut client = Client::connect(&server.address, &token).unwrap();
    for n in 1..=n {
        let (status, said) = report(&mut client, &n.to_string());
        assert_eq!(status, 201, "{said}");
    }
    drop(client);
    server.signal("TERM");
    let (_, status) = server.wait();
    assert!(status.success(), "{status}");
}

fn report(client: &mut Client, no: &str) -> (u16, String) {
    let body = format!(
        r#"{{"channel":"hotline","source":"12319","external_id":"{no}","text":"井盖丢失",
        "reporter":{{"name":"王示例","phone":"13900000001","reply":"wanted"}}}}"#
    );
    client.ask("POST", "/api/v1/cases", &body).unwrap()
}

/// Keys of reports that nobody asks for: there is something to copy.
fn strangers(store: &Path, n: u64) {
    for n in 0..n {
        let dir = store.join(format!("keys/x{:x}", n % 16));
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join(format!("cx{n}")), [7; 32]).unwrap();
    }
}

fn command(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
    command.current_dir(dir).stderr(Stdio::piped());
    command
}

fn duban(dir: &Path, args: &[&str]) -> Output {
    command(dir).args(args).stdin(Stdio::null()).output().unwrap()
}

/// What it said; it must be done.
#[track_caller]
fn done(dir: &Path, args: &[&str]) -> String {
    let ran = duban(dir, args);
    assert!(ran.status.success(), "{args:?}: {}", said(&ran));
    said(&ran)
}

#[track_caller]
fn verified(dir: &Path, store: &str) -> Value {
    let ran = duban(dir, &["verify", "--deep", "--format", "json", "--store", store]);
    assert!(ran.status.success(), "{}", said(&ran));
    serde_json::from_slice(&ran.stdout).unwrap()
}

fn said(ran: &Output) -> String {
    String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr)
}

/// The files below `dir`, sorted.
fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}
