//! Numbers of editions: which is lower, and which is the next that nobody has used. Pure.
//!
//! People write `2026-1`, `2026年第2版` or `试行`: a number is read piece by piece, digits as a number and the rest as
//! it stands. Two that differ in words cannot be compared, and neither is lower.

use std::cmp::Ordering;

/// Whether `one` comes before `other`.
pub(super) fn is_lower(one: &str, other: &str) -> bool {
    let differing = pieces(one).into_iter().zip(pieces(other)).find(|(a, b)| !same(a, b));
    differing.is_some_and(|(a, b)| is_figure(a) && is_figure(b) && by_value(a, b).is_lt())
}

/// The next number after `number` and after every one of `used` that is higher, which is none of them.
pub(super) fn next(number: &str, used: &[&str]) -> String {
    let mut highest = number;
    for one in used {
        if is_lower(highest, one) {
            highest = one;
        }
    }
    let mut next = after(highest);
    // Each turn leaves one of them behind.
    for _ in used {
        if !used.contains(&next.as_str()) {
            break;
        }
        next = after(&next);
    }
    next
}

/// `2026-1` is followed by `2026-2`, `09` by `10`, `试行` by `试行-2`.
fn after(number: &str) -> String {
    let stem = number.trim_end_matches(|c: char| c.is_ascii_digit());
    let figure = number.strip_prefix(stem).unwrap_or_default();
    match figure.parse::<u64>().ok().and_then(|figure| figure.checked_add(1)) {
        Some(next) => format!("{stem}{next:0width$}", width = figure.len()),
        None => format!("{number}-2"),
    }
}

/// Runs of digits and what stands between them.
fn pieces(number: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = number;
    while let Some(first) = rest.chars().next() {
        let is_other = |c: char| c.is_ascii_digit() != first.is_ascii_digit();
        let (piece, after) = rest.split_at(rest.find(is_other).unwrap_or(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn same(one: &str, other: &str) -> bool {
    one == other || (is_figure(one) && is_figure(other) && by_value(one, other).is_eq())
}

fn is_figure(piece: &str) -> bool {
    piece.starts_with(|c: char| c.is_ascii_digit())
}

/// However long they are.
fn by_value(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_lower_by_its_figures_and_words_are_not_compared() {
        for (lower, higher) in [
            ("2026-1", "2026-2"),
            ("2026-9", "2026-10"),
            ("2025-12", "2026-1"),
            ("2025", "2026-1"),
            ("2026年第2版", "2026年第11版"),
            ("99999999999999999999998", "99999999999999999999999"),
        ] {
            assert!(is_lower(lower, higher), "{lower} {higher}");
            assert!(!is_lower(higher, lower), "{lower} {higher}");
        }
        for (one, other) in
            [("2026-1", "2026-1"), ("2026-1", "2026-01"), ("试行", "2026-1"), ("2026", "2026-1")]
        {
            assert!(!is_lower(one, other) && !is_lower(other, one), "{one} {other}");
        }
    }

    #[test]
    fn the_next_number_is_free_and_above_all_that_were_used() {
        for (number, used, expected) in [
            ("2026-1", &["2026-1"][..], "2026-2"),
            ("2026-1", &["2026-1", "2026-2", "2026-10"], "2026-11"),
            ("2026-1", &["2026-1", "2027-3"], "2027-4"),
            ("2026-09", &["2026-09"], "2026-10"),
            ("试行", &["试行"], "试行-2"),
            ("试行", &["试行", "试行-2"], "试行-3"),
            ("2026年第1版", &["2026年第1版"], "2026年第1版-2"),
            ("18446744073709551615", &["18446744073709551615"], "18446744073709551615-2"),
        ] {
            assert_eq!(next(number, used), expected, "{number} {used:?}");
        }
    }
}
