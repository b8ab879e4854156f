//! Whether a server is fit to keep a log: looked at whenever it has started anew, and said in words that name the
//! setting to change.

use std::collections::BTreeMap;

use redis::{Connection, ErrorKind, RedisResult, ServerErrorKind};

use super::failure::sorted;
use super::replies::unclear;
use super::settings::Durability;
use crate::cluster::log::LogFailure;

/// The first release whose scripts say whether they may run without memory.
const RELEASE_MIN: u32 = 7;

/// What a server needs beside the frames: leases, connections, buffers, and room while it rewrites its file.
const BESIDE_BYTES: u64 = 128 << 20;

/// What is asked of a server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needs {
    pub(super) durability: Durability,
    pub(super) cap_bytes: u64,
}

/// What a server says of itself.
#[derive(Debug)]
pub(super) struct Info(BTreeMap<String, String>);

/// Asks a server what it says of itself.
pub(super) fn info(connection: &mut Connection) -> Result<Info, LogFailure> {
    let said: RedisResult<String> = redis::cmd("INFO").query(connection);
    said.map(|said| Info::read(&said)).map_err(sorted)
}

impl Info {
    fn read(said: &str) -> Info {
        let pairs = said.lines().filter_map(|line| line.split_once(':'));
        Info(pairs.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect())
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Which run of the server it is.
    pub(super) fn run_id(&self) -> Result<&str, LogFailure> {
        match self.get("run_id") {
            "" => Err(unclear("what the server says of itself")),
            id => Ok(id),
        }
    }
}

/// Looks whether a server can be relied on.
///
/// # Errors
/// [`LogFailure::Unfit`] with the first setting to change.
pub(super) fn check(
    info: &Info,
    connection: &mut Connection,
    needs: &Needs,
) -> Result<(), LogFailure> {
    let said = match needs.durability {
        // Whoever loses a second anyway may sync as it likes.
        Durability::EverySecond => Ok(()),
        Durability::Always => appendfsync(connection).and_then(|set| synced(&set)),
    };
    stands(info).and(said).and_then(|()| remembers(info, needs.cap_bytes))
}

fn unfit(words: String) -> Result<(), LogFailure> {
    Err(LogFailure::Unfit(words))
}

/// Its release, and what it is among other servers.
fn stands(info: &Info) -> Result<(), LogFailure> {
    let release = info.get("redis_version");
    let major = release.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < RELEASE_MIN) {
        return unfit(format!("it is release {release}; install {RELEASE_MIN}.0 or a later one"));
    }
    match info.get("redis_mode") {
        "standalone" => {}
        mode => {
            return unfit(format!(
                "it runs as `{mode}`, where the log cannot stand: set `cluster-enabled no` in redis.conf, and name \
                 the one server itself"
            ));
        }
    }
    match info.get("role") {
        "master" => {}
        role => {
            return unfit(format!(
                "it is a `{role}`, not the server that takes writes: name that one, or remove `replicaof` from \
                 redis.conf"
            ));
        }
    }
    match info.get("aof_enabled") {
        "1" => Ok(()),
        _ => unfit(
            "it keeps nothing when it is restarted: set `appendonly yes` in redis.conf".to_owned(),
        ),
    }
}

fn synced(set: &str) -> Result<(), LogFailure> {
    match set {
        "always" => Ok(()),
        _ => unfit(format!(
            "it answers before its disk is safe (`appendfsync {set}`): set `appendfsync always` in redis.conf, or \
             `durability = \"everysec\"` in duban.toml, which may lose two seconds"
        )),
    }
}

/// That it throws nothing away, and has room.
fn remembers(info: &Info, cap_bytes: u64) -> Result<(), LogFailure> {
    match info.get("maxmemory_policy") {
        "noeviction" => {}
        policy => {
            return unfit(format!(
                "it throws keys away when it is full (`maxmemory-policy {policy}`): set `maxmemory-policy noeviction` \
                 in redis.conf"
            ));
        }
    }
    let Ok(room) = info.get("maxmemory").parse::<u64>() else {
        return Err(unclear("what the server says of its memory"));
    };
    let needed = cap_bytes.saturating_add(BESIDE_BYTES);
    // None set is all that the machine has.
    if room == 0 || room >= needed {
        return Ok(());
    }
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    unfit(format!(
        "it has room for {} MiB: set `maxmemory {}mb` in redis.conf, or a smaller cap of the log in duban.toml",
        mib(room),
        mib(needed)
    ))
}

/// What nothing but its configuration tells.
fn appendfsync(connection: &mut Connection) -> Result<String, LogFailure> {
    let asked: RedisResult<Vec<String>> =
        redis::cmd("CONFIG").arg("GET").arg("appendfsync").query(connection);
    match asked {
        Ok(said) => said.into_iter().nth(1).ok_or_else(|| unclear("`appendfsync`")),
        Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoPerm) => {
            Err(LogFailure::Unfit(
                "the user may not read `appendfsync`: give it that right (`ACL SETUSER … +config|get`)"
                    .to_owned(),
            ))
        }
        Err(error) => Err(sorted(error)),
    }
}
