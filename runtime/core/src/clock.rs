//! Time: instants, and what a clock is.
//!
//! Everything that decides is handed an instant; nothing here asks for one. An instant is stored in UTC milliseconds,
//! because that is what a deadline, an index key and a log can agree on. Not here: whoever reads the system's clock.

pub mod hold;

use std::fmt;
use std::ops::{Add, Sub};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use self::hold::{Kernel, Reading};

/// An instant in UTC milliseconds since 1970.
///
/// In JSON it is RFC 3339 text, so that an event can be read without a converter; in compact forms a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Later than every instant that is ever due.
    pub const NEVER: Timestamp = Timestamp(i64::MAX);

    /// The instant `millis` after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Timestamp {
        Timestamp(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; zero if it is not after.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;

    fn sub(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Timestamp {
        Timestamp(instant.timestamp_millis())
    }
}

impl From<Timestamp> for DateTime<Utc> {
    /// Instants outside chrono's range become its ends.
    fn from(instant: Timestamp) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(instant.0).unwrap_or(if instant.0 < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&DateTime::<Utc>::from(*self).to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Timestamp);
        }
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|instant| Timestamp(instant.timestamp_millis()))
            .map_err(D::Error::custom)
    }
}

/// Where the shell gets its instants from.
pub trait Clock: Send + Sync + 'static {
    /// The instant by the wall: what commands are asked at and timers are due by.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment that no adjustment of the wall clock moves, and that goes on while the machine sleeps.
    fn monotonic(&self) -> Duration;

    /// Whether the kernel says that its clock is synchronised. May wait for another process.
    fn kernel(&self) -> Kernel {
        Kernel::Unsynchronised
    }

    /// Both clocks.
    fn reading(&self) -> Reading {
        Reading { wall: self.now(), monotonic: self.monotonic() }
    }
}

/// A clock that somebody else moves: tests, the simulator, a replay, the demo town.
#[derive(Debug)]
pub struct VirtualClock {
    now: AtomicI64,
}

impl VirtualClock {
    /// A clock that stands at `now`.
    pub fn at(now: Timestamp) -> VirtualClock {
        VirtualClock { now: AtomicI64::new(now.0) }
    }

    /// Moves the clock to `instant`; an earlier one leaves it where it stands.
    pub fn advance_to(&self, instant: Timestamp) {
        self.now.fetch_max(instant.0, Ordering::AcqRel);
    }

    /// Sets the clock, backwards too: what a jump of the wall clock looks like.
    pub fn jump_to(&self, instant: Timestamp) {
        self.now.store(instant.0, Ordering::Release);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::Acquire))
    }

    fn monotonic(&self) -> Duration {
        self.now().since(Timestamp(0))
    }
}
