//! Characters that nobody sees or tells apart, in the values that are compared: codes, numbers, dates and words.
//!
//! A zero-width character comes with a paste, a full-width digit with the input method. Neither can mean anything else
//! in a code, so the value is read as it was meant and a warning shows the character. A blank inside a code is another
//! matter: it may stand between two of them, and its reader decides. Texts for people keep their width.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};

use super::Spot;
use crate::diagnostic::{Diagnostic, Findings};
use crate::line;

/// How far the full-width forms of ASCII lie from it.
const FULL_WIDTH: u32 = 0xfee0;

/// A code, a number or a word as it was meant: trimmed, in half-width letters and digits, without what cannot be seen.
pub(crate) fn word<'a>(text: &'a str, spot: &Spot, findings: &mut Findings) -> Cow<'a, str> {
    let meant = meant(text);
    if matches!(meant, Cow::Borrowed(_)) {
        return meant;
    }
    if let Some(unseen) = text.trim().chars().find(|c| is_hidden(*c)) {
        findings.push(Diagnostic::unseen_character(spot, unseen));
    }
    let seen: String = text.trim().chars().filter(|c| !is_hidden(*c)).collect();
    if seen.chars().any(|c| narrow(c) != c) {
        findings.push(Diagnostic::full_width(spot, &seen, &meant));
    }
    meant
}

/// The same, without a word about it.
pub(crate) fn meant(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.chars().all(|c| !is_hidden(c) && narrow(c) == c) {
        return Cow::Borrowed(text);
    }
    let meant: String = text.chars().filter(|c| !is_hidden(*c)).map(narrow).collect();
    Cow::Owned(meant.trim().to_owned())
}

/// A text for people as it is seen; the shapes of characters in names stay.
pub(crate) fn seen<'a>(text: Cow<'a, str>, spot: &Spot, findings: &mut Findings) -> Cow<'a, str> {
    let Some(unseen) = text.chars().find(|c| line::is_unseen(*c)) else { return text };
    findings.push(Diagnostic::unseen_character(spot, unseen));
    let seen: String = text.chars().filter(|c| !line::is_unseen(*c)).collect();
    Cow::Owned(seen.trim().to_owned())
}

/// The first white space or control character inside a code.
pub(crate) fn gap(code: &str) -> Option<char> {
    code.trim().chars().find(|c| c.is_whitespace() || c.is_control())
}

/// Whether a character takes no place where it stands, or looks like a plain blank and is none.
pub(crate) fn is_odd(c: char) -> bool {
    is_hidden(c) || (c.is_whitespace() && !c.is_ascii_whitespace()) || c == '\u{2800}'
}

fn is_hidden(c: char) -> bool {
    line::is_unseen(c) || line::is_shape(c)
}

/// A full-width letter, digit or sign of numbers, dates and hours as the half-width one.
///
/// Commas, semicolons and brackets are left alone: where they separate or enclose, both widths are read.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{ff10}'..='\u{ff19}'
        | '\u{ff21}'..='\u{ff3a}'
        | '\u{ff41}'..='\u{ff5a}'
        | '\u{ff0b}'
        | '\u{ff0d}'..='\u{ff0f}'
        | '\u{ff1a}'
        | '\u{ff3f}' => u32::from(c).checked_sub(FULL_WIDTH).and_then(char::from_u32).unwrap_or(c),
        other => other,
    }
}

/// A date as people write one, with the year in front so that nothing can be misread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dated {
    /// A day that exists.
    Day(NaiveDate),
    /// A day that no month or no year has.
    Impossible(i32, u32, u32),
    Unreadable,
}

/// Reads `2026-03-01`, `2026/3/1`, `2026.3.1` or `2026年3月1日`.
pub(crate) fn date(text: &str) -> Dated {
    let text = text.trim();
    let text = text.strip_suffix(['日', '号']).unwrap_or(text);
    let mut parts = text.split(['-', '/', '.', '年', '月']).map(str::trim);
    let mut number = |digits: std::ops::RangeInclusive<usize>| {
        let part = parts.next()?;
        let spelt = digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| spelt)
    };
    let read = (number(4..=4), number(1..=2), number(1..=2));
    let (Some(year), Some(month), Some(day)) = read else { return Dated::Unreadable };
    let Some(year) = i32::try_from(year).ok().filter(|_| parts.next().is_none()) else {
        return Dated::Unreadable;
    };
    NaiveDate::from_ymd_opt(year, month, day)
        .map_or(Dated::Impossible(year, month, day), Dated::Day)
}

/// How many days a month has; nothing when there is no such month.
pub(crate) fn days_of_month(year: i32, month: u32) -> Option<u32> {
    NaiveDate::from_ymd_opt(year, month, 1).map(|first| first.num_days_in_month().into())
}

#[cfg(test)]
mod tests {
    use super::{Dated, date, days_of_month, gap, meant};

    #[test]
    fn a_code_is_read_without_what_nobody_sees_and_in_half_width() {
        for text in
            ["SW", " SW\u{a0}", "S\u{200b}W", "\u{feff}SW", "\u{ff33}\u{ff37}", "SW\u{fe0f}"]
        {
            assert_eq!(meant(text), "SW", "{text:?}");
        }
        assert_eq!(meant("\u{ff12}\u{ff10}\u{ff12}\u{ff16}\u{ff0d}1"), "2026-1");
        assert_eq!(
            meant("甲\u{ff0c}乙"),
            "甲\u{ff0c}乙",
            "a full-width comma separates and is no part of a code"
        );
    }

    #[test]
    fn a_blank_inside_a_code_is_found_and_one_around_it_is_not() {
        assert_eq!(gap("S\u{a0}W"), Some('\u{a0}'));
        assert_eq!(gap("SW ZJ"), Some(' '));
        assert_eq!(gap(" SW\u{3000}"), None);
    }

    #[test]
    fn a_date_is_read_with_the_year_in_front_and_an_impossible_one_is_told_apart_from_no_date() {
        let first_of_march = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        for text in ["2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日", " 2026年03月01号 "]
        {
            assert_eq!(date(text), Dated::Day(first_of_march), "{text}");
        }
        assert_eq!(date("2026-02-31"), Dated::Impossible(2026, 2, 31));
        assert_eq!(date("2026年13月1日"), Dated::Impossible(2026, 13, 1));
        for text in ["", "3-1", "03-01-2026", "2026-3", "2026-03-01-1", "2026年三月"] {
            assert_eq!(date(text), Dated::Unreadable, "{text}");
        }
        assert_eq!([days_of_month(2026, 2), days_of_month(2026, 13)], [Some(28), None]);
    }
}
