//! What one account may keep in a day.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;

use super::WAITS;
use super::shelf::Waiting;

/// How much that is. An account has at most so many entries here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    pub photos: u64,
    /// Their bytes together.
    pub bytes: u64,
}

/// An account has kept as much as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Over {
    /// When the oldest of it is a day old.
    pub again_after: Duration,
}

/// Who kept how much of late.
#[derive(Debug, Default)]
pub(super) struct Quota(BTreeMap<CompactString, VecDeque<(Timestamp, u64)>>);

impl Quota {
    /// As far as what waits still tells; what was named meanwhile is not counted again.
    pub(super) fn of<'a>(waiting: impl Iterator<Item = &'a Waiting>) -> Quota {
        let mut quota = Quota::default();
        let mut kept: Vec<&Waiting> = waiting.collect();
        kept.sort_by_key(|waiting| waiting.at);
        for waiting in kept {
            for login in &waiting.by {
                quota.spend((login, waiting.bytes), waiting.at);
            }
        }
        quota
    }

    /// Whether `login` may keep so many bytes more.
    pub(super) fn room(
        &mut self,
        (login, bytes): (&str, u64),
        most: Most,
        now: Timestamp,
    ) -> Result<(), Over> {
        let Some(spent) = self.0.get_mut(login) else { return Ok(()) };
        while spent.front().is_some_and(|(at, _)| now.since(*at) >= WAITS) {
            spent.pop_front();
        }
        let Some((oldest, _)) = spent.front().copied() else {
            self.0.remove(login);
            return Ok(());
        };
        let photos = u64::try_from(spent.len()).unwrap_or(u64::MAX);
        let kept = spent.iter().fold(bytes, |sum, (_, bytes)| sum.saturating_add(*bytes));
        if photos < most.photos && kept <= most.bytes {
            return Ok(());
        }
        Err(Over { again_after: WAITS.saturating_sub(now.since(oldest)) })
    }

    /// `login` has kept so many bytes.
    pub(super) fn spend(&mut self, (login, bytes): (&str, u64), now: Timestamp) {
        self.0.entry(login.into()).or_default().push_back((now, bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_772_424_000_000);
    const MOST: Most = Most { photos: 3, bytes: 100 };

    #[test]
    fn an_account_keeps_so_many_photos_and_bytes_a_day_and_another_as_many() {
        let mut quota = Quota::default();
        for n in 0..3 {
            assert_eq!(quota.room(("shang", 10), MOST, NOON), Ok(()));
            quota.spend(("shang", 10), NOON + Duration::from_secs(n));
        }
        let (again_after, later) = (Duration::from_hours(23), NOON + Duration::from_hours(1));
        assert_eq!(quota.room(("shang", 10), MOST, later), Err(Over { again_after }));
        assert_eq!(quota.room(("he", 10), MOST, later), Ok(()));
        assert_eq!(quota.room(("shang", 10), MOST, NOON + WAITS), Ok(()));
        quota.spend(("he", 95), NOON);
        assert!(quota.room(("he", 5), MOST, NOON).is_ok());
        assert!(quota.room(("he", 6), MOST, NOON).is_err());
    }
}
