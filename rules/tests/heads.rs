//! Heads of units and organisations, and members of the committee: the same people wherever they stand (articles 2 and 8).

use chrono::NaiveDate;
use duban_rules::book::officials::ClosingRule::{AnyChief, OnShift};
use duban_rules::book::officials::{MeetingRule, Member};
use duban_rules::diff::{Edition, diff};
use duban_rules::print::handbook_html;
use duban_rules::vocabulary::{LimitUnit, Recipient, TimeLimit, UnitId};
use duban_rules::{Diagnostic, Lang, RuleBook, Severity, Sources, parse};

use crate::given::edited::edited;

/// The one head of the management bureau, in its first terminal.
const HEAD_OF_FIRST: &str = "{ role = \"unit-head\", name = \"周示例\", phone = \"13900000005\", email = \"cg-zf.unit-head@suning.example\", deputy = \"李示例\" }";

/// What is said of heads and whatever else is wrong; that next year's holidays are not published is always said.
fn told(sources: &Sources) -> (RuleBook, Vec<Diagnostic>) {
    let (book, mut found) = parse(sources);
    found.retain(|one| one.code != "R0414");
    (book, found)
}

fn found(sources: &Sources) -> Vec<(&'static str, Severity)> {
    told(sources).1.iter().map(|one| (one.code, one.severity)).collect()
}

fn shipped(file: &str, from: &str, to: &str) -> Sources {
    edited(Sources::shipped(), file, from, to)
}

fn members_of(book: &RuleBook, organisation: &str) -> Vec<Member> {
    let members = book.officials.members.iter();
    members.filter(|member| member.organisation == organisation).cloned().collect()
}

fn day(month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, month, day)
}

#[test]
fn a_member_who_refers_to_a_unit_is_of_the_body_it_belongs_to() {
    let sources = shipped(
        "committee.toml",
        "unit = \"YL\"",
        "unit = \"YL\"\nfrom = 2026-03-01\nuntil = \"2026-12-31\"",
    );
    let (book, found) = told(&sources);
    assert_eq!(found, []);
    let member = Member {
        name: "邹示例".to_owned(),
        organisation: "县园林局".to_owned(),
        unit: Some(UnitId::new("YL")),
        from: day(3, 1),
        until: day(12, 31),
    };
    assert_eq!(members_of(&book, "县园林局"), [member]);
    assert!(handbook_html(&book).contains(
        "<td>邹示例</td><td>县园林局</td><td>园林局</td><td>2026-03-01 至 2026-12-31</td>"
    ));
}

#[test]
fn a_member_is_of_a_unit_that_is_there_and_of_its_own_body() {
    let error = |code| [(code, Severity::Error)];
    let unknown = shipped("committee.toml", "unit = \"SNZ\"", "unit = \"SN-Z\"");
    assert_eq!(found(&unknown), error("R0917"));
    let message = &told(&unknown).1[0].help;
    assert!(message.of(Lang::Zh).contains("SNZ"), "{message:?}");
    let other = "unit = \"SNZ\"\norganisation = \"县水务局\"";
    assert_eq!(found(&shipped("committee.toml", "unit = \"SNZ\"", other)), error("R0918"));
    let same = "unit = \"SNZ\"\norganisation = \"肃宁镇\"";
    assert_eq!(found(&shipped("committee.toml", "unit = \"SNZ\"", same)), []);
    let term = "unit = \"SNZ\"\nfrom = 2026-03-01\nuntil = 2026-02-28";
    assert_eq!(found(&shipped("committee.toml", "unit = \"SNZ\"", term)), error("R0802"));
    let neither = shipped("committee.toml", "unit = \"SNZ\"\n", "");
    assert_eq!(found(&neither).len(), 1, "{:?}", parse(&neither).1);
}

