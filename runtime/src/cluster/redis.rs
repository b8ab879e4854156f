//! The log in Redis: a stream and three hashes, changed by scripts alone.
//!
//! | key | holds |
//! |---|---|
//! | `{CLUSTER}:log` | a stream; entry `N-0` is frame N, with `group`, `reign`, `release`, `link`, `body` |
//! | `{CLUSTER}:head` | `reign`, `frame`, `link`, `run`, `format`, `base` |
//! | `{CLUSTER}:own` | of each holding (`0`…`255`, `office`) its `.epoch`, `.node`, `.until`; of a partition its `.lsn`, `.group`, `.frame` |
//! | `{CLUSTER}:nodes` | of each node the instant it was seen, a space, and what it said, as JSON |
//!
//! Letters to a node are published under `{CLUSTER}:to:NODE`.
//!
//! A connection is made when it is needed. It is dropped after every failure but a full server's: what was asked may be
//! done later then, and its answer must not be taken for another's.

mod connecting;
mod failure;
mod fitness;
mod leasing;
mod overview;
mod post;
mod replies;
mod said;
mod scripts;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use compact_str::CompactString;
use redis::{Connection, RedisResult, Value};

use self::connecting::{Connected, Connecting, PATIENCE};
use self::failure::sorted;
use self::post::Letters;
use self::replies::{Words as Reply, unclear};
use self::scripts::{COMMIT, LEASE, NODE, SEED, Script, Words};
use self::settings::Keys;
pub use self::settings::{BadSettings, Durability, Password, Settings};
use super::log::{
    Added, Adding, FORMAT, LEASE_MILLIS, Leased, Leasing, Log, LogEntry, LogFailure, Logs, Looking,
    Overview, REIGN_MAX, Seed, Seeded,
};
use super::post::{Inbound, Outbound};

/// Makes ways to the log of one cluster.
#[derive(Debug)]
pub struct RedisLogs {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    connecting: Connecting,
    keys: Keys,
}

impl RedisLogs {
    /// Nothing is connected yet.
    ///
    /// # Errors
    /// When a setting cannot be meant.
    pub fn new(settings: &Settings) -> Result<RedisLogs, BadSettings> {
        let keys = Keys::of(&settings.cluster)?;
        let connecting = Connecting::new(settings)?;
        Ok(RedisLogs { shared: Arc::new(Shared { connecting, keys }) })
    }
}

impl Logs for RedisLogs {
    fn log(&self) -> Box<dyn Log> {
        Box::new(RedisLog { shared: Arc::clone(&self.shared), connected: None })
    }

    fn outbound(&self) -> Box<dyn Outbound> {
        Box::new(RedisLog { shared: Arc::clone(&self.shared), connected: None })
    }

    fn inbound(&self, node: &str) -> Box<dyn Inbound> {
        Box::new(Letters::to(Arc::clone(&self.shared), node))
    }
}

/// A way to the log: one connection at most.
struct RedisLog {
    shared: Arc<Shared>,
    connected: Option<Connected>,
}

impl RedisLog {
    /// The connection that is there, or a new one.
    fn connected(&mut self) -> Result<Connected, LogFailure> {
        let Shared { connecting, keys } = &*self.shared;
        match self.connected.take().filter(|connected| connecting.is_last(&connected.run)) {
            Some(connected) => Ok(connected),
            None => connecting.connect(keys),
        }
    }

    /// Asks, and keeps the connection if it is in no doubt.
    fn ask(
        &mut self,
        question: impl FnOnce(&mut Connection, &Keys) -> RedisResult<Value>,
    ) -> Result<Value, LogFailure> {
        let mut connected = self.connected()?;
        let answer = question(&mut connected.connection, &self.shared.keys).map_err(sorted);
        if matches!(answer, Ok(_) | Err(LogFailure::Full(_))) {
            self.connected = Some(connected);
        }
        answer
    }

    fn run_script(&mut self, script: &Script, words: &Words<'_>) -> Result<Reply, LogFailure> {
        Reply::of(self.ask(|connection, keys| script.run(connection, keys, words))?)
    }
}

