//! Two editions side by side: every change is said, once, in few words, and nothing else is.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use crate::given::edited;

mod fields;

use std::sync::LazyLock;

use duban_rules::diff::{Difference, Edition, diff};
use duban_rules::{Lang, RuleBook, Sources, parse};

use edited::edited;

#[test]
fn equal_rules_differ_in_nothing() {
    let same = difference(&Sources::shipped(), Lang::Zh);
    assert!(same.is_none());
    assert_eq!(same.lines(Lang::Zh), ["两版规则没有差别。"]);
}

#[test]
fn a_new_edition_says_in_words_what_changed() {
    let new = edited(Sources::shipped(), "handbook.toml", "2026-1", "2026-2");
    let new = edited(new, "handbook.toml", "effective = 2026-01-01", "effective = 2026-07-01");
    let new = edited(new, "handbook.csv", "补装到位,2紧急工作时", "补装到位,1紧急工作时");
    let new = edited(
        new,
        "handbook.csv",
        "水务局,井盖局部损坏、松动异响,更换或修好,2工作日\r\n",
        "水务局,井盖松动,修好,2工作日\r\n",
    );
    assert_eq!(
        changes(&new),
        [
            "部件 01-01 条件1(上水井盖) 处置时限:由“2紧急工作时”改为“1紧急工作时”",
            "部件 01-01 条件2(上水井盖) 立案条件:由“井盖局部损坏、松动异响”改为“井盖松动”",
            "部件 01-01 条件2(上水井盖) 结案条件:由“更换或修好”改为“修好”",
            "手册编号:由“2026-1”改为“2026-2”",
            "手册生效日期:由“2026-01-01”改为“2026-07-01”",
        ]
    );
}

#[test]
fn what_is_left_out_is_said_by_what_holds_instead() {
    let new = edited(Sources::shipped(), "stages.toml", "urgent = \"0.25 urgent_hour\"\n", "");
    let found = changes(&new);
    assert!(found.iter().all(|line| !line.contains("取消")), "{found:?}");
    assert!(found.iter().any(|line| line.contains("由“0.25紧急工作时”改为“")), "{found:?}");
}

#[test]
fn a_lunch_break_moved_is_one_line_with_what_follows() {
    let new = edited(
        Sources::shipped(),
        "calendar.toml",
        "\"14:00-17:30\"]\n\n#",
        "\"13:30-17:00\"]\n\n#",
    );
    assert_eq!(
        changes(&new),
        ["每个工作日的办公时段:由“08:30–12:00 14:00–17:30”改为“08:30–12:00 13:30–17:00”;\
          处置时限以工作时、工作日计的 87 条,到期时刻随之变化"]
    );
}

#[test]
fn a_weekend_of_one_day_is_one_line_with_what_follows() {
    let new = edited(
        Sources::shipped(),
        "calendar.toml",
        "weekend = [\"周六\", \"周日\"]",
        "weekend = [\"周日\"]",
    );
    assert_eq!(
        changes(&new),
        ["周末:由“周六、周日”改为“周日”;处置时限以工作时、工作日计的 87 条,到期时刻随之变化"]
    );
}

#[test]
fn hours_of_a_weekday_and_of_a_date_are_named() {
    let own = "[[weekday]]\nday = \"周五\"\nslots = [\"08:30-12:00\", \"14:00-16:30\"]\n\
               [[day]]\ndate = \"2026-10-10\"\nslots = [\"09:00-12:00\"]\n";
    let text = Sources::shipped().text("calendar.toml").unwrap().to_owned() + own;
    assert_eq!(
        changes(&Sources::shipped().with("calendar.toml", text)),
        [
            "周五的办公时段:由“08:30–12:00 14:00–17:30”改为“08:30–12:00 14:00–16:30”;\
             处置时限以工作时、工作日计的 87 条,到期时刻随之变化",
            "2026-10-10 当天的办公时段:新增“09:00–12:00”",
        ]
    );
}

