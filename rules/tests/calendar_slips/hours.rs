//! Weekends, hours and spans: what is asked about, and how an admin says that it is meant.

use duban_rules::book::calendar::{DayKind, HoursRule};

use super::{CALENDAR, changed, shipped, told};

/// The shipped calendar and this at its end.
fn with(more: &str) -> String {
    shipped(CALENDAR) + "\n" + more
}

/// What is said of the shipped calendar with this at its end.
fn said(more: &str) -> Vec<String> {
    told(CALENDAR, &with(more)).1
}

/// The shipped calendar with other slots.
fn slots(slots: &str) -> String {
    changed(
        CALENDAR,
        "slots = [\"08:30-12:00\", \"14:00-17:30\"]\n\n# 应有",
        &format!("{slots}\n\n# 应有"),
    )
}

fn closure(from: &str, until: &str, more: &str) -> String {
    format!("[[closure]]\nfrom = \"{from}\"\nuntil = \"{until}\"\nreason = \"暴雪停办\"\n{more}\n")
}

const NONE: [String; 0] = [];

#[test]
fn a_calendar_without_a_weekend_is_refused_with_one_message() {
    let without = changed(CALENDAR, "weekend = [\"周六\", \"周日\"]\n", "");
    let (book, said) = told(CALENDAR, &without);
    assert_eq!(
        said,
        ["R0424 calendar.toml:1 `` 没有写 weekend,一周七天都会算作工作日 | \
          在文件开头写 weekend = [\"周六\", \"周日\"];确实天天上班,写 weekend = []"]
    );
    // An edition that is in force without one keeps counting as it did.
    assert_eq!(book.calendar.day("2026-11-22".parse().unwrap()), DayKind::Working);
    let (_, said) =
        told(CALENDAR, &changed(CALENDAR, "weekend = [\"周六\", \"周日\"]", "weekend = \"周六\""));
    assert!(said.len() == 1 && said.iter().all(|line| line.starts_with("R0008")), "{said:?}");
}

#[test]
fn a_weekend_that_says_something_else_than_is_meant_is_asked_about() {
    let weekend = |days: &str| told(CALENDAR, &changed(CALENDAR, "[\"周六\", \"周日\"]", days)).1;
    assert_eq!(
        weekend("[\"周五\", \"周六\", \"周日\"]"),
        [
            "R0425 calendar.toml:6 `\"周五\"` weekend 是 周五、周六、周日:这些天全年不上班,每周只上 4 天 | \
          weekend 写每周不上班的日子,一般是 [\"周六\", \"周日\"];确实如此可以不改"
        ]
    );
    let twice = weekend("[\"周六\", \"星期六\"]");
    assert!(twice.iter().any(|line| line.contains("`\"星期六\"` 周六写了两次")), "{twice:?}");
    let six = weekend("[\"周日\"]");
    assert_eq!(six.len(), 1, "make-up Saturdays are one warning: {six:?}");
    assert!(six.iter().all(|line| line.contains(
        "个调休上班日是周六,而周六平时就上班 | 看 calendar.toml 的 weekend 是否漏了 \"周六\""
    )));
}

#[test]
fn a_day_longer_or_shorter_than_any_real_one_is_asked_about_until_its_hours_are_said() {
    let day = |text: &str| told(CALENDAR, &slots(text)).1;
    assert_eq!(
        day("slots = [\"00:00-24:00\"]"),
        [
            "R0428 calendar.toml:9 `\"00:00-24:00\"` 办公时段一天共 24 小时,与一般的工作日相差太多 | \
          检查时刻(24 小时制);确实如此,在 slots 下面写明 hours = 24"
        ]
    );
    let short = day("slots = [\"08:30-09:00\", \"09:00-09:20\"]");
    assert!(
        short.iter().any(|line| line.contains("一天共 50 分钟") && line.ends_with("hours = 0.83"))
    );
    for meant in [
        "slots = [\"00:00-24:00\"]\nhours = 24",
        "slots = [\"08:30-09:00\", \"09:00-09:20\"]\nhours = 0.83",
        "slots = [\"08:00-20:00\"]",
        "slots = [\"08:30-17:30\"]",
        "slots = [\"09:00-11:00\"]",
    ] {
        // On a day of fifty minutes the ladder's hours outlast its days, which is told of the ladder.
        let mut said = day(meant);
        said.retain(|line| line.contains(CALENDAR));
        assert_eq!(said, NONE, "{meant}");
    }
    assert_eq!(
        day("slots = [\"08:30-12:00\", \"14:00-17:30\"]\nhours = 8"),
        [
            "R0428 calendar.toml:10 `8` hours 与时段不符:时段一天共 7 小时 | 检查时刻;时段无误则写 hours = 7"
        ]
    );
    let friday = said("[[weekday]]\nday = \"周五\"\nslots = [\"00:30-16:30\"]");
    assert!(friday.len() == 1 && friday.iter().all(|line| line.contains("一天共 16 小时")));
}