impl Log for RedisLog {
    fn add(&mut self, adding: Adding<'_>) -> Result<Added, LogFailure> {
        let mut words = Words::default()
            .number(adding.reign)
            .number(adding.mirrored)
            .owned(adding.group.to_hex())
            .text(adding.release)
            .bytes(adding.body);
        for part in adding.parts {
            words = words
                .number(part.partition.into())
                .number(part.epoch)
                .number(part.first_lsn)
                .number(part.n_entries);
        }
        let mut reply = self.run_script(&COMMIT, &words)?;
        match reply.next_text()?.as_str() {
            "REIGN" => reply.next_maybe_number().map(Added::Reign),
            "BEHIND" => reply.next_head().map(Added::Behind),
            "IN" => reply.next_number().map(Added::In),
            "FENCED" => {
                let frame = reply.next_number()?;
                Ok(Added::Fenced(reply.rest(Reply::next_partition)?, frame))
            }
            "LSN" => {
                let frame = reply.next_number()?;
                Ok(Added::Lsn(reply.rest(Reply::next_partition)?, frame))
            }
            _ => Err(unclear("the answer to a commit")),
        }
    }

    fn read(
        &mut self,
        after: u64,
        most: usize,
        wait_millis: u64,
    ) -> Result<Vec<LogEntry>, LogFailure> {
        let answer = self.ask(|connection, keys| {
            let mut read = redis::cmd("XREAD");
            read.arg("COUNT").arg(most.max(1));
            if wait_millis > 0 {
                read.arg("BLOCK").arg(wait_millis);
            }
            read.arg("STREAMS").arg(&keys.log).arg(format!("{after}-0"));
            connection.set_read_timeout(Some(Duration::from_millis(wait_millis) + PATIENCE))?;
            let answer = read.query(connection)?;
            connection.set_read_timeout(Some(PATIENCE))?;
            Ok(answer)
        })?;
        let mut streams = Reply::of(answer)?;
        if streams.is_over() {
            return Ok(Vec::new());
        }
        let mut stream = streams.next_list()?;
        stream.next_bytes()?;
        stream.next_list()?.rest(Reply::next_entry)
    }

    fn end(&mut self) -> Result<u64, LogFailure> {
        let answer = self.ask(|connection, keys| {
            redis::cmd("HGET").arg(&keys.head).arg("frame").query(connection)
        })?;
        if answer == Value::Nil { Ok(0) } else { replies::number(answer) }
    }

    fn lease(&mut self, reign: u64, node: &str, leasing: &Leasing) -> Result<Leased, LogFailure> {
        let words = leasing::asked(reign, node, leasing);
        leasing::answered(leasing, self.run_script(&LEASE, &words)?)
    }

    fn look(&mut self, looking: &Looking) -> Result<Overview, LogFailure> {
        let words = overview::asked(looking)?;
        overview::answered(self.run_script(&NODE, &words)?)
    }

    fn seed(&mut self, seed: &Seed) -> Result<Seeded, LogFailure> {
        let instead_of = seed.instead_of.map_or_else(String::new, |reign| reign.to_string());
        let mut words = Words::default()
            .number(seed.reign)
            .number(REIGN_MAX)
            .owned(instead_of)
            .number(seed.frame)
            .owned(seed.link.to_hex())
            .text(&seed.run)
            .number(FORMAT.into())
            .number(LEASE_MILLIS.unsigned_abs());
        for (partition, lsn) in &seed.next_lsn {
            words = words.number((*partition).into()).number(*lsn);
        }
        let mut reply = self.run_script(&SEED, &words)?;
        match reply.next_text()?.as_str() {
            "BEGUN" => Ok(Seeded::Begun),
            "REIGN" => reply.next_maybe_number().map(Seeded::Reign),
            "ATWORK" => {
                let mut nodes = reply.rest(|word| Ok(CompactString::from(word.next_text()?)))?;
                nodes.sort_unstable();
                Ok(Seeded::AtWork(nodes))
            }
            _ => Err(unclear("the answer to a seed")),
        }
    }

    fn run(&mut self) -> Result<CompactString, LogFailure> {
        let connected = self.connected()?;
        let run = connected.run.clone();
        self.connected = Some(connected);
        Ok(run)
    }
}
