//! State shared by all entry points of a running server.
//!
//! One process holds a store, so whatever is asked of it (over HTTP, on the control socket, by a page) is asked here.

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use duban_actors::unit::views::Seen;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::loops::{Kept, Life, Loop};
use duban_runtime::node::Node;

use crate::health::Health;
use crate::health::alarm::{self, Alarm};
use crate::looks::Looks;
use crate::peers::Peers;
use crate::uploads::Uploads;
use duban_access::access;
use duban_access::access::guard::Guard;
use duban_access::seals::Seals;
use duban_base::aside::{self, Undone};
use duban_base::asking::Asker;
use duban_base::config::Config;
use duban_base::registry::Rules;
use duban_base::store::Store;
use duban_messages::courier::channels::Channels;

/// How long those inside are waited for who were told to leave.
const LEAVE_WITHIN: Duration = Duration::from_secs(10);
/// How long a node is cut off before anybody is told that it is.
const CUT_OFF_MIN: Duration = Duration::from_secs(2);
/// How often it is looked whether they have.
const LOOK: Duration = Duration::from_millis(1);

/// What was shared, once nobody else holds it any more; none if somebody stays. Threads of a server that has stopped
/// let go of it a moment after that server says so.
pub async fn left_alone<T>(shared: Arc<T>) -> Option<T> {
    let mut shared = shared;
    let mut looks = LEAVE_WITHIN.as_millis() / LOOK.as_millis();
    loop {
        shared = match Arc::try_unwrap(shared) {
            Ok(alone) => return Some(alone),
            Err(_) if looks == 0 => return None,
            Err(shared) => shared,
        };
        looks -= 1;
        tokio::time::sleep(LOOK).await;
    }
}

/// What a running server consists of.
pub struct Server {
    pub config: Config,
    /// Its entities, timers and journal.
    pub node: Arc<Node>,
    pub rules: Rules,
    /// Who lets people in.
    pub guard: Guard,
    /// The ways out, for letters and SMS.
    pub channels: Arc<Channels>,
    /// The keys of what reporters say of themselves.
    pub seals: Seals,
    /// Photos that no record names yet.
    pub uploads: Arc<Uploads>,
    /// What is known of its own health.
    pub health: Health,
    /// Where a look at cases is told to whoever keeps a record of it.
    looks: Looks,
    peers: OnceLock<Arc<Peers>>,
}

impl Server {
    /// A server over a running node; nothing is opened yet.
    pub fn of(
        config: Config,
        node: Arc<Node>,
        rules: Rules,
        channels: Channels,
    ) -> Result<Arc<Server>, access::Failure> {
        let guard = Guard::before(Arc::clone(&node))?;
        let (seals, health) = (Seals::of(&config.store_dir), Health::default());
        let uploads = Arc::new(Uploads::of(&config.store_dir));
        let channels = Arc::new(channels);
        channels.kept_by(&node.keeper());
        let (looks, peers) = (Looks::default(), OnceLock::new());
        Ok(Arc::new(Server {
            config,
            node,
            rules,
            guard,
            channels,
            seals,
            uploads,
            health,
            looks,
            peers,
        }))
    }

    /// The other nodes of its cluster, once it knows them; none on a machine alone.
    pub fn peers(&self) -> Option<&Arc<Peers>> {
        self.peers.get()
    }

    /// It knows the other nodes by these; the first word counts.
    pub(crate) fn reaches(&self, peers: Arc<Peers>) {
        if self.peers.set(peers).is_err() {
            tracing::warn!("the other nodes are known already");
        }
    }

    /// The store as a command looks into it; closing it leaves the server's own open.
    pub fn store(&self) -> Store {
        aside::store(&self.node, &self.rules)
    }

    /// Somebody has looked at what `unit` has to do; nobody waits for what becomes of that.
    pub fn looked(&self, asker: &Asker, unit: &UnitId, seen: Seen) {
        self.looks.tell((&self.node, &self.rules), asker, unit, seen);
    }

    /// What `look` finds in the store, where it may wait for the disk: for whoever answers others meanwhile.
    pub async fn read<T, E>(
        &self,
        look: impl FnOnce(&Store) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Undone> + Send + 'static,
    {
        aside::read_by((&self.node, &self.rules), look).await
    }

    /// Keeps a loop of this server, on the caller's runtime; `begin` begins it, as often as it falls.
    pub fn keep<L: Future<Output = ()> + 'static>(
        self: &Arc<Server>,
        which: Loop,
        begin: impl Fn(Arc<Server>, Life) -> L + 'static,
    ) -> Kept {
        let server = Arc::clone(self);
        let keeper = self.node.keeper();
        let (kept, running) = keeper.keep(which, move |life| begin(Arc::clone(&server), life));
        actix::spawn(running);
        kept
    }

    /// The alarms that are up as of the last look, and every loop that is dead at this moment: whoever looks may be one.
    pub fn alarms(&self) -> Vec<Alarm> {
        let mut up = self.health.alarms.up();
        let dead = alarm::loops::dead(self.node.loops(), self.now());
        let is_new = |alarm: &Alarm| !up.iter().any(|known| known.code == alarm.code);
        let new: Vec<Alarm> = dead.into_iter().filter(is_new).collect();
        up.extend(new);
        up
    }

    /// Up to when this node surely has everything, if it may lack something: the log of its cluster does not answer, or is
    /// followed no more.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.config.cluster.node()?;
        let trouble = self.node.journal().trouble()?;
        // What passes within seconds nobody has to be told.
        let is_long = self.now().since(trouble.since) >= CUT_OFF_MIN;
        (trouble.failure.is_cut_off() && is_long).then_some(trouble.since)
    }

    /// The instant by the server's clock, which a demo's is not the wall's.
    pub fn now(&self) -> Timestamp {
        self.node.clock().now()
    }
}