#[test]
fn a_year_that_is_not_whole_any_more_passes_none_of_its_days_over() {
    let one = edited(Sources::shipped(), "holidays.csv", "2026-10-02,off", "2026-11-11,off");
    let said = changes(&one);
    for part in ["2026-10-02:取消放假", "2026-11-11:新增放假"] {
        assert!(said.iter().any(|line| line.contains(part)), "{part}: {said:?}");
    }
    let shipped = Sources::shipped();
    let rows = shipped.text("holidays.csv").unwrap();
    let is_spring = |row: &&str| row.starts_with("2026-") && row.contains(",off,春节");
    let bare: String = rows.split_inclusive('\n').filter(|row| !is_spring(row)).collect();
    let said = changes(&shipped.clone().with("holidays.csv", bare));
    assert!(said.iter().any(|line| line.contains("2026 年放假安排不再完整")), "{said:?}");
    assert!(said.iter().any(|line| line.contains("取消放假(春节)")), "{said:?}");
    let rest: String = rows.split_inclusive('\n').filter(|row| !row.starts_with("2026-")).collect();
    assert_eq!(changes(&shipped.clone().with("holidays.csv", rest)), ["2026 年放假安排不再列出"]);
}

#[test]
fn what_is_said_of_a_year_that_is_published_names_no_closure_of_the_county() {
    let without = Sources::shipped();
    let rows = without.text("holidays.csv").unwrap();
    let rest: String = rows.split_inclusive('\n').filter(|row| !row.starts_with("2026-")).collect();
    let closed = "\n[[closure]]\nfrom = \"2026-01-20\"\nreason = \"暴雪停办\"\n";
    let calendar = without.text("calendar.toml").unwrap().to_owned() + closed;
    let new = Sources::shipped().with("calendar.toml", calendar.clone());
    let old = without.clone().with("holidays.csv", rest).with("calendar.toml", calendar);
    let [was, is] = [&old, &new].map(|sources| parse(sources).0);
    let said =
        diff(Edition { sources: &old, book: &was }, Edition { sources: &new, book: &is }, Lang::Zh);
    let [said] = said.changes.try_into().unwrap_or_else(|all| panic!("{all:?}"));
    assert!(said.starts_with("2026 年放假安排已公布:") && !said.contains("暴雪"), "{said}");
}

#[test]
fn in_english_no_word_of_what_changed_is_left_out_of_the_second_one() {
    let ladder = Sources::shipped().text("ladder.toml").unwrap().to_owned();
    let new =
        Sources::shipped().with("ladder.toml", ladder.replace("\"deputy-head\"", "\"unit-head\""));
    let said = difference(&new, Lang::En).changes.join("\n");
    assert!(!said.contains(", ladder, step"), "{said}");
}

#[test]
fn a_closure_over_a_weekend_is_one_stretch() {
    let closure = "[[closure]]\nfrom = 2026-11-27\nuntil = 2026-11-30\nreason = \"暴雪停办\"\n";
    let text = Sources::shipped().text("calendar.toml").unwrap().to_owned() + closure;
    let new = Sources::shipped().with("calendar.toml", text);
    assert_eq!(changes(&new), ["2026-11-27 至 2026-11-30:新增停办(暴雪停办),其中工作日 2 天"]);
}

#[test]
fn a_holiday_that_became_a_workday_is_named() {
    let new = edited(Sources::shipped(), "holidays.csv", "2026-10-01,off", "2026-10-01,work");
    assert_eq!(changes(&new), ["2026-10-01:由“放假(国庆节)”改为“调休上班(国庆节)”"]);
}

#[test]
fn the_words_of_a_notice_that_changed_are_quoted() {
    let new = edited(Sources::shipped(), "notices.toml", "请及时签收,按标准", "请立即签收,按标准");
    assert_eq!(
        changes(&new),
        ["通知“派遣通知(dispatched)” 邮件正文:由“请及时签收”改为“请立即签收”"]
    );
}

#[test]
fn the_name_of_a_grid_is_a_change() {
    let new =
        edited(Sources::shipped(), "grid.toml", "name = \"西环街南段\"", "name = \"西环路南段\"");
    assert_eq!(changes(&new), ["监督网格 西环路南段(JD-03) 名称:由“西环街南段”改为“西环路南段”"]);
}

#[test]
fn people_who_follow_each_other_are_one_line() {
    let new = edited(
        Sources::shipped(),
        "units.toml",
        "name = \"贺示例\", phone = \"13900000070\"",
        "name = \"新示例\", phone = \"13900000999\"",
    );
    let new = edited(new, "committee.toml", "name = \"贺示例\"", "name = \"新示例\"");
    assert_eq!(
        changes(&new),
        [
            "城管委成员(县水务局):由“贺示例”改为“新示例”",
            "水务局(SW) 主要领导:由“贺示例”改为“新示例(电话 13900000999,邮箱 \
             sw.unit-head@suning.example,代班人 雷示例)”",
        ]
    );
}

