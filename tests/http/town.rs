//! Several nodes behind a round-robin that are asked as one server is, where `DUBAN_NODES` says how many.
//!
//! The log is begun from the store that a test has prepared, and the others join with a copy. A town stays with its test:
//! servers of it that are started again, on the same store, find the log and each other.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::rc::Rc;
use std::time::Duration;

use duban_gate::redis_server::RedisServer;
use duban_gate::report::tell;
use duban_tests::child::{PATIENCE, Running};
use duban_tests::machine::{self, Machine};
use duban_tests::round_robin::RoundRobin;
use reqwest::{Client, ClientBuilder};

/// Why a test is left out whose clock is moved.
pub(crate) const CLOCK: &str = "nodes go by the clock of their Redis, which nobody moves";
/// Why one is whose limit, seats or lines in the log each node counts by itself.
pub(crate) const COUNTED: &str = "each node counts by itself";
/// Why one is that asks twice how a node is.
pub(crate) const OWN: &str = "each node says of itself whether it is ready";
/// Why one is that changes files of a store while nobody runs.
pub(crate) const FILES: &str = "it changes files of one store";
/// Why one is that asks thousands of things, each of which the other tests ask of several nodes.
pub(crate) const ASKED: &str = "it is about the document, and takes minutes";
/// Why one is that asks under a key for one thing on one node, for another on the next.
pub(crate) const REMEMBERED: &str =
    "that a key was used for something else one node alone remembers";
/// Why one is that looks at once for rules that were put on record on another node.
pub(crate) const SECOND: &str = "other nodes follow the rules on record within a second";
/// How many nodes the tests are asked of.
const N_NODES: &str = "DUBAN_NODES";

thread_local! {
    /// By the store that they begin with. A test has a thread, with which they end.
    static TOWNS: RefCell<BTreeMap<PathBuf, Rc<Town>>> = RefCell::default();
}

/// What stays when its servers are killed.
struct Town {
    machines: Vec<Machine>,
    _redis: RedisServer,
}

/// Servers at work, one on each machine. Dropped, they are killed.
pub(crate) struct Servers {
    running: Vec<Running>,
    door: RoundRobin,
}

/// How many nodes the tests run against; one is a machine alone.
pub(crate) fn n_nodes() -> usize {
    std::env::var(N_NODES).map_or(1, |n| n.parse().unwrap())
}

/// Who asks; of several nodes another one with each request, as each is a connection of its own then.
pub(crate) fn client() -> ClientBuilder {
    let client = Client::builder().timeout(PATIENCE);
    if n_nodes() > 1 { client.pool_max_idle_per_host(0) } else { client }
}

/// Whether a test is left out, which is told: it asks for something that only a machine alone has.
pub(crate) fn is_left_out(why: &str) -> bool {
    let is_left_out = n_nodes() > 1;
    if is_left_out {
        let thread = std::thread::current();
        tell(&format!("left out on several nodes: {}: {why}", thread.name().unwrap_or_default()));
    }
    is_left_out
}

impl Servers {
    /// Starts them on the machines of the town whose first store this is, and waits until all are ready.
    pub(crate) fn start(store: &Path, settings: &[(&str, &str)], log: Option<&File>) -> Servers {
        let town = Town::at(store);
        let start = |machine: &Machine| {
            let mut command = machine.serving();
            if let Some(log) = log {
                command.stderr(log.try_clone().unwrap());
            }
            Running::start(command.envs(settings.iter().copied()))
        };
        let running: Vec<Running> = town.machines.iter().map(start).collect();
        for (machine, running) in town.machines.iter().zip(&running) {
            machine.until_ready(running);
        }
        let addresses = town.machines.iter().map(|machine| machine.address().to_owned());
        Servers { running, door: RoundRobin::before(addresses.collect()) }
    }

    /// Where the round-robin is.
    pub(crate) fn url(&self) -> String {
        self.door.url()
    }

    pub(crate) fn kill(self) {
        for running in self.running {
            running.kill();
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        for running in &self.running {
            running.signal(name);
        }
    }

    /// How they end by themselves: the first that does not end well, if there is one.
    pub(crate) fn ended(self, patience: Duration) -> ExitStatus {
        let ended = self.running.into_iter().map(|running| running.wait(patience).1);
        let ended: Vec<ExitStatus> = ended.collect();
        *ended.iter().find(|status| !status.success()).unwrap_or(&ended[0])
    }
}

impl Town {
    fn at(store: &Path) -> Rc<Town> {
        let known = TOWNS.with_borrow(|towns| towns.get(store).cloned());
        known.unwrap_or_else(|| {
            let town = Rc::new(Town::of(store));
            TOWNS.with_borrow_mut(|towns| towns.insert(store.to_owned(), Rc::clone(&town)));
            town
        })
    }

    fn of(store: &Path) -> Town {
        let ground = store.with_extension("town");
        std::fs::create_dir(&ground).unwrap();
        let redis = machine::redis(&ground);
        let machines = (1..=n_nodes()).map(|n| {
            let name = format!("node-{n}");
            let store = if n == 1 { store.to_owned() } else { ground.join(&name).join("store") };
            let program = env!("CARGO_BIN_EXE_duban-child");
            Machine::set_up(program, (&ground, &name), store, (&redis.url(), ""))
        });
        let machines: Vec<Machine> = machines.collect();
        Machine::bring_together(&machines.iter().collect::<Vec<_>>());
        Town { machines, _redis: redis }
    }
}
