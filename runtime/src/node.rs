//! A node: its partitions as actors, the ticker that wakes them, and the entry points for callers and couriers.

mod abreast;
mod answering;
mod ask;
mod elsewhere;
mod homes;
mod introspect;
mod postman;
mod tenant;
mod ticker;
mod virtual_time;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::mpsc;
use std::time::Duration;

use actix::{Actor, Addr, Arbiter, AsyncContext as _, Context};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use self::answering::Answering;
pub use self::ask::{Ask, CLOSING_RETRY_AFTER};
use self::elsewhere::Elsewhere;
use self::homes::Homes;
pub use self::introspect::{PULSE_PATIENCE, Pulse, Stuck};
use self::tenant::Tenant;
pub use self::tenant::{ClusterMember, Standing};
pub use self::virtual_time::RUN_AHEAD_MAX;

pub use crate::partition::Leased;

use crate::actor::falling;
use crate::actor::lookups::Lookups;
use crate::actor::message::{Routes, Stop, Tick, Warm};
use crate::actor::partition::{Firing, Owning, PartitionActor, Wiring};
use crate::actor::readers::Readers;
use crate::actor::route::Route;
use crate::clock::trusted::{ClockSeen, TrustedClock};
use crate::clock::{Clock, Timestamp};
use crate::cluster::fence::Fence;
use crate::in_flight::InFlight;
use crate::journal::reading::Waking;
use crate::journal::{EPOCH, Failure, Journal};
use crate::loops::{Keeper, Kept, Loops};
use crate::partition::{PARTITIONS, Tenure};
use crate::registry::Registry;
use crate::supervision::OnEnd;

/// Entities made resident at a time after a start.
const WARM_CHUNK: usize = 1_024;

/// How long a start waits for a log that does not answer, or for the next of its frames.
const CATCH_UP_PATIENCE: Duration = Duration::from_secs(5);
/// How long a node of a cluster hands over what it holds before it stops all the same.
const DRAIN_PATIENCE: Duration = Duration::from_secs(10);

/// Who wakes partitions whose timers are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ticking {
    /// A ticker on each arbiter, by the clock.
    ByClock,
    /// The caller, by [`Node::fire_due`]: virtual time.
    ByHand,
}

/// How a node is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Threads for partitions and their entities; 0 puts them on the caller's.
    pub arbiters: usize,
    /// Entities with a timer that stay resident at most, over all partitions.
    pub resident_max: usize,
    pub ticking: Ticking,
}

impl Default for Options {
    fn default() -> Options {
        Options { arbiters: 1, resident_max: 1_200_000, ticking: Ticking::ByClock }
    }
}

/// A running node.
pub struct Node {
    homes: Homes,
    next_due: Vec<Arc<AtomicI64>>,
    arbiters: Vec<Arbiter>,
    ticker: Option<Kept>,
    /// In a cluster.
    cluster: Option<Elsewhere>,
    /// Ends with the node.
    _pool: Readers,
}

impl Node {
    /// Starts every partition as the journal left it. The node is *ready* when this returns: timer windows are loaded,
    /// commands are accepted and the first overdue timers are decided. Runs inside an actix system.
    pub async fn start(
        options: Options,
        registry: Arc<Registry>,
        journal: Journal,
        clock: Arc<dyn Clock>,
    ) -> Result<Node, Failure> {
        Node::start_with(options, registry, journal, clock, ends_process()).await
    }

