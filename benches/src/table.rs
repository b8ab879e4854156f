//! The table for the README: what is asked, what was measured, what the machine could do.

use std::fmt::Write as _;

use crate::figures::Runs;

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub question: &'static str,
    /// What must be reached at least.
    pub at_least: &'static str,
    pub aim: &'static str,
    pub measured: String,
    /// The rival or the limit, in the same run.
    pub beside: String,
}

pub fn markdown(rows: &[Row]) -> String {
    let mut text =
        String::from("| question | at least | aim | measured | beside, in the same run |\n");
    text.push_str("|---|---|---|---|---|\n");
    for Row { question, at_least, aim, measured, beside } in rows {
        // Writing to a string cannot fail.
        writeln!(text, "| {question} | {at_least} | {aim} | **{measured}** | {beside} |")
            .unwrap_or_default();
    }
    text
}

/// A number with thousands apart.
pub fn thousands(value: f64) -> String {
    if !value.is_finite() {
        return "?".to_owned();
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The medians of the latencies that are named with this prefix.
pub fn quantiles(runs: &Runs, prefix: &str) -> String {
    let of = |name: &str| time(runs.median(&format!("{prefix}{name}")));
    format!("p50 {}, p99 {}", of("p50_us"), of("p99_us"))
}

/// Microseconds in the unit that fits.
pub fn time(micros: f64) -> String {
    match micros {
        micros if micros < 1_000.0 => format!("{micros:.0} µs"),
        micros if micros < 1e6 => format!("{:.1} ms", micros / 1e3),
        micros => format!("{:.1} s", micros / 1e6),
    }
}

/// Bytes in the unit that fits.
pub fn bytes(bytes: f64) -> String {
    const GIB: f64 = 1_073_741_824.0;
    if bytes < GIB {
        format!("{:.0} MiB", bytes / 1_048_576.0)
    } else {
        format!("{:.2} GiB", bytes / GIB)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(thousands(61_234.4), "61,234");
        assert_eq!(thousands(999.0), "999");
        assert_eq!(time(1_250.0), "1.2 ms");
        assert_eq!(bytes(2.5 * 1_073_741_824.0), "2.50 GiB");
    }
}
