//! A node on a directory: what every question about the runtime starts with.

use std::cell::Cell;
use std::future::Future;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{bail, ensure};
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock, SystemClock, Timestamp};
use duban_runtime::journal::marker::Membership;
use duban_runtime::journal::{self, Joining, Journal};
use duban_runtime::node::{Ask, ClusterMember, Node, Options};
use tokio::task::JoinSet;

use crate::arguments::Arguments;
use crate::figures::{Figures, number};
use crate::machine::processor_seconds;
use crate::workload::Workload;

/// For how long it is looked at whether a town rests, and how often at most.
const LOOK: Duration = Duration::from_millis(500);
const LOOKS_MAX: usize = 600;
/// Whoever takes less of one core than this rests.
const RESTING_SHARE: f64 = 0.06;

/// The system's clock with its wall time moved: so that what lies months ahead is overdue, or nothing is.
#[derive(Debug)]
pub struct ShiftedClock {
    system: SystemClock,
    ahead_millis: AtomicI64,
}

impl ShiftedClock {
    /// A clock that shows `instant` now and goes on from there.
    pub fn showing(instant: Timestamp) -> ShiftedClock {
        let system = SystemClock::start();
        let clock = ShiftedClock { system, ahead_millis: AtomicI64::new(0) };
        clock.show(instant);
        clock
    }

    /// Jumps to `instant` and goes on from there.
    pub fn show(&self, instant: Timestamp) {
        let ahead_millis = instant.as_millis() - self.system.now().as_millis();
        self.ahead_millis.store(ahead_millis, Ordering::Release);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let ahead_millis = self.ahead_millis.load(Ordering::Acquire);
        Timestamp::from_millis(self.system.now().as_millis() + ahead_millis)
    }

    /// Moved with the wall time: what is shown is meant, and is no jump.
    fn monotonic(&self) -> Duration {
        self.now().since(Timestamp::from_millis(0))
    }
}

/// Runs `work` inside an actix system.
pub fn in_system<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    actix::System::new().block_on(work)
}

/// How a node is laid out in a run: as it is shipped, unless the arguments say otherwise.
#[derive(Clone, Debug)]
pub struct Layout {
    options: Options,
    cache_bytes: Option<u64>,
    generation_bytes: Option<u64>,
    lag: Option<u64>,
}

impl Layout {
    /// `--arbiters N`, `--cache-mib N`, `--generation-mib N`, `--lag-ms N`.
    ///
    /// # Errors
    /// When one of them is not a number.
    pub fn of(arguments: &Arguments) -> anyhow::Result<Layout> {
        let usual = Options::default();
        let arbiters = arguments.number("arbiters", u64::try_from(usual.arbiters)?)?;
        let optional = |name: &str| {
            let given = arguments.text(name).is_some();
            given.then(|| arguments.number(name, 0)).transpose()
        };
        Ok(Layout {
            options: Options { arbiters: usize::try_from(arbiters)?, ..usual },
            cache_bytes: optional("cache-mib")?.map(|mib| mib << 20),
            generation_bytes: optional("generation-mib")?.map(|mib| mib << 20),
            lag: optional("lag-ms")?,
        })
    }

    /// Opens the journal in `dir`, reading back what is there.
    pub fn open(&self, dir: &Path, workload: &Workload) -> anyhow::Result<Journal> {
        let options = self.journal_options(dir)?;
        Ok(Journal::open(options, Arc::new(workload.registry()), &|_| {})?)
    }

    /// The same of a node of a cluster.
    pub fn join(
        &self,
        dir: &Path,
        membership: Membership,
        joining: &Joining,
        workload: &Workload,
    ) -> anyhow::Result<Journal> {
        let options = journal::Options { membership, ..self.journal_options(dir)? };
        Ok(Journal::join(&options, joining, Arc::new(workload.registry()), &|_| {})?)
    }

    fn journal_options(&self, dir: &Path) -> anyhow::Result<journal::Options> {
        let mut options = journal::Options::at(dir);
        options.store.cache_bytes = self.cache_bytes.unwrap_or(options.store.cache_bytes);
        if let Some(bytes) = self.generation_bytes {
            options.limits.n_bytes_max = usize::try_from(bytes)?;
        }
        if let Some(lag) = self.lag {
            options.limits.lag_max = Duration::from_millis(lag);
        }
        Ok(options)
    }

    /// Starts a node over `journal`.
    pub async fn start(
        &self,
        journal: Journal,
        workload: &Workload,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Node> {
        Ok(Node::start(self.options, Arc::new(workload.registry()), journal, clock).await?)
    }

    /// The same of a node of a cluster.
    pub async fn start_in(
        &self,
        journal: Journal,
        member: &ClusterMember,
        workload: &Workload,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Node> {
        let registry = Arc::new(workload.registry());
        Ok(Node::start_in_cluster(self.options, registry, (journal, member), clock).await?)
    }
}

/// `n_callers` at the same time, each with one command under way, until `n` are accepted: `ask(i)` makes the i-th.
/// One who finds no room asks again.
pub async fn drive<F>(node: &Rc<Node>, n_callers: usize, n: u64, ask: F) -> anyhow::Result<()>
where
    F: Fn(u64) -> anyhow::Result<Ask> + 'static,
{
    let (next, ask) = (Rc::new(Cell::new(0_u64)), Rc::new(ask));
    let mut callers = JoinSet::new();
    for _ in 0..n_callers {
        let (node, next, ask) = (Rc::clone(node), Rc::clone(&next), Rc::clone(&ask));
        callers.spawn_local(async move {
            loop {
                let i = next.get();
                if i >= n {
                    return anyhow::Ok(());
                }
                next.set(i + 1);
                accepted(&node, || ask(i)).await?;
            }
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    Ok(())
}

async fn accepted(node: &Node, ask: impl Fn() -> anyhow::Result<Ask>) -> anyhow::Result<()> {
    loop {
        let answer = node.ask(ask()?).await;
        if matches!(answer, Answer::Accepted { .. }) {
            return Ok(());
        }
        ensure!(matches!(answer, Answer::Busy { .. }), "not accepted: {answer:?}");
        tokio::task::yield_now().await;
    }
}

/// Waits until a town that was just filled rests, as on an ordinary morning: the store has what the ledger has, and nothing
/// that was begun with the fill is under way.
///
/// # Errors
/// When that takes minutes.
pub async fn at_rest(journal: &Journal) -> anyhow::Result<()> {
    for _ in 0..LOOKS_MAX {
        // What waits to be applied is no rest.
        journal.wait_applied(journal.head().1);
        let before = processor_seconds();
        tokio::time::sleep(LOOK).await;
        if processor_seconds() - before < LOOK.as_secs_f64() * RESTING_SHARE {
            return Ok(());
        }
    }
    bail!("it does not come to rest")
}

/// What the journal did since it was opened.
pub fn journal_figures(journal: &Journal) -> Figures {
    let stats = journal.stats();
    Figures::default()
        .with("records", number(stats.n_records))
        .with("frames", number(stats.n_frames))
        .with("ledger_bytes", number(stats.n_bytes))
        .with("group", number(stats.n_records) / number(stats.n_frames.max(1)))
        .with("append_p50_us", stats.append_p50.as_secs_f64() * 1e6)
        .with("append_p99_us", stats.append_p99.as_secs_f64() * 1e6)
}
