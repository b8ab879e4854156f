//! The tenant: the thread on which a node of a cluster takes, keeps and hands over leases, and what it tells the node.

mod house;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use actix::Addr;
use compact_str::CompactString;

use crate::actor::partition::PartitionActor;
use crate::clock::{Clock, since_boot};
use crate::cluster::fence::Fence;
use crate::cluster::log::{Holding, Logs, Overview};
use crate::cluster::placement::is_seen;
use crate::cluster::tenancy::{Course, Identity, Rounded, Tenancy};
use crate::in_flight::InFlight;
use crate::journal::{Failure, Journal};
use crate::loops::{Loop, Loops, Seat, caught_at_once};
use crate::partition::UNCLAIMED_MAX;
use crate::seldom::Seldom;
use crate::supervision::Verdict;

use self::house::{House, heard_of_tells};

/// Who takes and keeps leases.
const TENANT: Loop = Loop { name: "tenant", silent_max: Duration::from_mins(1) };
/// Before a log that did not answer is asked again.
const AGAIN_AFTER: Duration = Duration::from_millis(300);
/// Between two rounds, whoever wants to know where something is.
const SOON: Duration = Duration::from_millis(50);
/// How long a partition may take to end what it has in hand before it goes to another node.
const LEAVE_PATIENCE: Duration = Duration::from_secs(2);

/// "leases cannot be kept".
static AWAY: Seldom = Seldom::new();

/// With what a node is one of a cluster.
#[derive(Clone)]
pub struct ClusterMember {
    pub me: Identity,
    pub logs: Arc<dyn Logs>,
    /// Why it takes nothing before [`super::Node::hold`] says otherwise; none when it may at once.
    pub held: Option<&'static str>,
}

/// What the tenant has seen last.
#[derive(Clone, Debug)]
pub struct Standing {
    pub overview: Overview,
    /// What this node holds, with the epochs.
    pub held: BTreeMap<Holding, u64>,
}

/// What the thread and the node share.
pub(crate) struct Tenant {
    fence: Arc<Fence>,
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Default)]
struct State {
    me: CompactString,
    /// What partitions here decide about, and the office if it is here.
    own: BTreeSet<Holding>,
    standing: Option<Standing>,
    /// Why the log did not answer the last time.
    away: Option<String>,
    office: Option<u64>,
    /// When it was taken, by the clock that counts since the machine was started.
    office_since: Duration,
    /// Tells that found no room, by source and target.
    missed: BTreeSet<(u8, u8)>,
    /// Why nothing is to be decided here, if so.
    held: Option<&'static str>,
    /// Whether it is to hold what another node could have.
    course: Course,
    /// It holds nothing that another node could have.
    drained: bool,
    /// Somebody waits to hear where a partition is.
    soon: bool,
    ends: bool,
}

/// Where a partition is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Here,
    /// At the node of this name.
    At(CompactString),
    /// Nobody is known to have it.
    Nowhere,
}

impl Tenant {
    /// Of a node that holds nothing yet, and decides nothing behind `fence`.
    pub(crate) fn new(fence: Arc<Fence>) -> Tenant {
        Tenant { fence, state: Mutex::default(), moved: Condvar::new() }
    }

    /// Where a partition is, by what was seen last.
    pub(crate) fn place_of(&self, partition: u8) -> Place {
        let (state, holding) = (self.state(), Holding::Partition(partition));
        if state.own.contains(&holding) {
            return Place::Here;
        }
        let leases = state.standing.iter().flat_map(|standing| &standing.overview.leases);
        let mut of_it = leases.filter(|lease| lease.holding == holding);
        match of_it.find(|lease| !lease.node.is_empty()) {
            // An earlier life of this node had it.
            Some(lease) if lease.node == state.me => Place::Nowhere,
            Some(lease) => Place::At(lease.node.clone()),
            None => Place::Nowhere,
        }
    }

    /// Whether it has taken its place among the nodes.
    pub(crate) fn is_at_work(&self) -> bool {
        self.state().standing.is_some()
    }

    /// Whether a partition is this node's.
    pub(crate) fn is_here(&self, partition: u8) -> bool {
        self.state().own.contains(&Holding::Partition(partition))
    }

    /// What was seen last is not so any more: the next round comes as soon as one may.
    pub(crate) fn look_soon(&self) {
        let mut state = self.state();
        if !state.soon {
            state.soon = true;
            self.moved.notify_all();
        }
    }

    /// The other nodes that were seen lately.
    pub(crate) fn others(&self) -> Vec<CompactString> {
        let state = self.state();
        let Some(Standing { overview, .. }) = &state.standing else { return Vec::new() };
        let seen = overview.nodes.iter().filter(|node| is_seen(node, overview.now));
        seen.map(|node| node.said.name.clone()).filter(|name| *name != state.me).collect()
    }

    /// By which epoch messages leave from this node; none when they do not.
    pub(crate) fn office(&self) -> Option<u64> {
        self.state().office.filter(|_| self.fence.is_open(since_boot))
    }

    /// Whether the office was taken so lately that another may have messages in hand.
    pub(crate) fn is_new_office(&self, now: Duration) -> bool {
        let state = self.state();
        state.office.is_some() && now.saturating_sub(state.office_since) < UNCLAIMED_MAX
    }

    /// What was seen last of the cluster, and why the log does not answer, if it does not.
    pub(crate) fn standing(&self) -> (Option<Standing>, Option<String>) {
        let state = self.state();
        (state.standing.clone(), state.away.clone())
    }

    /// From the next round on, which comes at once, nothing is held here for this reason; with none, as placed.
    pub(crate) fn hold(&self, why: Option<&'static str>) {
        self.state().held = why;
        self.moved.notify_all();
    }

