//! What is swept and what stays.

use std::sync::Arc;

use duban_actors::case::command::NewReport;
use duban_actors::case::{Case, Channel, Command};
use duban_actors::role::Role;
use duban_runtime::answer::Answer;
use duban_runtime::clock::SystemClock;
use duban_runtime::entity::{Asked, CommandId};
use duban_runtime::node::{Ask, Node, Options};

use super::*;
use duban_base::config::Config;
use duban_base::store;

const NOON: Timestamp = Timestamp::from_millis(1_772_424_000_000);
const MOST: Most = Most { photos: 10, bytes: 1_000 };
const LATER: Duration = Duration::from_secs(1);
/// What is one by its first bytes.
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 a photo";

/// A node over a store of its own.
struct Fixture {
    dir: tempfile::TempDir,
    node: Node,
}

impl Fixture {
    async fn new() -> Fixture {
        let dir = tempfile::tempdir().unwrap();
        let config = Config { store_dir: dir.path().to_owned(), ..Config::default() };
        let store = store::open_or_make(&config).unwrap();
        let options = Options { arbiters: 0, ..Options::default() };
        let clock = Arc::new(SystemClock::start());
        let node = Node::start(options, store.registry, store.journal, clock).await.unwrap();
        Fixture { dir, node }
    }

    fn journal(&self) -> &Journal {
        self.node.journal()
    }

    fn uploads(&self) -> Uploads {
        Uploads::of(self.dir.path())
    }

    fn has(&self, id: &BlobId) -> bool {
        self.journal().blobs().has(id).unwrap()
    }

    /// A report that names these photos; its case.
    async fn reported(&self, n: u128, photos: &[BlobId]) -> CaseId {
        let report = report(n, photos);
        let case = CaseId::from_intake(&report.source, &report.external_id);
        let asked = Asked::of(CommandId(n), ("zhao", Role::DutyChief.as_str()), NOON);
        let command = Command::Register(Box::new(report));
        let answer = self.node.ask(Ask::of::<Case>(case.as_str(), command, asked)).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        case
    }
}

fn report(n: u128, photos: &[BlobId]) -> NewReport {
    NewReport {
        channel: Channel::Hotline,
        source: "test".into(),
        external_id: n.to_string().into(),
        text: "井盖松动".to_owned(),
        address: String::new(),
        place: None,
        reporter: None,
        photos: photos.iter().map(|id| id.to_string().into()).collect(),
        collector: None,
        urgent: None,
        clock_ahead_s: None,
    }
}

fn run(test: impl Future<Output = ()>) {
    actix::System::new().block_on(test);
}

#[test]
fn a_photo_that_no_record_names_for_a_day_goes_and_one_that_is_named_stays() {
    run(async {
        let fixture = Fixture::new().await;
        let (uploads, journal) = (fixture.uploads(), fixture.journal());
        let keep = |bytes: &[u8]| uploads.keep(journal, ("shang", bytes), MOST, NOON).unwrap();
        let (named, unnamed) = (keep(b"named"), keep(b"unnamed"));
        let case = fixture.reported(1, &[named]).await;
        assert_eq!(uploads.sweep(journal, NOON + WAITS).unwrap(), Swept::default());
        assert!(fixture.has(&unnamed), "it is a day old, and not more");
        let swept = uploads.sweep(journal, NOON + WAITS + LATER).unwrap();
        assert_eq!(swept, Swept { photos: 1, bytes: 7 });
        assert!(fixture.has(&named) && !fixture.has(&unnamed));
        uploads.catch_up(journal).unwrap();
        assert_eq!(uploads.cases(&named).unwrap(), [case]);
        assert_eq!(uploads.sweep(journal, NOON + 3 * WAITS).unwrap(), Swept::default());
        fixture.node.stop().await;
    });
}

#[test]
fn what_was_there_before_it_was_uploaded_stays() {
    run(async {
        let fixture = Fixture::new().await;
        let (uploads, journal) = (fixture.uploads(), fixture.journal());
        let before = journal.blobs().put(b"of another case").unwrap();
        let again = uploads.keep(journal, ("shang", b"of another case"), MOST, NOON).unwrap();
        assert_eq!(before, again);
        assert_eq!(uploads.shown_by(&again), ["shang"]);
        assert_eq!(uploads.sweep(journal, NOON + 2 * WAITS).unwrap(), Swept::default());
        assert!(fixture.has(&before));
        assert!(uploads.shown_by(&again).is_empty());
        fixture.node.stop().await;
    });
}

#[test]
fn a_photo_that_a_command_is_about_to_name_waits_and_one_that_is_gone_is_unknown() {
    run(async {
        let fixture = Fixture::new().await;
        let (uploads, journal) = (fixture.uploads(), fixture.journal());
        let id = uploads.keep(journal, ("shang", PHOTO), MOST, NOON).unwrap();
        let command = Command::Register(Box::new(report(1, &[id])));
        let old = NOON + WAITS + LATER;
        assert_eq!(uploads.lacking(journal, command.files(), old).unwrap(), None);
        assert_eq!(uploads.sweep(journal, old).unwrap(), Swept::default());
        assert_eq!(uploads.sweep(journal, old + WAITS + LATER).unwrap().photos, 1);
        let lack = uploads.lacking(journal, command.files(), old).unwrap();
        assert_eq!(lack, Some(Lack::Absent(id.to_string().into())));
        fixture.node.stop().await;
    });
}

