//! A number stands for one content, of the handbook and of the calendar: what is another content, and what is said.

use crate::given::edited;

use duban_rules::edition::{Identity, Known, Part, clashes, is_known, reused};
use duban_rules::{Lang, Sources, parse};

use edited::edited;

fn known(sources: &Sources, hash: &str, since: &str) -> Known {
    let (hash, since) = (hash.to_owned(), since.to_owned());
    Known { identity: Identity::read(sources).0, hash, since }
}

fn limits(sources: &Sources) -> Sources {
    edited(sources.clone(), "handbook.csv", "更换或修好,2工作日", "更换或修好,3工作日")
}

fn numbered(sources: &Sources, number: &str) -> Sources {
    edited(sources.clone(), "handbook.toml", "\"2026-1\"", &format!("\"{number}\""))
}

fn told(sources: &Sources, known: &[Known]) -> Vec<String> {
    let found = clashes(sources, &parse(sources).0, ("f00d", known));
    found.iter().map(|one| one.render(sources, Lang::Zh)).collect()
}

#[test]
fn other_limits_under_the_same_number_are_refused_and_the_next_free_number_is_named() {
    let shipped = Sources::shipped();
    let in_force = [known(&shipped, "cafe", "2026-03-02")];
    let [said] =
        told(&limits(&shipped), &in_force).try_into().unwrap_or_else(|all| panic!("{all:?}"));
    for word in [
        "R0140",
        "handbook.toml:4:10",
        "2026-1",
        "2026-03-02",
        "cafe",
        "f00d",
        "number = \"2026-2\"",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    // A free number it is, not just the next.
    let later = [in_force[0].clone(), known(&numbered(&shipped, "2026-2"), "beef", "2026-04-01")];
    let said = told(&limits(&shipped), &later).concat();
    assert!(said.contains("number = \"2026-3\""), "{said}");
    assert_eq!(told(&numbered(&limits(&shipped), "2026-3"), &later), Vec::<String>::new());
}

#[test]
fn days_off_under_the_same_version_of_the_calendar_are_refused() {
    let shipped = Sources::shipped();
    let in_force = [known(&shipped, "cafe", "2026-03-02")];
    let days = shipped.text("holidays.csv").unwrap_or_default();
    let off = shipped.clone().with("holidays.csv", format!("{days}2026-03-03,off,停办,2026,\n"));
    let said = told(&off, &in_force).concat();
    assert!(said.contains("R0142") && said.contains("version = \"2026-2\""), "{said}");
    let versioned = edited(off.clone(), "calendar.toml", "\"2026-1\"", "\"2026-2\"");
    assert_eq!(told(&versioned, &in_force), Vec::<String>::new());
    let closed = "[[closure]]\nfrom = \"2026-11-30\"\nreason = \"暴雪停办\"\n";
    let closed =
        edited(shipped.clone(), "calendar.toml", "\n# 季节作息", &format!("\n{closed}# 季节作息"));
    assert!(told(&closed, &in_force).concat().contains("R0142"));
}

#[test]
fn a_number_that_goes_back_is_refused_with_new_content_and_welcome_with_its_own() {
    let first = Sources::shipped();
    let second = numbered(&limits(&first), "2026-10");
    let in_force = [known(&first, "cafe", "2026-03-02"), known(&second, "beef", "2026-04-01")];
    let said = told(&numbered(&limits(&first), "2026-9"), &in_force).concat();
    for word in ["R0141", "2026-9", "2026-10", "beef", "2026-04-01", "number = \"2026-11\""] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_eq!(told(&first, &in_force), Vec::<String>::new());
}

#[test]
fn another_form_of_the_same_content_is_no_other_content() {
    let shipped = Sources::shipped();
    let in_force = [known(&shipped, "cafe", "2026-03-02")];
    let text = |file| shipped.text(file).unwrap_or_default().to_owned();
    let commented = format!("# 说明\n{}", text("handbook.toml"));
    let calendar = text("calendar.toml");
    let bare = calendar.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>();
    for other in [
        // Without the mark in front, with other line ends.
        shipped.clone().with("handbook.csv", text("handbook.csv").replace("\r\n", "\n")),
        shipped.clone().with("holidays.csv", text("holidays.csv").replace('\n', "\r\n")),
        shipped.clone().with("handbook.toml", commented),
        shipped.clone().with("calendar.toml", bare.join("\n")),
        // What has no number needs none.
        edited(shipped.clone(), "notices.toml", "催收:", "请签收:"),
        edited(shipped.clone(), "units.toml", "水务局", "水务局 "),
    ] {
        assert_eq!(told(&other, &in_force), Vec::<String>::new());
        assert!(is_known(&parse(&other).0, &in_force));
    }
}

#[test]
fn numbers_that_were_used_twice_stay_and_are_marked() {
    let shipped = Sources::shipped();
    let in_force = [
        known(&shipped, "cafe", "2026-03-02"),
        known(&limits(&shipped), "beef", "2026-04-01"),
        known(&numbered(&shipped, "2026-2"), "feed", "2026-05-01"),
    ];
    assert_eq!(reused(&in_force), [vec![Part::Handbook], vec![Part::Handbook], vec![]]);
    // Either may come back.
    assert_eq!(told(&limits(&shipped), &in_force), Vec::<String>::new());
    assert_eq!(told(&shipped, &in_force), Vec::<String>::new());
}
