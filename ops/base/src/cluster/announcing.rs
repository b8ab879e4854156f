//! Announcing: a machine that joins stands on the list of nodes from the beginning, so that the log is kept for it.
//!
//! For ten minutes at most: a copy that takes longer goes on, and nothing is kept for it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result};
use duban_runtime::clock::{Clock as _, SystemClock};
use duban_runtime::cluster::log::{Link, Log, Looking, NodeSaid};
use duban_runtime::cluster::placement::JOINING;
use duban_runtime::cluster::trimming::JOINS_MAX;

use super::{RELEASE, log_failed};
use crate::config::Config;
use crate::config::cluster::NodeConfig;

/// Between two words.
const EVERY: Duration = Duration::from_secs(2);

/// A machine on the list. Dropped, it is struck off, unless it stays.
#[derive(Debug)]
pub struct Announced {
    had: Arc<AtomicU64>,
    ends: Option<SyncSender<Place>>,
    thread: Option<JoinHandle<()>>,
}

/// What becomes of the place on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Stays,
    Struck,
}

/// Puts `node` on the list as one that joins, and has frames up to `had`.
///
/// # Errors
/// In words: Redis does not answer, or cannot be used.
pub fn announce(config: &Config, node: &NodeConfig, had: u64) -> Result<Announced> {
    let mut log = super::logs(node)?.log();
    let (name, address) = (node.name.as_str().into(), node.address(&config.http_listen).to_owned());
    let (release, fitness) = (RELEASE.into(), JOINING.into());
    let link = Link([0; 20]);
    let said = NodeSaid { name, address, release, fitness, mirrored: had, link, skew_millis: 0 };
    say(log.as_mut(), &said)?;
    let (ends, ended) = sync_channel(1);
    let had = Arc::new(AtomicU64::new(had));
    let (now_had, clock) = (Arc::clone(&had), SystemClock::start());
    let thread = thread::Builder::new().name("duban-joining".to_owned());
    let thread = thread.spawn(move || {
        let mut said = said;
        let place = loop {
            match ended.recv_timeout(EVERY) {
                Ok(place) => break place,
                Err(RecvTimeoutError::Disconnected) => break Place::Struck,
                Err(RecvTimeoutError::Timeout) if clock.monotonic() >= JOINS_MAX => {
                    break Place::Struck;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            said.mirrored = now_had.load(Ordering::Relaxed);
            if let Err(error) = say(log.as_mut(), &said) {
                tracing::warn!(%error, "the log may not be kept for this machine");
            }
        };
        let last = match place {
            Place::Stays => {
                said.mirrored = now_had.load(Ordering::Relaxed);
                say(log.as_mut(), &said)
            }
            Place::Struck => {
                log.look(&Looking::Strike(said.name.clone())).map(drop).map_err(log_failed)
            }
        };
        if let Err(error) = last {
            tracing::warn!(%error, "the list of nodes is not as it is to be");
        }
    });
    let thread = thread.context("无法启动线程")?;
    Ok(Announced { had, ends: Some(ends), thread: Some(thread) })
}

fn say(log: &mut dyn Log, said: &NodeSaid) -> Result<()> {
    let run = log.run().map_err(log_failed)?;
    log.look(&Looking::Say(Box::new(said.clone()), run)).map(drop).map_err(log_failed)
}

impl Announced {
    /// It has frames up to `frame` now: what lies before may go.
    pub fn has(&self, frame: u64) {
        self.had.store(frame, Ordering::Relaxed);
    }

    /// It has joined: the log is kept for it until it starts.
    pub fn stays(mut self) {
        self.end(Place::Stays);
    }

    fn end(&mut self, place: Place) {
        if let Some(ends) = self.ends.take() {
            // Whoever has been long enough on the list is off it.
            ends.try_send(place).unwrap_or_default();
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("whoever keeps the place on the list ended in a panic");
        }
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        self.end(Place::Struck);
    }
}