#[test]
fn a_photo_is_at_hand_for_whoever_has_shown_it_until_it_is_swept() {
    run(async {
        let fixture = Fixture::new().await;
        let (uploads, journal) = (fixture.uploads(), fixture.journal());
        let id = uploads.keep(journal, ("shang", PHOTO), MOST, NOON).unwrap();
        let command = Command::Register(Box::new(report(1, &[id])));
        let at_hand = |login, at| uploads.at_hand(command.files().1, login, at);
        assert!(at_hand(Some("shang"), NOON) && at_hand(None, NOON));
        assert!(!at_hand(Some("he"), NOON), "nobody sees a photo by naming it");
        let old = NOON + WAITS + LATER;
        assert!(at_hand(Some("shang"), old));
        assert_eq!(
            uploads.sweep(journal, old).unwrap(),
            Swept::default(),
            "it was about to be named"
        );
        assert_eq!(uploads.sweep(journal, old + WAITS + LATER).unwrap().photos, 1);
        assert!(!at_hand(None, old), "what was swept is not here");
        fixture.node.stop().await;
    });
}

#[test]
fn a_photo_of_before_is_at_hand_once_it_was_found_and_then_only_for_whoever_sees_all() {
    run(async {
        let fixture = Fixture::new().await;
        let (uploads, journal) = (fixture.uploads(), fixture.journal());
        let id = journal.blobs().put(PHOTO).unwrap();
        let command = Command::Register(Box::new(report(1, &[id])));
        assert!(!uploads.at_hand(command.files().1, None, NOON), "nobody has looked");
        assert_eq!(uploads.lacking(journal, command.files(), NOON).unwrap(), None);
        assert!(uploads.at_hand(command.files().1, None, NOON));
        assert!(!uploads.at_hand(command.files().1, Some("shang"), NOON));
        let unknown = Command::Register(Box::new(report(2, &[id, BlobId::of(b"nowhere")])));
        assert!(!uploads.at_hand(unknown.files().1, None, NOON));
        let letter = journal.blobs().put(b"a letter, rendered").unwrap();
        let letter = Command::Register(Box::new(report(3, &[letter])));
        let lack = uploads.lacking(journal, letter.files(), NOON).unwrap();
        assert!(matches!(lack, Some(Lack::Absent(_))), "letters are for nobody here: {lack:?}");
        let paper = journal.blobs().put(b"%PDF-1.7").unwrap();
        let paper = Command::Register(Box::new(report(4, &[paper])));
        let lack = uploads.lacking(journal, paper.files(), NOON).unwrap();
        assert!(matches!(lack, Some(Lack::Other(_))), "a paper is no photo: {lack:?}");
        fixture.node.stop().await;
    });
}

#[test]
fn what_waits_is_known_after_a_restart_and_what_was_named_before_a_kill_is_seen() {
    run(async {
        let fixture = Fixture::new().await;
        let journal = fixture.journal();
        let before = fixture.uploads();
        let keep = |bytes: &[u8]| before.keep(journal, ("shang", bytes), MOST, NOON).unwrap();
        let (named, unnamed) = (keep(b"named"), keep(b"unnamed"));
        let case = fixture.reported(1, &[named]).await;
        // Nobody had looked for names when it was killed.
        drop(before);
        let uploads = fixture.uploads();
        uploads.catch_up(journal).unwrap();
        assert_eq!(uploads.cases(&named).unwrap(), [case]);
        assert_eq!(uploads.sweep(journal, NOON + 2 * WAITS).unwrap().photos, 1);
        assert!(fixture.has(&named) && !fixture.has(&unnamed));
        let most = Most { photos: 2, ..MOST };
        let over = fixture.uploads().room("shang", 1, most, NOON);
        assert!(over.is_ok(), "what was swept is not counted");
        fixture.node.stop().await;
    });
}

#[test]
fn an_account_keeps_no_more_than_its_day_allows() {
    run(async {
        let fixture = Fixture::new().await;
        let (uploads, journal) = (fixture.uploads(), fixture.journal());
        let most = Most { photos: 2, bytes: 1_000 };
        for bytes in [b"one", b"two"] {
            uploads.keep(journal, ("shang", bytes), most, NOON).unwrap();
        }
        let over = uploads.keep(journal, ("shang", b"three"), most, NOON);
        assert!(matches!(over, Err(Failure::Over(_))), "{over:?}");
        assert!(!fixture.has(&BlobId::of(b"three")));
        assert!(uploads.keep(journal, ("he", b"three"), most, NOON).is_ok());
        assert!(matches!(fixture.uploads().room("shang", 1, most, NOON), Err(Failure::Over(_))));
        fixture.node.stop().await;
    });
}

#[test]
fn what_may_be_the_name_of_a_blob_is_seen_whatever_its_field_is_called() {
    let id = BlobId::of(b"a signed form");
    for named in [format!(r#"{{"form":"{id}"}}"#), format!(r#"{{"scan":["{id}"]}}"#)] {
        assert!(may_name_a_blob(&named), "{named}");
    }
    for other in [
        String::new(),
        r#"{"photos":[]}"#.to_owned(),
        format!(r#"{{"form":"{}"}}"#, "z".repeat(64)),
    ] {
        assert!(!may_name_a_blob(&other), "{other}");
    }
}
