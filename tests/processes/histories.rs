//! Histories of other cities by `duban replay` itself: what cannot be read is told, line by line, and by how it ends.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use duban_tests::scratch_dir::ScratchDir;

const HEADER: &str = "id,opened,target,closed,unit,what";
const PROFILE: &str = r#"
name = "elsewhere"
zone = "America/New_York"
time_format = "%Y-%m-%d %H:%M%z"
calendar = "always"
ladder = [75, 100]
recipient = "{unit}@elsewhere.example"

[columns]
id = "id"
opened = "opened"
target = "target"
closed = "closed"
unit = "unit"
summary = "what"

[published]
on_time = "in time"
overdue = "late"
"#;

/// How a replay ended and what it said; `args` are beyond file, profile and instant.
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    fn of(ground: &ScratchDir, profile: &str, history: &[u8], args: &[&str]) -> Ran {
        std::fs::write(ground.join("profile.toml"), profile).unwrap();
        std::fs::write(ground.join("history.csv"), history).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.current_dir(ground.path()).args(["replay", "history.csv", "--profile"]);
        command.args(["profile.toml", "--as-of", "2025-08-05T00:00:00Z"]).args(args);
        let ran = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: ran.status.code(), out: text(ran.stdout), err: text(ran.stderr) }
    }

    #[track_caller]
    fn json(profile: &str, history: &str) -> (Option<i32>, Value) {
        let ran = Ran::of(&ScratchDir::new(), profile, history.as_bytes(), &["--report", "json"]);
        let report = serde_json::from_str(&ran.out);
        (ran.code, report.unwrap_or_else(|error| panic!("{error}: {} {}", ran.out, ran.err)))
    }
}

fn history(rows: &[&str]) -> String {
    [HEADER].iter().chain(rows).map(|row| format!("{row}\n")).collect::<Vec<_>>().concat()
}

#[test]
fn an_offset_in_the_file_counts_and_not_the_zone_of_the_profile() {
    // Done four hours and a minute after the target: as a time of New York it would be in time.
    let row = "1,2025-08-01 06:35+00,2025-08-01 10:35+00,2025-08-01 06:36-0400,DPW,pothole";
    let (code, report) = Ran::json(PROFILE, &history(&[row]));
    assert_eq!((code, &report["closed_late"]), (Some(0), &1.into()), "{report}");
    let row = "1,2025-08-01 06:35,2025-08-01 10:35,,DPW,pothole";
    let (code, report) = Ran::json(PROFILE, &history(&[row]));
    assert_eq!(
        (code, &report["cases"]),
        (Some(6), &0.into()),
        "without one it is no time: {report}"
    );
}

#[test]
fn a_quotation_mark_that_is_never_closed_costs_one_row_and_is_told() {
    let sound = |n: u32| format!("{n},2025-08-01 06:35Z,2025-08-01 10:35Z,2025-08-01 07:00Z,DPW,x");
    let mut rows: Vec<String> = (2..400).map(sound).collect();
    rows.insert(3, "1,2025-08-01 06:35Z,,,DPW,\"a hole".to_owned());
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let (code, report) = Ran::json(PROFILE, &history(&rows));
    assert_eq!(code, Some(5));
    assert_eq!(report["cases"], 398);
    assert_eq!(report["notes"]["unreadable_because"], serde_json::json!({"quotes": [5]}));
}

#[test]
fn a_row_that_was_cut_short_or_has_a_comma_too_many_is_no_case() {
    let rows = [
        "1,2025-08-01 06:35Z,2025-08-01 10:35Z",
        "2,2025-08-01 06:35Z,2025-08-01 10:35Z,2025-08-01 07:00Z,DPW,x",
        "3,2025-08-01 06:35Z,2025-08-01 10:35Z,2025-08-01 07:00Z,DPW,a hole, deep",
        "4,2025-08-01 06:35Z,2025-08-01 10:35Z,2025-08-01 07:00Z,DPW,x,,",
    ];
    let (code, report) = Ran::json(PROFILE, &history(&rows));
    assert_eq!(
        (code, &report["cases"], &report["closed_on_time"]),
        (Some(5), &2.into(), &2.into())
    );
    assert_eq!(report["open_overdue"], 0);
    assert_eq!(report["notes"]["unreadable_because"], serde_json::json!({"columns": [2, 4]}));
}

