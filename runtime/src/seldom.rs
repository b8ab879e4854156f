//! Log lines that would repeat: one of a kind a minute, with how many were left out.
//!
//! A disk that is full fails every read and every write, and thousands of lines a second say nothing that the first did
//! not. Each such line stands beside a [`Seldom`] of its own, so their number is bounded by the text of the program.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::since_boot;

/// Within this a line is said once.
const EVERY: Duration = Duration::from_mins(1);

/// When a line was said last, and how often it was not since.
#[derive(Debug)]
pub struct Seldom {
    /// Milliseconds on the clock that counts since boot; 0 before the first time.
    last: AtomicU64,
    n_left_out: AtomicU64,
}

impl Seldom {
    /// A line that was never said.
    #[expect(clippy::new_without_default, reason = "it stands in a static, which needs a constant")]
    pub const fn new() -> Seldom {
        Seldom { last: AtomicU64::new(0), n_left_out: AtomicU64::new(0) }
    }

    /// Whether it is to be said now: with how many were left out since the last one.
    pub fn turn(&self) -> Option<u64> {
        self.turn_at(since_boot())
    }

    fn turn_at(&self, now: Duration) -> Option<u64> {
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        let now = millis(now).max(1);
        let is_due =
            |last: u64| (last == 0 || now.saturating_sub(last) >= millis(EVERY)).then_some(now);
        // Of several at once, one says it.
        if self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, is_due).is_ok() {
            return Some(self.n_left_out.swap(0, Ordering::Relaxed));
        }
        self.n_left_out.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_said_once_a_minute_with_how_many_were_left_out() {
        let line = Seldom::new();
        let at = |millis| line.turn_at(Duration::from_millis(millis));
        assert_eq!(at(0), Some(0));
        for millis in 1..=1_500 {
            assert_eq!(at(millis), None);
        }
        assert_eq!(at(60_000), None);
        assert_eq!(at(60_001), Some(1_501));
        assert_eq!(at(60_002), None);
        assert_eq!(at(600_000), Some(1));
    }
}
