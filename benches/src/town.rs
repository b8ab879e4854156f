//! Towns of several nodes: a Redis that loses nothing, and nodes of this process on one log in it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use duban_gate::redis_server::RedisServer;
use duban_runtime::clock::{Clock, SystemClock};
use duban_runtime::cluster::log::{Link, Log, Logs as _, Seed, Seeded};
use duban_runtime::cluster::placement::{Placement, plan};
use duban_runtime::cluster::redis::{Durability, RedisLogs, Settings};
use duban_runtime::cluster::tenancy::Identity;
use duban_runtime::journal::disk::{Disk as _, OsDisk};
use duban_runtime::journal::ledger::{Copying, LedgerOptions, LedgerReader, Until};
use duban_runtime::journal::marker::{Marker, Membership};
use duban_runtime::journal::{Joining, Journal, Options};
use duban_runtime::node::{ClusterMember, Node, Standing};

use crate::node::Layout;
use crate::scratch::Scratch;
use crate::workload::Workload;

const CLUSTER: &str = "bench";
const RELEASE: &str = env!("CARGO_PKG_VERSION");
/// As in a county, unless it says otherwise.
const LOG_BYTES: u64 = 512 << 20;
const SAFE: [&str; 3] = ["appendonly yes", "appendfsync always", "maxmemory-policy noeviction"];
/// How long a node may take until it has all it is to have.
const SETTLED_MAX: Duration = Duration::from_secs(30);

/// A server, and the directories of its nodes.
pub struct Town {
    logs: Arc<RedisLogs>,
    server: RedisServer,
    scratch: Scratch,
}

/// What a node takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its share of everything.
    Full,
    /// Nothing: whatever it is asked, others decide.
    None,
}

impl Town {
    /// Under `parent`, with a log behind nothing.
    ///
    /// # Errors
    /// When the disk, or the server, refuses.
    pub fn under(parent: &std::path::Path) -> anyhow::Result<Town> {
        let scratch = Scratch::under(parent)?;
        let dir = scratch.path().join("redis");
        std::fs::create_dir(&dir)?;
        let server = RedisServer::start(&dir, &SAFE);
        let logs = RedisLogs::new(&Settings {
            url: server.url(),
            authority: None,
            user: None,
            password: None,
            cluster: CLUSTER.to_owned(),
            durability: Durability::Always,
            cap_bytes: LOG_BYTES,
        })?;
        let mut log = logs.log();
        let (frame, link, next_lsn) = (0, Link::seed(&[0; 32]), Vec::new());
        let seed = Seed { reign: 1, instead_of: None, frame, link, run: log.run()?, next_lsn };
        ensure!(log.seed(&seed)? == Seeded::Begun, "the log is not begun");
        Ok(Town { logs: Arc::new(logs), server, scratch })
    }

    /// A way to its log.
    pub fn log(&self) -> Box<dyn Log> {
        self.logs.log()
    }

    /// What its server holds in memory.
    pub fn memory_bytes(&self) -> u64 {
        self.server.memory_bytes()
    }

    /// Copies the ledger of a node that runs, for one that is to join.
    ///
    /// # Errors
    /// As [`Copying::finish`].
    pub fn copied(&self, from: &str, to: &str) -> anyhow::Result<()> {
        let from = OsDisk::at(self.scratch.path().join(from));
        let reader = LedgerReader::over(from.reader())?;
        let to = OsDisk::exclusive(self.dir_of(to)?)?;
        let options = LedgerOptions { segment_bytes: Options::at("").segment_bytes };
        Copying::begin(&reader, to, &options, Until::End)?.finish()?;
        Ok(())
    }

    /// Starts a node of this name; where nothing was copied for it, it has nothing.
    ///
    /// # Errors
    /// As [`Journal::join`] and [`Node::start_in_cluster`].
    pub async fn node(
        &self,
        (name, part): (&str, Part),
        (layout, workload): (&Layout, &Workload),
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<(Journal, Node)> {
        let dir = self.dir_of(name)?;
        let base = (0, Link::seed(&[0; 32]));
        let logs = Arc::clone(&self.logs) as _;
        let joining = Joining { logs, reign: 1, base, release: RELEASE };
        let journal = layout.join(&dir, membership(name), &joining, workload)?;
        let me = Identity {
            name: name.into(),
            address: name.to_owned(),
            release: RELEASE,
            reign: 1,
            placement: Placement::Spread,
            log_bytes: LOG_BYTES,
        };
        let held = match part {
            Part::Full => None,
            Part::None => Some("bench"),
        };
        let member = ClusterMember { me, logs: Arc::clone(&self.logs) as _, held };
        let node = layout.start_in(journal.clone(), &member, workload, clock).await?;
        Ok((journal, node))
    }

    fn dir_of(&self, name: &str) -> anyhow::Result<PathBuf> {
        let dir = self.scratch.path().join(name);
        std::fs::create_dir_all(&dir)?;
        let marker = Marker {
            cluster: CLUSTER.into(),
            node: name.into(),
            reign: 1,
            base_frame: 0,
            base_link: Link::seed(&[0; 32]),
        };
        marker.put(&mut OsDisk::at(&dir))?;
        Ok(dir)
    }
}

fn membership(name: &str) -> Membership {
    Membership::Node { cluster: CLUSTER.into(), node: name.into() }
}

/// Waits until everything is where it is to be, and these nodes have seen it.
///
/// # Errors
/// When that takes long.
pub async fn settled(nodes: &[&Node]) -> anyhow::Result<()> {
    let clock = SystemClock::start();
    while clock.monotonic() < SETTLED_MAX {
        if nodes.iter().all(|node| sees_everything_in_place(node)) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!("the town does not settle")
}

fn sees_everything_in_place(node: &Node) -> bool {
    let Some((Some(Standing { overview, held }), _)) = node.cluster() else { return false };
    overview.n_unowned() == 0 && plan("", &held, &overview, Placement::Spread).n_astray == 0
}

/// Ends a node that nobody else has.
///
/// # Errors
/// When somebody has it, or the journal does not close.
pub async fn ended(node: std::rc::Rc<Node>, journal: Journal) -> anyhow::Result<()> {
    std::rc::Rc::try_unwrap(node).ok().context("somebody has the node")?.stop().await;
    Ok(journal.close()?)
}
