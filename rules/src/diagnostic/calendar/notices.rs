//! Diagnostics of the yearly notices of holidays.

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostic, Text};
use crate::source::Spot;

/// What a year's notice lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lacks {
    Festivals(Vec<[String; 2]>),
    Source,
    Both(Vec<[String; 2]>),
}

impl Lacks {
    /// The festivals, and the column that says where the notice is from.
    fn words(&self) -> Text {
        let source = Text::new("notice_url", "notice_url");
        let festival = |[zh, en]: &[String; 2]| Text::new(zh, en);
        let words: Vec<Text> = match self {
            Lacks::Source => vec![source],
            Lacks::Festivals(festivals) => festivals.iter().map(festival).collect(),
            Lacks::Both(festivals) => festivals.iter().map(festival).chain([source]).collect(),
        };
        Text::listed(&words)
    }

    fn way_out(&self) -> Text {
        let key = match self {
            Lacks::Festivals(_) => "festivals",
            Lacks::Source => "source",
            Lacks::Both(_) => "both",
        };
        Text::word("notice-way-out", key, &[])
    }
}

impl Diagnostic {
    /// Years without published holidays.
    pub(crate) fn year_unpublished(spot: &Spot, [zh, en]: &[String; 2]) -> Diagnostic {
        Diagnostic::warning("R0414", spot, &[("years", &Text::new(zh, en))])
    }

    /// Years whose notice is there in part.
    pub(crate) fn year_in_part(spot: &Spot, [zh, en]: &[String; 2], lacks: &Lacks) -> Diagnostic {
        let years = Text::new(zh, en);
        Diagnostic::warning(
            ("R0414", "in-part"),
            spot,
            &[("years", &years), ("lacks", &lacks.words()), ("way_out", &lacks.way_out())],
        )
    }

    /// A notice that is not for the year of its date.
    pub(crate) fn notice_of_another_year(
        spot: &Spot,
        year: i32,
        date: NaiveDate,
        count: usize,
    ) -> Diagnostic {
        if count == 1 {
            return Diagnostic::warning("R0423", spot, &[("year", &year), ("date", &date)]);
        }
        Diagnostic::warning(
            ("R0423", "often"),
            spot,
            &[("year", &year), ("date", &date), ("count", &count)],
        )
    }

    pub(crate) fn holiday_without_name(spot: &Spot, date: NaiveDate) -> Diagnostic {
        Diagnostic::warning("R0434", spot, &[("date", &date)])
    }

    /// A break longer than any there was.
    pub(crate) fn length_of_break(spot: &Spot, first: NaiveDate, days: usize) -> Diagnostic {
        Diagnostic::warning("R0435", spot, &[("first", &first), ("days", &days)])
    }
}
