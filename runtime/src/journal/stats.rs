//! Statistics of what the journal did so far, in numbers.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::failure::Failure;
use crate::clock::Timestamp;
use crate::histogram::Histogram;

/// Buckets of the histogram of appends to each doubling of a microsecond.
const BUCKETS_PER_DOUBLING: usize = 4;
/// All of them, up to some minutes.
const N_BUCKETS: usize = 26 * BUCKETS_PER_DOUBLING;

/// Counts as the committer goes.
#[derive(Debug)]
pub struct Meter {
    n_frames: AtomicU64,
    n_records: AtomicU64,
    n_bytes: AtomicU64,
    appends: Mutex<[u64; N_BUCKETS]>,
    appends_micros: AtomicU64,
    trouble: Mutex<Option<Trouble>>,
    /// Whether a frame of the log could not be taken, and nothing behind it is.
    has_stopped: AtomicBool,
    head: Mutex<([u8; 32], u64)>,
}

/// Why nothing is committed at the moment.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What the last group was refused for.
    pub failure: Failure,
    /// When the first was refused since a group was taken.
    pub since: Timestamp,
    pub last: Timestamp,
}

/// What a journal did since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Frames written: one sync each.
    pub n_frames: u64,
    /// Entries in them.
    pub n_records: u64,
    /// Bytes of them on disk.
    pub n_bytes: u64,
    /// Half of all appends, sync included, took no longer.
    pub append_p50: Duration,
    /// Ninety-nine of a hundred took no longer.
    pub append_p99: Duration,
    /// The last frame written.
    pub committed: u64,
    /// The last frame that the store has seen whole.
    pub applied: u64,
    /// About how many bytes the store lies behind.
    pub n_bytes_behind: u64,
}

impl Stats {
    /// Entries per frame, on the average.
    pub fn group_size(&self) -> u64 {
        self.n_records.checked_div(self.n_frames).unwrap_or(0)
    }
}

impl Default for Meter {
    fn default() -> Meter {
        Meter {
            n_frames: AtomicU64::new(0),
            n_records: AtomicU64::new(0),
            n_bytes: AtomicU64::new(0),
            appends: Mutex::new([0; N_BUCKETS]),
            appends_micros: AtomicU64::new(0),
            trouble: Mutex::new(None),
            has_stopped: AtomicBool::new(false),
            head: Mutex::new(([0; 32], 0)),
        }
    }
}

