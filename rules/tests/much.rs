//! A handbook as large as a real city's, spoilt as workbooks are: what is wrong fits a screen or two.
//!
//! The pages are compared with `golden/much.txt`; `UPDATE_TABLES=1` writes them anew.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use crate::given::golden;

use std::fmt::Write;

use duban_rules::diagnostic::{Listing, sentences};
use duban_rules::{Lang, Severity, Sources, parse};

use golden::compare;

const CONDITIONS: usize = 519;
const LINES_MAX: usize = 60;
const HEADER: &str = "类别,大类代码,大类名称,小类代码,小类名称,条件序号,责任单位编码,责任单位,立案条件,结案条件,处置时限";

/// What spoils a row, by its number.
type Spoil = fn(usize, &mut [String; 11]);

/// The columns that are spoilt.
const SEQUENCE: usize = 5;
const UNIT: usize = 6;
const NAME: usize = 7;
const FILING: usize = 8;
const LIMIT: usize = 10;

#[test]
fn a_list_of_hundreds_of_faults_has_fewer_lines_than_two_screens() {
    let mut page = String::new();
    for (name, header, spoil) in workbooks() {
        let sources = workbook(header, spoil);
        let found = parse(&sources).1;
        let list = Listing::of(&found, &sources);
        for lang in [Lang::Zh, Lang::En] {
            let text = list.render(lang);
            let lines = text.lines().count();
            assert!(lines + 1 < LINES_MAX, "{name}: {lines} lines\n{text}");
            writeln!(page, "==== {name}: {} places\n\n{text}", found.len()).unwrap();
        }
    }
    compare("much.txt", &page);
}

#[test]
fn a_cause_is_one_sentence_with_its_number_of_places_where_there_is_room_for_a_line_alone() {
    let sources = workbook(HEADER, |n, row| {
        row[UNIT].clear();
        if n == 1 {
            row[LIMIT] = "很快".to_owned();
        }
    });
    let found = parse(&sources).1;
    let all = sentences(&found, Severity::Error, Lang::Zh, 20);
    assert!(
        all.iter().any(|one| one.starts_with("R0113") && one.ends_with(",共 519 处")),
        "{all:?}"
    );
    assert!(all.iter().all(|one| one.matches("共 ").count() < 2), "{all:?}");
    let few = sentences(&found, Severity::Error, Lang::En, 1);
    assert_eq!(few.len(), 2, "{few:?}");
    assert!(few[1].starts_with("and "), "{few:?}");
}

#[test]
fn programs_get_the_places_of_one_cause_one_by_one_up_to_a_bound_and_their_number() {
    let sources = workbook(HEADER, |_, row| row[UNIT].clear());
    let found = parse(&sources).1;
    let list = Listing::of(&found, &sources);
    let json = list.to_json();
    let nobody: Vec<_> = json.iter().filter(|entry| entry["code"] == "R0113").collect();
    let [nobody] = nobody.as_slice() else { panic!("{json:#?}") };
    assert_eq!(nobody["times"], CONDITIONS);
    let places = nobody["places"].as_array().unwrap();
    assert_eq!(places.len(), 50);
    assert_eq!(places[2]["cell"], "G4");
    assert_eq!(places[2]["row"], 4);
    assert_eq!(places[2]["line"], 4);
    let tally = list.count(Severity::Error);
    assert_eq!((tally.kinds, tally.places), (1, CONDITIONS));
}

#[test]
fn a_cell_is_named_by_the_row_of_the_workbook_though_a_cell_above_holds_line_breaks() {
    let sources = workbook(HEADER, |at, row| {
        if at == 0 {
            row[FILING] = "\"井盖丢失\n或断裂\"".to_owned();
        }
        if at == 1 {
            row[LIMIT] = "马上".to_owned();
        }
    });
    let found = parse(&sources).1;
    let limit = found.iter().find(|found| found.code == "R0110").unwrap();
    let page = limit.render(&sources, Lang::Zh);
    assert!(
        page.contains("--> handbook.csv:4:") && page.contains("(工作簿中第3行 K 列)"),
        "{page}"
    );
    let json = limit.to_json(&sources);
    assert_eq!([&json["line"], &json["row"]], [4, 3]);
    assert_eq!(json["cell"], "K3");
}

/// Workbooks and how each is spoilt.
fn workbooks() -> Vec<(&'static str, &'static str, Spoil)> {
    vec![
        ("everything at once", HEADER, everything),
        ("merged cells, as a workbook exports them", HEADER, |at, row| {
            if at % 10 > 0 {
                row[..5].iter_mut().for_each(String::clear);
                row[UNIT].clear();
                row[NAME].clear();
                row[LIMIT].clear();
            }
        }),
        ("a column is empty", HEADER, |_, row| row[UNIT].clear()),
        (
            "headings of another office",
            "部件事件,大类编码,大类,小类编码,小类,序号,责任单位编码,责任单位,立案条件,结案条件,时限",
            |_, _| {},
        ),
        ("a title above the headings", "肃宁县指挥手册,,,,,,,,,,", |_, _| {}),
        ("names of units that are not theirs", HEADER, |at, row| row[NAME] = format!("某局{at}")),
        ("one class under hundreds of names", HEADER, |at, row| row[4] = format!("小类{at}")),
        ("full-width digits", HEADER, |at, row| {
            let wide = ['１', '２', '３'][at % 3];
            row[SEQUENCE] = wide.to_string();
        }),
    ]
}

fn everything(at: usize, row: &mut [String; 11]) {
    match at % 13 {
        1 => row[UNIT] = format!("XX{}", at % 4),
        2 => ["马上", "5", "工作日", "0工作日"][at % 4].clone_into(&mut row[LIMIT]),
        3 => row[LIMIT].clear(),
        4 => row[FILING].clear(),
        5 => "1".clone_into(&mut row[SEQUENCE]),
        6 => "２".clone_into(&mut row[SEQUENCE]),
        7 => row[UNIT].clear(),
        8 => "某某局".clone_into(&mut row[NAME]),
        9 => row[..5].iter_mut().for_each(String::clear),
        10 => "事情".clone_into(&mut row[0]),
        11 => "另一名称".clone_into(&mut row[4]),
        12 => "２工作日".clone_into(&mut row[LIMIT]),
        _ => {}
    }
}

/// The shipped rules with a handbook of many conditions, each row spoilt.
fn workbook(header: &str, spoil: Spoil) -> Sources {
    let mut csv = format!("\u{FEFF}{header}\r\n");
    for at in 0..CONDITIONS {
        let (class, sequence) = (at / 10, at % 10 + 1);
        let (big, small) = (class / 10 + 1, class % 10 + 1);
        let mut row = [
            "部件".to_owned(),
            format!("{big:02}"),
            format!("大类{big}"),
            format!("{small:02}"),
            format!("小类{big}-{small}"),
            sequence.to_string(),
            "SW".to_owned(),
            "水务局".to_owned(),
            format!("第{sequence}种情形"),
            "恢复原状".to_owned(),
            "2工作日".to_owned(),
        ];
        spoil(at, &mut row);
        csv.push_str(&row.join(","));
        csv.push_str("\r\n");
    }
    Sources::shipped().with("handbook.csv", csv)
}
