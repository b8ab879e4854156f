//! Two editions side by side, and one on paper.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use duban_rules::diff::diff;
use duban_rules::print::handbook_html;
use duban_rules::{Lang, RuleBook, Sources, parse};

#[test]
fn equal_rules_differ_in_nothing() {
    assert_eq!(changes(Sources::shipped(), Lang::Zh), Vec::<String>::new());
}

#[test]
fn a_new_edition_says_in_words_what_changed() {
    let new = edit(Sources::shipped(), "handbook.toml", "2026-1", "2026-2");
    let new = edit(new, "handbook.toml", "effective = 2026-01-01", "effective = 2026-07-01");
    let new = edit(new, "handbook.csv", "补装到位,2紧急工作时", "补装到位,1紧急工作时");
    let new = edit(
        new,
        "handbook.csv",
        "水务局,井盖局部损坏、松动异响,更换或修好,2工作日\r\n",
        "水务局,井盖松动,修好,2工作日\r\n",
    );
    assert_eq!(
        changes(new, Lang::Zh),
        [
            "手册编号:由“2026-1”改为“2026-2”",
            "手册生效日期:由“2026-01-01”改为“2026-07-01”",
            "part-01-01-1 上水井盖 处置时限:由“2紧急工作时”改为“1紧急工作时”",
            "part-01-01-2 上水井盖 立案条件:由“井盖局部损坏、松动异响”改为“井盖松动”",
            "part-01-01-2 上水井盖 结案条件:由“更换或修好”改为“修好”",
        ]
    );
}

#[test]
fn conditions_units_and_people_that_came_and_went_are_named() {
    let row = "部件,05,其他部件,99,试验井盖,1,SW,水务局,丢失,补装,1.5工作时\r\n";
    let text = Sources::shipped().text("handbook.csv").unwrap().to_owned() + row;
    let text = text.replacen(
        "部件,01,公用设施,39,景观灯,1,CT,城投公司,损坏、缺亮,修复,3工作日\r\n",
        "",
        1,
    );
    let new = Sources::shipped().with("handbook.csv", text);
    let new = edit(
        new,
        "units.toml",
        "id = \"ZTB\"\nname = \"支铁办\"",
        "id = \"ZTB\"\nactive = false\nname = \"支铁办公室\"",
    );
    let new = edit(
        new,
        "units.toml",
        "name = \"赵示例\", phone = \"13900000001\"",
        "name = \"赵示例\", phone = \"13900000999\"",
    );
    let new = edit(new, "committee.toml", "name = \"贝示例\"", "name = \"新示例\"");
    assert_eq!(
        changes(new, Lang::En),
        [
            "condition part-01-39-1 景观灯 `损坏、缺亮` removed",
            "condition part-05-99-1 试验井盖 `丢失` added: SW, 1.5 work_hour",
            "CG-ZF, informant 赵示例, phone: from `13900000001` to `13900000999`",
            "ZTB, name: from `支铁办` to `支铁办公室`",
            "ZTB, service: from `in service` to `out of service`",
            "committee and centre: county-leader 新示例 added",
            "committee and centre: county-leader 贝示例 removed",
        ]
    );
}

#[test]
fn steps_stages_and_holidays_that_changed_are_named() {
    let new = edit(
        Sources::shipped(),
        "ladder.toml",
        "code = \"warning\", percent = 75",
        "code = \"warning\", percent = 80",
    );
    let new = edit(new, "holidays.csv", "2026-10-01,off", "2026-10-01,work");
    let new = edit(new, "stages.toml", "within_metres = 100", "within_metres = 50");
    let lines = changes(new, Lang::Zh);
    let ladder = lines.iter().find(|line| line.contains("步骤 warning")).unwrap();
    assert!(ladder.starts_with("督办(普通) 步骤 warning:由“用去 75 %"), "{ladder}");
    assert!(ladder.contains("改为“用去 80 %"), "{ladder}");
    let site = "现场核实、核查距离:由“100 米”改为“50 米”".to_owned();
    assert!(lines.contains(&site), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("2026-10-01:由“放假(")), "{lines:?}");
}

#[test]
fn the_printed_handbook_carries_its_edition_and_every_condition() {
    let book = parse(&Sources::shipped()).0;
    let page = handbook_html(&book);
    assert!(page.contains("第 2026-1 版") && page.contains("自 2026-01-01 起生效"));
    for condition in book.handbook.conditions.values() {
        assert!(page.contains(&condition.filing) && page.contains(&condition.limit.to_string()));
    }
    assert_eq!(page.matches("<tr><td>").count(), 124 + book.units.iter().count());
    assert!(!page.contains("13900000001"), "mobile numbers are not printed");
}

#[test]
fn what_stands_in_the_handbook_is_never_taken_for_html() {
    let evil = edit(
        Sources::shipped(),
        "handbook.csv",
        "补装到位,2紧急工作时",
        "<script>a&b</script>,2紧急工作时",
    );
    let page = handbook_html(&parse(&evil).0);
    assert!(page.contains("&lt;script&gt;a&amp;b&lt;/script&gt;"));
    assert!(!page.contains("<script"));
}

fn changes(new: Sources, lang: Lang) -> Vec<String> {
    let read = |sources: &Sources| -> RuleBook { parse(sources).0 };
    diff(&read(&Sources::shipped()), &read(&new), lang)
}

#[track_caller]
fn edit(sources: Sources, file: &str, old: &str, new: &str) -> Sources {
    let text = sources.text(file).unwrap();
    assert!(text.contains(old), "{file} does not contain {old:?}");
    let text = text.replacen(old, new, 1);
    sources.with(file, text)
}
