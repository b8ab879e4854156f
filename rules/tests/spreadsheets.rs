//! The handbook as spreadsheet programs save it: what they spoil is read as it was meant.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use duban_rules::book::handbook::{Condition, Handbook};
use duban_rules::vocabulary::ConditionCode;
use duban_rules::{Sources, parse};

const HEADER: &str =
    "类别,大类代码,大类名称,小类代码,小类名称,条件序号,责任单位编码,立案条件,结案条件,处置时限";

#[test]
fn a_byte_order_mark_makes_no_difference() {
    let row = "部件,01,公用设施,01,上水井盖,1,SW,丢失,补装,2工作日";
    assert_eq!(read(&format!("\u{FEFF}{HEADER}\n{row}\n")), read(&format!("{HEADER}\n{row}\n")));
}

#[test]
fn codes_may_have_lost_their_leading_zero() {
    let with = read(&format!("{HEADER}\n部件,01,公用设施,07,通信井盖,1,SW,丢失,补装,2工作日"));
    let without = read(&format!("{HEADER}\n部件,1,公用设施,7,通信井盖,1,SW,丢失,补装,2工作日"));
    assert_eq!(with, without);
    assert_eq!(one(&with).code, ConditionCode::new("part-01-07-1"));
}

#[test]
fn semicolons_tabs_line_ends_and_blank_rows_make_no_difference() {
    let row = "事件,01,市容环境,12,道路不洁,1,SW,垃圾,清扫,4工作时";
    let plain = read(&format!("{HEADER}\n{row}\n"));
    let text = format!("{HEADER}\r\n{row}\r\n,,,,,,,,,\r\n\r\n");
    assert_eq!(read(&text), plain);
    assert_eq!(read(&text.replace(',', ";")), plain);
    assert_eq!(read(&text.replace(',', "\t")), plain);
    assert_eq!(read(&text.replace("\r\n", "\r")), plain);
}

#[test]
fn line_breaks_inside_a_cell_join_without_a_trace() {
    let broken = "部件,01,\"公用\n设施\",01,\"上水\r\n井盖\",1,SW,\"丢失、\n断裂\",补装,2工作日";
    let handbook = read(&format!("{HEADER}\n{broken}\n"));
    let condition = one(&handbook);
    assert_eq!(condition.big_class, "公用设施");
    assert_eq!(condition.small_class, "上水井盖");
    assert_eq!(condition.filing, "丢失、断裂");
}

#[test]
fn merged_cells_of_a_class_are_taken_from_the_row_above() {
    let handbook = read(&format!(
        "{HEADER}\n部件,01,公用设施,01,上水井盖,1,SW,丢失,补装,2紧急工作时\n,,,,,2,SW,松动,修好,2工作日\n,,,02,污水井盖,1,SW,丢失,补装,1.5工作时\n"
    ));
    let codes: Vec<&str> = handbook.conditions.keys().map(ConditionCode::as_str).collect();
    assert_eq!(codes, ["part-01-01-1", "part-01-01-2", "part-01-02-1"]);
    assert_eq!(
        handbook.conditions[&ConditionCode::new("part-01-02-1")].limit.to_string(),
        "1.5工作时"
    );
}

#[test]
fn english_keys_in_any_order_with_the_limit_in_two_columns_are_read() {
    let english = read(
        "limit_unit,limit_value,closing_condition,filing_condition,unit_code,cond_seq,small_class,small_code,big_class,big_code,kind\n\
         urgent_hour,1.5,补装,丢失,SW,1,上水井盖,01,公用设施,01,part\n",
    );
    let chinese =
        read(&format!("{HEADER}\n部件,1,公用设施,1,上水井盖,1,SW,丢失,补装,1.5紧急工作时\n"));
    assert_eq!(english, chinese);
}

#[test]
fn one_bad_row_does_not_hide_the_next() {
    let sources = Sources::shipped().with(
        "handbook.csv",
        format!(
            "{HEADER}\n部件,A,公用设施,01,上水井盖,1,SW,丢失,补装,2工作日\n部件,1,公用设施,1,上水井盖,1,SW,丢失,补装,两刻\n部件,1,公用设施,1,上水井盖,2,XX,松动,补装,2工作日\n"
        ),
    );
    let codes: Vec<&str> = {
        let found = parse(&sources).1;
        found.iter().filter(|found| found.file == "handbook.csv").map(|found| found.code).collect()
    };
    assert_eq!(codes, ["R0111", "R0110", "R0901"]);
}

fn read(text: &str) -> Comparable {
    let (book, found) = parse(&Sources::shipped().with("handbook.csv", text));
    let errors: Vec<_> = found.iter().filter(|found| found.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    Comparable(book.handbook)
}

/// A handbook that is compared by its conditions alone.
#[derive(Debug)]
struct Comparable(Handbook);

impl PartialEq for Comparable {
    fn eq(&self, other: &Comparable) -> bool {
        self.conditions == other.conditions
    }
}

impl std::ops::Deref for Comparable {
    type Target = Handbook;

    fn deref(&self) -> &Handbook {
        &self.0
    }
}

#[track_caller]
fn one(handbook: &Handbook) -> &Condition {
    assert_eq!(handbook.conditions.len(), 1);
    handbook.conditions.values().next().unwrap()
}
