//! The configuration: one optional TOML file, `duban.toml`; without it everything has a default.
//!
//! What an ordinance or an office decides stands in the rules files, never here: this is about the machine. Each
//! field's unit, bounds and explanation stand in [`fields`]; `read` turns a file into a [`Config`] and says what is
//! wrong with it in the manner of the rules files. Relative paths count from the directory duban is started in.

pub mod cluster;
pub mod couriers;
mod environment;
pub mod fields;
mod finding;
pub mod log;
mod problem;
mod read;
pub mod rules;

use std::path::PathBuf;
use std::sync::LazyLock;

use duban_rules::Lang;
use duban_rules::diagnostic::Page;

use crate::config::log::{Form, Level};

pub use finding::Finding;
pub use problem::Problem;
pub use read::{Reading, load, parse};

/// The file that is read when no other is named.
pub const FILE: &str = "duban.toml";

/// The page of every code of the configuration, for `duban rules explain`.
pub static PAGES: LazyLock<Vec<Page>> =
    LazyLock::new(|| Page::all_of(include_str!("config/pages.toml")));

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where journal, store and blobs lie. Default `duban-data`.
    pub store_dir: PathBuf,
    /// Memory for the store's cache, in MiB. Default 512.
    pub store_cache_mib: u64,
    /// Size at which a ledger segment is sealed, in MiB. Default 64.
    pub store_segment_mib: u64,
    /// Ledger growth after which a base snapshot is taken, in GiB. Default 4.
    pub store_snapshot_gib: u64,
    /// The directory of the rules files; empty for the shipped ones. Default empty.
    pub rules_dir: PathBuf,
    /// Threads for partitions and entities; 0 puts them on the main one. Default 1.
    pub node_arbiters: u64,
    /// Entities with a timer that stay in memory at most. Default 1,200,000.
    pub node_resident_max: u64,
    /// Where the file courier puts messages; empty for `outbox` inside the store. Default empty.
    pub courier_dir: PathBuf,
    /// The sender of e-mails. Default `duban@localhost`.
    pub courier_sender: String,
    /// Who takes which channel, and their servers. Default the folder for all.
    pub couriers: couriers::Couriers,
    /// Whether this machine is alone or a node of a cluster. Default alone.
    pub cluster: cluster::Cluster,
    /// The language of diagnostics. Default Chinese.
    pub output_lang: Lang,
    /// Rows of a list unless `--limit` says otherwise. Default 50.
    pub output_rows: u64,
    /// Where the server listens for HTTP, as address and port; port 0 lets the system choose. Default `127.0.0.1:8440`.
    pub http_listen: String,
    /// Threads that answer HTTP. Default 2.
    pub http_workers: u64,
    /// Requests from one address a minute before it is told to wait. Default 6,000.
    pub http_per_minute: u64,
    /// Bytes of a request's body at most, photos and attachments excepted, in KiB. Default 512.
    pub http_body_kib: u64,
    /// Bytes of a photo at most, in MiB. Default 10.
    pub http_photo_mib: u64,
    /// Bytes of a signed form, a scan or another attachment at most, in MiB. Default 10.
    pub http_attachment_mib: u64,
    /// Bytes of all signed forms and attachments of a case at most, in MiB. Default 50.
    pub http_case_attachments_mib: u64,
    /// Photos that one account may keep in a day. Default 500.
    pub http_photos_per_day: u64,
    /// Bytes of photos that one account may keep in a day, in MiB. Default 1,024.
    pub http_photo_mib_per_day: u64,
    /// How the server is reached from outside, for links in letters; empty for none. Default empty.
    pub http_public_url: String,
    /// How much is told on standard error. Default `warn`.
    pub log_level: Level,
    /// For people or for programs. Default people.
    pub log_form: Form,
    /// Where traces go, as the address of an OTLP collector over HTTP; empty for nowhere. Default empty.
    pub trace_endpoint: String,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            store_dir: PathBuf::from("duban-data"),
            store_cache_mib: 512,
            store_segment_mib: 64,
            store_snapshot_gib: 4,
            rules_dir: PathBuf::new(),
            node_arbiters: 1,
            node_resident_max: 1_200_000,
            courier_dir: PathBuf::new(),
            courier_sender: "duban@localhost".to_owned(),
            couriers: couriers::Couriers::default(),
            cluster: cluster::Cluster::default(),
            output_lang: Lang::Zh,
            output_rows: 50,
            http_listen: "127.0.0.1:8440".to_owned(),
            http_workers: 2,
            http_per_minute: 6_000,
            http_body_kib: 256,
            http_photo_mib: 10,
            http_attachment_mib: 10,
            http_case_attachments_mib: 50,
            http_photos_per_day: 500,
            http_photo_mib_per_day: 1_024,
            http_public_url: String::new(),
            log_level: Level::Warn,
            log_form: Form::Human,
            trace_endpoint: String::new(),
        }
    }
}

impl Config {
    /// Where the file courier puts messages.
    pub fn mail_dir(&self) -> PathBuf {
        if self.courier_dir.as_os_str().is_empty() {
            self.store_dir.join("outbox")
        } else {
            self.courier_dir.clone()
        }
    }

    /// Everything that does not go together.
    fn conflicts(&self) -> Vec<couriers::Conflict> {
        let mut found = self.couriers.conflicts();
        found.extend(self.cluster.conflicts());
        found
    }

    /// Bytes of the signed forms and attachments of a case at most.
    pub fn papers_max(&self) -> u64 {
        self.http_case_attachments_mib << 20
    }
}
