//! How duban itself is: its ways out, what waits, whether its timers and its clock can be believed.

use duban_runtime::clock::Timestamp;
use duban_runtime::journal::overdue::Exactness;
use serde::Serialize;

use duban_messages::courier::breaker::Breaker;
use duban_messages::courier::{EMAIL, SMS};
use duban_runtime::seldom::Seldom;
use duban_server::server::Server;

/// "what is overdue cannot be read".
static UNREAD: Seldom = Seldom::new();

/// A timer is late that has not fired so many milliseconds after it was due.
const LATE_MS: u64 = 60_000;

/// How duban is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Health {
    pub ways: Vec<Way>,
    /// Messages without an outcome.
    pub waiting: u64,
    /// For how many minutes the oldest due message has waited.
    pub waited_min: u64,
    pub dead: u64,
    /// Cases whose timer is due and has not fired.
    pub late_timers: u64,
    /// Whether there are more than that.
    pub late_more: bool,
    /// By how many seconds the wall clock jumped ahead, while it is not believed.
    pub clock_jump_s: Option<u64>,
    /// Whether nothing new can be recorded: a full disk, or a store that is too far behind.
    pub refusing: bool,
    /// Whether other rules were refused, so that the old ones stand.
    pub rules_kept: bool,
}

/// A way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Its key: `email`, `sms`.
    pub key: String,
    pub name: &'static str,
    /// Whether messages go.
    pub open: bool,
}

/// How `server` is at `now`. Reads the store.
pub(super) fn health(server: &Server, now: Timestamp) -> Health {
    let journal = server.node.journal();
    let outbox_counts = journal.outbox_counts();
    let late_since = Timestamp::from_millis(now.as_millis().saturating_sub_unsigned(LATE_MS));
    let overdue = journal.overdue(now).unwrap_or_else(|error| {
        if let Some(n_left_out) = UNREAD.turn() {
            tracing::warn!(%error, n_left_out, "what is overdue cannot be read");
        }
        duban_runtime::journal::overdue::Overdue::default()
    });
    let is_late = overdue.oldest_alarm.is_some_and(|oldest| oldest < late_since);
    let waited = overdue.oldest_message.map(|oldest| now.since(oldest).as_secs() / 60);
    Health {
        ways: server.channels.channels().iter().map(way).collect(),
        waiting: outbox_counts.n_ready + outbox_counts.n_claimed + outbox_counts.n_retry,
        waited_min: waited.unwrap_or(0),
        dead: outbox_counts.n_dead,
        late_timers: if is_late { overdue.n_alarms } else { 0 },
        late_more: is_late && overdue.exactness == Exactness::AtLeast,
        clock_jump_s: server.node.clock_jump().map(|jump| jump.as_secs()),
        refusing: journal.trouble().is_some(),
        rules_kept: server.health.rules.refused().is_some(),
    }
}

fn way(channel: &duban_messages::courier::channel::Channel) -> Way {
    let name = match channel.name() {
        EMAIL => "邮件",
        SMS => "短信",
        other => other,
    };
    let open = matches!(channel.breaker(), Breaker::Closed(_));
    Way { key: channel.name().to_owned(), name, open }
}
