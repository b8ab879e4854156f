//! Replays of a city's history by `duban` itself: equal to what is known, also when killed on the way.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use duban_runtime::clock::{Clock as _, SystemClock};
use serde_json::Value;

use crate::cities::City;
use crate::dice::Dice;
use crate::kills::number;
use duban_gate::report::tell;
use duban_tests::child::{NextLine, Running};
use duban_tests::scratch_dir::ScratchDir;

const WEEK: (&str, &str) = ("boston311_week_2015-10-26_core.csv.gz", "week");
const YEAR: (&str, &str) = ("boston311_2015_core.csv.gz", "year");
/// The longest that a year may take: minutes in an unoptimised build on a busy machine.
const PATIENCE: Duration = Duration::from_mins(20);
/// How often the week's replay is killed before it may finish.
const KILLS: u64 = 6;

#[test]
fn a_weeks_replay_equals_its_oracle_and_ends_the_same_however_often_it_is_killed() {
    let Some(week) = City::find(WEEK.0, WEEK.1) else { return };
    let ground = ScratchDir::new();
    let clock = SystemClock::start();
    let expected = whole(&week, &ground.join("whole"));
    let took = clock.monotonic();
    week.check(&expected);
    let mut dice = Dice::of(number("DUBAN_SEED", 1));
    let store = ground.join("killed");
    let mut cut = 0;
    for _ in 0..KILLS {
        cut += u64::from(killed(&week, &store, dice.within_millis(millis(took) / 2)));
    }
    tell(&format!("the week: {took:?}, {cut} of {KILLS} kills came before its end"));
    assert!(cut > 0, "every kill came too late");
    let again = whole(&week, &store);
    assert_eq!(again, expected, "the killed replay's report");
    assert_eq!(entries(&store.join("mail")), entries(&ground.join("whole").join("mail")));
}

#[test]
fn a_department_whose_name_has_two_lines_is_told_on_one_and_stops_no_replay() {
    let ground = ScratchDir::new();
    let history = ground.join("history.csv");
    let rows = "CASE_ENQUIRY_ID,OPEN_DT,TARGET_DT,CLOSED_DT,Department,TYPE,OnTime_Status,LATITUDE,LONGITUDE\n\
        1,10/26/2015 08:00:00 AM,10/27/2015 08:00:00 AM,10/28/2015 08:00:00 AM,\"Public\nWorks\",\"Pot\nhole\",OVERDUE,42.35,-71.06\n";
    std::fs::write(&history, rows).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
    command.arg("replay").arg(&history).args(["--as-of", "2015-11-13T06:00", "--report", "json"]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    command.arg("--profile").arg(root.join("rules/profiles/boston311.toml"));
    command.arg("--store").arg(ground.join("store"));
    let (said, status) = Running::start(&mut command).wait(PATIENCE);
    assert!(status.success(), "{status}: {said:?}");
    let mail = ground.join("store").join("mail");
    assert!(entries(&mail).values().sum::<u64>() >= 1);
    let letters: String = std::fs::read_dir(mail)
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    assert!(letters.contains("To: \"Public Works\" <public-works@boston.example>"), "{letters}");
}

#[test]
fn a_years_replay_equals_its_oracle_although_it_is_killed_on_the_way() {
    if std::env::var_os("DUBAN_SLOW_TESTS").is_none() {
        tell("skipped: the year's replay takes minutes; DUBAN_SLOW_TESTS=1 runs it");
        return;
    }
    let Some(year) = City::find(YEAR.0, YEAR.1) else { return };
    let ground = ScratchDir::new();
    let store = ground.join("year");
    let mut dice = Dice::of(number("DUBAN_SEED", 1));
    let after = Duration::from_secs(5) + dice.within_millis(10_000);
    let cut = killed(&year, &store, after);
    let clock = SystemClock::start();
    let report = whole(&year, &store);
    tell(&format!(
        "the year: killed after {after:?} (in time: {cut}), then {:?}",
        clock.monotonic()
    ));
    year.check(&report);
    let mail = entries(&store.join("mail"));
    let messages: u64 =
        report["messages"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(mail.values().sum::<u64>(), messages);
}

/// The report of a replay that is left alone, without what differs from run to run.
fn whole(city: &City, store: &Path) -> Value {
    let (said, status) = Running::start(&mut city.replay(store)).wait(PATIENCE);
    assert!(status.success(), "{status}");
    let mut report: Value = serde_json::from_str(&said.join("\n")).unwrap();
    let figures = report.as_object_mut().unwrap();
    assert!(figures.remove("seconds").is_some_and(|seconds| seconds.as_f64() > Some(0.0)));
    assert!(figures.remove("peak_rss_bytes").is_some_and(|bytes| bytes.as_u64() > Some(0)));
    report
}

/// Starts a replay and kills it after some time; tells whether it was still at it.
fn killed(city: &City, store: &Path, after: Duration) -> bool {
    let replay = Running::start(&mut city.replay(store));
    let said = replay.line_until(after);
    drop(replay.kill());
    said == NextLine::Nothing
}

/// How many letters each mbox has; none of them twice.
fn entries(mail: &Path) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for file in std::fs::read_dir(mail).unwrap() {
        let file = file.unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let ids: Vec<&str> = text.lines().filter(|line| line.starts_with("Message-ID: ")).collect();
        let distinct: std::collections::BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{}: a letter twice", file.path().display());
        counts.insert(file.file_name().into_string().unwrap(), ids.len() as u64);
    }
    counts
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}
