//! Slips of the pen in a TOML file: what the parser stumbled over, and what to write instead.
//!
//! The parser says what it expected; a person wants to know which character is to blame. A slip in one value leaves
//! the rest of its file readable. After any other, keys may stand in the wrong table and texts be taken for keys, so
//! that nothing more is concluded from the file.

use std::ops::Range;
use std::sync::Arc;

use super::Spot;
use super::document::PERCENT_MAX;
use super::spelling::{self, Dated};
use crate::diagnostic::{Diagnostic, Findings};
use crate::vocabulary::TimeLimit;

/// How much of a file a slip spoils.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// One value; everything around it was read.
    Value,
    /// The rest of the file.
    File,
}

/// What the parser says of a slip that stays within one value.
const WITHIN_A_VALUE: [&str; 15] = [
    "string values must be quoted",
    "duplicate key",
    "invalid date",
    "invalid time",
    "invalid basic string",
    "invalid literal string",
    "escaped value",
    "unicode value digits",
    "leading zero",
    "may only go between digits",
    "radix",
    "redundant",
    "unexpected sign",
    "extra comma",
    "comment",
];

/// Tells every slip up to the first that spoils the rest of the file.
pub(super) fn tell(
    file: &Arc<str>,
    text: &str,
    errors: Vec<toml::de::Error>,
    findings: &mut Findings,
) {
    let mut errors: Vec<_> =
        errors.into_iter().map(|err| (within(text, err.span().unwrap_or(0..0)), err)).collect();
    errors.sort_by_key(|(span, _)| span.start);
    let mut lacking = None;
    for (span, err) in errors {
        if findings.is_full(file) {
            return;
        }
        let spot = Spot::new(file, span.clone());
        let told = explained(text, &spot, err.message());
        match reach(err.message()) {
            Reach::Value => findings.push(told),
            Reach::File => {
                let between = |end| text.get(end..span.start).unwrap_or_default();
                let is_bare = |line: &str| line.trim().is_empty() || line.trim().starts_with('#');
                // The lines that were to be the rest of a value do not say again that it lacks.
                if !lacking.is_some_and(|end| between(end).lines().all(is_bare)) {
                    findings.push(told.and_rest_unread());
                }
                findings.spoil(file);
                return;
            }
        }
        lacking = span.is_empty().then_some(span.end);
    }
}

/// How far a slip reaches, by the parser's words.
fn reach(said: &str) -> Reach {
    if WITHIN_A_VALUE.iter().any(|slip| said.contains(slip)) { Reach::Value } else { Reach::File }
}

/// What is wrong at this spot of a text.
fn explained(text: &str, spot: &Spot, said: &str) -> Diagnostic {
    let value = text.get(spot.span.clone()).unwrap_or_default().trim();
    if let Some((at, odd)) = culprit(text, &spot.span) {
        // Of a value that was taken as one, all is to be written anew.
        let around = if value.is_empty() { at..at + odd.len_utf8() } else { spot.span.clone() };
        let spot = Spot::new(&spot.file, around);
        if spelling::is_odd(odd) {
            return Diagnostic::unseen_in_toml(&spot, odd);
        }
        if let Some(half) = half_width(odd) {
            let quoted =
                value.trim_matches(['\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}', '\u{ff02}']);
            let whole = (half == '"' && value.starts_with(odd)).then(|| format!("\"{quoted}\""));
            return Diagnostic::full_width_in_toml(&spot, odd, &whole.unwrap_or(half.into()));
        }
    }
    if !said.contains("string values must be quoted") && !said.contains("invalid date") {
        return Diagnostic::toml(spot, said);
    }
    bare(value, spot, said)
}

/// A value that stands without quotation marks and is neither number nor date.
fn bare(value: &str, spot: &Spot, said: &str) -> Diagnostic {
    let narrow: String = value.chars().map(spelling::narrow).collect();
    match spelling::date(&narrow) {
        Dated::Impossible(year, month, day) => {
            return Diagnostic::impossible_date(spot, year, month, day);
        }
        Dated::Day(day) => return Diagnostic::date_spelling(spot, value, day),
        Dated::Unreadable => {}
    }
    if narrow != value && narrow.parse::<f64>().is_ok() {
        return Diagnostic::full_width_in_toml(spot, value, &narrow);
    }
    if let Some(percent) = percentage(&narrow, PERCENT_MAX) {
        if (1.0..=f64::from(PERCENT_MAX)).contains(&percent) {
            return Diagnostic::percent_spelling(spot, value, percent);
        }
        return Diagnostic::percent_spelling_range(spot, value, PERCENT_MAX);
    }
    if value.is_empty() {
        return Diagnostic::toml(spot, "missing value");
    }
    let digits = narrow.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number = digits.parse::<f64>().ok().filter(|_| narrow.parse::<TimeLimit>().is_err());
    Diagnostic::unquoted(spot, said, value, number.map(|_| digits))
}

