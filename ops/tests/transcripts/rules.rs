//! A directory of rules files with slips in it, as an admin meets them.

use std::fs;
use std::path::Path;

use duban_rules::Sources;

use super::{Exit, duban, golden, transcript};

/// The shipped rules in a directory, with some texts replaced.
fn rules_with(replaced: &[(&str, &str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in Sources::shipped().iter() {
        let mut text = String::from_utf8(bytes.to_vec()).unwrap();
        for (_, from, to) in replaced.iter().filter(|(file, ..)| *file == name) {
            assert!(text.contains(from), "`{from}` is not in {name}");
            text = text.replacen(from, to, 1);
        }
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

fn broken() -> tempfile::TempDir {
    let dir = rules_with(&[
        (
            "handbook.csv",
            "SW,水务局,井盖局部损坏、松动异响,更换或修好,2工作日",
            "SV,水务局,井盖局部损坏、松动异响,更换或修好,两周",
        ),
        ("grid.toml", "\"CJ-14\"", "\"CJ-99\""),
        ("stages.toml", "limit = ", "limmit = "),
    ]);
    fs::write(dir.path().join("units - 副本.toml"), "# copy").unwrap();
    fs::remove_file(dir.path().join("committee.toml")).unwrap();
    dir
}

#[test]
fn all_problems_of_a_broken_directory_are_told_at_once_in_both_languages() {
    let dir = broken();
    let path = dir.path().to_str().unwrap();
    let commands: &[&[&str]] =
        &[&["rules", "check", path], &["rules", "check", path, "--lang", "en"]];
    golden("rules-check.txt", &transcript(dir.path(), commands));
}

#[test]
fn a_directory_whose_workbook_is_open_says_so_and_of_its_plain_hours_asks_once() {
    let dir = rules_with(&[("handbook.csv", "更换或修好,2工作日", "更换或修好,24小时")]);
    for name in ["~$handbook.csv", ".handbook.csv.swp", ".gitignore", "handbook (1).csv"] {
        fs::write(dir.path().join(name), "").unwrap();
    }
    let path = dir.path().to_str().unwrap();
    let ran = duban(&["rules", "check", path]);
    assert_eq!(ran.exit, Exit::Done);
    for said in [
        "`handbook.csv` 正在别处打开,尚未保存的修改没有读到",
        "删去锁文件 `.handbook.csv.swp`、`~$handbook.csv`",
        "未使用的文件 `handbook (1).csv`",
        "只读取 `handbook.csv`",
        "有 1 处时限只写“小时”或“分钟”",
        "在 handbook.toml 写 hours = \"work\"",
    ] {
        assert_eq!(ran.out.matches(said).count(), 1, "{said}: {}", ran.out);
    }
    assert!(!ran.out.contains(".gitignore"), "{}", ran.out);
}

#[test]
fn what_was_read_in_part_is_not_counted_as_the_whole() {
    let open = "井盖局部损坏、松动异响,更换或修好";
    let dir = rules_with(&[
        ("handbook.csv", open, &format!("\"{open}")),
        ("units.toml", "contact = [", "contact = "),
    ]);
    let path = dir.path().to_str().unwrap();
    let ran = duban(&["rules", "check", path]);
    assert_eq!(ran.exit, Exit::Failed);
    assert!(ran.out.contains("个立案条件(另有 1 行有错未读)、"), "{}", ran.out);
    assert!(ran.out.contains("个单位(units.toml 未读到底,这不是全部)、"), "{}", ran.out);
    let ran = duban(&["rules", "check", path, "--lang", "en"]);
    assert!(ran.out.contains("conditions (1 more could not be read), "), "{}", ran.out);
}

#[test]
fn programs_get_the_same_problems_as_json() {
    let dir = broken();
    let ran = duban(&["rules", "check", dir.path().to_str().unwrap(), "--format", "json"]);
    assert_eq!(ran.exit, Exit::Failed);
    let report = ran.json();
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let errors = diagnostics.iter().filter(|d| d["severity"] == "error").count();
    assert_eq!(report["errors"], errors);
    for diagnostic in diagnostics {
        for key in ["code", "file", "line", "column", "message", "help"] {
            assert!(!diagnostic[key].is_null(), "no {key}: {diagnostic}");
        }
    }
}

#[test]
fn ten_megabytes_of_garbage_are_a_diagnostic() {
    let dir = rules_with(&[]);
    let garbage: Vec<u8> = (0..10_000_000_u32).map(|i| i.to_le_bytes()[0] ^ 0xA5).collect();
    fs::write(dir.path().join("grid.toml"), garbage).unwrap();
    let ran = duban(&["rules", "check", dir.path().to_str().unwrap()]);
    assert_eq!(ran.exit, Exit::Failed);
    assert!(ran.out.contains("R0002") && ran.out.contains("10000000"), "{}", ran.out);
}

#[test]
fn the_shipped_rules_can_be_used_and_do_not_differ_from_themselves() {
    assert_eq!(duban(&["rules", "check"]).exit, Exit::Done);
    let dir = rules_with(&[]);
    let same = duban(&["rules", "diff", "shipped", dir.path().to_str().unwrap()]);
    assert_eq!((same.exit, same.out.as_str()), (Exit::Done, "两版规则没有差别。\n"));
}

#[test]
fn a_changed_limit_is_told_in_words() {
    let dir = rules_with(&[(
        "handbook.csv",
        "井盖局部损坏、松动异响,更换或修好,2工作日",
        "井盖局部损坏、松动异响,更换或修好,3工作日",
    )]);
    let ran = duban(&["rules", "diff", "shipped", dir.path().to_str().unwrap()]);
    assert_eq!(ran.exit, Exit::Done);
    assert!(ran.out.contains("2工作日") && ran.out.contains("3工作日"), "{}", ran.out);
}

#[test]
fn the_handbook_is_printed_to_a_file_and_not_from_broken_rules() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("手册.html");
    let ran = duban(&["rules", "handbook", "-o", file.to_str().unwrap()]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert!(fs::read_to_string(&file).unwrap().contains("井盖"));
    let broken = broken();
    let refused = duban(&["rules", "handbook", broken.path().to_str().unwrap()]);
    assert_eq!((refused.exit, refused.out.as_str()), (Exit::Failed, ""));
}

#[test]
fn a_comment_alone_is_a_difference_of_the_layout() {
    let dir = rules_with(&[("calendar.toml", "version = ", "# 一条注释\nversion = ")]);
    let ran = duban(&["rules", "diff", "shipped", dir.path().to_str().unwrap()]);
    let said = "calendar.toml:只有注释或排版不同,规则没有变\n";
    assert_eq!((ran.exit, ran.out.as_str()), (Exit::Done, said));
}

#[test]
fn the_help_of_filing_a_case_names_a_condition_of_the_shipped_handbook() {
    let help = duban(&["case", "file", "--help"]).out;
    let book = duban_rules::parse(&duban_rules::Sources::shipped()).0;
    let (_, after) = help.split_once("--condition").unwrap();
    let words = after.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let named: Vec<&str> =
        words.filter(|word| word.starts_with("part-") || word.starts_with("event-")).collect();
    assert!(!named.is_empty(), "{help}");
    for code in named {
        let code = duban_rules::vocabulary::ConditionCode::new(code);
        assert!(book.handbook.condition(&code).is_some(), "{code} is not in the handbook");
    }
}

#[test]
fn a_directory_or_a_code_that_is_not_there_is_said_so() {
    let commands: &[&[&str]] =
        &[&["rules", "check", "/nowhere/rules"], &["rules", "explain", "R9999"]];
    golden("rules-nowhere.txt", &transcript(Path::new("/elsewhere"), commands));
}