#[test]
fn rows_that_cannot_be_read_are_told_by_line_with_a_word_for_why_and_no_more_than_fit() {
    let mut rows = vec![
        ",2025-08-01 06:35Z,,,DPW,x".to_owned(),
        "2,yesterday,,,DPW,x".to_owned(),
        "3,2025-08-01 06:35Z,,,,x".to_owned(),
        "4,2025-08-01 06:35Z,,,DPW,x".to_owned(),
    ];
    rows.extend((5..500).map(|n| format!("{n},soon,,,DPW,x")));
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let ran = Ran::of(&ScratchDir::new(), PROFILE, history(&rows).as_bytes(), &[]);
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    assert!(ran.out.contains("无法读取:498 行,未计入"), "{}", ran.out);
    for (word, n, lines) in [
        ("编号", "1", "第 2 行"),
        ("时间", "496", "第 3、6、7、8、9 行 …"),
        ("单位", "1", "第 4 行"),
    ] {
        let told = ran.out.lines().any(|line| {
            let cells: Vec<&str> = line.split_whitespace().collect();
            cells.starts_with(&[word, n]) && line.contains(lines)
        });
        assert!(told, "{word}: {}", ran.out);
    }
    assert!(
        ran.out.contains("第 3 行:`yesterday` 不合时间格式 `%Y-%m-%d %H:%M%z`\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.lines().count() < 30, "{}", ran.out);
}

#[test]
fn a_file_of_which_no_row_can_be_read_ends_otherwise_than_one_that_was_read() {
    let (code, report) = Ran::json(PROFILE, &history(&["1,soon,,,DPW,x"]));
    assert_eq!((code, &report["cases"]), (Some(6), &0.into()));
    let (code, report) = Ran::json(PROFILE, &history(&[]));
    assert_eq!((code, &report["cases"]), (Some(6), &0.into()));
}

#[test]
fn a_packed_file_that_ends_too_soon_is_told_with_the_line_at_which_it_does() {
    let rows: Vec<String> = (0..5000)
        .map(|n| format!("{n},2025-08-01 06:35Z,,2025-08-01 07:{:02}Z,DPW,x", n % 60))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let ground = ScratchDir::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    packed.write_all(history(&rows).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let half = packed.get(..packed.len() / 2).unwrap();
    let ran = Ran::of(&ground, PROFILE, half, &["--report", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    let lines = report["notes"]["unreadable_because"]["file"].as_array().unwrap();
    assert_eq!(lines.len(), 1);
    let read = report["cases"].as_u64().unwrap();
    assert!(lines[0].as_u64() >= Some(read) && read > 1000, "{lines:?} {read}");
}

#[test]
fn rows_without_a_unit_are_the_default_units_where_the_profile_names_one() {
    let named = PROFILE.replace("[columns]", "unit_default = \"city hall\"\n[columns]");
    let rows = ["1,2025-08-01 06:35Z,,,,x", "2,2025-08-01 06:35Z,,,DPW,x"];
    let (code, report) = Ran::json(&named, &history(&rows));
    assert_eq!((code, &report["by_unit"]["city hall"]["cases"]), (Some(0), &1.into()), "{report}");
    assert_eq!(report["notes"]["default_unit"], serde_json::json!([2]));
    let alone = named.replace("unit = \"unit\"\n", "");
    let (code, report) = Ran::json(&alone, &history(&rows));
    assert_eq!((code, &report["by_unit"]["city hall"]["cases"]), (Some(0), &2.into()), "{report}");
}

#[test]
fn a_profile_that_would_lose_something_in_silence_is_refused_with_everything_at_once() {
    let wrong = PROFILE
        .replace("%H:%M%z", "%H:%M:%SZ")
        .replace("[75, 100]", "[100, 75]")
        .replace("closed = \"closed\"", "closed = \"target\"\nlatitude = \"lat\"")
        .replace("\"late\"", "\"in time\"")
        .replace("@elsewhere.example", "");
    let ran = Ran::of(&ScratchDir::new(), &wrong, history(&[]).as_bytes(), &[]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let codes: Vec<&str> = ran
        .err
        .lines()
        .filter_map(|line| line.strip_prefix("错误[")?.split_once(']'))
        .map(|(code, _)| code)
        .collect();
    assert_eq!(codes, ["P0003", "P0005", "P0010", "P0006", "P0007", "P0008"], "{}", ran.err);
    assert!(
        ran.err.contains("时间格式中的 `Z` 会被略过,时间将按 America/New_York 计"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("profile.toml:4:15"), "{}", ran.err);

    for (wrong, code) in [
        (PROFILE.replace("America/New_York", "EST5"), "P0002"),
        (PROFILE.replace("%Y-%m-%d %H:%M%z", "%Y-%m-%d"), "P0004"),
        (PROFILE.replace("zone = ", "zonne = "), "P0001"),
        (PROFILE.replace("\"elsewhere\"", "\"\""), "P0009"),
        (PROFILE.replace("unit = \"unit\"\n", ""), "P0007"),
    ] {
        let ran = Ran::of(&ScratchDir::new(), &wrong, history(&[]).as_bytes(), &[]);
        assert_eq!(ran.code, Some(1), "{}", ran.out);
        assert!(ran.err.contains(&format!("[{code}]")), "{code}: {}", ran.err);
    }
}

#[test]
fn a_column_that_the_file_has_twice_is_not_guessed() {
    let text = "id,opened,target,closed,unit,what,closed\n";
    let ran = Ran::of(&ScratchDir::new(), PROFILE, text.as_bytes(), &[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("列 `closed` 有两列"), "{}", ran.err);
}

#[test]
fn the_profiles_that_come_with_duban_can_be_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut n = 0;
    for file in std::fs::read_dir(root.join("rules/profiles")).unwrap() {
        let loaded = duban::replay::Profile::load(&file.unwrap().path()).unwrap();
        assert!(loaded.is_ok(), "{loaded:?}");
        n += 1;
    }
    assert!(n > 0);
}
