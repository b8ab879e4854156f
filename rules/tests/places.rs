//! Slips of the pen in rules files: each is told once, where it stands, by the character that is to blame.
//!
//! Each row is one slip in the shipped rules, and everything that is found then: code, severity, underlined text.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use std::collections::BTreeSet;

use duban_rules::vocabulary::{ConditionCode, LimitUnit, TimeLimit, UnitId};
use duban_rules::{Diagnostic, Lang, RuleBook, Sources, parse};

const HANDBOOK: &str = "handbook.csv";
const LADDER: &str = "ladder.toml";
const EDITION: &str = "handbook.toml";
const CALENDAR: &str = "calendar.toml";
const STAGES: &str = "stages.toml";
const UNITS: &str = "units.toml";
const HOLIDAYS: &str = "holidays.csv";

/// A condition of the shipped handbook.
const ROW: &str =
    "部件,01,公用设施,01,上水井盖,2,SW,水务局,井盖局部损坏、松动异响,更换或修好,2工作日";

/// File, what is replaced, by what, and what is found: a code with the text under its carets.
type Slip = (&'static str, String, String, &'static [(&'static str, &'static str)]);

#[test]
fn a_character_that_nobody_sees_is_named_and_the_value_read_without_it() {
    each(&[
        row("SW", "S\u{200b}W", &[("R0020", "S\u{200b}W")]),
        row("SW", "\u{feff}SW\u{2060}", &[("R0020", "\u{feff}SW\u{2060}")]),
        row(",2,SW", ",2\u{200d},SW", &[("R0020", "2\u{200d}")]),
        row("部件,01", "\u{feff}部件,01", &[("R0020", "\u{feff}部件")]),
        row("上水井盖", "上水\u{200b}井盖", &[("R0020", "上水\u{200b}井盖")]),
        row("水务局", "水\u{200b}务局", &[("R0020", "水\u{200b}务局")]),
        row("2工作日", "2\u{200b}工作日", &[("R0020", "2\u{200b}工作日")]),
        row("SW", "\u{a0}SW\u{3000}", &[]),
        slip(HANDBOOK, "大类代码", "大类\u{200b}代码", &[("R0020", "大类\u{200b}代码")]),
        slip(UNITS, "id = \"CG-ZF\"", "id = \"CG-\u{200b}ZF\"", &[("R0020", "\"CG-\u{200b}ZF\"")]),
        slip(LADDER, "\"informant\"", "\"infor\u{ad}mant\"", &[("R0020", "\"infor\u{ad}mant\"")]),
        slip(CALENDAR, "\"周六\"", "\"周\u{200b}六\"", &[("R0020", "\"周\u{200b}六\"")]),
        slip(
            HOLIDAYS,
            "2015-01-02,off",
            "2015-01-02\u{200b},off",
            &[("R0020", "2015-01-02\u{200b}")],
        ),
        slip(HOLIDAYS, "2015-01-02,off", "2015-01-02,off\u{200b}", &[("R0020", "off\u{200b}")]),
    ]);
}

#[test]
fn a_blank_that_is_none_is_named_where_it_stops_the_parser_or_splits_a_code() {
    each(&[
        row("SW", "S\u{a0}W", &[("R0131", "S\u{a0}W")]),
        row("SW,水务局", "SW ZJ,水务局", &[("R0131", "SW ZJ")]),
        slip(LADDER, "level = 1,", "level\u{a0}= 1,", &[("R0022", "\u{a0}")]),
        slip(
            EDITION,
            "effective = 2026",
            "effective = \u{200b}2026",
            &[("R0022", "\u{200b}2026-01-01")],
        ),
        slip(EDITION, "number =", "num\u{200b}ber =", &[("R0022", "\u{200b}")]),
        slip(STAGES, "within_metres = ", "within_metres =\u{3000}", &[("R0022", "\u{3000}100")]),
    ]);
}

