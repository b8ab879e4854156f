//! A channel: its line, how many go at a time, how many wait, and the breaker that spares a server that is away.
//!
//! Whether somebody is there is also looked for when there is nothing to send, so that a dead server shows at once.

mod counts;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use compact_str::{CompactString, format_compact};
use duban_runtime::clock::{Clock, Timestamp};
use duban_runtime::loops::Keeper;
use duban_runtime::outbox::Address;
use tokio::sync::Semaphore;

use super::Rendered;
use super::breaker::{Breaker, Leave, Way};
use super::outcome::Outcome;
use super::sms::smpp::Receipts;
use super::transport::Transport;

pub use counts::Counts;

/// Messages on a channel at most, waiting ones included; one more is put off, so that the other channels have room.
pub const WAITING_MAX: usize = 512;
/// How long one is put off that found no room.
const PUT_OFF: Duration = Duration::from_secs(5);
/// How long a look may take whether somebody is there.
pub const PROBE_PATIENCE: Duration = Duration::from_secs(5);

/// What a message to one address came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The other side has it.
    Taken,
    /// An attempt that failed: again after the outbox's pause.
    Failed(CompactString),
    /// Never: the other side's words.
    Refused(CompactString),
    /// Nobody was asked: again at this instant.
    PutOff(Timestamp, CompactString),
}

impl Fate {
    /// The stable word.
    pub fn in_a_word(&self) -> &'static str {
        match self {
            Fate::Taken => "taken",
            Fate::Failed(_) => "failed",
            Fate::Refused(_) => "refused",
            Fate::PutOff(..) => "put-off",
        }
    }
}

/// A place among those that wait: given back when it is dropped, by one whose sending panicked too.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    /// How many were taken before, and one more.
    fn take(waiting: &'a AtomicUsize) -> (usize, Place<'a>) {
        (waiting.fetch_add(1, Ordering::Relaxed), Place(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

pub struct Channel {
    name: &'static str,
    line: Transport,
    breaker: Mutex<Breaker>,
    room: Semaphore,
    waiting: AtomicUsize,
    counts: Counts,
    /// Whether nobody was there at the last look.
    missed: AtomicBool,
}

impl Channel {
    /// The channel of this name, over `line`.
    pub fn new(name: &'static str, line: Transport) -> Channel {
        let room = Semaphore::new(line.together().max(1));
        Channel {
            name,
            line,
            breaker: Mutex::default(),
            room,
            waiting: AtomicUsize::new(0),
            counts: Counts::default(),
            missed: AtomicBool::new(false),
        }
    }

    /// Its name in [`Address::channel`].
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How the way there stands.
    pub fn breaker(&self) -> Breaker {
        *self.lock()
    }

    /// What became of what it was given.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Messages on it at the moment, waiting ones included.
    pub fn n_waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Looks whether somebody is there, for at most [`PROBE_PATIENCE`]. Nobody counts as a trouble; somebody, after
    /// nobody was, opens the way again at once.
    ///
    /// # Errors
    /// What keeps the way closed, in the other side's words or about them.
    pub async fn probe(&self, clock: &dyn Clock) -> Result<(), CompactString> {
        let found = tokio::time::timeout(PROBE_PATIENCE, self.line.probe()).await;
        let found = found.unwrap_or_else(|_| {
            Err(format_compact!("no answer within {} s", PROBE_PATIENCE.as_secs()))
        });
        let mut breaker = self.lock();
        let before = *breaker;
        match &found {
            Ok(()) if self.missed.swap(false, Ordering::Relaxed) => breaker.worked(),
            Ok(()) => {}
            Err(_) => {
                self.missed.store(true, Ordering::Relaxed);
                breaker.trouble(clock.now());
            }
        }
        let after = *breaker;
        drop(breaker);
        self.tell(before, after, &found);
        found
    }

    /// What telephones said of SMS that were taken; none on a channel without receipts.
    pub fn receipts(&self) -> Option<&Receipts> {
        self.line.receipts()
    }

    /// What is known of the way there at `now`.
    pub fn way(&self, now: Timestamp) -> Way {
        self.lock().way(now)
    }

    /// Hands `message` to `to`, when it is its turn and the way is open.
    pub async fn carry(&self, message: &Rendered, to: &Address, clock: &dyn Clock) -> Fate {
        let (before, _place) = Place::take(&self.waiting);
        if before >= WAITING_MAX {
            return Fate::PutOff(clock.now() + PUT_OFF, "too many wait already".into());
        }
        let fate = match self.room.acquire().await {
            Ok(_turn) => self.in_turn(message, to, clock).await,
            Err(_) => Fate::PutOff(clock.now() + PUT_OFF, "the channel is closed".into()),
        };
        self.counts.count(&fate);
        fate
    }

    async fn in_turn(&self, message: &Rendered, to: &Address, clock: &dyn Clock) -> Fate {
        if let Leave::Wait(until) = self.lock().ask(clock.now()) {
            return Fate::PutOff(until, "the server was away a moment ago".into());
        }
        let outcome = self.line.carry(message, to).await;
        let now = clock.now();
        let mut breaker = self.lock();
        let before = *breaker;
        match &outcome {
            Outcome::Taken | Outcome::Later(_) | Outcome::Refused(_) => breaker.worked(),
            Outcome::Unknown(_) | Outcome::Down(_) => breaker.trouble(now),
        }
        let (after, until) = (*breaker, breaker.until(now));
        drop(breaker);
        self.tell(before, after, &outcome);
        match outcome {
            Outcome::Taken => Fate::Taken,
            Outcome::Later(said) => Fate::Failed(said),
            Outcome::Refused(said) => Fate::Refused(said),
            Outcome::Unknown(said) => {
                Fate::Failed(format_compact!("unknown whether it was taken: {said}"))
            }
            Outcome::Down(said) => Fate::PutOff(until, said),
        }
    }

    /// Whatever it keeps going is kept there.
    pub(super) fn kept_by(&self, keeper: &Keeper) {
        self.line.kept_by(keeper);
    }

    /// Takes leave of the other side.
    pub async fn close(&self) {
        self.line.close().await;
    }

    fn tell(&self, before: Breaker, after: Breaker, outcome: &dyn std::fmt::Debug) {
        let channel = self.name;
        match (before, after) {
            (Breaker::Closed(_) | Breaker::Probing(..), Breaker::Open(until, openings)) => {
                tracing::error!(channel, %until, openings, ?outcome, "the way is closed for a while");
            }
            (Breaker::Open(..) | Breaker::Probing(..), Breaker::Closed(_)) => {
                tracing::warn!(channel, "the way is open again");
            }
            (_, _) => tracing::debug!(channel, ?outcome, "handed over"),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