/// No share is ten times a limit: a larger number with a fraction counts hundredths.
const WHOLES_MAX: f64 = 10.0;

/// The whole number that a percentage in another spelling means: of `80%`, `80.0` and `0.8` it is 80. Of `5.5` it is 550
/// where a percentage may be as large as that, and 6 where it is `most` 100. It may lie out of any range.
pub(super) fn percentage(text: &str, most: u32) -> Option<f64> {
    let text = text.trim();
    let sign = text.strip_suffix(['%', '\u{ff05}']);
    if sign.is_none() && !text.contains('.') {
        return None;
    }
    let number = sign.unwrap_or(text).trim().parse::<f64>().ok().filter(|n| n.is_finite())?;
    // Without a sign `80.0` and `12.5` count hundredths already, `0.8` and `1.5` count wholes.
    let is_of_one = number * 100.0 <= f64::from(most) && number.fract() != 0.0;
    let is_small = number <= 1.0 || number < WHOLES_MAX && is_of_one;
    let of_one = sign.is_none() && is_small;
    let percent = if of_one { number * 100.0 } else { number };
    Some(percent.round())
}

/// The character that is to blame: where the parser stopped or just before it, or inside the value it took.
fn culprit(text: &str, span: &Range<usize>) -> Option<(usize, char)> {
    let blamed = |c: &char| spelling::is_odd(*c) || half_width(*c).is_some();
    let value = text.get(span.clone()).unwrap_or_default();
    let first = value.chars().next();
    if let Some(first) = first.filter(blamed) {
        return Some((span.start, first));
    }
    if let Some(found) = value.char_indices().find(|(_, c)| spelling::is_odd(*c)) {
        return Some((span.start + found.0, found.1));
    }
    let line = text.get(span.start..).unwrap_or_default().lines().next().unwrap_or_default();
    let next = line.chars().next().filter(|_| value.is_empty()).filter(blamed);
    if let Some(next) = next {
        return Some((span.start, next));
    }
    let before = text.get(..span.start).unwrap_or_default().trim_end_matches(' ');
    let last = before.chars().next_back().filter(|_| value.is_empty()).filter(blamed)?;
    Some((before.len() - last.len_utf8(), last))
}

/// The half-width sign that TOML wants in place of this one.
fn half_width(c: char) -> Option<char> {
    Some(match c {
        '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}' | '\u{ff02}' | '\u{300c}'
        | '\u{300d}' => '"',
        '\u{ff0c}' | '\u{3001}' => ',',
        '\u{ff1d}' => '=',
        '\u{3010}' | '\u{ff3b}' => '[',
        '\u{3011}' | '\u{ff3d}' => ']',
        '\u{ff5b}' => '{',
        '\u{ff5d}' => '}',
        '\u{ff03}' => '#',
        '\u{3002}' | '\u{ff0e}' => '.',
        _ => return None,
    })
}

/// A span that starts and ends on characters of the text.
fn within(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    start..end
}

#[cfg(test)]
mod tests {
    use super::percentage;

    #[test]
    fn a_percentage_is_known_in_every_spelling_but_a_whole_number() {
        for text in ["80%", "80 %", "80\u{ff05}", "0.8", "0.80", "80.0", "80.0%"] {
            assert_eq!(percentage(text, u32::MAX), Some(80.0), "{text}");
        }
        for (text, whole) in [("1.5", 150.0), ("12.5", 13.0), ("75.5", 76.0), ("12.5%", 13.0)] {
            assert_eq!(percentage(text, u32::MAX), Some(whole), "{text}");
        }
        for (text, whole) in [("5.5", 6.0), ("0.8", 80.0), ("1.0", 100.0), ("12.5", 13.0)] {
            assert_eq!(percentage(text, 100), Some(whole), "{text} of a share");
        }
        for text in ["80", "八成", "%", "0.5 work_hour"] {
            assert_eq!(percentage(text, u32::MAX), None, "{text}");
        }
    }
}
