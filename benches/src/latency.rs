//! Latencies of one kind of work: every one is kept, so that quantiles are exact.

use std::time::Duration;

use crate::figures::{Figures, count};

#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// One more.
    pub fn add(&mut self, latency: Duration) {
        self.0.push(latency);
    }

    /// Those of another while.
    pub fn merge(&mut self, other: &Latencies) {
        self.0.extend_from_slice(&other.0);
    }

    /// Half, ninety-nine of a hundred, and all were no longer than these, in microseconds.
    pub fn figures(mut self) -> Figures {
        self.0.sort_unstable();
        Figures::default()
            .with("p50_us", self.at(50))
            .with("p99_us", self.at(99))
            .with("max_us", self.at(100))
            .with("n", count(self.0.len()))
    }

    fn at(&self, percent: usize) -> f64 {
        let place = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(place).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_nine_of_a_hundred_are_no_longer_than_the_p99() {
        let mut latencies = Latencies::default();
        (1..=100).rev().for_each(|micros| latencies.add(Duration::from_micros(micros)));
        let figures = latencies.figures();
        assert!((figures.get("p50_us") - 50.0).abs() < 1e-6);
        assert!((figures.get("p99_us") - 99.0).abs() < 1e-6);
        assert!((figures.get("max_us") - 100.0).abs() < 1e-6);
    }
}
