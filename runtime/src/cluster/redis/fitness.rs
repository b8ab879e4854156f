//! Whether a server is fit to keep a log: looked at whenever it has started anew, and said in words that name the
//! setting to change.

use std::collections::BTreeMap;

use redis::{Connection, ErrorKind, RedisError, RedisResult, ServerErrorKind};

use super::failure::sorted;
use super::replies::{Words as Reply, unclear};
use super::scripts::{RIGHTS, Words};
use super::settings::{Durability, Keys};
use crate::cluster::log::LogFailure;

/// The first release whose scripts say whether they may run without memory.
const RELEASE_MIN: u32 = 7;

/// What a server needs beside the frames: leases, connections, buffers, and room while it rewrites its file.
const BESIDE_BYTES: u64 = 128 << 20;

/// When it syncs its disk.
const SYNC: &str = "appendfsync";
/// Whether it does not while it rewrites its file, whatever [`SYNC`] says.
const SYNC_ON_REWRITE: &str = "no-appendfsync-on-rewrite";

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
pub(super) fn info(connection: &mut Connection) -> RedisResult<Info> {
    let said: String = redis::cmd("INFO").query(connection)?;
    Ok(Info::read(&said))
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
    keys: &Keys,
    needs: &Needs,
) -> Result<(), LogFailure> {
    stands(info)?;
    synced(&syncing(connection)?, needs.durability)?;
    remembers(info, needs.cap_bytes)?;
    allowed(connection, keys)
}

/// That the user may do what scripts and readers do.
fn allowed(connection: &mut Connection, keys: &Keys) -> Result<(), LogFailure> {
    let lacking = match RIGHTS.run(connection, keys, &Words::default()) {
        Ok(lacking) => Reply::of(lacking)?.rest(Reply::next_text)?,
        Err(error) if is_forbidden(&error) => vec!["eval".to_owned(), "evalsha".to_owned()],
        Err(error) => return Err(sorted(error)),
    };
    if lacking.is_empty() {
        return Ok(());
    }
    let rights: Vec<String> = lacking.iter().map(|command| format!("+{command}")).collect();
    unfit(format!(
        "the user may not give these commands on keys of the log: {}; give it the rights (`ACL SETUSER … ~{} &{} {}`)",
        lacking.join(", "),
        keys.pattern,
        keys.pattern,
        rights.join(" ")
    ))
}

fn is_forbidden(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoPerm)
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

/// That what it answered is as safe as it has to be.
fn synced(set: &BTreeMap<String, String>, durability: Durability) -> Result<(), LogFailure> {
    let get = |name| set.get(name).map_or("", String::as_str);
    match (get(SYNC), durability) {
        ("always", Durability::Always | Durability::EverySecond)
        | ("everysec", Durability::EverySecond) => {}
        (found, Durability::Always) => {
            return unfit(format!(
                "it answers before its disk is safe (`{SYNC} {found}`): set `{SYNC} always` in redis.conf, or \
                 `durability = \"everysec\"` in duban.toml, which may lose two seconds"
            ));
        }
        (found, Durability::EverySecond) => {
            return unfit(format!(
                "nobody knows when its disk is safe (`{SYNC} {found}`): set `{SYNC} everysec` or `{SYNC} always` in \
                 redis.conf"
            ));
        }
    }
    match get(SYNC_ON_REWRITE) {
        "no" => Ok(()),
        found => unfit(format!(
            "its disk is not safe while it rewrites its file (`{SYNC_ON_REWRITE} {found}`): set \
             `{SYNC_ON_REWRITE} no` in redis.conf"
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
fn syncing(connection: &mut Connection) -> Result<BTreeMap<String, String>, LogFailure> {
    let asked = redis::cmd("CONFIG").arg("GET").arg(&[SYNC, SYNC_ON_REWRITE]).query(connection);
    asked.map_err(|error| {
        if !is_forbidden(&error) {
            return sorted(error);
        }
        let right = "give it that right (`ACL SETUSER … +config|get`)";
        LogFailure::Unfit(format!("the user may not read the setting `{SYNC}`: {right}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIT: &str = "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrun_id:c0ffee\r\n\
                       aof_enabled:1\r\nrole:master\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n";

    fn said(instead_of: &str, this: &str) -> Result<(), LogFailure> {
        assert!(FIT.contains(instead_of));
        let info = Info::read(&FIT.replace(instead_of, this));
        stands(&info).and_then(|()| remembers(&info, 512 << 20))
    }

    #[test]
    fn releases_from_7_0_on_are_taken() {
        for release in ["7.0.0", "7.4.2", "8.0.1", "10.0.0"] {
            assert_eq!(said("7.0.15", release), Ok(()), "{release}");
        }
        for release in ["6.2.14", "5.0", "", "unstable"] {
            let Err(LogFailure::Unfit(words)) = said("7.0.15", release) else {
                panic!("{release}")
            };
            assert!(words.contains("install 7.0"), "{words}");
        }
    }

    #[test]
    fn a_sentinel_or_a_replica_is_not_taken_for_the_server_itself() {
        for (instead_of, this) in
            [("standalone", "sentinel"), ("standalone", "cluster"), ("master", "slave")]
        {
            let said = said(instead_of, this);
            assert!(matches!(said, Err(LogFailure::Unfit(_))), "{this}: {said:?}");
        }
    }

    #[test]
    fn there_is_room_for_the_log_and_128_mib_more() {
        assert_eq!(said("maxmemory:0", "maxmemory:671088640"), Ok(()));
        let refused = said("maxmemory:0", "maxmemory:671088639");
        let Err(LogFailure::Unfit(words)) = refused else { panic!("{refused:?}") };
        assert!(words.contains("`maxmemory 640mb`"), "{words}");
    }

    #[test]
    fn what_is_no_redis_is_unclear() {
        assert!(matches!(Info::read("hello").run_id(), Err(LogFailure::Unclear(_))));
        assert_eq!(Info::read(FIT).run_id(), Ok("c0ffee"));
    }
}