#[test]
fn a_member_in_office_is_the_head_and_a_former_one_need_not_be() {
    let other = |term: &str| {
        let of_unit = format!("name = \"前示例\"\nunit = \"SW\"{term}");
        shipped("committee.toml", "name = \"贺示例\"\nunit = \"SW\"", &of_unit)
    };
    assert_eq!(found(&other("")), [("R0916", Severity::Error)]);
    assert_eq!(found(&other("\nuntil = 2025-12-31")), []);
    let of_several = shipped("committee.toml", "name = \"周示例\"", "name = \"前示例\"");
    assert_eq!(found(&of_several), [("R0916", Severity::Error)]);
}

#[test]
fn a_first_class_head_who_is_no_member_is_asked_about_once_for_each_body() {
    let text = Sources::shipped().text("committee.toml").unwrap().to_owned();
    let (people, members) = text.split_at(text.find("\n[[member]]").unwrap());
    assert!(!members.contains("[[person]]"));
    let none = Sources::shipped().with("committee.toml", people);
    let bodies =
        ["县城管局", "县住建局", "县城投公司", "县园林局", "县电力局", "县住房中心", "县公安局"];
    assert_eq!(found(&none), vec![("R0919", Severity::Warning); bodies.len()]);
    let told = told(&none).1;
    for body in bodies {
        assert!(told.iter().any(|one| one.message.of(Lang::Zh).contains(body)), "{body}");
    }
    let former = "unit = \"ZJ\"\nuntil = 2025-12-31";
    let former = shipped("committee.toml", "unit = \"ZJ\"", former);
    assert_eq!(found(&former), [("R0919", Severity::Warning)]);
}

#[test]
fn a_committee_that_names_bodies_alone_is_read_as_before() {
    let named = shipped("committee.toml", "unit = \"SW\"", "organisation = \"县水务局\"");
    assert_eq!(found(&named), []);
    let (book, _) = parse(&named);
    let member = Member {
        name: "贺示例".to_owned(),
        organisation: "县水务局".to_owned(),
        unit: None,
        from: None,
        until: None,
    };
    assert_eq!(members_of(&book, "县水务局"), [member]);
    // Who is not said to be the head of that body may be anybody.
    assert_eq!(found(&edited(named, "committee.toml", "贺示例", "孙示范")), []);
}

#[test]
fn an_organisation_has_one_head_who_is_that_of_its_units() {
    let other = HEAD_OF_FIRST.replace("周示例", "陈示例");
    assert_eq!(
        found(&shipped("units.toml", HEAD_OF_FIRST, &other)),
        [("R0915", Severity::Error), ("R0919", Severity::Warning)]
    );
    let number = HEAD_OF_FIRST.replace("13900000005", "13900000006");
    assert_eq!(found(&shipped("units.toml", HEAD_OF_FIRST, &number)), [("R0915", Severity::Error)]);
    let more = |name: &str| {
        let head = "head = { name = \"陈示例\", phone = \"13900000010\" }";
        let entry = format!("[[organisation]]\nname = \"{name}\"\n{head}\n\n");
        let first = "[[organisation]]\nname = ";
        shipped("units.toml", first, &format!("{entry}{first}"))
    };
    assert!(found(&more("县城管局")).contains(&("R0210", Severity::Error)));
    assert_eq!(found(&more("县教育局")), [("R0211", Severity::Warning)]);
}

#[test]
fn a_unit_that_names_no_head_has_its_organisations() {
    let without = shipped("units.toml", &format!("  {HEAD_OF_FIRST},\n"), "");
    let (book, found) = told(&without);
    assert_eq!(found, []);
    let heads = book.units.contacts(&UnitId::new("CG-ZF"), Recipient::UnitHead);
    let heads: Vec<_> = heads.iter().map(|one| (&*one.name, one.phone.as_deref())).collect();
    assert_eq!(heads, [("周示例", Some("13900000005"))]);
}

