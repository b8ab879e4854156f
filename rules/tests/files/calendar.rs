//! `calendar.toml` and `holidays.csv`.

use chrono::NaiveDate;
use duban_rules::book::calendar::DayKind;
use duban_rules::{Sources, parse};

use super::{a_change_is_found, changed, found_in, parsed_with, shipped};

const FILE: &str = "calendar.toml";
const HOLIDAYS: &str = "holidays.csv";

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_shipped_calendar_only_lacks_the_holidays_of_2027() {
    assert_eq!(found_in(FILE, &shipped(FILE)), [("R0414", "2027".to_owned())]);
    assert_eq!(found_in(HOLIDAYS, &shipped(HOLIDAYS)), []);
}

#[test]
fn the_shipped_calendar_knows_days_off_and_make_up_days() {
    let calendar = parse(&Sources::shipped()).0.calendar;
    assert_eq!(calendar.day(date("2026-02-14")), DayKind::MadeUp("春节"));
    assert_eq!(calendar.day(date("2026-02-16")), DayKind::Holiday("春节"));
    assert_eq!(calendar.day(date("2024-02-09")), DayKind::Working);
    assert_eq!(calendar.day(date("2026-11-22")), DayKind::Weekend);
    assert_eq!(calendar.slots(date("2026-11-22")), []);
    assert_eq!(calendar.slots(date("2026-02-14")).len(), 2);
    assert_eq!(calendar.offset().local_minus_utc(), 8 * 3_600);
    let published: Vec<i32> = (2010..2035).filter(|year| calendar.is_published(*year)).collect();
    assert_eq!(published, (2015..=2026).collect::<Vec<_>>());
}

#[test]
fn wrong_hours_are_underlined() {
    let slots = "\"08:30-12:00\", \"14:00-17:30\"]\n\n# 应有";
    let change = |slot: &str| changed(FILE, "\"08:30-12:00\", \"14:00-17:30\"]\n", slot);
    assert!(shipped(FILE).contains(slots));
    for wrong in
        ["\"8点半-12:00\"", "\"12:00-08:30\"", "\"08:30-24:30\"", "\"08:30\"", "\"08:30-08:30\""]
    {
        let found = found_in(FILE, &change(&format!("{wrong}]\n")));
        assert!(found.contains(&("R0401", wrong.to_owned())), "{found:?}");
    }
    let found = found_in(FILE, &change("\"14:00-17:30\", \"08:30-12:00\"]\n"));
    assert!(found.contains(&("R0402", "\"14:00-17:30\", \"08:30-12:00\"".to_owned())), "{found:?}");
    let found = found_in(FILE, &change("]\n"));
    assert!(found.iter().any(|(code, _)| *code == "R0007"), "{found:?}");
}

#[test]
fn a_wrong_weekend_offset_or_year_is_underlined() {
    a_change_is_found(FILE, ["\"周日\"", "\"周八\""], "R0403", "\"周八\"");
    a_change_is_found(FILE, ["+08:00", "+88:00"], "R0404", "\"+88:00\"");
    let week = "[\"一\", \"周一\", \"周二\", \"周三\", \"周四\", \"周五\", \"周六\", \"Sunday\"]";
    a_change_is_found(FILE, ["[\"周六\", \"周日\"]", week], "R0409", "\"一\"");
    a_change_is_found(FILE, ["last_year = 2027", "last_year = 2014"], "R0413", "2014");
    a_change_is_found(FILE, ["last_year = 2027", "last_year = 20270"], "R0410", "20270");
    a_change_is_found(FILE, ["last_year", "lastyear"], "R0006", "lastyear");
}

#[test]
fn wrong_seasons_are_underlined() {
    let season = |name: &str, from: &str, until: &str, slot: &str| {
        format!(
            "[[season]]\nname = \"{name}\"\nfrom = \"{from}\"\nuntil = \"{until}\"\nslots = [\"{slot}\"]\n"
        )
    };
    let found = |text: String| found_in(FILE, &(shipped(FILE) + &text));
    let summer = season("夏季", "06-01", "09-30", "08:00-12:00");
    assert_eq!(found(summer.clone()).len(), 1);
    let wrong = |text: String, code: &str, underlined: &str| {
        let found = found(text);
        assert!(found.contains(&(code, underlined.to_owned())), "{found:?}");
    };
    let autumn = season("秋季", "09-30", "10-31", "08:00-12:00");
    wrong(summer.clone() + &autumn, "R0407", "\"秋季\"");
    wrong(season("冬季", "13-01", "02-28", "08:00-12:00"), "R0405", "\"13-01\"");
    wrong(season("冬季", "12-01", "2026-02-28", "08:00-12:00"), "R0406", "\"2026-02-28\"");
    wrong(season("展会", "2026-03-01", "2026-02-28", "08:00-12:00"), "R0406", "\"2026-02-28\"");
    let odd = season("三月", "03-01", "03-31", "00:00-23:53")
        + &season("四月", "04-01", "04-30", "00:00-23:51");
    wrong(odd + &season("五月", "05-01", "05-31", "00:00-23:47"), "R0408", "\"五月\"");
}

