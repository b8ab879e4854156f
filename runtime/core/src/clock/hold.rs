//! The hold of a wall clock that may not be believed: a jump forward must not fire a month of timers within a second.
//!
//! ```text
//!            ┌─ back, back again to where it was, or little by little: followed ─┐
//! Running ◄──┘                                                                   └─► Running
//!    │  forward by more than `slew_max` against the clock that counts since the machine started
//!    ▼
//!   Held ── put right again ────────────────────────────► Running
//!    │ ──── after `hold`: at most `alone_max`, or the kernel's clock is synchronised ──► Running
//!    └ ──── otherwise the alarm is repeated every `hold`, until that or [`Hold::release`]
//! ```
//! While it is held, alarms fire, and everybody is asked, by the clock as it would be without the jump. A start is a look,
//! too: against what was seen last. A machine that slept has not jumped: the
//! other clock goes on meanwhile. Not here: clocks, tasks, logs.

use std::time::Duration;

use super::Timestamp;

/// How much is believed.
#[derive(Clone, Copy, Debug)]
pub struct Trust {
    /// Between two looks the wall clock may gain this much without being held; adjustments little by little stay below.
    pub slew_max: Duration,
    /// How long firing is held, and how often the alarm is repeated.
    pub hold: Duration,
    /// A larger jump goes on only if the kernel's clock is synchronised, or a person says so.
    pub alone_max: Duration,
    /// A clock that stands further than this before what was seen is told of until it has caught up, or a person says
    /// that it is right.
    pub back_max: Duration,
}

impl Default for Trust {
    fn default() -> Trust {
        Trust {
            slew_max: Duration::from_secs(2),
            hold: Duration::from_mins(5),
            alone_max: Duration::from_hours(24),
            back_max: Duration::from_mins(5),
        }
    }
}

/// Both clocks, read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub wall: Timestamp,
    /// Since some fixed moment; goes on while the machine sleeps.
    pub monotonic: Duration,
}

impl Reading {
    fn lead_ms(self) -> i64 {
        let monotonic = i64::try_from(self.monotonic.as_millis()).unwrap_or(i64::MAX);
        self.wall.as_millis().saturating_sub(monotonic)
    }

    /// Alarms that are due up to here may fire, when the wall clock is believed to lead the other by `trusted_ms`.
    pub fn fires_until(self, trusted_ms: i64, trust: Trust) -> Timestamp {
        self.wall - self.ahead(trusted_ms, trust).unwrap_or_default()
    }

    /// By how much the wall clock jumped ahead of that; none as long as it is believed.
    pub fn ahead(self, trusted_ms: i64, trust: Trust) -> Option<Duration> {
        let gained = span(self.lead_ms().saturating_sub(trusted_ms));
        (gained > trust.slew_max).then_some(gained)
    }
}

/// Whether the kernel says that its clock is synchronised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    Synchronised,
    /// It does not, or nobody could ask it.
    Unsynchronised,
}

/// What an operator must hear after a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// The clock jumped forward by this much: firing is held.
    Jumped(Duration),
    /// It is still held, and goes on only if the clock is synchronised or a person says so.
    StillHeld(Duration),
    /// Firing goes on by the new time.
    GoesOn(Duration),
    /// The clock is where it was: firing goes on.
    PutRight,
    /// The clock was set back by this much: what was due waits.
    SetBack(Duration),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Running,
    /// When the next word is due, by the other clock.
    Held(Duration),
}

/// The state machine of the module's words.
#[derive(Clone, Debug)]
pub struct Hold {
    trust: Trust,
    trusted_ms: i64,
    /// The most it ever led and was believed, by a person's word since: back up to there is no jump, but put right.
    highest_ms: i64,
    standing: Mode,
}

impl Hold {
    /// Believes the wall clock as it stands at `reading`.
    pub fn from(reading: Reading, trust: Trust) -> Hold {
        let trusted_ms = reading.lead_ms();
        Hold { trust, trusted_ms, highest_ms: trusted_ms, standing: Mode::Running }
    }

    /// Believes the wall clock as it stands at `reading`, after an end at which something was seen `last`. One that is
    /// further from there than a jump that goes on alone is held like such a jump: nobody counted in between.
    pub fn after(last: Timestamp, reading: Reading, trust: Trust) -> Hold {
        let hold = Hold::from(reading, trust);
        let last_ms = Reading { wall: last, ..reading }.lead_ms();
        if reading.wall.since(last) <= trust.alone_max {
            return Hold { highest_ms: last_ms.max(hold.highest_ms), ..hold };
        }
        let standing = Mode::Held(reading.monotonic);
        Hold { trusted_ms: last_ms, highest_ms: last_ms, standing, ..hold }
    }

    /// How much the wall clock is believed to lead the other; see [`Reading::fires_until`].
    pub fn trusted_ms(&self) -> i64 {
        self.trusted_ms
    }

    /// Whether firing is held.
    pub fn is_held(&self) -> bool {
        self.standing != Mode::Running
    }

    /// Whether the next look at `reading` depends on what the kernel says.
    pub fn asks_kernel(&self, reading: Reading) -> bool {
        let is_large =
            span(reading.lead_ms().saturating_sub(self.trusted_ms)) > self.trust.alone_max;
        match self.standing {
            Mode::Running => false,
            Mode::Held(next) => is_large && reading.monotonic >= next,
        }
    }

    /// Looks at both clocks.
    pub fn look(&mut self, reading: Reading, kernel: Kernel) -> Option<Word> {
        let lead_ms = reading.lead_ms();
        let gained = span(lead_ms.saturating_sub(self.trusted_ms));
        let lost = span(self.trusted_ms.saturating_sub(lead_ms));
        let jumped = gained > self.trust.slew_max;
        let was_there = span(lead_ms.saturating_sub(self.highest_ms)) <= self.trust.slew_max;
        match self.standing {
            Mode::Running if jumped && was_there => {
                self.believe(reading);
                Some(Word::PutRight)
            }
            Mode::Running if jumped => {
                self.standing = Mode::Held(reading.monotonic + self.trust.hold);
                Some(Word::Jumped(gained))
            }
            Mode::Running => {
                self.believe(reading);
                (lost > self.trust.slew_max).then_some(Word::SetBack(lost))
            }
            Mode::Held(_) if !jumped => {
                self.believe(reading);
                Some(Word::PutRight)
            }
            Mode::Held(next) if reading.monotonic < next => None,
            Mode::Held(_) if gained <= self.trust.alone_max || kernel == Kernel::Synchronised => {
                self.believe(reading);
                Some(Word::GoesOn(gained))
            }
            Mode::Held(_) => {
                self.standing = Mode::Held(reading.monotonic + self.trust.hold);
                Some(Word::StillHeld(gained))
            }
        }
    }

    /// A person says that the wall clock is right; none if it was not held.
    pub fn release(&mut self, reading: Reading) -> Option<Word> {
        let gained = span(reading.lead_ms().saturating_sub(self.trusted_ms));
        let was_held = self.is_held();
        self.believe(reading);
        self.highest_ms = self.trusted_ms;
        was_held.then_some(Word::GoesOn(gained))
    }

    fn believe(&mut self, reading: Reading) {
        self.trusted_ms = reading.lead_ms();
        self.highest_ms = self.highest_ms.max(self.trusted_ms);
        self.standing = Mode::Running;
    }
}

/// Zero for what is negative.
fn span(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

#[cfg(test)]
mod tests;
