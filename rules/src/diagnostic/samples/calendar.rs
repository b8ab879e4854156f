//! Samples of diagnostics of the calendar and its holidays.

use chrono::Weekday;

use super::{day, spot};
use crate::diagnostic::{Diagnostic, Lacks};

pub(super) fn all() -> Vec<Diagnostic> {
    let mut all = ordinary();
    all.extend(odd());
    all.extend(yearly());
    all
}

fn ordinary() -> Vec<Diagnostic> {
    let spot = &spot();
    vec![
        Diagnostic::slot_text(spot, "8点半"),
        Diagnostic::slots_out_of_order(spot),
        Diagnostic::unknown_weekday(spot, "周八"),
        Diagnostic::utc_offset(spot, "8"),
        Diagnostic::season_day(spot, "6月1"),
        Diagnostic::season_ends(spot),
        Diagnostic::seasons_overlap(spot, ["{other}", "{one}"], day(6, 1)),
        Diagnostic::day_lengths(spot),
        Diagnostic::empty_calendar(spot),
        Diagnostic::date_out_of_range(spot, 2000, 2100),
        Diagnostic::closure_ends(spot),
        Diagnostic::closed_anyway(spot, (day(2, 15), day(2, 15))),
        Diagnostic::closed_anyway(spot, (day(2, 15), day(2, 18))),
        Diagnostic::years_reversed(spot),
        Diagnostic::holiday_columns(spot, &["date", "kind"]),
        Diagnostic::holiday_row(spot),
        Diagnostic::holiday_date(spot, "2月"),
        Diagnostic::holiday_kind(spot, "rest"),
        Diagnostic::holiday_year(spot, "今年"),
        Diagnostic::holiday_twice(spot, day(10, 1)),
        Diagnostic::made_up_weekday(spot, day(3, 9)),
        Diagnostic::made_up_weekdays(spot, day(3, 9), 4),
        Diagnostic::calendar_too_many(spot, 100),
    ]
}

fn odd() -> Vec<Diagnostic> {
    let spot = &spot();
    let span = (day(7, 1), day(7, 31));
    vec![
        Diagnostic::offset_elsewhere(spot, "-08:00"),
        Diagnostic::length_of_day(spot, 45),
        Diagnostic::length_of_day(spot, 780),
        Diagnostic::length_of_day(spot, 815),
        Diagnostic::hours_do_not_add_up(spot, 465),
        Diagnostic::length_of_closure(spot, span, 23),
        Diagnostic::workdays_do_not_add_up(spot, span, 23),
        Diagnostic::length_of_season(spot, "夏", 250),
        Diagnostic::hours_of_a_day_off(spot, day(5, 1)),
        Diagnostic::hours_twice(spot, day(5, 2)),
        Diagnostic::no_weekend(spot),
        Diagnostic::odd_weekend(spot, &[Weekday::Fri, Weekday::Sat]),
        Diagnostic::weekday_twice(spot, Weekday::Wed),
        Diagnostic::weekday_is_weekend(spot, Weekday::Sun),
        Diagnostic::season_without_weekdays(spot, "夏", &[Weekday::Mon, Weekday::Tue]),
    ]
}

fn yearly() -> Vec<Diagnostic> {
    let spot = &spot();
    let years = &["2027、2028".to_owned(), "2027, 2028".to_owned()];
    let festivals = || {
        let both = |zh: &str, en: &str| [zh.to_owned(), en.to_owned()];
        vec![both("春节", "Spring Festival"), both("元旦", "New Year")]
    };
    vec![
        Diagnostic::year_unpublished(spot, years),
        Diagnostic::year_in_part(spot, years, &Lacks::Festivals(festivals())),
        Diagnostic::year_in_part(spot, years, &Lacks::Source),
        Diagnostic::year_in_part(spot, years, &Lacks::Both(festivals())),
        Diagnostic::notice_of_another_year(spot, 2025, day(10, 1), 1),
        Diagnostic::notice_of_another_year(spot, 2025, day(10, 1), 3),
        Diagnostic::holiday_without_name(spot, day(10, 1)),
        Diagnostic::length_of_break(spot, day(10, 1), 14),
    ]
}