#[test]
fn full_width_letters_and_digits_mean_one_thing_and_are_read_with_a_warning() {
    each(&[
        row("SW", "\u{ff33}\u{ff37}", &[("R0021", "\u{ff33}\u{ff37}")]),
        row(",2,SW", ",\u{ff12},SW", &[("R0021", "\u{ff12}")]),
        row("部件,01", "部件,\u{ff10}\u{ff11}", &[("R0021", "\u{ff10}\u{ff11}")]),
        row("2工作日", "\u{ff12}工作日", &[("R0021", "\u{ff12}工作日")]),
        row("SW,水务局", "SW\u{ff0c}ZJ,水务局\u{ff0c}住建局", &[]),
        slip(
            CALENDAR,
            "08:30-12:00",
            "08\u{ff1a}30\u{ff0d}12:00",
            &[("R0021", "\"08\u{ff1a}30\u{ff0d}12:00\"")],
        ),
        slip(EDITION, "2026-01-01", "\"2026\u{ff0d}01-01\"", &[("R0021", "\"2026\u{ff0d}01-01\"")]),
        slip(
            HOLIDAYS,
            "2015-01-02,off",
            "\u{ff12}\u{ff10}15-01-02,off",
            &[("R0021", "\u{ff12}\u{ff10}15-01-02")],
        ),
        slip(
            STAGES,
            "\"0.5 desk_hour\"",
            "\"\u{ff10}.5 work_hour\"",
            &[("R0021", "\"\u{ff10}.5 work_hour\"")],
        ),
    ]);
}

#[test]
fn full_width_signs_that_toml_cannot_read_are_named_with_the_one_to_write_and_nothing_follows() {
    each(&[
        slip(
            LADDER,
            "percent = 75, light",
            "percent = \u{ff17}\u{ff15}, light",
            &[("R0017", "\u{ff17}\u{ff15}")],
        ),
        slip(CALENDAR, "\"周六\", \"周日\"", "\"周六\"\u{ff0c}\"周日\"", &[("R0017", "\u{ff0c}")]),
        slip(CALENDAR, "version =", "version \u{ff1d}", &[("R0017", "\u{ff1d}")]),
        slip(
            CALENDAR,
            "\"2026-1\"",
            "\u{201c}2026-1\u{201d}",
            &[("R0017", "\u{201c}2026-1\u{201d}")],
        ),
        slip(LADDER, "[urgent]", "\u{3010}urgent\u{3011}", &[("R0017", "\u{3010}")]),
        slip(STAGES, "limit = \"0.5", "limit \u{ff1d} \"0.5", &[("R0017", "\u{ff1d}")]),
    ]);
}

#[test]
fn a_percentage_in_another_spelling_is_one_error_that_says_the_whole_number() {
    let spellings = [
        ("80%", "R0015"),
        ("\"80%\"", "R0015"),
        ("80\u{ff05}", "R0015"),
        ("0.8", "R0015"),
        ("\"80\"", "R0023"),
    ];
    for (spelling, code) in spellings {
        for file in [LADDER, STAGES] {
            let (percent, found) = match file {
                LADDER => ("percent = 100, light", format!("percent = {spelling}, light")),
                _ => ("percent = 100, tell", format!("percent = {spelling}, tell")),
            };
            let sources = with(file, percent, &found);
            let news = news(&sources);
            let [only] = news.as_slice() else { panic!("{spelling} in {file}: {news:?}") };
            assert_eq!((only.code, underlined(only, &sources)), (code, spelling), "{file}");
            assert!(only.help.of(Lang::Zh).contains("80"), "{:?}", only.help);
        }
    }
}

