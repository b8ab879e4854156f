//! What one run found out: numbers by name, and the medians of several runs.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

/// Numbers by name; units are in the names: `seconds`, `per_second`, `us`, `bytes`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures(BTreeMap<String, f64>);

impl Figures {
    /// The same with one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: f64) -> Figures {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// Adds all of `others`.
    #[must_use]
    pub fn and(mut self, others: Figures) -> Figures {
        self.0.extend(others.0);
        self
    }

    /// The same with `prefix` before every name.
    #[must_use]
    pub fn named(self, prefix: &str) -> Figures {
        Figures(
            self.0.into_iter().map(|(name, value)| (format!("{prefix}{name}"), value)).collect(),
        )
    }

    /// One of them; not a number when there is none.
    pub fn get(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(f64::NAN)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// One line of JSON.
    pub fn to_json(&self) -> String {
        let values = self.0.iter().map(|(name, value)| (name.clone(), Value::from(*value)));
        Value::Object(values.collect()).to_string()
    }

    /// What a line of [`Figures::to_json`] says; none when it is none.
    pub fn from_json(line: &str) -> Option<Figures> {
        let Value::Object(values) = serde_json::from_str(line).ok()? else { return None };
        let values = values.into_iter().map(|(name, value)| (name, value.as_f64()));
        Some(Figures(values.filter_map(|(name, value)| Some((name, value?))).collect()))
    }
}

/// Several runs as one: the middle of each figure, and how far apart the extremes lie.
#[derive(Clone, Debug, Default)]
pub struct Runs(Vec<Figures>);

impl Runs {
    pub fn new(runs: Vec<Figures>) -> Runs {
        Runs(runs)
    }

    pub fn n(&self) -> usize {
        self.0.len()
    }

    /// The middle one; of an even number the lower of the two in the middle.
    pub fn median(&self, name: &str) -> f64 {
        let values = self.sorted(name);
        values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
    }

    /// The smallest and the largest.
    pub fn range(&self, name: &str) -> (f64, f64) {
        let values = self.sorted(name);
        let of = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        (of(values.first()), of(values.last()))
    }

    /// Every name that any run has.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.0.iter().flat_map(|run| run.iter().map(|(name, _)| name)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn sorted(&self, name: &str) -> Vec<f64> {
        let values = self.0.iter().map(|run| run.get(name));
        let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        values
    }
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts in benchmarks stay far below 2^52")]
pub fn number(count: u64) -> f64 {
    count as f64
}

/// How many there are, as a number to calculate with.
pub fn count(n: usize) -> f64 {
    number(u64::try_from(n).unwrap_or(u64::MAX))
}

/// `n` in `time`, per second.
pub fn per_second(n: u64, time: Duration) -> f64 {
    number(n) / time.as_secs_f64().max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(values: &[f64]) -> Runs {
        Runs::new(values.iter().map(|value| Figures::default().with("x", *value)).collect())
    }

    #[test]
    fn the_median_is_a_value_that_was_measured() {
        assert!((runs(&[3.0, 1.0, 2.0]).median("x") - 2.0).abs() < f64::EPSILON);
        assert!((runs(&[4.0, 1.0, 2.0, 9.0]).median("x") - 2.0).abs() < f64::EPSILON);
        assert!(runs(&[]).median("x").is_nan());
    }

    #[test]
    fn figures_survive_the_line_between_two_processes() {
        let figures = Figures::default().with("per_second", 25_000.5).with("bytes", 12.0);
        assert_eq!(Figures::from_json(&figures.to_json()), Some(figures));
    }
}