#[test]
fn a_closure_longer_than_any_real_one_says_how_many_working_days_fall_away() {
    assert_eq!(
        said(&closure("2026-01-20", "2036-01-21", "")),
        [
            "R0429 calendar.toml:44 `\"2026-01-20\"` 停办 2026-01-20 至 2036-01-21,共有 2598 个工作日不计时 | \
          检查年份和日期;确实如此,在这一项里写明 workdays = 2598"
        ]
    );
    let year = said(&closure("2026-01-01", "2026-12-31", ""));
    assert!(
        year.iter().all(|line| line.contains("共有 248 个工作日不计时")) && year.len() == 1,
        "{year:?}"
    );
    // Two weeks with a holiday among them, and what is confirmed, are nobody's business.
    assert_eq!(said(&closure("2026-09-25", "2026-10-12", "")), NONE);
    assert_eq!(said(&closure("2026-01-01", "2026-12-31", "workdays = 248")), NONE);
    let other = said(&closure("2026-01-01", "2026-12-31", "workdays = 24"));
    assert!(
        other.iter().all(|line| line.contains("`24`") && line.ends_with("则写 workdays = 248")),
        "{other:?}"
    );
}

#[test]
fn a_closure_of_days_off_alone_is_told_however_long() {
    assert_eq!(
        said(&closure("2026-10-01", "2026-10-03", "")),
        [
            "R0412 calendar.toml:44 `\"2026-10-01\"` 2026-10-01 至 2026-10-03 本来就不上班 | 检查日期;无误则可删去"
        ]
    );
    assert_eq!(said(&closure("2026-09-30", "2026-10-03", "")), NONE);
}

#[test]
fn a_season_of_most_of_the_year_is_asked_about() {
    let season = |from: &str, until: &str| {
        said(&format!(
            "[[season]]\nname = \"夏季\"\nfrom = \"{from}\"\nuntil = \"{until}\"\nslots = [\"08:00-12:00\"]"
        ))
    };
    // Swapped ends span New Year.
    let swapped = season("09-30", "06-01");
    assert!(
        swapped.iter().all(|line| line.contains("R0430") && line.contains("长达 246 天")),
        "{swapped:?}"
    );
    assert_eq!(season("2026-06-01", "2036-09-30").len(), 1);
    assert_eq!(season("06-01", "09-30"), NONE);
    assert_eq!(season("10-01", "04-30"), NONE);
}

#[test]
fn hours_of_weekdays_seasons_and_single_days_are_read() {
    let (book, said) = told(
        CALENDAR,
        &with(
            "[[weekday]]\nday = \"周五\"\nslots = [\"08:30-12:00\", \"14:00-16:30\"]\n\
             [[season]]\nname = \"夏季\"\nfrom = \"06-01\"\nuntil = \"08-31\"\nslots = [\"08:00-12:00\", \"15:00-19:00\"]\n\
             [[season.weekday]]\nday = \"Fri\"\nslots = [\"08:00-12:00\"]\n\
             [[day]]\ndate = 2026-10-10\nslots = [\"09:00-12:00\"]\n",
        ),
    );
    assert_eq!(said, NONE);
    let held = |date: &str| {
        let date = date.parse().unwrap();
        let slots: Vec<String> =
            book.calendar.slots(date).iter().map(ToString::to_string).collect();
        (slots.join(" "), book.calendar.other_hours(date))
    };
    assert_eq!(held("2026-11-26"), ("08:30-12:00 14:00-17:30".to_owned(), None));
    assert_eq!(
        held("2026-11-27"),
        ("08:30-12:00 14:00-16:30".to_owned(), Some(HoursRule::Weekday))
    );
    assert_eq!(held("2026-07-02").1, Some(HoursRule::Season("夏季")));
    assert_eq!(held("2026-07-03"), ("08:00-12:00".to_owned(), Some(HoursRule::Season("夏季"))));
    assert_eq!(held("2026-10-10"), ("09:00-12:00".to_owned(), Some(HoursRule::Date)));
    assert_eq!(held("2026-10-11"), (String::new(), None));
}

