//! A replay's courier, killed and started again.

use std::fs::{self, OpenOptions};
use std::path::Path;

use super::entry;
use super::{Counts, Courier, Tally};
use crate::courier::samples::{SUNDAY_NIGHT, at, county, rendered, sender};
use crate::courier::{Failure, Rendered};

#[test]
fn messages_are_counted_by_template_and_step() {
    let root = tempfile::tempdir().expect("a folder");
    let mut tally = tally(root.path());
    for sequence in 1..=3 {
        hand_over(&mut tally, &message("level-1", "100", sequence));
    }
    hand_over(&mut tally, &message("warning", "75", 4));
    assert_eq!(*tally.counts(), counts(&[("level-1", "100", 3), ("warning", "75", 1)]));
}

#[test]
fn a_message_handed_over_twice_is_counted_and_kept_once() {
    let root = tempfile::tempdir().expect("a folder");
    let mut tally = tally(root.path());
    let message = message("level-1", "100", 1);
    hand_over(&mut tally, &message);
    hand_over(&mut tally, &message);
    drop(tally);
    let mut tally = self::tally(root.path());
    hand_over(&mut tally, &message);
    assert_eq!(*tally.counts(), counts(&[("level-1", "100", 1)]));
    assert_eq!(mbox(root.path()).matches("\nX-Duban-Id: ").count(), 1);
}

#[test]
fn killed_at_any_byte_it_goes_on_without_loss_or_repetition() {
    let whole = {
        let root = tempfile::tempdir().expect("a folder");
        let mut tally = tally(root.path());
        (1..=3).for_each(|sequence| hand_over(&mut tally, &message("level-1", "100", sequence)));
        mbox(root.path())
    };
    for killed_at in (0..whole.len()).step_by(7) {
        let root = tempfile::tempdir().expect("a folder");
        let torn = whole.as_bytes().get(..killed_at).expect("a part of it");
        fs::write(root.path().join("2026-03-02.mbox"), torn).expect("a torn file");
        let mut tally = tally(root.path());
        (1..=3).for_each(|sequence| hand_over(&mut tally, &message("level-1", "100", sequence)));
        assert_eq!(mbox(root.path()), whole, "killed at byte {killed_at}");
        assert_eq!(*tally.counts(), counts(&[("level-1", "100", 3)]), "killed at {killed_at}");
    }
}

#[test]
fn a_file_changed_by_hand_is_refused_and_left_alone() {
    let root = tempfile::tempdir().expect("a folder");
    let mut tally = tally(root.path());
    (1..=2).for_each(|sequence| hand_over(&mut tally, &message("level-1", "100", sequence)));
    drop(tally);
    let changed = mbox(root.path()).replacen("Content-Length: ", "Content-Length: 9", 1);
    fs::write(root.path().join("2026-03-02.mbox"), &changed).expect("a changed file");
    let refused = Tally::open(root.path(), sender(), county()).expect_err("it was changed");
    assert!(matches!(refused, Failure::File { action: "read", .. }), "{refused:?}");
    assert_eq!(mbox(root.path()), changed);
}

#[test]
fn each_day_has_a_file_of_its_own_and_more_days_than_stay_open_lose_nothing() {
    let root = tempfile::tempdir().expect("a folder");
    let mut tally = tally(root.path());
    for round in 0..2_u64 {
        for day in 0..20_u64 {
            let mut message = message("level-1", "100", round * 20 + day + 1);
            message.at = at(SUNDAY_NIGHT + i64::try_from(day).expect("few days") * 86_400_000);
            tally.hand_over(&message).expect("taken");
        }
    }
    tally.settle().expect("settled");
    assert_eq!(fs::read_dir(root.path()).expect("a folder").count(), 20);
    assert_eq!(*self::tally(root.path()).counts(), counts(&[("level-1", "100", 40)]));
}

#[test]
fn a_line_that_looks_like_a_new_entry_is_escaped() {
    let mut out = Vec::new();
    let letter = b"Subject: x\r\n\r\nFrom the desk\r\n>From afar\r\nend";
    entry::append(&mut out, ("a@b.example", "1.c.1.0"), at(SUNDAY_NIGHT), letter);
    let text = String::from_utf8(out.clone()).expect("text");
    assert!(text.contains("\n>From the desk\n>>From afar\nend\n\n"), "{text}");
    let (entries, rest) = entry::entries(&out);
    assert_eq!((entries.len(), rest.len()), (1, 0));
}

#[test]
fn a_message_to_nobody_or_to_a_bad_address_is_counted_all_the_same() {
    let root = tempfile::tempdir().expect("a folder");
    let mut tally = tally(root.path());
    let mut nobody = message("level-1", "100", 1);
    nobody.addresses.clear();
    hand_over(&mut tally, &nobody);
    let mut bad = message("level-1", "100", 2);
    bad.addresses.iter_mut().for_each(|address| address.address = "nowhere".into());
    hand_over(&mut tally, &bad);
    assert_eq!(*tally.counts(), counts(&[("level-1", "100", 2)]));
}

#[test]
fn a_disk_that_fails_is_worth_another_try() {
    let root = tempfile::tempdir().expect("a folder");
    let file = root.path().join("taken");
    OpenOptions::new().create(true).append(true).open(&file).expect("a file");
    let failure = Tally::open(&file, sender(), county()).expect_err("it is no folder");
    assert!(failure.is_transient());
}

#[track_caller]
fn hand_over(tally: &mut Tally, message: &Rendered) {
    tally.hand_over(message).expect("taken");
    tally.settle().expect("settled");
}

fn tally(root: &Path) -> Tally {
    Tally::open(root, sender(), county()).expect("a courier")
}

fn message(template: &str, step: &str, sequence: u64) -> Rendered {
    let mut message = rendered(sequence);
    message.template = template.to_owned();
    message.step = step.to_owned();
    message
}

fn mbox(root: &Path) -> String {
    fs::read_to_string(root.join("2026-03-02.mbox")).expect("a file of that day")
}

fn counts(expected: &[(&str, &str, u64)]) -> Counts {
    expected.iter().map(|(t, s, n)| (((*t).to_owned(), (*s).to_owned()), *n)).collect()
}
