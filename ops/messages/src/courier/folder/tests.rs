//! What lies in the folder after messages were handed over.

use std::fs;
use std::path::Path;

use duban_rules::{Sources, parse};
use duban_runtime::outbox::Address;

use super::{Courier, Folder};
use crate::courier::email::part;
use crate::courier::render::{Claimed, render};
use crate::courier::samples::{
    SUNDAY_NIGHT, address, at, county, message_id, notices, rendered, sender,
};
use crate::courier::sms::list::Line;
use crate::courier::{EMAIL, Failure, Rendered, SMS};

#[test]
fn a_message_is_one_letter_per_mailbox_and_one_line_per_telephone() {
    let root = tempfile::tempdir().expect("a folder");
    let mut message = rendered(1);
    message.addresses.push(address(EMAIL, "second@suning.example"));
    hand_over(&mut folder(root.path()), &message);
    let mut expected: Vec<String> = message.on(EMAIL).map(|to| name(&message, to)).collect();
    expected.sort();
    expected.push("sms.jsonl".into());
    assert_eq!(names(&root.path().join("2026-03-02")), expected);
    let [line] = lines(root.path()).try_into().expect("one line");
    let expected = Line {
        id: part(&message.id, &message.addresses[1]),
        to: "13900000020".into(),
        name: "许示例".into(),
        role: "unit-head".into(),
        at: at(SUNDAY_NIGHT),
        text: message.sms,
    };
    assert_eq!(line, expected);
}

#[test]
fn a_letter_is_chinese_dated_by_its_message_and_marked_as_a_machines() {
    let root = tempfile::tempdir().expect("a folder");
    let message = rendered(1);
    hand_over(&mut folder(root.path()), &message);
    let letter = letter(root.path(), &name(&message, &message.addresses[0]));
    for header in [
        "Date: Sun, 01 Mar 2026 16:30:00 +0000\r\n",
        "Message-ID: <1.c0abc.1.0.d39ae3e2@suning.example>\r\n",
        "Content-Type: multipart/alternative;",
        "Content-Language: zh-CN\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "X-Duban-Template: level-1\r\n",
        "X-Duban-Step: level-1\r\n",
    ] {
        assert!(letter.contains(header), "{header:?} in:\n{letter}");
    }
    assert!(letter.contains("Subject: =?utf-8?"), "{letter}");
}

#[test]
fn handed_over_again_the_folder_is_the_same_to_the_byte() {
    let root = tempfile::tempdir().expect("a folder");
    let message = rendered(1);
    hand_over(&mut folder(root.path()), &message);
    let before = everything(root.path());
    let mut again = folder(root.path());
    hand_over(&mut again, &message);
    hand_over(&mut again, &message);
    assert_eq!(everything(root.path()), before);
}

#[test]
fn a_torn_line_of_the_sms_list_is_cut_off_and_comes_again() {
    let root = tempfile::tempdir().expect("a folder");
    let mut courier = folder(root.path());
    hand_over(&mut courier, &rendered(1));
    hand_over(&mut courier, &rendered(2));
    drop(courier);
    let list = root.path().join("2026-03-02/sms.jsonl");
    let whole = fs::read(&list).expect("a list");
    for torn_at in (0..whole.len()).step_by(5) {
        fs::write(&list, whole.get(..torn_at).expect("a part of it")).expect("a torn list");
        let mut courier = folder(root.path());
        hand_over(&mut courier, &rendered(1));
        hand_over(&mut courier, &rendered(2));
        assert_eq!(fs::read(&list).expect("a list"), whole, "torn at byte {torn_at}");
    }
}

#[test]
fn a_bad_address_keeps_the_letter_from_nobody_else_and_is_told_for_good() {
    let root = tempfile::tempdir().expect("a folder");
    let mut message = rendered(1);
    message.addresses.insert(0, address(EMAIL, "not an address"));
    let failure = folder(root.path()).hand_over(&message).expect_err("one address is bad");
    assert!(matches!(failure, Failure::Address { .. }), "{failure:?}");
    assert!(!failure.is_transient());
    let good = name(&message, &message.addresses[1]);
    assert_eq!(names(&root.path().join("2026-03-02")), [good, "sms.jsonl".into()]);
}

