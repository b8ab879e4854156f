//! A store that lost its ledger, or a part of it, is never gone on with as if nothing had been: `duban serve` refuses
//! with the frames that are missing, `duban verify` names them and touches nothing, and only a person's word helps.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use duban_actors::role::Role;
use serde_json::{Value, json};

use crate::server::{Client, Server, token};
use duban_gate::report::tell;
use duban_tests::child::PATIENCE;
use duban_tests::scratch_dir::ScratchDir;

/// Cases that are acknowledged before the ledger is harmed.
const CASES: u32 = 60;
/// How a server ends that found no store.
const NO_STORE: Option<i32> = Some(3);
/// How a server ends that found another ledger than the one that was seen.
const NO_LEDGER: Option<i32> = Some(4);

#[test]
fn a_ledger_cut_short_after_a_kill_is_refused_with_its_missing_frames_and_verify_touches_nothing() {
    let ground = ScratchDir::new();
    let filled = Filled::in_dir(ground.path(), Ended::Killed);
    let segment = last_segment(ground.path());
    let length = fs::metadata(&segment).unwrap().len();
    cut(&segment, length / 2);
    let before = bytes_of(&ground.join("data"));

    let verified = duban(ground.path(), &["verify", "--format", "json"]);
    assert_eq!(verified.status.code(), Some(1), "{}", said(&verified));
    let report: Value = serde_json::from_slice(&verified.stdout).unwrap();
    let last = report["last"].as_u64().unwrap();
    let missing = &report["losses"][0]["missing"];
    assert_eq!(missing["from"], json!(last + 1), "{report:#}");
    let to = missing["to"].as_u64().unwrap();
    tell(&format!("{} acknowledged, frames {} to {to} missing", filled.n_acknowledged, last + 1));
    let text = said(&duban(ground.path(), &["verify"]));
    assert!(text.contains(&format!("缺第 {} 至第 {to} 帧", last + 1)), "{text}");
    assert!(text.contains("duban accept-loss --head"), "{text}");
    assert_eq!(bytes_of(&ground.join("data")), before, "verify opens nothing for writing");

    let served = serve(ground.path(), &[]);
    assert_eq!(served.status.code(), NO_LEDGER, "{}", said(&served));
    assert!(said(&served).contains(&format!("缺第 {} 至第 {to} 帧", last + 1)));
}

#[test]
fn an_emptied_newest_segment_a_missing_ledger_and_an_older_copy_are_refused() {
    let ground = ScratchDir::new();
    Filled::in_dir(ground.path(), Ended::Stopped);
    let ledger = ground.join("data/ledger");
    let kept = ground.join("kept");
    copy(&ledger, &kept);

    cut(&last_segment(ground.path()), 0);
    assert_eq!(serve(ground.path(), &[]).status.code(), NO_LEDGER);
    fs::remove_dir_all(&ledger).unwrap();
    let served = serve(ground.path(), &[]);
    assert_eq!(served.status.code(), NO_LEDGER);
    assert!(said(&served).contains("缺第 1 至第"), "{}", said(&served));
    // Nor is a new one made by whoever asks for one, or by the first person.
    assert_eq!(serve(ground.path(), &["--init"]).status.code(), NO_LEDGER);
    assert_eq!(duban(ground.path(), &["init"]).status.code(), Some(1));
    fs::write(ground.join("password"), "示例-geheim-4711\n").unwrap();
    let add = ["person", "add", "another", "--role", "operator", "--password-file", "password"];
    assert_eq!(duban(ground.path(), &add).status.code(), Some(1));
    assert!(!ledger.exists());

    // The town went on after the copy was taken; then somebody puts the copy back.
    copy(&kept, &ledger);
    let token = fs::read_to_string(ground.join("token")).unwrap();
    let server = Server::start(ground.path(), &[]);
    register(&server, &token, "later");
    server.signal("TERM");
    assert!(server.wait().1.success());
    fs::remove_dir_all(&ledger).unwrap();
    copy(&kept, &ledger);
    assert_eq!(serve(ground.path(), &[]).status.code(), NO_LEDGER);
}

#[test]
fn with_keys_and_blobs_alone_no_new_town_is_opened() {
    let ground = ScratchDir::new();
    for left in ["keys/ab", "blobs/cd"] {
        fs::create_dir_all(ground.join("data").join(left)).unwrap();
    }
    let served = serve(ground.path(), &["--init"]);
    assert_eq!(served.status.code(), NO_LEDGER, "{}", said(&served));
    assert!(said(&served).contains("没有台账"), "{}", said(&served));
    assert!(!ground.join("data/ledger").exists());
}