#[test]
fn nothing_is_told_to_be_written_that_is_refused_where_it_stands() {
    let share = ("extension.toml", "\npercent = ", "10\n", "R1001");
    let step = (LADDER, "percent = ", "100, light", "R0505");
    for ((file, before, after, out_of_range), spellings) in [
        (share, ["-5.5", "100.5", "\"-5.5%\"", "0.001", "\"101%\"", "0%"]),
        (step, ["-5.5", "10000.5", "\"-5.5%\"", "0.001", "\"10001%\"", "0%"]),
    ] {
        for spelling in spellings {
            let other = format!("{spelling}{}", after.trim_start_matches(char::is_numeric));
            let sources = with(file, &format!("{before}{after}"), &format!("{before}{other}"));
            let news = news(&sources);
            let [only] = news.as_slice() else { panic!("{spelling} in {file}: {news:?}") };
            // A bare one is not known to be a share or a step.
            let code = if spelling == "0%" { "R0015" } else { out_of_range };
            assert_eq!((only.code, underlined(only, &sources)), (code, spelling), "{file}");
            let (help, said) = (only.help.of(Lang::Zh), only.message.of(Lang::Zh));
            assert!(
                (help.contains("写 1 ") || help.contains("写一个整数"))
                    && said.contains(spelling.trim_matches('"')),
                "{said}: {help}"
            );
        }
    }
    each(&[
        // A number in quotation marks is told to be written without only where it may stand so.
        slip(STAGES, "within_metres = 100", "within_metres = \"100.5\"", &[("R0008", "\"100.5\"")]),
        slip(STAGES, "within_metres = 100", "within_metres = \"100\"", &[("R0023", "\"100\"")]),
        // A number in full width may be any, and no percentage.
        slip(
            "extension.toml",
            "\npercent = 10",
            "\npercent = \u{ff11}\u{ff0e}\u{ff15}",
            &[("R0017", "\u{ff11}\u{ff0e}\u{ff15}")],
        ),
    ]);
}

#[test]
fn whoever_is_called_has_a_number_that_can_be_dialled_a_collector_too() {
    let grid = Sources::shipped().text("grid.toml").unwrap().to_owned();
    let (_, rest) = grid.split_once("[[collector]]").unwrap();
    let line = rest.lines().find(|line| line.contains("phone = ")).unwrap();
    let unreachable = with("grid.toml", line, "phone = \"abc\"");
    let news = news(&unreachable);
    let [only] = news.as_slice() else { panic!("{news:?}") };
    assert_eq!((only.code, underlined(only, &unreachable)), ("R0208", "\"abc\""));
    // They are on record all the same: what was in force goes on.
    let collectors = |sources| parse(sources).0.grid.all_collectors().count();
    assert_eq!(collectors(&unreachable), collectors(&Sources::shipped()));
}

#[test]
fn a_day_that_does_not_exist_is_said_to_be_none_and_never_a_text() {
    each(&[
        slip(EDITION, "2026-01-01", "2026-02-31", &[("R0016", "2026-02-31")]),
        slip(EDITION, "2026-01-01", "\"2026-02-31\"", &[("R0016", "\"2026-02-31\"")]),
        slip(EDITION, "2026-01-01", "\"2026年13月1日\"", &[("R0016", "\"2026年13月1日\"")]),
        slip(EDITION, "2026-01-01", "2026/02/30", &[("R0016", "2026/02/30")]),
        slip(HOLIDAYS, "2015-01-02,off", "2015-02-31,off", &[("R0016", "2015-02-31")]),
        slip(EDITION, "2026-01-01", "2026/01/01", &[("R0018", "2026/01/01")]),
        slip(
            EDITION,
            "2026-01-01",
            "2026\u{ff0d}01\u{ff0d}01",
            &[("R0018", "2026\u{ff0d}01\u{ff0d}01")],
        ),
        slip(EDITION, "2026-01-01", "\"2026年1月1日\"", &[]),
    ]);
}