#[test]
fn what_changes_of_heads_and_members_is_said() {
    let said = |new: &Sources| {
        let old = Sources::shipped();
        let (was, is) = (parse(&old).0, parse(new).0);
        let [old, new] =
            [(&was, &old), (&is, new)].map(|(book, sources)| Edition { book, sources });
        diff(old, new, Lang::Zh).changes
    };
    let head = "head = { name = \"周示例\", phone = \"13900000005\"";
    let new = shipped("units.toml", head, "head = { name = \"周示例\", phone = \"13900000105\"");
    assert_eq!(said(&new), ["县城管局 主要领导 周示例 电话:由“13900000005”改为“13900000105”"]);
    let new = shipped("committee.toml", "unit = \"SW\"", "unit = \"SW\"\nfrom = 2026-03-01");
    assert_eq!(said(&new), ["城管委成员(县水务局) 贺示例 任期起:新增“2026-03-01”"]);
    let new = shipped("committee.toml", "unit = \"SW\"", "organisation = \"县水务局\"");
    assert_eq!(said(&new), ["城管委成员(县水务局) 贺示例 终端单位:取消“水务局(SW)”"]);
}

#[test]
fn whoever_is_on_shift_closes_unless_the_file_lets_every_chief() {
    let any = shipped("committee.toml", "closing = \"on-shift\"", "closing = \"any-chief\"");
    let none = shipped("committee.toml", "closing = \"on-shift\"", "");
    let [shipped, any, none] = [Sources::shipped(), any, none].map(|sources| {
        let (book, said) = told(&sources);
        assert_eq!(said, []);
        (sources, book)
    });
    let closing = |(_, book): &(Sources, RuleBook)| book.officials.shifts.closing;
    assert_eq!([&shipped, &any, &none].map(closing), [OnShift, AnyChief, OnShift]);
    assert!(handbook_html(&any.1).contains("任何值班长都可以结案"));
    let [old, new] = [&shipped, &any].map(|(sources, book)| Edition { book, sources });
    let said = ["交接班后的结案:由“在班的值班长结案”改为“任何值班长都可以结案”"];
    assert_eq!(diff(old, new, Lang::Zh).changes, said);
    let maybe = edited(any.0, "committee.toml", "closing = \"any-chief\"", "closing = \"maybe\"");
    assert_eq!(found(&maybe), [("R0803", Severity::Error)]);
}

#[test]
fn a_special_meeting_is_called_in_five_working_days_and_held_in_ten_unless_the_file_says_otherwise()
{
    let soon = shipped(
        "committee.toml",
        "called_within = \"5 work_day\"",
        "called_within = \"3 work_day\"",
    );
    let none = shipped(
        "committee.toml",
        "[meetings]\ncalled_within = \"5 work_day\"\nheld_within = \"10 work_day\"\n",
        "",
    );
    let days = |n: i64| TimeLimit::new(n * 1_000, LimitUnit::WorkDay);
    let [as_shipped, soon, none] = [Sources::shipped(), soon, none].map(|sources| {
        let (book, said) = told(&sources);
        assert_eq!(said, []);
        (sources, book)
    });
    let spans = |(_, book): &(Sources, RuleBook)| {
        let MeetingRule { called_within, held_within } = book.officials.meetings;
        [called_within, held_within]
    };
    let usual = [days(5), days(10)];
    assert_eq!([&as_shipped, &soon, &none].map(spans), [usual, [days(3), days(10)], usual]);
    assert!(handbook_html(&soon.1).contains("提出后 3工作日 内召集,10工作日 内召开"));
    let [old, new] = [&as_shipped, &soon].map(|(sources, book)| Edition { book, sources });
    let said = ["城管委临时会议多久之内召集:由“5工作日”改为“3工作日”"];
    assert_eq!(diff(old, new, Lang::Zh).changes, said);
    let late =
        shipped("committee.toml", "held_within = \"10 work_day\"", "held_within = \"4 work_day\"");
    assert_eq!(found(&late), [("R0804", Severity::Error)]);
    assert_eq!(parse(&late).0.officials.meetings, MeetingRule::default());
}