#[test]
fn one_change_of_many_conditions_is_one_line() {
    let text = Sources::shipped()
        .text("handbook.csv")
        .unwrap()
        .replace("部件,01,公用设施", "部件,01,公用设备");
    let lines = changes(&Sources::shipped().with("handbook.csv", text));
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].starts_with("部件 01-01 条件1(上水井盖)、01-01 条件2"), "{}", lines[0]);
    assert!(lines[0].ends_with("大类名称:由“公用设施”改为“公用设备”"), "{}", lines[0]);
}

#[test]
fn steps_and_stages_go_by_the_names_people_use() {
    let new = edited(
        Sources::shipped(),
        "ladder.toml",
        "code = \"warning\", percent = 75",
        "code = \"warning\", percent = 80",
    );
    let new =
        edited(new, "ladder.toml", "\"deputy-head\"] },", "\"deputy-head\", \"duty-chief\"] },");
    let new = edited(new, "stages.toml", "limit = \"0.5 desk_hour\"", "limit = \"1 work_hour\"");
    assert_eq!(
        changes(&new),
        [
            "普通案件的一级督办(level-1) 告知:增加“值班长”",
            "普通案件的预警(warning) 时间:由“用去时限的 75 %”改为“用去时限的 80 %”",
            "立案环节 时限:由“0.5值守工作时”改为“1工作时”",
        ]
    );
}

#[test]
fn conditions_and_units_that_came_and_went_are_named_in_english_too() {
    let row = "部件,05,其他部件,99,试验井盖,1,SW,水务局,丢失,补装,1.5工作时\r\n";
    let text = Sources::shipped().text("handbook.csv").unwrap().to_owned() + row;
    let gone = "部件,01,公用设施,39,景观灯,1,CT,城投公司,损坏、缺亮,修复,3工作日\r\n";
    let new = Sources::shipped().with("handbook.csv", text.replacen(gone, "", 1));
    let new =
        edited(new, "units.toml", "name = \"支铁办\"", "name = \"支铁办公室\"\nactive = false");
    assert_eq!(
        difference(&new, Lang::En).changes,
        [
            "condition removed: component 01-39 condition 1 (景观灯)“损坏、缺亮”",
            "condition added: component 05-99 condition 1 (试验井盖)“丢失”, 水务局 (SW), 1.5 work_hour",
            "支铁办公室 (ZTB), name: from `支铁办` to `支铁办公室`",
            "支铁办公室 (ZTB), service: from `in service` to `out of service`",
        ]
    );
}

#[test]
fn comments_and_what_a_spreadsheet_program_does_to_a_file_are_no_change_of_the_rules() {
    let shipped = Sources::shipped();
    let text = |file| shipped.text(file).unwrap().to_owned();
    let saved = text("handbook.csv").replace(",01,", ",1,").replace("\r\n", "\n");
    let new = shipped.clone().with("handbook.csv", saved);
    let new = new.with("stages.toml", text("stages.toml") + "# 一条注释\n");
    let slashes = text("holidays.csv").replace("2026-02-1", "2026/2/1");
    let new = new.with("holidays.csv", slashes);
    let found = difference(&new, Lang::Zh);
    assert_eq!(found.changes, Vec::<String>::new());
    assert_eq!(
        found.lines(Lang::Zh),
        ["handbook.csv、holidays.csv、stages.toml:只有注释或排版不同,规则没有变"]
    );
}

#[test]
fn what_no_part_of_the_rules_shows_is_told_by_its_place() {
    let new = edited(Sources::shipped(), "calendar.toml", "first_year = 2015", "first_year = 2016");
    assert_eq!(changes(&new), ["calendar.toml first_year:由“2015”改为“2016”"]);
}

fn changes(new: &Sources) -> Vec<String> {
    let found = difference(new, Lang::Zh);
    assert_eq!(found.layout, Vec::<&str>::new());
    found.changes
}

/// What differs between the shipped rules and these.
pub(crate) fn difference(new: &Sources, lang: Lang) -> Difference {
    static SHIPPED: LazyLock<(Sources, RuleBook)> = LazyLock::new(|| {
        let shipped = Sources::shipped();
        let book = parse(&shipped).0;
        (shipped, book)
    });
    let (sources, book) = &*SHIPPED;
    let usual = Edition { sources, book };
    diff(usual, Edition { sources: new, book: &parse(new).0 }, lang)
}
