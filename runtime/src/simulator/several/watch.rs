//! The watcher: what must hold of all machines together, seen from outside.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Happening;
use super::world::World;
use crate::cluster::log::{Holding, LEASE_MILLIS};
use crate::journal::frame::group_in;
use crate::registry::Registry;
use crate::simulator::clients::Accepted;
use crate::simulator::oracle::{Folded, Oracle};
use crate::simulator::probe::Probes;
use crate::simulator::town::Town;

/// See the module's words.
pub(super) struct Watcher {
    registry: Arc<Registry>,
    n_partitions: u8,
    pub(super) accepted: Vec<Accepted>,
    folded: Folded,
    /// The last frame of the log that was seen.
    seen: u64,
    /// The next number of each partition.
    next_lsn: BTreeMap<u8, u64>,
    /// Who decided each partition last, by which epoch.
    deciders: BTreeMap<u8, (usize, u64)>,
    log_set_back_ms: Option<u64>,
    /// What the machine that has the whole log says.
    oracle: Option<Oracle>,
}

impl Watcher {
    pub(super) fn new(registry: Arc<Registry>, n_partitions: u8) -> Watcher {
        Watcher {
            registry,
            n_partitions,
            accepted: Vec::new(),
            folded: Folded::default(),
            seen: 0,
            next_lsn: BTreeMap::new(),
            deciders: BTreeMap::new(),
            log_set_back_ms: None,
            oracle: None,
        }
    }

    pub(super) fn log_set_back(&mut self, now_ms: u64) {
        self.log_set_back_ms = Some(now_ms);
    }

    /// A clock that is set back ends leases early: for as long as one lasts a machine cannot know.
    fn clock_is_steady(&self, now_ms: u64) -> bool {
        let lease_ms = LEASE_MILLIS.unsigned_abs();
        self.log_set_back_ms.is_none_or(|back_ms| now_ms > back_ms + lease_ms)
    }
}

impl World {
    /// Nobody decides by an epoch once another was given out.
    pub(super) fn watch_deciding(&mut self, n: usize, decided: &[(u8, u64)]) -> Result<(), String> {
        for (no, epoch) in decided {
            let model = self.model();
            let held = model.own().get(&Holding::Partition(*no));
            let current = held.map_or(0, |held| held.epoch);
            drop(model);
            if *epoch != current && self.watcher.clock_is_steady(self.now_ms) {
                return Err(format!(
                    "machine {n} decides about partition {no} by epoch {epoch:#x}, and {current:#x} was given out"
                ));
            }
            let before = self.watcher.deciders.insert(*no, (n, *epoch));
            if before.is_some_and(|(who, _)| who != n) {
                self.happened.count(Happening::TakenOver);
            }
        }
        Ok(())
    }

    /// What has come into the log was decided by the epoch of the time, and goes on from what stood.
    pub(super) fn watch_log(&mut self) -> Result<(), String> {
        let model = self.model();
        let after = self.watcher.seen;
        let news: Vec<_> = model.entries().range(after + 1..).map(|(_, it)| it.clone()).collect();
        let mut epochs = BTreeMap::new();
        for (holding, held) in model.own() {
            if let Holding::Partition(no) = holding {
                epochs.insert(*no, held.epoch);
            }
        }
        drop(model);
        for entry in news {
            self.watcher.seen = entry.frame;
            let batches = group_in(&entry.body).map_err(|flaw| flaw.to_string())?;
            for batch in batches {
                let no = batch.partition;
                if epochs.get(&no) != Some(&batch.epoch) {
                    return Err(format!(
                        "frame {} has partition {no} by epoch {:#x}, and {:?} was given out",
                        entry.frame,
                        batch.epoch,
                        epochs.get(&no)
                    ));
                }
                let next = self.watcher.next_lsn.entry(no).or_insert(1);
                if *next != batch.first_lsn {
                    return Err(format!(
                        "frame {} has entry {} of partition {no}, where {next} was due",
                        entry.frame, batch.first_lsn
                    ));
                }
                *next += u64::try_from(batch.entries.len()).unwrap_or(0);
            }
        }
        Ok(())
    }

    /// Every ledger is the beginning of the log, and every process believes what its ledger says.
    pub(super) fn check(&mut self) -> Result<(), String> {
        let model = Arc::clone(&self.model);
        let model = model.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let watcher = &mut self.watcher;
        let head = model.head().map_or(0, |head| head.frame);
        for (n, node) in self.nodes.iter().enumerate() {
            let Some(process) = &node.process else { continue };
            let machine = &process.machine;
            for body in machine.reader.bodies_from(1) {
                let (frame, body) = body.map_err(|failure| format!("machine {n}: {failure}"))?;
                if model.entries().get(&frame).map(|entry| &entry.body) != Some(&body) {
                    return Err(format!("machine {n} has another frame {frame} than the log"));
                }
            }
            let by = (Probes::default().witness(), &mut watcher.folded);
            let oracle = Oracle::of(machine, &watcher.registry, by)?;
            oracle.agrees(machine, watcher.n_partitions).map_err(|it| format!("{n}: {it}"))?;
            if oracle.frames() == head {
                watcher.oracle = Some(oracle);
            }
        }
        let Some(oracle) = &watcher.oracle else { return Ok(()) };
        if oracle.frames() < head {
            return Ok(());
        }
        for accepted in &watcher.accepted {
            if !oracle.has(&accepted.entity, accepted.command, accepted.sequence) {
                return Err(format!(
                    "{} accepted {:?} as record {}, which is not in the log",
                    accepted.entity, accepted.command, accepted.sequence
                ));
            }
        }
        Ok(())
    }

    /// Whether every timer has fired, every tell is taken, and every partition has an owner.
    pub(super) fn is_over(&self) -> bool {
        self.why_not_over().is_none()
    }

    pub(super) fn why_not_over(&self) -> Option<String> {
        let Some(oracle) = &self.watcher.oracle else { return Some("nobody has the log".into()) };
        if oracle.frames() < self.watcher.seen {
            return Some("nobody has the whole log".to_owned());
        }
        if !self.nodes.iter().all(|node| node.last_frame() == Some(self.watcher.seen)) {
            return Some("somebody is behind".to_owned());
        }
        if let Some(no) = (0..self.watcher.n_partitions).find(|no| self.owner(*no).is_none()) {
            return Some(format!("nobody has partition {no}"));
        }
        let now = self.now();
        if oracle.has_timers_after(now) {
            return Some("timers are ahead".to_owned());
        }
        oracle.has_ended_inside(now).err()
    }

    /// Everything has ended: every machine has the whole log, and finds it on its disk again.
    pub(super) fn end(&mut self) -> Result<(), String> {
        let head = self.watcher.seen;
        for (n, node) in self.nodes.iter().enumerate() {
            let last = node.last_frame();
            if last != Some(head) {
                return Err(format!("machine {n} ends with {last:?}, and the log with {head}"));
            }
        }
        for node in &mut self.nodes {
            node.die()
                .and_then(|()| node.start(&self.common))
                .map_err(|failure| format!("at the end: {failure:?}"))?;
        }
        self.check()
    }
}