#[test]
fn a_template_without_words_for_mail_makes_no_letter() {
    let root = tempfile::tempdir().expect("a folder");
    let addresses = [address(EMAIL, "head@suning.example")];
    let claimed = Claimed {
        template: "verify-task",
        data: r#"{"case":"c0abc"}"#,
        addresses: &addresses,
        at: at(SUNDAY_NIGHT),
    };
    let message = render(notices(), &message_id("c0abc", 1), &claimed).expect("words");
    hand_over(&mut folder(root.path()), &message);
    assert_eq!(names(&root.path().join("2026-03-02")), ["sms.jsonl"]);
}

#[test]
fn a_key_that_no_file_can_have_gets_a_name_of_its_own() {
    let root = tempfile::tempdir().expect("a folder");
    let mut courier = folder(root.path());
    for key in ["../一", "../二"] {
        let mut message = rendered(1);
        message.id = message_id(key, 1);
        hand_over(&mut courier, &message);
    }
    let names = names(&root.path().join("2026-03-02"));
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.iter().all(|name| name.is_ascii() && !name.contains('/')), "{names:?}");
}

#[test]
fn a_template_that_fails_is_told_in_plain_words_and_the_other_channel_in_its_own() {
    let shipped = Sources::shipped();
    let text = shipped.text("notices.toml").expect("templates");
    let broken = text
        .replacen("处置时限:{{ limit }}", "处置时限:{{ limit|truncate(20) }}", 1)
        .replacen("sms = \"【数字城管】{{ number or case }}", "sms = \"{{ number or case }}", 1);
    let (book, found) = parse(&shipped.with("notices.toml", broken));
    assert!(found.iter().any(|one| one.code == "R0708"), "{found:?}");
    let addresses = [address(EMAIL, "head@suning.example"), address(SMS, "13900000020")];
    let data = r#"{"number":"肃城管〔2026〕000001","limit":"2工作日","due":"2026-03-04 09:15","small_class":"果皮箱"}"#;
    let claimed =
        Claimed { template: "dispatched", data, addresses: &addresses, at: at(SUNDAY_NIGHT) };
    let message = render(&book.notices, &message_id("c0abc", 1), &claimed).expect("words");
    assert!(message.unfilled.as_ref().is_some_and(|why| why.contains("truncate")), "{message:?}");
    assert!(
        message.text.starts_with("派遣通知\n\n案件编号:肃城管〔2026〕000001\n"),
        "{}",
        message.text
    );
    assert!(message.text.contains("截止时间:2026-03-04 09:15"), "{}", message.text);
    assert!(message.sms.starts_with("肃城管〔2026〕000001 果皮箱,"), "{}", message.sms);
}

#[test]
fn a_message_that_cannot_be_put_into_words_fails_for_good() {
    let id = message_id("c0abc", 1);
    for (template, data) in [("no-such-template", "{}"), ("level-1", "no json")] {
        let claimed = Claimed { template, data, addresses: &[], at: at(SUNDAY_NIGHT) };
        let failure = render(notices(), &id, &claimed).expect_err("no words");
        assert!(!failure.is_transient(), "{failure:?}");
    }
}

#[track_caller]
fn hand_over(courier: &mut Folder, message: &Rendered) {
    courier.hand_over(message).expect("taken");
    courier.settle().expect("settled");
}

fn folder(root: &Path) -> Folder {
    Folder::open(root, sender(), county()).expect("a courier")
}

fn names(day: &Path) -> Vec<String> {
    let entries = fs::read_dir(day).expect("a day's folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .collect();
    names.sort();
    names
}

fn everything(root: &Path) -> Vec<(String, Vec<u8>)> {
    let day = root.join("2026-03-02");
    names(&day)
        .into_iter()
        .map(|name| {
            let bytes = fs::read(day.join(&name)).expect("a file");
            (name, bytes)
        })
        .collect()
}

fn letter(root: &Path, name: &str) -> String {
    fs::read_to_string(root.join("2026-03-02").join(name)).expect("a letter")
}

fn name(message: &Rendered, to: &Address) -> String {
    format!("{}.eml", part(&message.id, to))
}

fn lines(root: &Path) -> Vec<Line> {
    let text = fs::read_to_string(root.join("2026-03-02/sms.jsonl")).expect("a list");
    text.lines().map(|line| serde_json::from_str(line).expect("a line")).collect()
}