    /// Why nothing is to be decided here, if so.
    pub(crate) fn held(&self) -> Option<&'static str> {
        self.state().held
    }

    /// Hands over what another node can have, and takes nothing until [`Tenant::stand_up`]; tells whether that is done
    /// within `patience`. Waits on the caller's thread.
    pub(crate) fn stand_down(&self, patience: Duration) -> bool {
        let mut state = self.state();
        if state.course != Course::Drains {
            state.course = Course::Drains;
            state.drained = false;
        }
        self.moved.notify_all();
        let holds = |state: &mut State| !state.drained && state.away.is_none();
        let waited = self.moved.wait_timeout_while(state, patience, holds);
        waited.unwrap_or_else(PoisonError::into_inner).0.drained
    }

    /// Takes its part again.
    pub(crate) fn stand_up(&self) {
        self.state().course = Course::Stays;
        self.moved.notify_all();
    }

    /// Waits until this node has mirrored what stood in the log when it first looked; not for a log that does not answer
    /// for `patience`, nor for one that is not followed. Waits on the caller's thread.
    pub(crate) fn catch_up(&self, journal: &Journal, patience: Duration) {
        let unseen = |state: &mut State| state.standing.is_none() && !state.ends;
        let waited = self.moved.wait_timeout_while(self.state(), patience, unseen);
        let state = waited.unwrap_or_else(PoisonError::into_inner).0;
        let head = state.standing.as_ref().and_then(|standing| standing.overview.head.as_ref());
        let Some(frame) = head.map(|head| head.frame) else { return };
        drop(state);
        let mut before = journal.head().1;
        while !journal.wait_mirrored(frame, patience) {
            // As long as it goes on it may take as long as it takes.
            let now = journal.head().1;
            if now == before {
                tracing::warn!(now, frame, "the log is not followed to where it stood");
                return;
            }
            tracing::info!(now, frame, "following the log to where it stood");
            before = now;
        }
    }

    fn end(&self) {
        self.state().ends = true;
        self.moved.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The running thread. It ends when this is told to.
pub(super) struct Running {
    pub(super) tenant: Arc<Tenant>,
    thread: JoinHandle<()>,
}

impl Running {
    /// Ends it; what is held is given up before.
    pub(super) fn end(self) {
        self.tenant.end();
        if self.thread.join().is_err() {
            tracing::error!("whoever keeps leases ended in a panic");
        }
    }
}

/// What the thread works on.
pub(super) struct Around {
    pub(super) partitions: Vec<Addr<PartitionActor>>,
    pub(super) in_flight: Arc<InFlight>,
    pub(super) journal: Arc<Journal>,
    pub(super) fence: Arc<Fence>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) lost: Receiver<u8>,
}

/// Starts the thread.
pub(super) fn start(
    member: &ClusterMember,
    around: Around,
    tenant: &Arc<Tenant>,
    loops: &Loops,
) -> Result<Running, Failure> {
    {
        let mut state = tenant.state();
        state.me.clone_from(&member.me.name);
        state.held = member.held;
    }
    let hears = heard_of_tells(&around, tenant);
    around.journal.on_tells(hears);
    let (fence, clock) = (Arc::clone(&around.fence), Arc::clone(&around.clock));
    let house = House {
        around,
        reign: member.me.reign,
        log_bytes: member.me.log_bytes,
        tenant: Arc::clone(tenant),
    };
    let tenancy = Tenancy::new(member.me.clone(), member.logs.log(), (fence, clock), house);
    let (seat, shared) = (loops.enter(TENANT), Arc::clone(tenant));
    let thread = thread::Builder::new().name("duban-tenant".to_owned());
    let thread = thread.spawn(move || keep(tenancy, &shared, &seat));
    let thread = thread.map_err(|error| Failure::io("start", "duban-tenant", error))?;
    Ok(Running { tenant: Arc::clone(tenant), thread })
}

fn keep(mut tenancy: Tenancy<House>, tenant: &Tenant, seat: &Seat) {
    loop {
        seat.beat();
        let (course, held, ends) = {
            let mut state = tenant.state();
            state.soon = false;
            (state.course, state.held, state.ends)
        };
        if ends {
            break;
        }
        tenancy.estate.nudge();
        let pause = match caught_at_once(|| tenancy.round(course)) {
            Ok(Ok(Rounded { is_over, next })) => {
                let mut state = tenant.state();
                state.away = None;
                // What was over on another course says nothing of this one.
                state.drained = is_over && state.course == course;
                tenant.moved.notify_all();
                next
            }
            Ok(Err(failure)) => {
                if let Some(n_left_out) = AWAY.turn() {
                    tracing::warn!(%failure, n_left_out, "leases cannot be kept");
                }
                tenant.state().away = Some(failure.to_string());
                tenant.moved.notify_all();
                AGAIN_AFTER
            }
            Err(panic) => match seat.fell(&panic) {
                Verdict::Restart(pause) => pause,
                // Without it the fence closes: another node takes over, and this one only reads.
                Verdict::SetAside | Verdict::EndProcess => return seat.ended(),
            },
        };
        let open = |state: &mut State| !state.ends && state.held == held && state.course == course;
        let soonest = pause.min(SOON);
        drop(tenant.moved.wait_timeout_while(tenant.state(), soonest, open));
        let open = |state: &mut State| open(state) && !state.soon;
        drop(tenant.moved.wait_timeout_while(tenant.state(), pause.saturating_sub(soonest), open));
    }
    if let Err(failure) = tenancy.give_up() {
        tracing::warn!(%failure, "leases are not given up, and run out");
    }
    seat.left();
}
