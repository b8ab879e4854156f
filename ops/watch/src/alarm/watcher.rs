//! The watcher: looks every few seconds, has told what is to be told, and shows what is up.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use duban_runtime::loops::{Kept, Life, Loop};
use futures_util::future::join_all;

use super::checks::{self, Unreached};
use super::notify::{self, Telling};
use duban_server::health::alarm::{Alarms, Word};
use duban_server::server::Server;

/// How often it looks.
pub const TICK: Duration = Duration::from_secs(5);
/// How often a server that answered is looked for again. With three looks that find nobody, the last two of them a tick
/// apart, a dead server shows within a minute though nothing is sent.
pub const PROBE_EVERY: Duration = Duration::from_secs(15);

/// Dead when one look takes so long: every wait in it ends within seconds.
const WATCHER: Loop = Loop { name: "watcher", silent_max: Duration::from_mins(2) };

/// What it keeps from one look to the next: never more than there are channels and kinds.
#[derive(Debug, Default)]
pub struct Watching {
    alarms: Alarms,
    unreached: Unreached,
    /// When, by the clock that nobody sets.
    probed: BTreeMap<&'static str, Duration>,
}

impl Watching {
    /// Looks once, at the server's own instant.
    pub async fn look(&mut self, server: &Server) {
        self.probe(server).await;
        let seen = checks::look(server, &self.unreached, server.now()).await;
        let reading = server.node.clock().reading();
        let now = reading.wall;
        for word in self.alarms.look(seen, reading) {
            say(&word);
            let (Word::Raised(alarm) | Word::Cleared(alarm)) = &word;
            if alarm.kind().is_told() && notify::tell(server, &word, now).await == Telling::NotNow {
                self.alarms.untold(&word);
            }
        }
        server.health.alarms.show(self.alarms.up(), now);
    }

    /// Looks for the servers whose turn it is, all of them at once. A muted server calls nobody: what is known of them is
    /// forgotten, and they are looked for at once when it is let go.
    async fn probe(&mut self, server: &Server) {
        if server.channels.muted().is_on() {
            self.unreached.clear();
            self.probed.clear();
            return;
        }
        let now = server.node.clock().monotonic();
        let is_over = |last: &Duration| now.saturating_sub(*last) >= PROBE_EVERY;
        let is_due = |name: &&'static str| {
            self.unreached.contains_key(name) || self.probed.get(name).is_none_or(is_over)
        };
        let channels = server.channels.channels().iter();
        let due: Vec<_> = channels.filter(|channel| is_due(&channel.name())).collect();
        let clock = server.node.clock();
        let found = due.iter().map(async |channel| {
            let found = channel.probe(clock.as_ref()).await;
            (channel.name(), found)
        });
        for (name, found) in join_all(found).await {
            self.probed.insert(name, now);
            match found {
                Ok(()) => drop(self.unreached.remove(name)),
                Err(said) => drop(self.unreached.insert(name, said)),
            }
        }
    }
}

fn say(word: &Word) {
    match word {
        Word::Raised(alarm) => {
            tracing::error!(code = %alarm.code, since = %alarm.since, "{}", alarm.text);
        }
        Word::Cleared(alarm) => {
            tracing::warn!(code = %alarm.code, since = %alarm.since, "over: {}", alarm.text);
        }
    }
}

/// Begins to look after `server`, on the caller's runtime.
pub fn open(server: &Arc<Server>) -> Kept {
    server.keep(WATCHER, look_on)
}

async fn look_on(server: Arc<Server>, life: Life) {
    let mut watching = Watching::default();
    let mut turns = life.every(TICK);
    while turns.next().await {
        turns.at(watching.look(&server)).await;
    }
}