    /// Starts a node of a cluster over a journal that has joined its log: it owns nothing before it has leases. It is
    /// ready to be read from when this returns: what stood in the log is mirrored, unless the log does not answer.
    pub async fn start_in_cluster(
        options: Options,
        registry: Arc<Registry>,
        (journal, member): (Journal, &ClusterMember),
        clock: Arc<dyn Clock>,
    ) -> Result<Node, Failure> {
        let (fence, (lost, found_lost)) = (Arc::new(Fence::closed()), mpsc::channel());
        let owning = Owning::Leases { fence: Arc::clone(&fence), lost };
        let how = (owning, ends_process());
        let mut node = Node::launched(options, registry, journal, clock, how).await?;
        let around = tenant::Around {
            partitions: node.homes.partitions.clone(),
            in_flight: Arc::clone(&node.homes.wiring.in_flight),
            journal: Arc::clone(&node.homes.wiring.journal),
            fence: Arc::clone(&fence),
            clock: Arc::clone(&node.homes.wiring.clock),
            lost: found_lost,
        };
        let shared = Arc::new(Tenant::new(fence));
        let tenant = tenant::start(member, around, &shared, node.loops())?;
        let answering = Arc::new(Answering::new(node.homes.clone(), shared));
        let at_work = (Handle::current(), node.loops().as_ref());
        let (me, logs) = (&member.me.name, member.logs.as_ref());
        let post = postman::start(me, logs, answering, at_work)?;
        let (tenancy, journal) =
            (Arc::clone(&tenant.tenant), Arc::clone(&node.homes.wiring.journal));
        let abreast = abreast::start(logs, node.loops())?;
        node.cluster = Some(Elsewhere { tenant, post, abreast });
        let readers = &node.homes.wiring.readers;
        let caught = readers.spawn_blocking(move || tenancy.catch_up(&journal, CATCH_UP_PATIENCE));
        if let Err(error) = caught.await {
            tracing::error!(%error, "it is not known how far the log is followed");
        }
        Ok(node)
    }

    /// The same as [`Node::start`]; `on_end` is told why the process must end, when a partition falls too often, and ends
    /// it. If it does not, that partition stays down.
    pub async fn start_with(
        options: Options,
        registry: Arc<Registry>,
        journal: Journal,
        clock: Arc<dyn Clock>,
        on_end: OnEnd,
    ) -> Result<Node, Failure> {
        Node::launched(options, registry, journal, clock, (Owning::Alone, on_end)).await
    }

    async fn launched(
        options: Options,
        registry: Arc<Registry>,
        journal: Journal,
        clock: Arc<dyn Clock>,
        (owning, on_end): (Owning, OnEnd),
    ) -> Result<Node, Failure> {
        let in_flight = Arc::new(InFlight::default());
        let resident_max = options.resident_max.div_ceil(usize::from(PARTITIONS));
        let sooner = Arc::new(Notify::new());
        let journal = Arc::new(journal);
        let (firing, clock) = match options.ticking {
            Ticking::ByClock => {
                let trusted = Arc::new(TrustedClock::beginning(clock, last_instant(&journal)));
                ticker::look(&trusted).await;
                let believed: Arc<dyn Clock> = Arc::clone(&trusted) as _;
                (Firing::ByClock(trusted), believed)
            }
            Ticking::ByHand => (Firing::ByHand(Arc::new(AtomicI64::new(i64::MIN))), clock),
        };
        let pool = Readers::start()?;
        let readers = pool.handle();
        let wiring = Wiring {
            registry,
            journal,
            readers,
            clock,
            in_flight,
            counters: Arc::default(),
            sooner,
            resident_max,
            firing,
            owning,
            on_end,
        };
        let arbiters: Vec<Arbiter> = (0..options.arbiters).map(|_| Arbiter::new()).collect();
        let mut node = Node {
            homes: Homes { partitions: Vec::with_capacity(usize::from(PARTITIONS)), wiring },
            next_due: Vec::with_capacity(usize::from(PARTITIONS)),
            arbiters,
            ticker: None,
            cluster: None,
            _pool: pool,
        };
        let lookups = node.lookups();
        for (no, lookups) in (0..PARTITIONS).zip(lookups.iter().cycle()) {
            node.launch(no, lookups.clone())?;
        }
        drop(lookups);
        let routes: Vec<Route> = node.homes.partitions.iter().cloned().map(Route::here).collect();
        let pending = node.homes.wiring.journal.tells_pending();
        for (no, partition) in (0..PARTITIONS).zip(&node.homes.partitions) {
            let to_it = pending.keys().filter(|(_, to)| *to == no);
            let sources = to_it.map(|(from, _)| *from).collect();
            node.homes.wiring.in_flight.begin(2);
            let told = partition.try_send(Routes(routes.clone(), sources));
            let ticked = partition.try_send(Tick);
            if told.is_err() || ticked.is_err() {
                tracing::error!(partition = no, "a partition did not start");
            }
        }
        match &node.homes.wiring.firing {
            Firing::ByHand(_) => node.homes.wiring.in_flight.settled(i64::MAX).await,
            Firing::ByClock(trusted) => {
                node.ticker = Some(ticker::start(&node, trusted));
                if matches!(node.homes.wiring.owning, Owning::Alone) {
                    node.homes.wiring.in_flight.ready(i64::from(PARTITIONS)).await;
                }
            }
        }
        Ok(node)
    }

