//! The breaker of a channel: after some troubles in a row nobody is sent there for a while. Pure: the instant is handed in.
//!
//! ```text
//! Closed ──3 troubles in a row──► Open ──its pause is over──► Probing (one message goes)
//!    ▲                             ▲                             │        │
//!    └────────── it worked ────────┼─────────────────────────────┘        │
//!                                  └──────────── trouble: twice the pause ┘
//! ```

use std::time::Duration;

use duban_runtime::clock::Timestamp;

/// Troubles in a row that open it.
const TROUBLES_MAX: u32 = 3;
/// How long it stays open at first; doubled at each probe that fails.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
/// The longest pause: a server that is back is found within it.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// Whether messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaker {
    /// They go; so many troubles in a row.
    Closed(u32),
    /// None goes before this instant; so many openings in a row.
    Open(Timestamp, u32),
    /// One is on its way to see; so many openings in a row.
    Probing(Timestamp, u32),
}

/// Whether a message may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    Go,
    /// Not before this instant.
    Wait(Timestamp),
}

/// What is known of the way, without asking for leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The last message went well, or none has gone yet.
    Works,
    /// Nobody knows; the next message tells.
    Unsure,
    /// None goes before this instant.
    Shut(Timestamp),
}

impl Default for Breaker {
    fn default() -> Breaker {
        Breaker::Closed(0)
    }
}

impl Breaker {
    /// What is known of the way at `now`.
    pub fn way(&self, now: Timestamp) -> Way {
        match *self {
            Breaker::Closed(0) => Way::Works,
            Breaker::Closed(_) => Way::Unsure,
            Breaker::Open(..) | Breaker::Probing(..) => match Breaker::ask(&mut { *self }, now) {
                Leave::Go => Way::Unsure,
                Leave::Wait(until) => Way::Shut(until),
            },
        }
    }

    /// Asks for leave at `now`. Whoever has it says what came of it.
    pub fn ask(&mut self, now: Timestamp) -> Leave {
        match *self {
            Breaker::Closed(_) => Leave::Go,
            Breaker::Open(until, openings) if until <= now => {
                *self = Breaker::Probing(now, openings);
                Leave::Go
            }
            Breaker::Open(until, _) => Leave::Wait(until),
            // A probe that nobody heard of again is not waited for endlessly.
            Breaker::Probing(since, openings) if since + LONGEST_PAUSE <= now => {
                *self = Breaker::Probing(now, openings);
                Leave::Go
            }
            Breaker::Probing(..) => Leave::Wait(now + FIRST_PAUSE),
        }
    }

    /// The other side answered, whatever it said of the message.
    pub fn worked(&mut self) {
        *self = Breaker::Closed(0);
    }

    /// The other side was not there at `now`.
    pub fn trouble(&mut self, now: Timestamp) {
        *self = match *self {
            Breaker::Closed(troubles) if troubles + 1 < TROUBLES_MAX => {
                Breaker::Closed(troubles + 1)
            }
            Breaker::Closed(_) => Breaker::Open(now + FIRST_PAUSE, 1),
            // Those that were under way when it opened tell nothing new.
            Breaker::Open(until, openings) => Breaker::Open(until, openings),
            Breaker::Probing(_, openings) => Breaker::Open(now + pause(openings), openings + 1),
        };
    }

    /// When a message that met trouble is looked at again.
    pub fn until(&self, now: Timestamp) -> Timestamp {
        match *self {
            Breaker::Closed(_) | Breaker::Probing(..) => now + FIRST_PAUSE,
            Breaker::Open(until, _) => until,
        }
    }
}

fn pause(openings: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << openings.min(10)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds after some noon.
    fn second(n: i64) -> Timestamp {
        Timestamp::from_millis(1_772_420_400_000 + n * 1_000)
    }

    enum Happens {
        Asks(Leave),
        Works,
        Troubles,
    }
    use Happens::{Asks, Troubles, Works};
    use Leave::{Go, Wait};

    #[test]
    fn three_troubles_in_a_row_close_the_way_and_one_probe_at_a_time_looks_whether_it_is_back() {
        let table = [
            (0, Asks(Go), Breaker::Closed(0)),
            (0, Troubles, Breaker::Closed(1)),
            (1, Troubles, Breaker::Closed(2)),
            (2, Works, Breaker::Closed(0)),
            (3, Troubles, Breaker::Closed(1)),
            (3, Troubles, Breaker::Closed(2)),
            (4, Troubles, Breaker::Open(second(19), 1)),
            (5, Troubles, Breaker::Open(second(19), 1)),
            (18, Asks(Wait(second(19))), Breaker::Open(second(19), 1)),
            (19, Asks(Go), Breaker::Probing(second(19), 1)),
            (20, Asks(Wait(second(35))), Breaker::Probing(second(19), 1)),
            (21, Troubles, Breaker::Open(second(51), 2)),
            (51, Asks(Go), Breaker::Probing(second(51), 2)),
            (52, Troubles, Breaker::Open(second(112), 3)),
            (112, Asks(Go), Breaker::Probing(second(112), 3)),
            (412, Asks(Go), Breaker::Probing(second(412), 3)),
            (413, Works, Breaker::Closed(0)),
            (413, Asks(Go), Breaker::Closed(0)),
        ];
        let mut breaker = Breaker::default();
        for (row, (at, happens, after)) in table.into_iter().enumerate() {
            match happens {
                Asks(leave) => {
                    let (before, way) = (breaker, breaker.way(second(at)));
                    assert_eq!(breaker.ask(second(at)), leave, "row {row}");
                    let expected = match (leave, before) {
                        (Go, Breaker::Closed(0)) => Way::Works,
                        (Go, _) => Way::Unsure,
                        (Wait(until), _) => Way::Shut(until),
                    };
                    assert_eq!(way, expected, "row {row}");
                }
                Works => breaker.worked(),
                Troubles => breaker.trouble(second(at)),
            }
            assert_eq!(breaker, after, "row {row}");
        }
    }

    #[test]
    fn a_server_that_is_back_is_found_within_five_minutes_however_long_it_was_away() {
        let (mut breaker, mut now) = (Breaker::default(), second(0));
        for _ in 0..100 {
            breaker.trouble(now);
            let next = breaker.until(now);
            assert!(next.since(now) <= LONGEST_PAUSE);
            now = next;
            assert_eq!(breaker.ask(now), Go);
        }
    }
}
