//! When briefs go out: weekdays are names, and rules that named them by numbers go on as they were.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use duban_rules::{RuleBook, Sources, parse};

#[test]
fn weekdays_may_be_named_in_either_language() {
    for (written, followed) in [
        ("0 0 8 * * Mon-Fri", "0 0 8 * * Mon-Fri"),
        ("0 0 8 * * 周一至周五", "0 0 8 * * Mon-Fri"),
        ("0 0 8 * * Fri-Mon", "0 0 8 * * Mon,Fri,Sat,Sun"),
        ("0 30 7 * * 星期一、星期四", "0 30 7 * * Mon,Thu"),
        ("0 0 8 * * Sat-Sun", "0 0 8 * * Sat,Sun"),
        ("0 0 8 * * 每天", "0 0 8 * * *"),
        ("@daily", "@daily"),
    ] {
        let (book, errors) = read(written);
        assert_eq!((book.notices.brief_unit.as_str(), errors.as_slice()), (followed, &[][..]));
        assert_eq!(book.notices.numbered(), [], "{written}");
    }
}

#[test]
fn an_expression_that_is_refused_today_is_followed_by_rules_that_have_it() {
    for (written, code) in [
        ("0 0 8 * * 1-5", "R0711"),
        ("0 0 8 * * 1 - 5", "R0711"),
        ("0 0 8 * * * 2027", "R0712"),
        ("* * 8 * * *", "R0714"),
    ] {
        let (book, errors) = read(written);
        assert_eq!((book.notices.brief_unit.as_str(), errors), (written, vec![code]));
    }
    let (book, _) = read("0 0 8 * * 1-5");
    let numbered = book.notices.numbered();
    let days: Vec<String> = numbered.iter().map(|one| one.days.chinese()).collect();
    assert_eq!(days, ["周日至周四"]);
}

/// The shipped rules with units' briefs at this time, and the errors about it.
fn read(expression: &str) -> (RuleBook, Vec<&'static str>) {
    let sources = Sources::shipped();
    let shipped = "brief_unit = \"0 0 8 * * *\"";
    let text = sources.text("notices.toml").unwrap();
    let text = text.replacen(shipped, &format!("brief_unit = \"{expression}\""), 1);
    let (book, found) = parse(&sources.with("notices.toml", text));
    let errors = found.iter().filter(|one| one.is_error()).map(|one| one.code).collect();
    (book, errors)
}

#[test]
fn a_reminder_when_the_offices_are_closed_is_asked_about() {
    let warned = |hour: &str| {
        let sources = Sources::shipped();
        let text = sources.text("notices.toml").unwrap();
        let shipped = "view_reminder = \"0 0 16 * * *\"";
        let text = text.replacen(shipped, &format!("view_reminder = \"0 0 {hour} * * *\""), 1);
        let (_, found) = parse(&sources.with("notices.toml", text));
        found.iter().any(|one| one.code == "R0716")
    };
    assert!(!warned("16") && !warned("9,15"));
    for closed in ["0", "7", "13", "23", "9,20"] {
        assert!(warned(closed), "{closed}");
    }
}
