//! A server, ways to its log, and short ways to say what is done there.

use duban_gate::redis_server::RedisServer;
use duban_runtime::cluster::log::{
    Added, Adding, GroupId, Link, Log, LogFailure, Logs as _, Part, Seed,
};
use duban_runtime::cluster::redis::{Durability, RedisLogs, Settings};
use tempfile::TempDir;

/// A server that loses nothing.
pub(crate) const SAFE: [&str; 3] =
    ["appendonly yes", "appendfsync always", "maxmemory-policy noeviction"];

/// A server and those who come to it.
pub(crate) struct World {
    pub(crate) server: RedisServer,
    pub(crate) logs: RedisLogs,
    dir: TempDir,
}

impl World {
    /// With a server that loses nothing.
    pub(crate) fn safe() -> World {
        World::coming(&SAFE, |settings| settings)
    }

    /// With a server that is set up so, to which one comes in this way.
    pub(crate) fn coming(settings: &[&str], way: impl FnOnce(Settings) -> Settings) -> World {
        let dir = tempfile::tempdir().unwrap();
        let server = RedisServer::start(dir.path(), settings);
        let logs = RedisLogs::new(&way(settings_of(&server))).unwrap();
        World { server, logs, dir }
    }

    /// A way of its own.
    pub(crate) fn log(&self) -> Box<dyn Log> {
        self.logs.log()
    }

    /// Takes away what the server keeps on its disk.
    pub(crate) fn lose_files(&self) {
        std::fs::remove_dir_all(self.dir.path().join("appendonlydir")).unwrap();
    }

    /// A connection behind the log's back.
    pub(crate) fn connection(&self) -> redis::Connection {
        redis::Client::open(self.server.url()).unwrap().get_connection().unwrap()
    }
}

pub(crate) fn settings_of(server: &RedisServer) -> Settings {
    Settings {
        url: server.url(),
        authority: None,
        user: None,
        password: None,
        cluster: "suning".to_owned(),
        durability: Durability::Always,
        cap_bytes: 1 << 20,
    }
}

/// A log behind a ledger without frames.
pub(crate) fn seed(reign: u64, instead_of: Option<u64>) -> Seed {
    let (frame, link, run, next_lsn) = (0, Link::seed(&[0; 32]), "".into(), Vec::new());
    Seed { reign, instead_of, frame, link, run, next_lsn }
}

/// Somebody who holds one partition.
#[derive(Clone)]
pub(crate) struct Adder {
    pub(crate) reign: u64,
    pub(crate) partition: u8,
    pub(crate) epoch: u64,
    pub(crate) next_lsn: u64,
}

impl Adder {
    /// Adds a group of so many entries.
    pub(crate) fn add(
        &mut self,
        log: &mut dyn Log,
        body: &[u8],
        n_entries: u64,
    ) -> Result<Added, LogFailure> {
        let Adder { reign, partition, epoch, next_lsn: first_lsn } = *self;
        let parts = [Part { partition, epoch, first_lsn, n_entries }];
        let group = GroupId::of(body);
        let adding = Adding { reign, mirrored: 0, group, release: "1.2.3", body, parts: &parts };
        let added = log.add(adding)?;
        if matches!(added, Added::In(_)) {
            self.next_lsn += n_entries;
        }
        Ok(added)
    }
}
