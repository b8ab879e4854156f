//! The system's clocks, and how far the wall's is believed: the only reader of the system's time.

pub mod trusted;

use std::time::Duration;

pub use duban_core::clock::{Clock, Timestamp, VirtualClock, hold};
use rustix::time::{ClockId, clock_gettime};

use self::hold::Kernel;

/// The system's clocks.
#[derive(Debug)]
pub struct SystemClock {
    started: Duration,
}

impl SystemClock {
    /// A clock whose monotonic time starts now.
    pub fn start() -> SystemClock {
        SystemClock { started: since_boot() }
    }
}

/// Time since the machine started, sleep included.
pub(crate) fn since_boot() -> Duration {
    let time = clock_gettime(ClockId::Boottime);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), nanos)
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this file is the one reader of the system's clock"
    )]
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // A machine whose clock stands before 1970 is told so by everything being due.
        let millis = i64::try_from(since_epoch.unwrap_or_default().as_millis());
        Timestamp::from_millis(millis.unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        since_boot().saturating_sub(self.started)
    }

    /// As systemd reads it off the kernel, whoever keeps the clock; where there is no systemd, nobody says so.
    fn kernel(&self) -> Kernel {
        let asked = std::process::Command::new("timedatectl")
            .args(["show", "--property=NTPSynchronized", "--value"])
            .output();
        match asked {
            Ok(said) if said.stdout.trim_ascii() == b"yes" => Kernel::Synchronised,
            Ok(_) | Err(_) => Kernel::Unsynchronised,
        }
    }
}
