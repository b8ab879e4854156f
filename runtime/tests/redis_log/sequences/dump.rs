//! All that is left behind, in Redis and in the model, in one form: what stands at which place.

use std::collections::BTreeMap;

use duban_runtime::clock::Timestamp;
use duban_runtime::cluster::log::Holding;
use duban_runtime::cluster::model::{Condition, Held, Model};
use redis::{Connection, Script, Value};

use crate::world::World;

/// Tells everything, and takes it away.
const TAKE: &str = "#!lua flags=allow-oom
local all = {
    redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]), redis.call('HGETALL', KEYS[4]),
    redis.call('XRANGE', KEYS[1], '-', '+'),
}
redis.call('DEL', unpack(KEYS))
return all";

/// Moves back every instant.
const AGE: &str = "#!lua flags=allow-oom
local by = tonumber(ARGV[1])
local function back(n) return string.format('%.0f', tonumber(n) - by) end
local own = redis.call('HGETALL', KEYS[3])
for n = 1, #own, 2 do
    if string.match(own[n], '.until$') and own[n + 1] ~= '0' then
        redis.call('HSET', KEYS[3], own[n], back(own[n + 1]))
    end
end
local nodes = redis.call('HGETALL', KEYS[4])
for n = 1, #nodes, 2 do
    local seen, said = string.match(nodes[n + 1], '^(%d+)( .*)$')
    redis.call('HSET', KEYS[4], nodes[n], back(seen) .. said)
end";

const KEYS: [&str; 4] = ["{suning}:log", "{suning}:head", "{suning}:own", "{suning}:nodes"];

/// What stands where.
pub(super) type Dump = BTreeMap<String, Vec<u8>>;

/// Those of an entry.
type Fields = Vec<(String, Vec<u8>)>;

/// A way behind the log.
pub(super) struct Behind {
    url: String,
    connection: Connection,
    take: Script,
    age: Script,
    /// How much room the server was left.
    memory: Condition,
}

impl Behind {
    pub(super) fn of(world: &World) -> Behind {
        let (url, connection) = (world.server.url(), world.connection());
        let (take, age, memory) = (Script::new(TAKE), Script::new(AGE), Condition::Well);
        Behind { url, connection, take, age, memory }
    }

    /// After the server was started again, as it is set up.
    pub(super) fn connect_again(&mut self) {
        self.connection = redis::Client::open(self.url.as_str()).unwrap().get_connection().unwrap();
        self.memory = Condition::Well;
    }

    pub(super) fn now(&mut self) -> Timestamp {
        let (seconds, micros): (i64, i64) = redis::cmd("TIME").query(&mut self.connection).unwrap();
        Timestamp::from_millis(seconds * 1_000 + micros / 1_000)
    }

    /// Moves all instants back by so much.
    pub(super) fn age(&mut self, millis: i64) {
        let mut age = self.age.prepare_invoke();
        let () = age.key(&KEYS).arg(millis).invoke(&mut self.connection).unwrap();
    }

    /// Has the server write what it would write within two seconds, and all that comes until it is started again.
    pub(super) fn make_safe(&mut self) {
        let set = redis::cmd("CONFIG").arg("SET").arg("appendfsync").arg("always").to_owned();
        let () = set.query(&mut self.connection).unwrap();
    }

    pub(super) fn forget_scripts(&mut self) {
        let () = redis::cmd("SCRIPT").arg("FLUSH").query(&mut self.connection).unwrap();
    }

    /// So little that it is full, or as much as there is.
    pub(super) fn set_memory(&mut self, condition: Condition) {
        if self.memory == condition {
            return;
        }
        self.memory = condition;
        let bytes = u8::from(condition == Condition::Full);
        let set = redis::cmd("CONFIG").arg("SET").arg("maxmemory").arg(bytes).to_owned();
        let () = set.query(&mut self.connection).unwrap();
    }

    /// Takes away all that is left, instants as a clock that is ahead by so much sees them.
    pub(super) fn take(&mut self, ahead: i64) -> Dump {
        let mut take = self.take.prepare_invoke();
        let all: (Vec<String>, Vec<String>, Vec<String>, Value) =
            take.key(&KEYS).invoke(&mut self.connection).unwrap();
        let (head, own, nodes, log) = all;
        let mut dump = Dump::new();
        for pair in head.chunks(2) {
            put(&mut dump, format!("head {}", pair[0]), &pair[1]);
        }
        for pair in own.chunks(2) {
            let value = match pair[0].split_once('.').unwrap().1 {
                "until" => moved(&pair[1], ahead),
                _ => pair[1].clone(),
            };
            put(&mut dump, format!("own {}", pair[0]), value);
        }
        for pair in nodes.chunks(2) {
            let seen = pair[1].split_once(' ').unwrap().0;
            put(&mut dump, format!("node {}", pair[0]), moved(seen, ahead));
        }
        let log: Vec<(String, Fields)> = redis::from_redis_value(log).unwrap();
        for (id, fields) in log {
            for (field, value) in fields {
                dump.insert(format!("log {id} {field}"), value);
            }
        }
        dump
    }
}

/// What a model holds, as it would stand in Redis.
pub(super) fn of(model: &Model) -> Dump {
    let mut dump = Dump::new();
    if let Some(head) = model.head() {
        let (reign, frame, link) = (head.reign.to_string(), head.frame.to_string(), head.link);
        put(&mut dump, "head reign", reign);
        put(&mut dump, "head frame", frame);
        put(&mut dump, "head link", link.to_hex());
        put(&mut dump, "head run", head.run.as_str());
        put(&mut dump, "head format", head.format.to_string());
        put(&mut dump, "head base", head.base.to_string());
    }
    for (holding, held) in model.own() {
        put_held(&mut dump, *holding, held);
    }
    for (name, node) in model.nodes() {
        put(&mut dump, format!("node {name}"), node.seen.as_millis().to_string());
    }
    for entry in model.entries().values() {
        let mut field = |name: &str, value: &[u8]| {
            dump.insert(format!("log {}-0 {name}", entry.frame), value.to_vec())
        };
        field("group", entry.group.to_hex().as_bytes());
        field("reign", entry.reign.to_string().as_bytes());
        field("release", entry.release.as_bytes());
        field("link", entry.link.to_hex().as_bytes());
        field("body", &entry.body);
    }
    dump
}

fn put_held(dump: &mut Dump, holding: Holding, held: &Held) {
    let name = match holding {
        Holding::Partition(number) => number.to_string(),
        Holding::Office => "office".to_owned(),
    };
    let mut field = |field: &str, value: String| put(dump, format!("own {name}.{field}"), value);
    if held.epoch > 0 {
        field("epoch", held.epoch.to_string());
        field("node", held.node.to_string());
        field("until", held.until.as_millis().to_string());
    }
    // The first number is meant where none stands.
    if held.last.is_some() || held.next_lsn != 1 {
        field("lsn", held.next_lsn.to_string());
    }
    if let Some((group, frame)) = held.last {
        field("group", group.to_hex());
        field("frame", frame.to_string());
    }
}

fn put(dump: &mut Dump, place: impl Into<String>, value: impl Into<String>) {
    dump.insert(place.into(), value.into().into_bytes());
}

fn moved(millis: &str, ahead: i64) -> String {
    let instant = Timestamp::from_millis(millis.parse().unwrap());
    later(instant, ahead).as_millis().to_string()
}

/// As a clock sees it that is ahead by so much; no instant at all is none there, too.
pub(super) fn later(instant: Timestamp, ahead: i64) -> Timestamp {
    match instant.as_millis() {
        0 => instant,
        millis => Timestamp::from_millis(millis + ahead),
    }
}
