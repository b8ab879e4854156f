//! A histogram: lengths of time, counted in classes.

use std::time::Duration;

/// Lengths of time, counted in classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// The longest of each class and how many are in it, but not in the one before; the shortest class first.
    pub classes: Vec<(Duration, u64)>,
    /// How many are longer than all classes.
    pub n_beyond: u64,
    /// All of them added up.
    pub sum: Duration,
}

impl Histogram {
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.classes.iter().map(|(_, n)| n).sum::<u64>() + self.n_beyond
    }

    /// How many are no longer than the longest of each class.
    pub fn cumulative(&self) -> impl Iterator<Item = (Duration, u64)> + '_ {
        self.classes.iter().scan(0, |sum, (longest, n)| {
            *sum += n;
            Some((*longest, *sum))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cumulative_counts_never_fall_and_leave_out_only_what_is_beyond() {
        let classes = [(5, 2), (10, 0), (50, 3)].map(|(ms, n)| (Duration::from_millis(ms), n));
        let histogram =
            Histogram { classes: classes.to_vec(), n_beyond: 1, sum: Duration::from_secs(1) };
        let counts: Vec<u64> = histogram.cumulative().map(|(_, n)| n).collect();
        assert_eq!((counts, histogram.count()), (vec![2, 2, 5], 6));
    }
}
