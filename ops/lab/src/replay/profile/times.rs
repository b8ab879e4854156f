//! Times: how a column of times is read, and which ways of writing them would lose something in silence.
//!
//! An offset that the file writes counts; the profile's zone is for times that have none.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

use chrono::format::{Fixed, Item, Parsed, StrftimeItems, parse};
use chrono::{DateTime, NaiveDateTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

/// A time as it was read.
pub(super) enum Read {
    /// An instant: it had an offset.
    Instant(DateTime<Utc>),
    /// A local time of the profile's zone.
    Local(NaiveDateTime),
}

/// Why a format is not read by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Unknown,
    /// This part of it names a zone, which would be passed over.
    Zone(String),
    /// What is written by it cannot be read again: it lacks a part of the date or of the hour.
    Partial,
}

/// What `text` says, written as `format`.
///
/// # Errors
/// When it is not written so.
pub(super) fn read(text: &str, format: &str) -> Result<Read, chrono::ParseError> {
    let (mut parsed, format) = (Parsed::new(), any_offset(format));
    parse(&mut parsed, text, StrftimeItems::new(&format))?;
    if parsed.offset().is_some() || parsed.timestamp().is_some() {
        Ok(Read::Instant(parsed.to_datetime()?.with_timezone(&Utc)))
    } else {
        Ok(Read::Local(parsed.to_naive_datetime_with_offset(0)?))
    }
}

/// What is wrong with a format in `zone`; none when every minute written by it is read again.
pub(super) fn flaw(format: &str, zone: Tz) -> Option<Flaw> {
    let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
    for item in &items {
        match item {
            Item::Error => return Some(Flaw::Unknown),
            Item::Fixed(Fixed::TimezoneName) => return Some(Flaw::Zone("%Z".to_owned())),
            Item::Literal(text) if names_a_zone(text) => {
                return Some(Flaw::Zone((*text).to_owned()));
            }
            Item::OwnedLiteral(text) if names_a_zone(text) => {
                return Some(Flaw::Zone(text.to_string()));
            }
            Item::Literal(_)
            | Item::OwnedLiteral(_)
            | Item::Space(_)
            | Item::OwnedSpace(_)
            | Item::Numeric(..)
            | Item::Fixed(_) => {}
        }
    }
    // An afternoon on a day that is no month: what is left out or mistaken shows.
    let sample = zone.with_ymd_and_hms(2015, 8, 13, 17, 45, 39).earliest()?;
    let mut text = String::new();
    let written = write!(text, "{}", sample.format(&one_offset(format)));
    let minute = |time: NaiveDateTime| time.with_second(0).and_then(|time| time.with_nanosecond(0));
    let again = written.ok().and_then(|()| match read(&text, format).ok()? {
        Read::Instant(at) => {
            minute(at.naive_utc()).map(|at| Some(at) == minute(sample.naive_utc()))
        }
        Read::Local(at) => minute(at).map(|at| Some(at) == minute(sample.naive_local())),
    });
    if again == Some(true) { None } else { Some(Flaw::Partial) }
}

/// Whether a part of a format that is read as it stands says `Z`, `UTC` or an offset.
fn names_a_zone(text: &str) -> bool {
    let word = text.trim();
    let is_named = ["z", "utc", "gmt"].iter().any(|name| word.to_ascii_lowercase().ends_with(name));
    let digits = word.trim_start_matches(['+', '-']);
    let is_offset = digits.len() < word.len()
        && digits.len() >= 2
        && digits.chars().all(|c| c.is_ascii_digit() || c == ':');
    is_named || is_offset
}

/// The format with every offset as one that reads `+08`, `+0800`, `+08:00` and `Z` alike.
fn any_offset(format: &str) -> String {
    with_offset(format, "%#z")
}

/// The format with every offset as one that can be written.
fn one_offset(format: &str) -> String {
    with_offset(format, "%z")
}

fn with_offset(format: &str, offset: &str) -> String {
    let (mut text, mut chars) = (String::with_capacity(format.len()), format.chars().peekable());
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let item = rest_of_item(&mut chars);
        if item.ends_with('z') {
            text.push_str(offset);
        } else {
            text.push('%');
            text.push_str(&item);
        }
    }
    text
}

/// What follows a percent sign: marks, then the letter.
fn rest_of_item(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut item = String::new();
    while let Some(mark) = chars.next_if(|c| matches!(c, ':' | '#')) {
        item.push(mark);
    }
    item.extend(chars.next());
    item
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::{Flaw, Read, flaw, read};

    #[test]
    fn an_offset_counts_however_it_is_written() {
        let expected: DateTime<Utc> = "2025-08-01T06:35:00Z".parse().unwrap();
        for format in ["%Y-%m-%d %H:%M%z", "%Y-%m-%d %H:%M%:z", "%Y-%m-%d %H:%M%#z"] {
            for text in ["2025-08-01 06:35+00", "2025-08-01 02:35-0400", "2025-08-01 14:35+08:00"] {
                let Ok(Read::Instant(at)) = read(text, format) else { panic!("{format} {text}") };
                assert_eq!(at, expected, "{format} {text}");
            }
            assert!(read("2025-08-01 06:35", format).is_err(), "{format}");
        }
        let Ok(Read::Instant(at)) = read("1754030100", "%s") else { panic!("seconds") };
        assert_eq!(at, expected);
    }

    #[test]
    fn a_format_that_passes_a_zone_over_is_told_with_what_it_passes_over() {
        for (format, part) in [
            ("%Y-%m-%dT%H:%M:%SZ", "Z"),
            ("%Y-%m-%d %H:%M:%S UTC", "UTC"),
            ("%Y-%m-%d %H:%M:%S %Z", "%Z"),
            ("%Y-%m-%d %H:%M:%S+00", "+00"),
            ("%Y-%m-%d %H:%M:%S+00:00", "+00:00"),
        ] {
            let told = flaw(format, chrono_tz::America::New_York);
            assert_eq!(told, Some(Flaw::Zone(part.to_owned())), "{format}");
        }
    }

    #[test]
    fn a_format_by_which_no_time_comes_back_is_told() {
        for format in ["%Y-%m-%d", "%H:%M", "%m/%d/%Y %I:%M:%S", "%Y-%d %H:%M", "today"] {
            assert_eq!(flaw(format, chrono_tz::Asia::Shanghai), Some(Flaw::Partial), "{format}");
        }
        assert_eq!(flaw("%Y-%m-%d %Q", chrono_tz::Asia::Shanghai), Some(Flaw::Unknown));
        for format in [
            "%m/%d/%Y %I:%M:%S %p",
            "%Y年%m月%d日 %H时%M分",
            "%Y-%m-%dT%H:%M:%S%z",
            "%Y-%m-%dT%H:%M:%S%.f%#z",
            "%+",
            "%s",
            "%d.%m.%y %H:%M",
        ] {
            assert_eq!(flaw(format, chrono_tz::America::New_York), None, "{format}");
        }
    }
}