#[test]
fn closures_are_checked_against_the_calendar() {
    let closure = |text: &str| shipped(FILE) + "[[closure]]\n" + text;
    let text = closure("from = 2026-11-23\nreason = \"暴雪\"\n");
    let (book, found) = parsed_with(FILE, &text);
    assert_eq!(found.len(), 1);
    assert_eq!(book.calendar.day(date("2026-11-23")), DayKind::Closed("暴雪"));
    let snow = "[[closure]]\nfrom = 2026-11-23\nreason = \"暴雪\"\n".repeat(1_001);
    let found = found_in(FILE, &(shipped(FILE) + &snow));
    assert!(found.iter().any(|(code, _)| *code == "R0422"), "{found:?}");
    let found = found_in(FILE, &closure("from = 2026-11-22\nreason = \"暴雪\"\n"));
    assert!(found.contains(&("R0412", "2026-11-22".to_owned())), "{found:?}");
    let found =
        found_in(FILE, &closure("from = 2026-11-23\nuntil = 2026-11-20\nreason = \"暴雪\"\n"));
    assert!(found.contains(&("R0411", "2026-11-20".to_owned())), "{found:?}");
    let found =
        found_in(FILE, &closure("from = 2026-11-23\nuntil = 9026-11-23\nreason = \"暴雪\"\n"));
    assert!(found.contains(&("R0410", "9026-11-23".to_owned())), "{found:?}");
}

#[test]
fn wrong_rows_of_holidays_are_underlined() {
    let row = "2026-10-10,work,国庆节,2026";
    a_change_is_found(HOLIDAYS, [row, "十月十日,work,国庆节,2026"], "R0417", "十月十日");
    a_change_is_found(HOLIDAYS, [row, "2026-13-10,work,国庆节,2026"], "R0016", "2026-13-10");
    a_change_is_found(HOLIDAYS, [row, "2026-10-10,班儿,国庆节,2026"], "R0418", "班儿");
    a_change_is_found(HOLIDAYS, [row, "2026-10-10,work,国庆节,今年"], "R0419", "今年");
    a_change_is_found(HOLIDAYS, [row, "2026-10-07,work,国庆节,2026"], "R0420", "2026-10-07");
    a_change_is_found(HOLIDAYS, [row, "1926-10-10,work,国庆节,2026"], "R0410", "1926-10-10");
    a_change_is_found(HOLIDAYS, [row, "2026-10-13,work,国庆节,2026"], "R0421", "2026-10-13");
    a_change_is_found(
        HOLIDAYS,
        ["2026-10-10,work,", "2026-10-10\n2026-10-11,work,"],
        "R0416",
        "2026-10-10",
    );
    let header = "date,kind,name,notice_year,notice_url";
    a_change_is_found(
        HOLIDAYS,
        [header, "日期,kind,name,notice_year"],
        "R0415",
        "日期,kind,name,notice_year",
    );
}

#[test]
fn holidays_saved_by_a_spreadsheet_are_read_alike() {
    let rewritten = shipped(HOLIDAYS).replace("2026-10-", "2026/10/").replace('\n', "\r\n");
    let rewritten = format!("\u{feff}{rewritten},,,,\r\n");
    let (book, found) = parsed_with(HOLIDAYS, &rewritten);
    assert_eq!(found, []);
    assert_eq!(book.calendar, parse(&Sources::shipped()).0.calendar);
}

#[test]
fn the_desks_are_manned_from_half_past_seven_to_half_past_nine_unless_the_file_says_else() {
    let slots = |text: &str| -> Vec<String> {
        let calendar = parsed_with(FILE, text).0.calendar;
        calendar.desk_slots().iter().map(ToString::to_string).collect()
    };
    let written = "[desk]\nslots = [\"07:30-21:30\"]";
    assert_eq!(slots(&shipped(FILE)), ["07:30-21:30"]);
    assert_eq!(slots(&changed(FILE, written, "")), ["07:30-21:30"]);
    let night = "[desk]\nslots = [\"00:00-06:00\", \"07:30-24:00\"]";
    assert_eq!(slots(&changed(FILE, written, night)), ["00:00-06:00", "07:30-24:00"]);
    a_change_is_found(FILE, ["\"07:30-21:30\"", "\"21:30-07:30\""], "R0401", "\"21:30-07:30\"");
    a_change_is_found(FILE, ["[desk]", "[desk]\nhours = 14"], "R0006", "hours");
}

#[test]
fn a_stage_in_desk_hours_runs_through_noon_and_over_the_weekend_and_stands_still_by_night() {
    let calendar = parsed_with(FILE, &shipped(FILE)).0.calendar;
    let at = |text: &str| {
        let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        calendar.instant(local)
    };
    let due = |start: &str| {
        duban_rules::deadline::due("1.5 desk_hour".parse().unwrap(), at(start), &calendar, &[])
    };
    // A Friday before a weekend, a Saturday, and the evening of New Year's Day 2027, of which no notice is known.
    assert_eq!(due("2026-03-06 11:30"), at("2026-03-06 13:00"));
    assert_eq!(due("2026-03-07 20:00"), at("2026-03-07 21:30"));
    assert_eq!(due("2027-01-01 20:30"), at("2027-01-02 08:00"));
}