#[test]
fn one_slip_in_toml_makes_nothing_else_look_missing() {
    each(&[
        slip(STAGES, "[receipt]", "[receipt", &[("R0004", "")]),
        slip(LADDER, "step = [", "step = ", &[("R0004", "")]),
        slip(UNITS, "contact = [", "contact = ", &[("R0004", "")]),
        slip("notices.toml", "body = \"\"\"", "body = \"\"", &[("R0004", "")]),
        slip(UNITS, "name = \"城管局执法站\"", "name = 城管局执法站", &[("R0004", "城管局执法站")]),
        slip(UNITS, "class = 1", "class = 1类", &[("R0004", "1类")]),
        slip(
            STAGES,
            "limit = \"0.5 desk_hour\"",
            "limit = 0.5 desk_hour",
            &[("R0004", "0.5 desk_hour")],
        ),
        slip(STAGES, "within_metres = 100", "within_metres = 100米", &[("R0004", "100米")]),
        slip(UNITS, "role = \"informant\"", "role = \"informer\"", &[("R0013", "\"informer\"")]),
        slip(
            "committee.toml",
            "role = \"committee-chair\"",
            "role = \"chair\"",
            &[("R0013", "\"chair\"")],
        ),
    ]);
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_blamed_on_its_own_row_and_costs_no_other() {
    let open = ROW.replace("井盖局部", "\"井盖局部");
    let sources = with(HANDBOOK, ROW, &open);
    let (book, _) = parse(&sources);
    let (shipped, _) = parse(&Sources::shipped());
    let found = news(&sources);
    let codes: Vec<_> =
        found.iter().map(|found| (found.code, found.position(&sources).0)).collect();
    assert_eq!(codes, [("R0103", 3)]);
    assert_eq!(book.handbook.conditions.len() + 1, shipped.handbook.conditions.len());
    assert_eq!(book.handbook.left_out, 1, "what was read is a part, and says so");

    let sources = with(HOLIDAYS, "2015-01-02,off,元旦", "2015-01-02,off,\"元旦");
    let found = news(&sources);
    let codes: Vec<_> =
        found.iter().map(|found| (found.code, found.position(&sources).0)).collect();
    assert_eq!(codes, [("R0103", 3)]);
}

#[test]
fn full_width_commas_between_cells_are_one_error_of_their_row() {
    each(&[
        row(
            "SW,水务局,",
            "SW\u{ff0c}水务局\u{ff0c}",
            &[("R0130", "SW\u{ff0c}水务局\u{ff0c}井盖局部损坏、松动异响")],
        ),
        row(",2,SW", ",2\u{ff0c}SW", &[("R0130", "2\u{ff0c}SW")]),
        row(
            "异响,更换",
            "异响\u{ff0c}更换",
            &[("R0130", "井盖局部损坏、松动异响\u{ff0c}更换或修好")],
        ),
        row("损坏、松动", "损坏\u{ff0c}松动", &[]),
    ]);
    let sources = with(HANDBOOK, "大类代码,大类名称", "大类代码\u{ff0c}大类名称");
    let found = news(&sources);
    let codes: Vec<_> = found.iter().map(|found| found.code).collect();
    assert_eq!(codes, ["R0130"]);
    let (book, _) = parse(&sources);
    assert_eq!((book.handbook.conditions.len(), book.handbook.left_out), (0, 124));
}

#[test]
fn what_appears_twice_says_where_the_first_one_is() {
    let twice = with(HANDBOOK, ROW, &format!("{ROW}\r\n{ROW}"));
    assert_eq!(messages(&twice), ["立案条件 `part-01-01-2` 重复,第 3 行已有"]);
    let renamed = with(HANDBOOK, ROW, &ROW.replace("上水井盖", "下水井盖"));
    assert_eq!(
        messages(&renamed),
        ["类别代码 `part-01-01` 有两个名称:第 2 行为 `上水井盖`,此处为 `下水井盖`"]
    );
    let unit = with(UNITS, "id = \"CG-HW\"", "id = \"CG-ZF\"");
    assert!(messages(&unit).contains(&"终端单位编码 `CG-ZF` 重复,第 31 行已有".to_owned()));
    let collector = with("grid.toml", "id = \"CJ-02\"", "id = \"CJ-01\"");
    assert!(messages(&collector).contains(&"信息采集员 `CJ-01` 重复,第 11 行已有".to_owned()));
    let day = with(HOLIDAYS, "2015-01-02,off,元旦", "2015-01-01,off,元旦");
    assert_eq!(messages(&day), ["2015-01-01 出现两次,第 2 行已有"]);
}

#[test]
fn the_row_of_the_first_one_is_the_row_that_a_spreadsheet_shows() {
    let broken = ROW.replace("更换或修好", "\"更换\n或\n修好\"");
    let last = "事件,05,突发事件,99,试验,1,SW,水务局,甲,乙,2工作日";
    let sources = with(HANDBOOK, ROW, &format!("{broken}\r\n{last}\r\n{last}"));
    assert_eq!(messages(&sources), ["立案条件 `event-05-99-1` 重复,第 4 行已有"]);
}

#[test]
fn two_candidates_with_both_names_are_right_in_any_order_and_a_wrong_name_is_underlined_alone() {
    each(&[
        row("SW,水务局", "SW、ZJ,水务局、住建局", &[]),
        row("SW,水务局", "SW;ZJ,住建局/水务局", &[]),
        row("SW,水务局", "SW、ZJ(JD-01),水务局、住建局(JD-01)", &[]),
        row("SW,水务局", "SW、ZJ,水务局", &[]),
        row("SW,水务局", "SW、ZJ,水务局、教育局", &[("R0906", "教育局")]),
        row("SW,水务局", "SW,住建局", &[("R0906", "住建局")]),
    ]);
}

#[test]
fn a_supervising_unit_that_is_misspelt_or_out_of_service_is_told_at_its_name() {
    let steward = |supervising: &str| {
        let text = Sources::shipped().text(UNITS).unwrap().to_owned();
        let more = format!(
            "\n[[unit]]\nid = \"MQ-09\"\nname = \"某店\"\nfrontage_steward = true\n{supervising}\
             place = {{ lon = 115.8, lat = 38.4 }}\n\
             contact = [{{ role = \"informant\", name = \"甲\", phone = \"13900000999\" }}]\n\
             \n[[unit]]\nid = \"TY-01\"\nname = \"停用站\"\nclass = 3\nactive = false\n\
             contact = [{{ role = \"informant\", name = \"乙\", phone = \"13900000998\" }}]\n"
        );
        let sources = Sources::shipped().with(UNITS, text + &more);
        let found = news(&sources);
        // Its leaders come from the unit that supervises it: of one that is not there nothing is known.
        let lacks_leaders = found.iter().any(|found| found.code == "R0922");
        assert!(!(lacks_leaders && supervising.contains("CG-ZF")), "{found:?}");
        let found: Vec<_> = found.iter().filter(|found| found.code == "R0912").collect();
        let told: Vec<_> = found
            .iter()
            .map(|found| {
                (found.message.of(Lang::Zh).to_owned(), underlined(found, &sources).to_owned())
            })
            .collect();
        told
    };
    let told = |message: &str, text: &str| vec![(message.to_owned(), text.to_owned())];
    assert_eq!(steward("supervising = \"CG-ZF\"\n"), []);
    assert_eq!(
        steward("supervising = \"CG-ZFF\"\n"),
        told("督促单位 `CG-ZFF` 不在 units.toml 中", "\"CG-ZFF\"")
    );
    assert_eq!(steward("supervising = \"TY-01\"\n"), told("督促单位 `TY-01` 已停用", "\"TY-01\""));
    assert_eq!(
        steward("supervising = \"MQ-09\"\n"),
        told("督促单位 `MQ-09` 也是“门前五包”责任人", "\"MQ-09\"")
    );
    assert_eq!(steward(""), told("“门前五包”责任人 `MQ-09` 没有督促单位", "\"MQ-09\""));
}

#[test]
fn what_was_read_of_a_file_in_part_is_counted_as_a_part() {
    let left_out = |sources: &Sources| {
        let (book, _) = parse(sources);
        (book.handbook.left_out, book.units.left_out, book.grid.left_out, book.cut_short)
    };
    let none = BTreeSet::new;
    assert_eq!(left_out(&Sources::shipped()), (0, 0, 0, none()));
    assert_eq!(left_out(&with(HANDBOOK, ROW, &ROW.replace("2工作日", "很快"))), (1, 0, 0, none()));
    assert_eq!(left_out(&with(UNITS, "class = 1", "class = 4")), (0, 1, 0, none()));
    let cell = with("grid.toml", "code = \"130926", "code = \"13092");
    assert_eq!(left_out(&cell), (0, 0, 1, none()));
    let spoilt = with(UNITS, "contact = [", "contact = ");
    assert_eq!(left_out(&spoilt).3, BTreeSet::from([UNITS]));
    assert_eq!(left_out(&Sources::shipped().without(HANDBOOK)).3, BTreeSet::from([HANDBOOK]));
}

#[test]
fn what_was_typed_otherwise_means_what_it_was_meant_to() {
    let typed =
        ROW.replace(",2,SW,", ",\u{ff12},\u{ff33}\u{200b}W,").replace("2工作日", "\u{ff12}工作日");
    let (book, _) = parse(&with(HANDBOOK, ROW, &typed));
    let condition = book.handbook.condition(&ConditionCode::new("part-01-01-2")).unwrap();
    assert_eq!(condition.candidates[0].unit, UnitId::new("SW"));
    assert_eq!(condition.limit, TimeLimit::new(2_000, LimitUnit::WorkDay));
    let same = |book: RuleBook| (book.handbook.conditions, book.handbook.left_out);
    assert_eq!(same(book), same(parse(&Sources::shipped()).0));
}

/// A slip in one condition of the handbook.
fn row(from: &str, to: &str, found: &'static [(&'static str, &'static str)]) -> Slip {
    assert!(ROW.contains(from), "{from}");
    (HANDBOOK, ROW.to_owned(), ROW.replacen(from, to, 1), found)
}

fn slip(
    file: &'static str,
    from: &str,
    to: &str,
    found: &'static [(&'static str, &'static str)],
) -> Slip {
    (file, from.to_owned(), to.to_owned(), found)
}

#[track_caller]
fn each(slips: &[Slip]) {
    for (file, from, to, wanted) in slips {
        let sources = with(file, from, to);
        let news = news(&sources);
        let found: Vec<_> =
            news.iter().map(|found| (found.code, underlined(found, &sources))).collect();
        assert_eq!(found, *wanted, "{file}: {from:?} -> {to:?}: {news:?}");
    }
}

/// The shipped rules with one piece of one file replaced.
#[track_caller]
fn with(file: &str, from: &str, to: &str) -> Sources {
    let sources = Sources::shipped();
    let text = sources.text(file).unwrap();
    assert!(text.contains(from), "{file} has no {from:?}");
    let text = text.replacen(from, to, 1);
    sources.with(file, text)
}

/// What is found beyond what the shipped rules say anyway.
fn news(sources: &Sources) -> Vec<Diagnostic> {
    let said = |found: &Diagnostic| (found.code, found.message.of(Lang::Zh).to_owned());
    let usual: BTreeSet<_> = parse(&Sources::shipped()).1.iter().map(said).collect();
    let mut found = parse(sources).1;
    found.retain(|found| !usual.contains(&said(found)));
    found
}

fn messages(sources: &Sources) -> Vec<String> {
    news(sources).iter().map(|found| found.message.of(Lang::Zh).to_owned()).collect()
}

fn underlined<'a>(found: &Diagnostic, sources: &'a Sources) -> &'a str {
    sources.text(&found.file).unwrap().get(found.span.clone()).unwrap()
}

