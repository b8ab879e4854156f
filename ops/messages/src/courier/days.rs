//! Things kept open by the day: a bounded number, the least recently used closed first.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use duban_runtime::clock::Timestamp;

use super::Failure;

/// Days kept open at once. Messages come nearly in the order of time; a day that is needed again is opened again.
pub(super) const OPEN_MAX: usize = 8;

/// What is kept for a day.
pub(super) trait Day {
    /// Brings to the file what is still in memory.
    fn settle(&mut self) -> Result<(), Failure>;
}

/// The days that are open, the most recently used last.
#[derive(Debug)]
pub(super) struct Days<T> {
    zone: FixedOffset,
    open: Vec<(NaiveDate, T)>,
}

impl<T: Day> Days<T> {
    /// No day is open; days begin at midnight in `zone`.
    pub(super) fn new(zone: FixedOffset) -> Days<T> {
        Days { zone, open: Vec::new() }
    }

    /// The local date of `at`.
    pub(super) fn date(&self, at: Timestamp) -> NaiveDate {
        DateTime::<Utc>::from(at).with_timezone(&self.zone).date_naive()
    }

    /// What is kept for `date`; `open` opens it.
    pub(super) fn of(
        &mut self,
        date: NaiveDate,
        open: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<&mut T, Failure> {
        if let Some(place) = self.open.iter().position(|(known, _)| *known == date) {
            let day = self.open.remove(place);
            return Ok(&mut self.open.push_mut(day).1);
        }
        if self.open.len() >= OPEN_MAX
            && let Some((_, least)) = self.open.first_mut()
        {
            least.settle()?;
            self.open.remove(0);
        }
        let day = open()?;
        Ok(&mut self.open.push_mut((date, day)).1)
    }

    /// Settles every open day.
    pub(super) fn settle(&mut self) -> Result<(), Failure> {
        self.open.iter_mut().try_for_each(|(_, day)| day.settle())
    }
}