impl Meter {
    /// A group was written.
    pub fn group(&self, n_records: usize, n_bytes: u64, took: Duration) {
        self.n_frames.fetch_add(1, Ordering::Relaxed);
        self.n_records.fetch_add(u64::try_from(n_records).unwrap_or(0), Ordering::Relaxed);
        self.n_bytes.fetch_add(n_bytes, Ordering::Relaxed);
        if let Some(count) = lock(&self.appends).get_mut(bucket(took)) {
            *count += 1;
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.appends_micros.fetch_add(micros, Ordering::Relaxed);
        *lock(&self.trouble) = None;
    }

    /// A group was refused at `at`.
    pub fn refused(&self, failure: &Failure, at: Timestamp) {
        let mut trouble = lock(&self.trouble);
        let since = trouble.as_ref().map_or(at, |trouble| trouble.since);
        *trouble = Some(Trouble { failure: failure.clone(), since, last: at });
    }

    /// The log of the cluster answered: if that was all that was wrong, nothing is.
    pub fn log_answered(&self) {
        let mut trouble = lock(&self.trouble);
        trouble.take_if(|trouble| matches!(trouble.failure, Failure::Log(_)));
    }

    /// Frames of the log were taken: nothing is wrong with this machine.
    pub fn followed(&self) {
        let mut trouble = lock(&self.trouble);
        trouble.take_if(|trouble| !matches!(trouble.failure, Failure::Differs(_)));
    }

    /// The log is not followed any more, whatever else becomes of it.
    pub fn stopped(&self) {
        self.has_stopped.store(true, Ordering::Release);
    }

    /// The log is the one of this ledger, as far as its head tells.
    pub fn log_is_ours(&self) {
        if self.has_stopped.load(Ordering::Acquire) {
            return;
        }
        let mut trouble = lock(&self.trouble);
        trouble.take_if(|trouble| matches!(trouble.failure, Failure::Differs(_)));
    }

    /// Why nothing is committed, if the last group was refused.
    pub fn trouble(&self) -> Option<Trouble> {
        lock(&self.trouble).clone()
    }

    /// How long appends took, sync included, in classes that each reach twice as far as the one before.
    pub fn latency(&self) -> Histogram {
        let appends = *lock(&self.appends);
        let doublings =
            appends.chunks_exact(BUCKETS_PER_DOUBLING).map(|counts| counts.iter().sum());
        let ends = (1..).map(|doubling| end_of(doubling * BUCKETS_PER_DOUBLING - 1));
        let mut classes: Vec<(Duration, u64)> = ends.zip(doublings).collect();
        // Whatever is longer than all classes was counted in the last.
        let n_beyond = classes.pop().map_or(0, |(_, n)| n);
        let sum = Duration::from_micros(self.appends_micros.load(Ordering::Relaxed));
        Histogram { classes, n_beyond, sum }
    }

    /// The ledger ends in `frame`, whose hash is `hash`.
    pub fn head(&self, hash: [u8; 32], frame: u64) {
        *lock(&self.head) = (hash, frame);
    }

    /// The last frame's hash and number.
    pub fn last(&self) -> ([u8; 32], u64) {
        *lock(&self.head)
    }

    /// Bytes written to the ledger since it was opened.
    pub fn n_bytes(&self) -> u64 {
        self.n_bytes.load(Ordering::Relaxed)
    }

    /// What is known here; the caller adds how far the store is.
    pub fn stats(&self) -> Stats {
        let appends = *lock(&self.appends);
        Stats {
            n_frames: self.n_frames.load(Ordering::Relaxed),
            n_records: self.n_records.load(Ordering::Relaxed),
            n_bytes: self.n_bytes(),
            append_p50: quantile(&appends, 50),
            append_p99: quantile(&appends, 99),
            committed: self.last().1,
            ..Stats::default()
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The bucket of a length: the position of its highest bit, and the two bits after it.
fn bucket(took: Duration) -> usize {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(4);
    let doublings = micros.ilog2();
    let quarter = (micros >> (doublings - 2)) & 3;
    let bucket = u64::from(doublings - 2) * 4 + quarter;
    usize::try_from(bucket).unwrap_or(N_BUCKETS).min(N_BUCKETS - 1)
}

/// The longest length that falls into a bucket.
fn end_of(bucket: usize) -> Duration {
    let bucket = u64::try_from(bucket).unwrap_or(0);
    let (doublings, quarter) = (bucket / 4, bucket % 4);
    Duration::from_micros(((5 + quarter) << doublings) - 1)
}

fn quantile(counts: &[u64; N_BUCKETS], percent: u64) -> Duration {
    let wanted = (counts.iter().sum::<u64>() * percent).div_ceil(100);
    let mut seen = 0;
    let reached = counts.iter().position(|count| {
        seen += count;
        wanted > 0 && seen >= wanted
    });
    reached.map_or(Duration::ZERO, end_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_at_most_a_quarter_too_long() {
        for micros in [1_u64, 7, 160, 161, 2_000, 4_095, 4_096, 1_000_000] {
            let meter = Meter::default();
            meter.group(1, 1, Duration::from_micros(micros));
            let p50 = meter.stats().append_p50.as_micros();
            let most = u128::from(micros.max(4) * 5 / 4 + 1);
            assert!(p50 >= u128::from(micros) && p50 <= most, "{micros} µs gave {p50} µs");
        }
    }

    #[test]
    fn half_of_the_appends_are_within_the_median_and_a_slow_one_is_not() {
        let meter = Meter::default();
        (0..9).for_each(|_| meter.group(2, 10, Duration::from_micros(160)));
        meter.group(2, 10, Duration::from_millis(30));
        let stats = meter.stats();
        assert!(stats.append_p50 < Duration::from_micros(200), "{stats:?}");
        assert!(stats.append_p99 >= Duration::from_millis(30), "{stats:?}");
        assert_eq!((stats.n_frames, stats.n_records, stats.group_size()), (10, 20, 2));
    }

    #[test]
    fn every_append_is_in_the_class_that_reaches_as_far_as_it_took() {
        let meter = Meter::default();
        let appends = [1, 7, 8, 160, 4_095, 4_096, 60_000_000, 600_000_000];
        for micros in appends {
            meter.group(1, 1, Duration::from_micros(micros));
        }
        let latency = meter.latency();
        for (longest, n) in latency.cumulative() {
            let within = appends.iter().filter(|micros| Duration::from_micros(**micros) <= longest);
            assert_eq!(usize::try_from(n).unwrap(), within.count(), "up to {longest:?}");
        }
        assert_eq!((latency.n_beyond, latency.count()), (1, 8));
        assert_eq!(latency.sum, Duration::from_micros(appends.iter().sum()));
    }
}