    /// One for each arbiter, or for the caller's.
    fn lookups(&self) -> Vec<Addr<Lookups>> {
        let one = || {
            Lookups::of(Arc::clone(&self.homes.wiring.journal), self.homes.wiring.readers.clone())
        };
        let apart = |arbiter: &Arbiter| {
            let one = one();
            Lookups::start_in_arbiter(&arbiter.handle(), move |_| one)
        };
        let mut lookups: Vec<_> = self.arbiters.iter().map(apart).collect();
        if lookups.is_empty() {
            lookups.push(one().start());
        }
        lookups
    }

    fn launch(&mut self, no: u8, lookups: Addr<Lookups>) -> Result<(), Failure> {
        let core =
            falling::owned(&self.homes.wiring.journal, no, Tenure { epoch: EPOCH, life: 0 })?;
        let next_due = Arc::new(AtomicI64::new(i64::MAX));
        let (wiring, due) = (self.homes.wiring.clone(), Arc::clone(&next_due));
        let launch = move |ctx: &mut Context<PartitionActor>| {
            PartitionActor::new(no, core, wiring, due, (ctx.address(), lookups))
        };
        let home = self.arbiters.get(usize::from(no) % self.arbiters.len().max(1));
        let address = match home {
            Some(arbiter) => PartitionActor::start_in_arbiter(&arbiter.handle(), launch),
            None => PartitionActor::create(launch),
        };
        self.homes.partitions.push(address);
        self.next_due.push(next_due);
        Ok(())
    }

    /// Makes every entity that has a timer resident, in chunks; returns how many. The node works meanwhile.
    pub async fn warm(&self) -> Result<usize, Failure> {
        let (mut after, mut warmed) = (None, 0);
        loop {
            let (journal, from) = (Arc::clone(&self.homes.wiring.journal), after.take());
            let read =
                self.homes.wiring.readers.spawn_blocking(move || journal.waking(from, WARM_CHUNK));
            let read = read.await.map_err(|error| Failure::store("reading entities", error))??;
            let Some(Waking { last, entities }) = read else { return Ok(warmed) };
            after = Some(last);
            let mut homes: Vec<Vec<_>> = vec![Vec::new(); usize::from(PARTITIONS)];
            for (id, stored) in entities {
                warmed += 1;
                if let Some(home) = homes.get_mut(usize::from(id.partition(PARTITIONS))) {
                    home.push((id, stored));
                }
            }
            for (partition, entities) in self.homes.partitions.iter().zip(homes) {
                if !entities.is_empty() {
                    self.homes.wiring.in_flight.begin(1);
                    // Sending waits for room: warming never crowds out commands.
                    if partition.send(Warm(entities)).await.is_err() {
                        self.homes.wiring.in_flight.finish(1);
                    }
                }
            }
        }
    }

    /// The journal behind the node.
    pub fn journal(&self) -> &Journal {
        &self.homes.wiring.journal
    }

    /// What it has seen last of its cluster, and why the log does not answer, if it does not; none where it is alone.
    pub fn cluster(&self) -> Option<(Option<Standing>, Option<String>)> {
        self.cluster.as_ref().map(|cluster| cluster.tenant.tenant.standing())
    }

    /// In a cluster: nothing is decided here from now on, for this reason, and other nodes take what this one holds; with
    /// none it takes its part again. A machine alone goes on whatever is said.
    pub fn hold(&self, why: Option<&'static str>) {
        if let Some(cluster) = &self.cluster {
            cluster.tenant.tenant.hold(why);
        }
    }

    /// In a cluster: hands over what other nodes can have, and takes nothing until [`Node::stand_up`]; tells whether that is
    /// done within `patience`. What no other node can have stays. Waits on the caller's thread.
    pub fn stand_down(&self, patience: Duration) -> bool {
        self.cluster.as_ref().is_some_and(|cluster| cluster.tenant.tenant.stand_down(patience))
    }

    /// In a cluster: takes its part again.
    pub fn stand_up(&self) {
        if let Some(cluster) = &self.cluster {
            cluster.tenant.tenant.stand_up();
        }
    }