#[test]
fn hours_that_do_nothing_or_stand_twice_are_told() {
    let friday = "[[weekday]]\nday = \"周五\"\nslots = [\"08:30-12:00\"]\n";
    let summer = "[[season]]\nname = \"夏季\"\nfrom = \"06-01\"\nuntil = \"08-31\"\nslots = [\"08:00-12:00\"]\n";
    for (more, wanted) in [
        (friday.repeat(2), "R0426 calendar.toml:47 `\"周五\"` 周五写了两次"),
        (friday.replace("周五", "周七"), "R0403 calendar.toml:44 `\"周七\"` 未知的星期"),
        (
            friday.replace("周五", "周六"),
            "R0427 calendar.toml:44 `\"周六\"` 周六在 weekend 里,这些时段只在调休上班的周六起作用",
        ),
        (
            friday.to_owned() + summer,
            "R0433 calendar.toml:47 `\"夏季\"` 季节 `夏季` 没有为周五另写时段",
        ),
        (
            "[[day]]\ndate = \"2026-10-11\"\nslots = [\"09:00-12:00\"]".to_owned(),
            "R0431 calendar.toml:44 `\"2026-10-11\"` 2026-10-11 不上班",
        ),
        (
            "[[day]]\ndate = \"2026-10-10\"\nslots = [\"09:00-12:00\"]\n".repeat(2),
            "R0432 calendar.toml:47 `\"2026-10-10\"` 2026-10-10 的时段写了两次",
        ),
        (
            "[[day]]\ndate = \"2062-10-10\"\nslots = [\"09:00-12:00\"]".to_owned(),
            "R0410 calendar.toml:44 `\"2062-10-10\"`",
        ),
        (
            "[[day]]\ndate = \"2026-10-10\"\nslots = [\"9点-12:00\"]".to_owned(),
            "R0401 calendar.toml:45 `\"9点-12:00\"`",
        ),
        ("[[day]]\ndate = \"2026-10-10\"".to_owned(), "R0007 calendar.toml:43"),
    ] {
        let said = said(&more);
        assert!(
            said.len() == 1 && said.iter().all(|line| line.starts_with(wanted)),
            "{more}{said:?}"
        );
    }
    // Said for the season too, the weekday is no question any more.
    let both = friday.to_owned()
        + summer
        + "[[season.weekday]]\nday = \"周五\"\nslots = [\"08:00-12:00\"]\n";
    assert_eq!(said(&both), NONE);
}

#[test]
fn many_days_with_odd_hours_are_refused_before_a_working_day_has_no_measure() {
    let odd = ["00:00-23:53", "00:00-23:51", "00:00-23:47"];
    let day = |(day, slot): (usize, &str)| {
        let hours = ["23.88", "23.85", "23.78"].get(day - 1).copied().unwrap_or_default();
        format!("[[day]]\ndate = \"2026-11-1{day}\"\nslots = [\"{slot}\"]\nhours = {hours}\n")
    };
    let days: String = (1..).zip(odd).map(day).collect();
    let said = said(&days);
    assert!(said.len() == 2 && said.iter().all(|line| line.starts_with("R0408")), "{said:?}");
}

#[test]
fn local_time_of_another_country_is_asked_about() {
    let offset = |text: &str| told(CALENDAR, &changed(CALENDAR, "\"+08:00\"", text)).1;
    assert_eq!(
        offset("\"-08:00\""),
        [
            "R0436 calendar.toml:5 `\"-08:00\"` 当地时间是 `-08:00`,不是北京时间:所有时刻都按它换算 | \
          全国各地都写 \"+08:00\",也可以不写;确在境外可以不改"
        ]
    );
    assert_eq!(offset("\"8:00\""), NONE);
}
