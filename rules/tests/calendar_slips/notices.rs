//! A year's holidays count as known when the whole notice is there.

use chrono::NaiveDate;
use duban_rules::Sources;
use duban_rules::book::calendar::{Calendar, DayKind};
use duban_rules::deadline::deadline;

use super::{CALENDAR, HOLIDAYS, changed, lines, shipped, told};

const NOTICE: &str = "https://www.gov.cn/zhengce/zhengceku/202611/content_1.htm";

/// The shipped holidays and these rows.
fn with(rows: &str) -> String {
    shipped(HOLIDAYS) + rows
}

/// Days off of 2027, one row for each `(first, days, name)`.
fn rows(festivals: &[(&str, u64, &str)], source: &str) -> String {
    let days = |(first, days, name): &(&str, u64, &str)| {
        let first: NaiveDate = first.parse().unwrap();
        let dates = first.iter_days().zip(0..*days);
        let row = |(date, _)| format!("{date},off,{name},2027,{source}\n");
        dates.map(row).collect::<String>()
    };
    festivals.iter().map(days).collect()
}

const WHOLE: [(&str, u64, &str); 7] = [
    ("2027-01-01", 3, "元旦"),
    ("2027-02-05", 8, "春节"),
    ("2027-04-03", 3, "清明节"),
    ("2027-05-01", 5, "劳动节"),
    ("2027-06-09", 1, "端午节"),
    ("2027-09-15", 1, "中秋节"),
    ("2027-10-01", 7, "国庆节"),
];

#[test]
fn every_year_of_the_shipped_holidays_is_whole() {
    let calendar = duban_rules::parse(&Sources::shipped()).0.calendar;
    let published: Vec<i32> = (2010..=2049).filter(|year| calendar.is_published(*year)).collect();
    assert_eq!(published, (2015..=2026).collect::<Vec<_>>());
    let said = lines(&Sources::shipped());
    let said: Vec<_> = said.iter().filter(|line| line.starts_with("R0414")).collect();
    assert_eq!(said.len(), 1, "{said:?}");
}

#[test]
fn a_year_with_new_years_day_alone_stays_provisional_and_the_rest_is_named() {
    let (book, said) = told(HOLIDAYS, &with("2027-01-01,off,元旦,2027,\n"));
    assert_eq!(
        said,
        [
            "R0414 holidays.csv:407 `2027-01-01` 2027 年的放假安排不全,还缺 春节(1–2 月)、清明节(4 月初)、劳动节(5 月 1 日前后)、\
          端午节(5–6 月)、中秋节(9–10 月)、国庆节(10 月 1 日前后)、notice_url;时限仍按暂定计 | \
          按国务院通知补全放假和调休的日子,并在 notice_url 一列写上通知的网址或文号"
        ]
    );
    let calendar = book.calendar;
    assert!(!calendar.is_published(2027));
    assert_eq!(calendar.day("2027-01-01".parse().unwrap()), DayKind::Holiday("元旦"));
    assert_eq!(provisional(&calendar), [2027]);
}

/// The provisional years of a limit that runs into 2027.
fn provisional(calendar: &Calendar) -> Vec<i32> {
    let start = calendar.instant("2026-12-31T15:00:00".parse().unwrap());
    deadline("2工作日".parse().unwrap(), start, calendar, &[]).unpublished_years
}

#[test]
fn a_whole_year_is_published_and_no_longer_provisional() {
    let (book, said) = told(HOLIDAYS, &with(&rows(&WHOLE, NOTICE)));
    assert_eq!(said, Vec::<String>::new());
    assert!(book.calendar.is_published(2027));
    assert_eq!(provisional(&book.calendar), Vec::<i32>::new());
}

#[test]
fn a_festival_that_is_missing_is_named_whichever_it_is() {
    for at in 0..WHOLE.len() {
        let mut festivals = WHOLE.to_vec();
        let (_, _, missing) = festivals.remove(at);
        let (book, said) = told(HOLIDAYS, &with(&rows(&festivals, NOTICE)));
        assert_eq!(said.len(), 1, "{said:?}");
        let wanted = format!("2027 年的放假安排不全,还缺 {missing}(");
        assert!(said.iter().all(|line| line.contains(&wanted)), "{said:?}");
        assert!(!book.calendar.is_published(2027), "{missing}");
    }
}

#[test]
fn names_joined_and_short_names_are_known() {
    for joined in ["中秋节、国庆节", "国庆节、中秋节", "国庆中秋", "中秋+国庆"]
    {
        let mut festivals = WHOLE.to_vec();
        festivals.truncate(5);
        festivals.push(("2027-09-30", 8, joined));
        let (book, said) = told(HOLIDAYS, &with(&rows(&festivals, NOTICE)));
        assert_eq!((said, book.calendar.is_published(2027)), (Vec::new(), true), "{joined}");
    }
    let short = rows(&WHOLE, NOTICE).replace("清明节", "清明").replace("劳动节", "五一");
    assert!(told(HOLIDAYS, &with(&short)).0.calendar.is_published(2027));
}

