//! Whether a node takes its part under a name that somebody else may go by, and when others have what it let go.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::*;
use crate::clock::VirtualClock;
use crate::cluster::log::{Logs as _, Seed};
use crate::cluster::model::{Model, ModelLogs};
use crate::partition::PARTITIONS;

/// What a node was told.
#[derive(Default)]
struct Told {
    owns: BTreeSet<u8>,
    twins: Vec<String>,
    lost: Vec<u8>,
    /// Its machine can take nothing.
    is_stuck: bool,
}

impl Estate for Told {
    fn own(&mut self, partition: u8, _: u64) {
        self.owns.insert(partition);
    }

    fn leave(&mut self, partitions: &[u8]) {
        self.owns.retain(|no| !partitions.contains(no));
    }

    fn office(&mut self, _: Option<u64>) {}

    fn found_lost(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.lost)
    }

    fn mirrored(&self) -> (u64, Link) {
        (0, Link([0; 20]))
    }

    fn wait_mirrored(&self, _: u64, _: Duration) -> bool {
        true
    }

    fn is_held(&self) -> bool {
        false
    }

    fn is_stuck(&self) -> bool {
        self.is_stuck
    }

    fn named_twice(&mut self, address: &str) {
        self.twins.push(address.to_owned());
    }

    fn differs(&mut self, _: &Overview, _: (u64, Link)) -> bool {
        false
    }

    fn keeps_from(&self, _: &Overview) -> Option<Keeping> {
        None
    }

    fn seen(&mut self, _: &Overview, _: &BTreeMap<Holding, u64>) {}
}

/// A log, and one clock for everybody.
struct Town {
    clock: Arc<VirtualClock>,
    logs: ModelLogs,
}

impl Town {
    fn founded() -> Town {
        let mut model = Model::new("run");
        model.set_now(Timestamp::from_millis(0));
        let logs = ModelLogs(Arc::new(Mutex::new(model)));
        let (link, run, next_lsn) = (Link([0; 20]), "run".into(), Vec::new());
        let seed = Seed { reign: 1, instead_of: None, frame: 0, link, run, next_lsn };
        logs.log().seed(&seed).unwrap();
        Town { clock: Arc::new(VirtualClock::at(Timestamp::from_millis(0))), logs }
    }

    fn node(&self, address: &str) -> Tenancy<Told> {
        self.named("node-1", address)
    }

    fn named(&self, name: &str, address: &str) -> Tenancy<Told> {
        let me = Identity {
            name: name.into(),
            address: address.to_owned(),
            release: "1.0.0",
            reign: 1,
            placement: Placement::Spread,
            log_bytes: 1 << 20,
        };
        let around: (Arc<Fence>, Arc<dyn Clock>) =
            (Arc::new(Fence::closed()), Arc::clone(&self.clock) as Arc<dyn Clock>);
        Tenancy::new(me, self.logs.log(), around, Told::default())
    }

    fn pass(&self, span: Duration) {
        let now = self.clock.now() + span;
        self.clock.advance_to(now);
        self.logs.0.lock().unwrap().set_now(now);
    }

    /// Each has its round, again and again for this long.
    fn rounds(&self, nodes: &mut [&mut Tenancy<Told>], long: Duration) {
        let step = Duration::from_millis(500);
        for _ in 0..2 * long.as_secs() {
            for node in &mut *nodes {
                node.round(Course::Stays).unwrap();
            }
            self.pass(step);
        }
    }
}

#[test]
fn a_process_takes_nothing_while_another_goes_by_its_name() {
    let town = Town::founded();
    let mut first = town.node("10.0.0.1:7400");
    town.rounds(&mut [&mut first], Duration::from_secs(2));
    assert_eq!(first.estate.owns.len(), usize::from(PARTITIONS));
    let mut second = town.node("10.0.0.2:7400");
    town.rounds(&mut [&mut first, &mut second], Duration::from_secs(20));
    assert_eq!(first.estate.owns.len(), usize::from(PARTITIONS));
    assert!(second.estate.owns.is_empty());
    assert!(second.estate.twins.iter().all(|address| address == "10.0.0.1:7400"));
    assert!(!second.estate.twins.is_empty() && first.estate.twins.is_empty());
    // It goes: the name is free again.
    town.rounds(&mut [&mut second], Duration::from_secs(10));
    assert_eq!(second.estate.owns.len(), usize::from(PARTITIONS));
}

#[test]
fn a_node_that_starts_again_waits_until_its_earlier_life_decides_nothing_any_more() {
    let town = Town::founded();
    let mut first = town.node("10.0.0.1:7400");
    town.rounds(&mut [&mut first], Duration::from_secs(2));
    let mut again = town.node("10.0.0.1:7400");
    town.rounds(&mut [&mut again], Duration::from_secs(3));
    assert!(again.estate.owns.is_empty(), "the earlier life may still decide");
    town.rounds(&mut [&mut again], Duration::from_secs(2));
    assert_eq!(again.estate.owns.len(), usize::from(PARTITIONS));
    assert!(again.estate.twins.is_empty());
}

#[test]
fn a_node_that_said_that_it_goes_starts_again_at_once() {
    let town = Town::founded();
    let mut first = town.node("10.0.0.1:7400");
    town.rounds(&mut [&mut first], Duration::from_secs(2));
    first.give_up().unwrap();
    let mut again = town.node("10.0.0.1:7400");
    again.round(Course::Stays).unwrap();
    assert_eq!(again.estate.owns.len(), usize::from(PARTITIONS));
}

#[test]
fn what_a_node_let_go_that_takes_nothing_is_anothers_at_once() {
    let town = Town::founded();
    let mut first = town.node("10.0.0.1:7400");
    town.rounds(&mut [&mut first], Duration::from_secs(2));
    first.estate.is_stuck = true;
    first.estate.lost = (0..PARTITIONS).collect();
    let mut second = town.named("node-2", "10.0.0.2:7400");
    town.rounds(&mut [&mut first, &mut second], Duration::from_secs(2));
    assert_eq!(second.estate.owns.len(), usize::from(PARTITIONS));
}
