//! A server that cannot be relied on is refused with the setting to change, and one that was changed is taken.

use duban_runtime::cluster::log::{
    Added, Holding, Leased, Leasing, LogFailure, Logs as _, Looking, Seeded,
};
use duban_runtime::cluster::redis::{BadSettings, Durability, Password, RedisLogs, Settings};

use crate::world::{Adder, SAFE, World, seed};

/// What is said of a server that is set up so; none if it is taken.
fn refused(lines: &[&str], with: impl FnOnce(Settings) -> Settings) -> Option<String> {
    let world = World::coming(lines, with);
    match world.log().look(&Looking::Look) {
        Ok(_) => None,
        Err(LogFailure::Unfit(words)) => Some(words),
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn a_setting_that_loses_something_is_refused_by_its_name() {
    for (line, named) in [
        ("appendonly no", "set `appendonly yes` in redis.conf"),
        ("appendfsync everysec", "set `appendfsync always` in redis.conf"),
        ("appendfsync no", "set `appendfsync always` in redis.conf"),
        ("no-appendfsync-on-rewrite yes", "set `no-appendfsync-on-rewrite no` in redis.conf"),
        ("maxmemory-policy allkeys-lru", "set `maxmemory-policy noeviction` in redis.conf"),
        ("maxmemory 128mb", "set `maxmemory 129mb` in redis.conf"),
        ("cluster-enabled yes", "set `cluster-enabled no` in redis.conf"),
        ("replicaof 127.0.0.1 1", "remove `replicaof` from redis.conf"),
    ] {
        let said = refused(&[&SAFE[..], &[line]].concat(), |settings| settings);
        let said = said.unwrap_or_else(|| panic!("`{line}` is taken"));
        assert!(said.contains(named), "`{line}`: {said}");
    }
}

#[test]
fn a_setting_that_is_enough_is_taken() {
    for line in ["maxmemory 129mb", "maxmemory 0"] {
        assert_eq!(refused(&[&SAFE[..], &[line]].concat(), |settings| settings), None, "{line}");
    }
    let every_second = |settings| Settings { durability: Durability::EverySecond, ..settings };
    let lines = ["appendonly yes", "appendfsync everysec", "maxmemory-policy noeviction"];
    assert_eq!(refused(&lines, every_second), None);
    let said = refused(&[&lines[..], &["appendfsync no"]].concat(), every_second).unwrap();
    assert!(said.contains("set `appendfsync everysec`"), "{said}");
}

/// Who comes as `duban`.
fn as_duban(settings: Settings, password: &str) -> Settings {
    let password = Some(Password(password.to_owned()));
    Settings { user: Some("duban".to_owned()), password, ..settings }
}

#[test]
fn a_user_who_lacks_a_right_is_told_which() {
    for (rights, named) in [
        ("~{suning}:* +@all -config", "+config|get"),
        ("~{suning}:* +@all -info", "'info'"),
        ("~{suning}:* +@all -evalsha", "+evalsha"),
        ("~{suning}:* &* +@all -xadd -hdel", "~{suning}:* &{suning}:* +hdel +xadd"),
        ("~{other}:* &* +@all", "~{suning}:* &{suning}:* +eval"),
    ] {
        let user = format!("user duban on >sesame {rights}");
        let said = refused(&[&SAFE[..], &[&user]].concat(), |at| as_duban(at, "sesame"));
        let said = said.unwrap_or_else(|| panic!("`{rights}` is enough"));
        assert!(said.contains(named), "`{rights}`: {said}");
    }
}

/// The commands that a user has to be allowed.
const RIGHTS: [&str; 21] = [
    "+info",
    "+config|get",
    "+eval",
    "+evalsha",
    "+time",
    "+exists",
    "+hget",
    "+hset",
    "+hmget",
    "+hgetall",
    "+hdel",
    "+del",
    "+xadd",
    "+xread",
    "+xrange",
    "+xtrim",
    "+publish",
    "+subscribe",
    "&{suning}:to:*",
    "~{suning}:*",
    "on",
];

#[test]
fn a_user_needs_these_rights_and_no_others() {
    assert_eq!(used(&RIGHTS), Ok(()));
    for lacking in RIGHTS {
        let rights: Vec<&str> = RIGHTS.into_iter().filter(|right| *right != lacking).collect();
        let used = used(&rights);
        assert!(matches!(used, Err(LogFailure::Unfit(_))), "without `{lacking}`: {used:?}");
    }
}

/// What comes of it for a user with these rights.
fn used(rights: &[&str]) -> Result<(), LogFailure> {
    let user = format!("user duban >sesame resetkeys resetchannels -@all {}", rights.join(" "));
    let world = World::coming(&[&SAFE[..], &[&user]].concat(), |at| as_duban(at, "sesame"));
    let mut log = world.log();
    assert_eq!(log.seed(&seed(1, None))?, Seeded::Begun);
    let acquired = log.lease(1, "a", &Leasing::Acquire(vec![Holding::Partition(0)]))?;
    let Leased::Leases { leases, .. } = acquired else { panic!("{acquired:?}") };
    let mut adder = Adder { reign: 1, partition: 0, epoch: leases[0].epoch, next_lsn: 1 };
    assert_eq!(adder.add(&mut *log, b"first", 1)?, Added::In(1));
    assert_eq!(log.read(0, 1, 1)?.len(), 1);
    assert!(log.look(&Looking::Strike("b".into()))?.nodes.is_empty());
    assert_eq!(log.look(&Looking::Trim(2))?.first, None);
    let mut letters = world.logs.inbound("b");
    assert_eq!(letters.next(1)?, None);
    assert!(world.logs.outbound().send("b", b"a letter")?);
    assert_eq!(letters.next(5_000)?.as_deref(), Some(&b"a letter"[..]));
    Ok(())
}

#[test]
fn a_wrong_or_missing_password_is_said_as_such() {
    let user = [&SAFE[..], &["user duban on >sesame ~* &* +@all"]].concat();
    let said = refused(&user, |at| as_duban(at, "open")).unwrap();
    assert!(said.contains("password"), "{said}");
    let asks = [&SAFE[..], &["requirepass sesame"]].concat();
    let said = refused(&asks, |settings| settings).unwrap();
    assert!(said.contains("password"), "{said}");
}

#[test]
fn a_server_that_was_unfit_is_taken_once_it_is_changed() {
    let world = World::coming(&["appendonly yes", "appendfsync everysec"], |settings| settings);
    let mut log = world.log();
    assert!(matches!(log.look(&Looking::Look), Err(LogFailure::Unfit(_))));
    let mut behind = world.connection();
    let set = redis::cmd("CONFIG").arg("SET").arg("appendfsync").arg("always").to_owned();
    let () = set.query(&mut behind).unwrap();
    assert!(log.look(&Looking::Look).is_ok());
}

#[test]
fn settings_that_cannot_be_meant_are_refused_before_anything_is_connected() {
    let settings = Settings {
        url: "redis://127.0.0.1:1".to_owned(),
        authority: None,
        user: None,
        password: Some(Password("sesame".to_owned())),
        cluster: "suning".to_owned(),
        durability: Durability::Always,
        cap_bytes: 0,
    };
    let logs = RedisLogs::new(&settings).unwrap();
    assert!(!format!("{settings:?} {logs:?}").contains("sesame"));
    let refused = |settings: Settings| RedisLogs::new(&settings).err();
    for cluster in ["", "a b", "肃宁", "a:b", "{a}", &"a".repeat(33)] {
        let named = Settings { cluster: cluster.to_owned(), ..settings.clone() };
        assert_eq!(refused(named), Some(BadSettings::Name(cluster.to_owned())));
    }
    let at = |url: &str| Settings { url: url.to_owned(), ..settings.clone() };
    assert!(matches!(refused(at("http://127.0.0.1")), Some(BadSettings::Url(_))));
    assert_eq!(refused(at("redis://duban:sesame@127.0.0.1")), Some(BadSettings::Secret));
    assert_eq!(refused(at("redis://127.0.0.1")), None);
}