#[test]
fn a_festival_cut_short_on_the_wrong_days_or_only_worked_is_missing() {
    let says = |from: &str, to: &str, wanted: &str| {
        let rows = rows(&WHOLE, NOTICE);
        assert!(rows.contains(from), "{from}");
        let (book, said) = told(HOLIDAYS, &with(&rows.replace(from, to)));
        assert!(said.iter().any(|line| line.contains(wanted)), "{said:?}");
        assert!(!book.calendar.is_published(2027), "{from} → {to}");
    };
    says("2027-06-09,off", "2027-06-09,work", "还缺 端午节(5–6 月);");
    says("2027-06-09,off", "2027-08-09,off", "还缺 端午节(5–6 月);");
    let (first, rest) = (&WHOLE[..1], &WHOLE[2..]);
    let cut = rows(&[first, &[("2027-02-05", 2, "春节")], rest].concat(), NOTICE);
    let said = told(HOLIDAYS, &with(&cut)).1;
    assert!(said.iter().any(|line| line.contains("还缺 春节(只有 2 天,法定 4 天);")), "{said:?}");
}

#[test]
fn a_year_whose_notice_is_not_named_stays_provisional_and_one_row_is_enough() {
    let (book, said) = told(HOLIDAYS, &with(&rows(&WHOLE, " ")));
    assert_eq!(
        said,
        [
            "R0414 holidays.csv:407 `2027-01-01` 2027 年的放假安排不全,还缺 notice_url;时限仍按暂定计 | \
          在 notice_url 一列写上通知的网址或文号,一年写一行即可"
        ]
    );
    assert!(!book.calendar.is_published(2027));
    let numbered = rows(&WHOLE, "").replacen("2027,\n", "2027,国办发明电〔2026〕7号\n", 1);
    assert!(told(HOLIDAYS, &with(&numbered)).0.calendar.is_published(2027));
}

#[test]
fn years_that_lack_the_same_are_one_warning() {
    let old = changed(HOLIDAYS, "notice_url", "通知");
    let (book, said) = told(HOLIDAYS, &old);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said.iter().all(|line| line.contains("2015–2026 年的放假安排不全,还缺 notice_url;")));
    assert!(!book.calendar.is_published(2020));
    let (_, said) = told(CALENDAR, &changed(CALENDAR, "last_year = 2027", "last_year = 2040"));
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said.iter().all(|line| line.contains("2027–2040 年的放假安排尚未公布")), "{said:?}");
}

#[test]
fn a_notice_of_another_year_is_asked_about_and_publishes_nothing() {
    let (book, said) = told(HOLIDAYS, &with("2027-01-01,off,元旦,2072,\n"));
    assert_eq!(
        said,
        ["R0423 holidays.csv:407 `2072` 通知年份 2072 与日期 2027-01-01 对不上 | \
          检查年份;通知管当年的日子和元旦前后的几天"]
    );
    assert!(!book.calendar.is_published(2072) && !book.calendar.is_published(2027));
}

#[test]
fn what_a_spoilt_table_lacks_is_not_said_before_it_is_mended() {
    let (_, said) = told(HOLIDAYS, &changed(HOLIDAYS, "2026-10-01,off", "2026-10-01,of"));
    assert_eq!(said.len(), 1, "{said:?}");
    let said = lines(&Sources::shipped().with(HOLIDAYS, "day,kind\n"));
    let said: Vec<_> = said.iter().filter(|line| line.starts_with("R04")).collect();
    assert_eq!(said.len(), 1, "{said:?}");
}

#[test]
fn years_counted_up_by_dragging_are_one_warning() {
    let mut year = 2026;
    let dragged = rows(&WHOLE, NOTICE).lines().fold(String::new(), |all, row| {
        year += 1;
        all + &row.replace(",2027,", &format!(",{year},")) + "\n"
    });
    let (book, said) = told(HOLIDAYS, &with(&dragged));
    let astray: Vec<_> = said.iter().filter(|line| line.starts_with("R0423")).collect();
    assert_eq!(astray.len(), 1, "{said:?}");
    assert!(astray.iter().all(|line| {
        line.starts_with(
            "R0423 holidays.csv:408 `2028` 通知年份 2028 与日期 2027-01-02 对不上,共 27 处 |",
        )
    }));
    assert!(!book.calendar.is_published(2027) && !book.calendar.is_published(2028));
}

#[test]
fn a_notice_rules_its_year_and_a_few_days_around_new_year() {
    let says = |row: &str| told(HOLIDAYS, &with(row)).1.iter().any(|line| line.contains("R0423"));
    assert!(!says("2027-12-31,off,元旦,2028,\n") && !says("2028-01-02,off,元旦,2027,\n"));
    assert!(says("2027-10-01,off,国庆节,2026,\n") && says("2027-10-01,off,国庆节,2028,\n"));
}

#[test]
fn a_break_longer_than_any_there_was_and_a_nameless_day_are_asked_about() {
    let dragged = rows(&[("2027-10-01", 31, "国庆节")], NOTICE);
    let (_, said) = told(HOLIDAYS, &with(&dragged));
    let long: Vec<_> = said.iter().filter(|line| !line.starts_with("R0414")).collect();
    assert_eq!(long.len(), 1, "{said:?}");
    assert!(long.iter().all(|line| {
        line.starts_with("R0435 holidays.csv:407 `2027-10-01` 从 2027-10-01 起连放 31 天假")
    }));
    let nameless = changed(HOLIDAYS, "2026-10-01,off,国庆节", "2026-10-01,off,");
    let (_, said) = told(HOLIDAYS, &nameless);
    assert!(said.iter().all(|line| line.contains("2026-10-01 没有写节日名称")), "{said:?}");
    assert_eq!(said.len(), 1);
}
