//! Periods that people ask about: a month, a year, or the last twelve months, by the county's days.

use chrono::{Months, NaiveDate};
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;

/// How a period is written.
pub const WRITTEN: &str = "月份如 2026-03,年度如 2026";

/// A period: `from` included, `until` excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Period {
    /// The one that `text` names; the last twelve months by `now` where there is none. None of a text that names none, or
    /// one that has not begun.
    pub fn of(text: Option<&str>, now: Timestamp, calendar: &Calendar) -> Option<Period> {
        let today = calendar.local(now.into()).date();
        let midnight = |day: NaiveDate| Timestamp::from(calendar.midnight(day));
        let Some(text) = text else {
            let from = midnight(today.checked_sub_months(Months::new(12))?);
            return Some(Period { from, until: now });
        };
        let (first, months) = match text.len() {
            4 => (format!("{text}-01-01"), 12),
            7 => (format!("{text}-01"), 1),
            _ => return None,
        };
        let first = NaiveDate::parse_from_str(&first, "%Y-%m-%d").ok()?;
        let next = first.checked_add_months(Months::new(months))?;
        (first <= today).then(|| Period { from: midnight(first), until: midnight(next) })
    }
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;

    use super::*;

    #[test]
    fn a_month_and_a_year_begin_and_end_at_local_midnight_and_none_is_the_last_twelve_months() {
        let calendar = Calendar::always(FixedOffset::east_opt(8 * 3_600).unwrap());
        // 2026-03-02 08:00 in the county.
        let now = Timestamp::from_millis(1_772_409_600_000);
        let day = |year, month, day| {
            let day = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            Timestamp::from(calendar.midnight(day))
        };
        let of = |text| Period::of(text, now, &calendar).map(|period| (period.from, period.until));
        assert_eq!(of(Some("2026-02")), Some((day(2026, 2, 1), day(2026, 3, 1))));
        assert_eq!(of(Some("2026")), Some((day(2026, 1, 1), day(2027, 1, 1))));
        assert_eq!(of(None), Some((day(2025, 3, 2), now)));
        for wrong in ["2026-04", "2027", "March", "2026-13", "", "2026-3"] {
            assert_eq!(of(Some(wrong)), None, "{wrong}");
        }
    }
}
