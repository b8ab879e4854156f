//! Due instants in a year whose holidays are known in part are provisional wherever they are shown.

use super::store::store;
use super::{CASES_AT, Exit, duban, town};

#[test]
fn due_instants_in_a_year_known_in_part_are_provisional_wherever_they_are_shown() {
    let (dir, path) = store();
    let rules = dir.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    for (name, bytes) in duban_rules::Sources::shipped().iter() {
        std::fs::write(rules.join(name), bytes).unwrap();
    }
    let days = rules.join("holidays.csv");
    let known = std::fs::read_to_string(&days).unwrap();
    // The notice of 2026 without 国庆节: no day in March is another one for it.
    let in_part = known.lines().filter(|line| !line.contains("国庆节,2026"));
    std::fs::write(&days, in_part.collect::<Vec<_>>().join("\n")).unwrap();
    let config = dir.path().join("duban.toml");
    std::fs::write(&config, format!("[rules]\ndir = \"{}\"\n", rules.display())).unwrap();
    let config = config.to_str().unwrap();
    let overdue = town::id("overdue");
    let asked = |command: &[&str], more: &[&str]| {
        let ran = duban(&[command, &["--at", CASES_AT, "--store", &path], more].concat());
        assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
        ran.out
    };
    for (command, shown) in [
        (&["case", "list"][..], "2026-03-04 09:00(暂定)"),
        (&["case", "show", &overdue], "截止:2026-03-04 09:00:03(已超过 1天0小时)(暂定)"),
        (&["case", "explain", &overdue], "2026 年的放假安排尚未公布或没有录全,截止时刻是暂定的"),
    ] {
        let provisional = asked(command, &["--config", config]);
        assert!(provisional.contains(shown), "{provisional}");
        assert!(!asked(command, &[]).contains("暂定"), "all of 2026 is known as shipped");
    }
    let closed = asked(&["case", "show", &town::id("closed")], &["--config", config]);
    assert!(!closed.contains("暂定"), "{closed}");
}
