//! Slips of the pen on the command line.

use std::path::Path;

use super::{Exit, duban, golden, transcript};

#[test]
fn a_slip_on_the_command_line_is_answered_in_chinese_with_the_way_out() {
    let slips: &[&[&str]] = &[
        &["rules", "chek"],
        &["rules", "check", "--formt", "json"],
        &["--format", "xml", "rules", "check"],
        &["case", "show"],
        &["case", "list", "--stage", "sleeping"],
        &["case", "list", "--unit"],
        &["verify", "--anchor", "abc"],
        &["restore", "x", "--at", "tomorrow"],
        &["restore", "x", "--at", "2026-03-02", "--frame", "7"],
        &["person", "list", "--limit", "many"],
        &["case", "receive", "c7k2m", "--expect", "99999999999999999999"],
        &["demo", "--days", "9999"],
        &["case", "receive", "c7k2m", "--key", "两 个"],
    ];
    golden("usage.txt", &transcript(Path::new("/nowhere"), slips));
}

#[test]
fn a_reason_has_five_hundred_characters_at_most_wherever_it_is_typed() {
    let long = "暂".repeat(501);
    for words in [
        &["rules", "cancel", "1f0c9a2b"][..],
        &["rules", "recalculate"],
        &["person", "dismiss", "qian"],
    ] {
        let store = ["--store", "/nowhere", "--reason"];
        let refused = duban(&[words, &store, &[&long]].concat());
        assert_eq!(refused.exit, Exit::Usage, "{words:?}: {}", refused.err);
        assert!(refused.err.contains("不能超过 500 个字符"), "{}", refused.err);
        let fits = duban(&[words, &store, &[&long[.."暂".len() * 500]]].concat());
        assert_eq!(fits.exit, Exit::Failed, "{words:?}: {}", fits.err);
    }
}

#[test]
fn a_key_has_the_bounds_that_it_has_over_http() {
    let key = "k".repeat(128);
    let typed = |key: &str| {
        let words = ["case", "receive", "c7k2m", "--store", "/nowhere", "--by", "huanwei"];
        duban(&[&words[..], &["--key", key]].concat()).exit
    };
    assert_eq!(typed(&key), Exit::Failed, "there is no such store");
    for unfit in ["", "two words", "\u{1b}[31m", "键", &format!("{key}k")] {
        assert_eq!(typed(unfit), Exit::Usage, "{unfit:?}");
    }
}

#[test]
fn a_case_gets_twelve_photos_at_most() {
    let photo = "0".repeat(64);
    let words =
        ["case", "feedback", "c7k2m", "--result", "x", "--store", "/nowhere", "--by", "admin"];
    let with_photos = |n| duban(&[&words[..], &["--photo", &photo].repeat(n)].concat());
    let fits = with_photos(12);
    assert_eq!(fits.exit, Exit::Failed, "{}", fits.err);
    let refused = with_photos(13);
    assert_eq!(refused.exit, Exit::Usage, "{}", refused.err);
    assert!(refused.err.contains("最多 12 "), "{}", refused.err);
}

#[test]
fn help_goes_to_the_output_and_a_missing_command_to_the_error() {
    let help = duban(&["--help"]);
    assert_eq!((help.exit, help.err.as_str()), (Exit::Done, ""));
    assert!(help.out.contains("示例"), "{}", help.out);
    let nothing = duban(&[]);
    assert_eq!((nothing.exit, nothing.out.as_str()), (Exit::Usage, ""));
}

#[test]
fn a_shell_completes_every_command_and_a_shell_that_is_not_known_is_refused() {
    for shell in ["bash", "zsh", "fish"] {
        let script = duban(&["completions", shell]);
        assert_eq!((script.exit, script.err.as_str()), (Exit::Done, ""));
        for word in ["outbox", "restore", "--store"] {
            let word = if shell == "fish" { word.trim_start_matches('-') } else { word };
            assert!(script.out.contains(word), "{shell} does not know `{word}`");
        }
    }
    let unknown = duban(&["completions", "cmd"]);
    assert_eq!((unknown.exit, unknown.out.as_str()), (Exit::Usage, ""));
}

#[test]
fn the_manual_has_a_page_for_every_command_with_its_example() {
    let dir = tempfile::tempdir().unwrap();
    let ran = duban(&["man", dir.path().to_str().unwrap()]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    for (page, words) in [
        ("duban", ".SH 名称"),
        ("duban-serve", "duban serve"),
        ("duban-case-list", "示例"),
        ("duban-outbox-list", "示例"),
    ] {
        let path = dir.path().join(format!("{page}.1"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{page}: {why}"));
        assert!(text.contains(words), "{page}:\n{text}");
        assert!(!text.contains(".SH NAME"), "{page} has an English heading");
    }
}
