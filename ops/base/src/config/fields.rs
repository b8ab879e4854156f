//! Every field of `duban.toml`: its key, its unit, its bounds, what it is for, and where its value goes.
//!
//! `duban config explain` prints this table; the defaults are those of [`Config::default`], not written a second time.

use std::path::PathBuf;

use duban_rules::Lang;

use super::Config;
use super::couriers::Choice;
use crate::config::log::Level;

mod cluster;
mod couriers;
mod http;

#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The table it stands in, e.g. `store`.
    pub table: &'static str,
    /// Its key there, e.g. `cache_mib`.
    pub key: &'static str,
    /// Its unit, in Chinese and English; a dash where it has none.
    pub unit: [&'static str; 2],
    /// What it is for, in Chinese and English.
    pub about: [&'static str; 2],
    /// Where the value goes, and which values there are.
    pub slot: Slot,
}

/// The place of a value in [`Config`].
#[derive(Clone, Copy, Debug)]
pub enum Slot {
    Path(fn(&mut Config) -> &mut PathBuf),
    /// A text that is not blank.
    Text(fn(&mut Config) -> &mut String),
    /// A name: letters, digits, `-` and `_`, 32 at most.
    Name(fn(&mut Config) -> &mut String),
    /// A whole number between these two, both included.
    Count(u64, u64, fn(&mut Config) -> &mut u64),
    /// A level of telemetry.
    Level(fn(&mut Config) -> &mut Level),
    Lang(fn(&mut Config) -> &mut Lang),
    /// One of a few words.
    Word(Words),
}

/// The words that a field may be, and where the one chosen goes.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Every word.
    pub all: fn() -> Vec<&'static str>,
    /// The one that is set.
    pub get: fn(&Config) -> &'static str,
    /// Sets the value of this word.
    pub set: fn(&mut Config, &str) -> Set,
}

/// Whether a word was one of the field's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    Done,
    Unknown,
}

/// A [`Slot::Word`] of a type of [`Choice`] at a place of the configuration.
macro_rules! choice {
    ($type:ty, |$config:ident| &mut $place:expr) => {
        $crate::config::fields::Slot::Word($crate::config::fields::Words {
            all: $crate::config::fields::words_of::<$type>,
            get: |$config| $crate::config::couriers::Choice::word($place),
            set: |$config, word| $crate::config::fields::set(&mut $place, word),
        })
    };
}
use choice;

fn words_of<T: Choice>() -> Vec<&'static str> {
    T::ALL.iter().map(|(word, _)| *word).collect()
}

fn set<T: Choice>(place: &mut T, word: &str) -> Set {
    match T::ALL.iter().find(|(known, _)| *known == word) {
        Some((_, value)) => {
            *place = *value;
            Set::Done
        }
        None => Set::Unknown,
    }
}

/// Characters of a name at most.
const NAME_MAX: usize = 32;
/// What a name is made of, for people.
pub const NAME_LETTERS: &str = "A–Z a–z 0–9 - _";

/// Whether a text can be a name: one to 32 letters, digits, `-` and `_`.
pub(super) fn is_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(is_plain)
}

/// How languages are spelt.
pub const LANGS: [(&str, Lang); 2] = [("zh", Lang::Zh), ("en", Lang::En)];

const NONE: [&str; 2] = ["—", "-"];

/// Every field, table by table.
pub fn all() -> impl Iterator<Item = &'static Field> {
    let couriers = [couriers::CHANNELS, couriers::SMTP, couriers::SMPP, couriers::GATEWAY];
    let before = [MACHINE, http::HTTP];
    let after = [cluster::CLUSTER, cluster::REDIS, OUTPUT, http::WATCHING];
    before.into_iter().chain(couriers).chain(after).flatten()
}