    /// Why nothing is decided here, if that was said.
    pub fn held_back(&self) -> Option<&'static str> {
        self.cluster.as_ref().and_then(|cluster| cluster.tenant.tenant.held())
    }

    /// Whether messages leave from here.
    pub fn is_office(&self) -> bool {
        self.cluster.as_ref().is_none_or(|cluster| cluster.tenant.tenant.office().is_some())
    }

    /// The kinds it knows.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.homes.wiring.registry
    }

    /// The clock it goes by: the wall's as far as that is believed. While a jump is held, it goes on as without it.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.homes.wiring.clock
    }

    /// Every loop of the process, those of the journal and the node among them.
    pub fn loops(&self) -> &Arc<Loops> {
        self.homes.wiring.journal.loops()
    }

    /// Who keeps loops beside the node: one that falls too often ends the process as a partition does.
    pub fn keeper(&self) -> Keeper {
        Keeper::new(Arc::clone(self.loops()), Arc::clone(&self.homes.wiring.on_end))
    }

    /// By how much the wall clock jumped ahead, while alarms are held for it; none as long as the clock is believed.
    pub fn clock_jump(&self) -> Option<Duration> {
        match &self.homes.wiring.firing {
            Firing::ByClock(trusted) => trusted.ahead(),
            Firing::ByHand(_) => None,
        }
    }

    /// How the clock stands.
    pub fn clock_seen(&self) -> ClockSeen {
        match &self.homes.wiring.firing {
            Firing::ByClock(trusted) => trusted.seen(),
            Firing::ByHand(_) => {
                let now = self.homes.wiring.clock.now();
                ClockSeen { wall: now, believed: now, ahead: None, behind: None }
            }
        }
    }

    /// A person says that the wall clock is right: alarms that are held for its jump fire, and one that was set back is
    /// told of no more.
    pub fn trust_clock(&self) {
        if let Firing::ByClock(trusted) = &self.homes.wiring.firing {
            trusted.release();
            self.homes.wiring.sooner.notify_one();
        }
    }

    /// Takes no more commands and fires no more timers, gives no more messages out, and waits until everything decided
    /// is durable or refused and every [`Node::ask`] is answered. Further callers hear [`crate::answer::Answer::Busy`] with [`CLOSING_RETRY_AFTER`]; couriers may
    /// still claim and record the outcomes of what they have in hand. For those who share the node: whoever holds it
    /// last then calls [`Node::stop`]. Waits for as long as the disk takes; asked twice, it waits twice.
    pub async fn drain(&self) {
        if let Some(cluster) = &self.cluster {
            let tenant = Arc::clone(&cluster.tenant.tenant);
            let handed =
                self.homes.wiring.readers.spawn_blocking(move || tenant.stand_down(DRAIN_PATIENCE));
            if let Err(error) = handed.await {
                tracing::error!(%error, "nothing is handed over");
            }
            self.homes.wiring.journal.give_up();
        }
        self.homes.wiring.in_flight.close();
        self.homes.wiring.in_flight.drained().await;
    }

    /// Whether [`Node::drain`] was called.
    pub fn is_draining(&self) -> bool {
        self.homes.wiring.in_flight.is_closing()
    }

    /// Ends the node in good order: what was accepted is durable, then the arbiters stop. What is due then fires after
    /// the next start.
    pub async fn stop(mut self) {
        self.drain().await;
        if let Some(cluster) = self.cluster.take() {
            cluster.end();
        }
        if let Some(ticker) = self.ticker.take() {
            ticker.close().await;
        }
        for partition in self.homes.partitions.drain(..) {
            if let Err(error) = partition.send(Stop).await {
                tracing::debug!(%error, "a partition was gone already");
            }
        }
        for arbiter in self.arbiters.drain(..) {
            arbiter.stop();
            if arbiter.join().is_err() {
                tracing::error!("an arbiter ended in a panic");
            }
        }
        while Arc::strong_count(&self.homes.wiring.journal) > 1 {
            tokio::task::yield_now().await;
        }
    }
}

fn ends_process() -> OnEnd {
    Arc::new(|why| {
        tracing::error!(why, "the process must end: its next start reads what is durable");
        std::process::abort();
    })
}

/// When the journal was certainly at work before; one that cannot say so is no reason not to start.
fn last_instant(journal: &Journal) -> Option<Timestamp> {
    journal.last_instant().unwrap_or_else(|failure| {
        tracing::warn!(%failure, "the clock is not held against what was seen last");
        None
    })
}