#[test]
fn a_row_of_headings_that_is_one_cell_is_told_by_what_joined_it() {
    let headings = "类别,大类代码,大类名称,小类代码,小类名称,条件序号,责任单位编码,责任单位,立案条件,结案条件,处置时限";
    let joined = headings.replace(',', "\u{ff0c}");
    let codes = |to: &str| {
        let text = Sources::shipped().text(HANDBOOK).unwrap().replacen(headings, to, 1);
        let found = parse(&Sources::shipped().with(HANDBOOK, text)).1;
        found
            .iter()
            .filter(|found| &*found.file == HANDBOOK)
            .map(|found| found.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&joined), ["R0130"]);
    assert_eq!(codes(&format!("\"{headings}")), ["R0103"]);
}

#[test]
fn a_second_unit_of_one_id_moves_no_message_about_the_first() {
    let steward = |supervising: &str| {
        format!(
            "\n[[unit]]\nid = \"MQ-09\"\nname = \"某店\"\nfrontage_steward = true\nsupervising = \"{supervising}\"\n"
        )
    };
    let text = Sources::shipped().text(UNITS).unwrap().to_owned();
    let sources = Sources::shipped().with(UNITS, text + &steward("CG-ZFF") + &steward("CG-ZF"));
    let found = parse(&sources).1;
    let told = found.iter().find(|found| found.code == "R0912").unwrap();
    assert!(told.render(&sources, Lang::Zh).contains("\"CG-ZFF\""), "{found:?}");
}