const MACHINE: &[Field] = &[
    Field {
        table: "store",
        key: "dir",
        unit: ["目录", "directory"],
        about: [
            "台账(ledger)、状态库和附件所在目录;也可用 --store 临时指定",
            "where ledger, store and blobs lie; --store overrides it",
        ],
        slot: Slot::Path(|c| &mut c.store_dir),
    },
    Field {
        table: "store",
        key: "cache_mib",
        unit: ["MiB", "MiB"],
        about: [
            "状态库的缓存内存;越大,冷案件读取越快",
            "memory for the store's cache; more makes cold cases faster to read",
        ],
        slot: Slot::Count(16, 65_536, |c| &mut c.store_cache_mib),
    },
    Field {
        table: "store",
        key: "segment_mib",
        unit: ["MiB", "MiB"],
        about: [
            "台账每段的大小;写满后封存并压缩",
            "size at which a ledger segment is sealed and compressed",
        ],
        slot: Slot::Count(1, 4_096, |c| &mut c.store_segment_mib),
    },
    Field {
        table: "store",
        key: "snapshot_gib",
        unit: ["GiB", "GiB"],
        about: [
            "台账每增长这么多就做一次基础快照;快照越密,重建越快",
            "ledger growth between base snapshots; closer ones make a rebuild faster",
        ],
        slot: Slot::Count(1, 1_024, |c| &mut c.store_snapshot_gib),
    },
    Field {
        table: "rules",
        key: "dir",
        unit: ["目录", "directory"],
        about: [
            "规则文件目录;留空使用随程序提供的肃宁规则",
            "directory of the rules files; empty for the shipped rules of Suning",
        ],
        slot: Slot::Path(|c| &mut c.rules_dir),
    },
    Field {
        table: "node",
        key: "arbiters",
        unit: ["线程", "threads"],
        about: [
            "运行案件等实体的线程数;0 表示与主线程共用",
            "threads that entities run on; 0 shares the main thread",
        ],
        slot: Slot::Count(0, 64, |c| &mut c.node_arbiters),
    },
    Field {
        table: "node",
        key: "resident_max",
        unit: ["个", "entities"],
        about: [
            "常驻内存的实体上限;超出的用到时再读",
            "entities kept in memory at most; others are read when needed",
        ],
        slot: Slot::Count(1_000, 50_000_000, |c| &mut c.node_resident_max),
    },
    Field {
        table: "courier",
        key: "dir",
        unit: ["目录", "directory"],
        about: [
            "邮件(.eml)和短信清单写入的目录;留空为存储目录下的 outbox",
            "where mails (.eml) and the list of SMS go; empty for `outbox` inside the store",
        ],
        slot: Slot::Path(|c| &mut c.courier_dir),
    },
    Field {
        table: "courier",
        key: "sender",
        unit: ["邮件地址", "address"],
        about: ["邮件的发件人", "the sender of e-mails"],
        slot: Slot::Text(|c| &mut c.courier_sender),
    },
];

const OUTPUT: &[Field] = &[
    Field {
        table: "output",
        key: "lang",
        unit: NONE,
        about: [
            "诊断信息的语言:zh 中文,en 英文;也可用 --lang 临时指定",
            "language of diagnostics: zh or en; --lang overrides it",
        ],
        slot: Slot::Lang(|c| &mut c.output_lang),
    },
    Field {
        table: "output",
        key: "rows",
        unit: ["行", "rows"],
        about: [
            "列表一页的行数;也可用 --limit 临时指定",
            "rows on a page of a list; --limit overrides it",
        ],
        slot: Slot::Count(1, 100_000, |c| &mut c.output_rows),
    },
];

impl Field {
    /// Its full name, e.g. `store.cache_mib`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.key)
    }

    /// Its value in `config`, as it would be written in the file.
    pub fn written(&self, config: &Config) -> String {
        let mut config = config.clone();
        match self.slot {
            Slot::Path(place) => quoted(&place(&mut config).to_string_lossy()),
            Slot::Text(place) | Slot::Name(place) => quoted(place(&mut config)),
            Slot::Count(_, _, place) => place(&mut config).to_string(),
            Slot::Level(place) => quoted(place(&mut config).as_str()),
            Slot::Lang(place) => quoted(word_of(*place(&mut config))),
            Slot::Word(words) => quoted((words.get)(&config)),
        }
    }

    /// Its value for machines.
    pub fn value(&self, config: &Config) -> serde_json::Value {
        let mut config = config.clone();
        match self.slot {
            Slot::Path(place) => place(&mut config).to_string_lossy().into(),
            Slot::Text(place) | Slot::Name(place) => place(&mut config).clone().into(),
            Slot::Count(_, _, place) => (*place(&mut config)).into(),
            Slot::Level(place) => place(&mut config).as_str().into(),
            Slot::Lang(place) => word_of(*place(&mut config)).into(),
            Slot::Word(words) => (words.get)(&config).into(),
        }
    }
}

/// The spelling of a language.
pub fn word_of(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
