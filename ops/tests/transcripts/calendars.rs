//! What a county's own calendar shows on the cases of a store: provisional due instants, hours that differ.

use std::path::Path;

use super::store::store;
use super::{CASES_AT, Exit, duban, fixture};

/// A configuration whose rules are the shipped ones with one file made anew.
fn configured(dir: &Path, name: &str, anew: impl Fn(&str) -> String) -> String {
    let rules = dir.join("rules");
    std::fs::create_dir(&rules).unwrap();
    for (name, bytes) in duban_rules::Sources::shipped().iter() {
        std::fs::write(rules.join(name), bytes).unwrap();
    }
    let shipped = std::fs::read_to_string(rules.join(name)).unwrap();
    std::fs::write(rules.join(name), anew(&shipped)).unwrap();
    let config = dir.join("duban.toml");
    std::fs::write(&config, format!("[rules]\ndir = \"{}\"\n", rules.display())).unwrap();
    config.to_str().unwrap().to_owned()
}

/// What a command shows of a store.
fn shown(command: &[&str], store: &str, more: &[&str]) -> String {
    let ran = duban(&[command, &["--at", CASES_AT, "--store", store], more].concat());
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    ran.out
}

#[test]
fn due_instants_in_a_year_known_in_part_are_provisional_wherever_they_are_shown() {
    let (dir, path) = store();
    // The notice of 2026 without 国庆节: no day in March is another one for it.
    let config = configured(dir.path(), "holidays.csv", |known| {
        let in_part = known.lines().filter(|line| !line.contains("国庆节,2026"));
        in_part.collect::<Vec<_>>().join("\n")
    });
    let (overdue, closed) = (fixture::id("overdue"), fixture::id("closed"));
    for (command, words) in [
        (&["case", "list"][..], "2026-03-04 09:00(暂定)"),
        (&["case", "show", &overdue], "截止:2026-03-04 09:00:03(已超过 1天0小时)(暂定)"),
        (&["case", "explain", &overdue], "2026 年的放假安排尚未公布或没有录全,截止时刻是暂定的"),
    ] {
        let provisional = shown(command, &path, &["--config", &config]);
        assert!(provisional.contains(words), "{provisional}");
        assert!(!shown(command, &path, &[]).contains("暂定"), "all of 2026 is known as shipped");
    }
    let closed = shown(&["case", "show", &closed], &path, &["--config", &config]);
    assert!(!closed.contains("暂定"), "{closed}");
}

#[test]
fn an_account_names_the_hours_that_held_when_they_are_not_the_ordinary_ones() {
    let (dir, path) = store();
    let config = configured(dir.path(), "calendar.toml", |shipped| {
        // A shorter Tuesday is still one working day: the due instant on Wednesday stays.
        let tuesday = "[[weekday]]\nday = \"周二\"\nslots = [\"08:30-12:00\", \"14:00-16:30\"]\n";
        format!("{shipped}\n{tuesday}")
    });
    let explain = &["case", "explain", &fixture::id("overdue")];
    let told = shown(explain, &path, &["--config", &config]);
    let line = "办公时段与平时不同:2026-03-03(周二)08:30-12:00、14:00-16:30\n";
    assert!(told.contains(line) && told.contains("2026-03-03 16:30:00"), "{told}");
    assert!(!shown(explain, &path, &[]).contains("办公时段与平时不同"));
}