#[test]
fn a_server_on_an_empty_or_missing_directory_refuses_by_a_code_of_its_own_and_names_two_ways_out() {
    let ground = ScratchDir::new();
    for made in [false, true] {
        if made {
            fs::create_dir(ground.join("data")).unwrap();
        }
        let served = serve(ground.path(), &[]);
        assert_eq!(served.status.code(), NO_STORE, "{}", said(&served));
        let text = said(&served);
        assert!(text.contains("duban init") && text.contains("duban restore"), "{text}");
    }
    assert!(fs::read_dir(ground.join("data")).unwrap().next().is_none(), "nothing is made");
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops/deploy/duban.service");
    assert!(fs::read_to_string(unit).unwrap().contains("\nRestartPreventExitStatus=3 4\n"));

    let made = duban(ground.path(), &["init"]);
    assert!(made.status.success(), "{}", said(&made));
    assert_eq!(duban(ground.path(), &["init"]).status.code(), Some(1), "only once");
    let token = token(ground.path(), Role::Intake);
    let server = Server::start(ground.path(), &[]);
    register(&server, &token, "first");
    server.signal("TERM");
    assert!(server.wait().1.success());
}

#[test]
fn what_is_lost_is_given_up_only_by_naming_it_and_the_town_goes_on() {
    let ground = ScratchDir::new();
    Filled::in_dir(ground.path(), Ended::Killed);
    let segment = last_segment(ground.path());
    cut(&segment, fs::metadata(&segment).unwrap().len() / 2);
    let report = duban(ground.path(), &["verify", "--format", "json"]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let head = report["losses"][0]["head"].as_str().unwrap();

    let wrong = "0".repeat(64);
    let refused = duban(ground.path(), &["accept-loss", "--head", &wrong]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert_eq!(serve(ground.path(), &[]).status.code(), NO_LEDGER);
    let accepted = duban(ground.path(), &["accept-loss", "--head", head]);
    assert!(accepted.status.success(), "{}", said(&accepted));

    let token = fs::read_to_string(ground.join("token")).unwrap();
    let server = Server::start(ground.path(), &[]);
    register(&server, &token, "after the loss");
    server.signal("TERM");
    assert!(server.wait().1.success());
    let verified = duban(ground.path(), &["verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
    let again = duban(ground.path(), &["accept-loss", "--head", head]);
    assert_eq!(again.status.code(), Some(1), "nothing is lost any more");
}

/// How the server ended that filled a store.
enum Ended {
    Stopped,
    Killed,
}

/// A town with some cases.
struct Filled {
    n_acknowledged: u32,
}

impl Filled {
    /// In `data`, with the token beside it.
    fn in_dir(dir: &Path, ended: Ended) -> Filled {
        let token = token(dir, Role::Intake);
        fs::write(dir.join("token"), &token).unwrap();
        let server = Server::start(dir, &[]);
        for number in 0..CASES {
            register(&server, &token, &number.to_string());
        }
        match ended {
            Ended::Stopped => {
                server.signal("TERM");
                assert!(server.wait().1.success());
            }
            Ended::Killed => {
                marked(dir, &server);
                server.kill();
            }
        }
        Filled { n_acknowledged: CASES }
    }
}

/// Waits until the mark beside the ledger is up to date: what is cut off before it is, nobody has seen.
#[track_caller]
fn marked(dir: &Path, server: &Server) {
    let status = duban(dir, &["status", "--format", "json"]);
    let status: Value = serde_json::from_slice(&status.stdout).unwrap();
    let frame = status["journal"]["frame"].as_u64().unwrap();
    let patience = server.running().age() + PATIENCE;
    loop {
        let mark = fs::read_to_string(dir.join("data/ledger.seen")).unwrap_or_default();
        let seen = mark.split(' ').next().and_then(|frame| frame.parse::<u64>().ok());
        if seen.is_some_and(|seen| seen >= frame) {
            return;
        }
        assert!(server.running().age() < patience, "frame {frame} is not marked: {mark}");
        std::thread::yield_now();
    }
}

fn register(server: &Server, token: &str, number: &str) {
    let report = json!({
        "channel": "hotline", "source": "12319", "external_id": number,
        "text": "井盖松动", "address": "光明路 1 号",
    });
    let mut client = Client::connect(&server.address, token).unwrap();
    let (status, answer) = client.ask("POST", "/api/v1/cases", &report.to_string()).unwrap();
    assert_eq!(status, 201, "{answer}");
}

/// `duban serve`, which is expected to end by itself.
fn serve(dir: &Path, options: &[&str]) -> Output {
    duban(dir, &[&["serve", "--listen", "127.0.0.1:0"], options].concat())
}

fn duban(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
    command.current_dir(dir).args(args).args(["--store", "data"]).output().unwrap()
}

fn said(ran: &Output) -> String {
    String::from_utf8_lossy(&[ran.stdout.as_slice(), ran.stderr.as_slice()].concat()).into_owned()
}

fn last_segment(dir: &Path) -> PathBuf {
    let files = fs::read_dir(dir.join("data/ledger")).unwrap();
    files.map(|entry| entry.unwrap().path()).max().unwrap()
}

fn cut(file: &Path, length: u64) {
    OpenOptions::new().write(true).open(file).unwrap().set_len(length).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Every file below `dir` with its content.
fn bytes_of(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut bytes = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes.extend(bytes_of(&path));
        } else if path.is_file() {
            bytes.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    bytes
}
