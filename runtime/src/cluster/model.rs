//! The log of a cluster in memory: it answers as Redis does, by a clock that is handed in, and fails when it is told to.
//!
//! What scripts do there stands here in plain Rust; that both come to the same is tried against a server.

mod steps;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use compact_str::CompactString;

use super::log::{
    Added, Adding, GroupId, Holding, Leased, Leasing, Log, LogEntry, LogFailure, LogHead, Logs,
    Looking, NodeSeen, Overview, Seed, Seeded,
};
use super::post::{Inbound, Outbound};
use crate::clock::Timestamp;

/// A log, and the server that keeps it.
#[derive(Clone, Debug, Default)]
pub struct Model {
    now: Timestamp,
    run: CompactString,
    condition: Condition,
    answers_to_lose: u32,
    left_out: Option<Check>,
    head: Option<LogHead>,
    entries: BTreeMap<u64, LogEntry>,
    own: BTreeMap<Holding, Held>,
    nodes: BTreeMap<CompactString, NodeSeen>,
    letters: BTreeMap<CompactString, VecDeque<Vec<u8>>>,
}

/// How the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Condition {
    #[default]
    Well,
    /// It answers nobody, and does nothing.
    Away,
    /// It takes no more groups.
    Full,
}

/// What is asked of a group before it is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    Epoch,
    Lsn,
}

/// What stands of a holding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// As in a [`super::log::Lease`].
    pub epoch: u64,
    pub node: CompactString,
    pub until: Timestamp,
    /// Of a partition: the number of its next entry.
    pub next_lsn: u64,
    /// Of a partition: its last group, and that group's frame.
    pub last: Option<(GroupId, u64)>,
}

impl Default for Held {
    fn default() -> Held {
        let (epoch, node, until) = (0, CompactString::default(), Timestamp::default());
        Held { epoch, node, until, next_lsn: 1, last: None }
    }
}

impl Model {
    /// A server without a log, in this run.
    pub fn new(run: &str) -> Model {
        Model { run: run.into(), ..Model::default() }
    }

    /// Sets the log's clock, backwards too.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// How the server is from now on.
    pub fn set_condition(&mut self, condition: Condition) {
        self.condition = condition;
    }

    /// The next `n` questions are heeded, and nobody hears the answer.
    pub fn lose_answers(&mut self, n: u32) {
        self.answers_to_lose = n;
    }

    /// Takes a check out of the log: whoever watches must notice.
    pub fn leave_out(&mut self, check: Check) {
        self.left_out = Some(check);
    }

    /// Starts the server again with what it had, as another run: every way to it is broken off once.
    pub fn restart(&mut self, run: &str) {
        self.run = run.into();
    }

    /// Where the log ends.
    pub fn head(&self) -> Option<&LogHead> {
        self.head.as_ref()
    }

    /// The frames that are there, by number.
    pub fn entries(&self) -> &BTreeMap<u64, LogEntry> {
        &self.entries
    }

    /// Every holding that was taken, seeded or added to.
    pub fn own(&self) -> &BTreeMap<Holding, Held> {
        &self.own
    }

    /// The nodes on the list.
    pub fn nodes(&self) -> &BTreeMap<CompactString, NodeSeen> {
        &self.nodes
    }
}

/// Ways to one model.
#[derive(Clone, Debug)]
pub struct ModelLogs(pub Arc<Mutex<Model>>);

impl Logs for ModelLogs {
    fn log(&self) -> Box<dyn Log> {
        Box::new(ModelLog { model: Arc::clone(&self.0), connected: None })
    }

    fn outbound(&self) -> Box<dyn Outbound> {
        Box::new(ModelLog { model: Arc::clone(&self.0), connected: None })
    }

    fn inbound(&self, node: &str) -> Box<dyn Inbound> {
        let letters = ModelLog { model: Arc::clone(&self.0), connected: None };
        Box::new(Letters { node: node.into(), letters })
    }
}

/// Where letters to one node come.
struct Letters {
    node: CompactString,
    letters: ModelLog,
}

impl Outbound for ModelLog {
    fn send(&mut self, to: &str, letter: &[u8]) -> Result<bool, LogFailure> {
        self.ask(|model| {
            let waiting = model.letters.get_mut(to);
            waiting.is_some_and(|waiting| {
                waiting.push_back(letter.to_vec());
                true
            })
        })
    }
}

impl Inbound for Letters {
    /// Waits for nothing; whoever has asked once listens.
    fn next(&mut self, _: u64) -> Result<Option<Vec<u8>>, LogFailure> {
        let node = &self.node;
        self.letters.ask(|model| model.letters.entry(node.clone()).or_default().pop_front())
    }
}

/// A way to the model.
struct ModelLog {
    model: Arc<Mutex<Model>>,
    /// To which run of the server.
    connected: Option<CompactString>,
}

impl ModelLog {
    /// The server, if it is reached.
    fn reached(&mut self) -> Result<MutexGuard<'_, Model>, LogFailure> {
        let model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.connected.take();
        if model.condition == Condition::Away {
            return Err(LogFailure::Away("it is frozen".to_owned()));
        }
        if before.is_some_and(|run| run != model.run) {
            return Err(LogFailure::Away("the connection was broken off".to_owned()));
        }
        self.connected = Some(model.run.clone());
        Ok(model)
    }

    /// What the server answers, if the answer arrives.
    fn ask<T>(&mut self, question: impl FnOnce(&mut Model) -> T) -> Result<T, LogFailure> {
        let mut model = self.reached()?;
        let answer = question(&mut model);
        if model.answers_to_lose == 0 {
            return Ok(answer);
        }
        model.answers_to_lose -= 1;
        drop(model);
        self.connected = None;
        Err(LogFailure::Away("the answer was lost".to_owned()))
    }
}

impl Log for ModelLog {
    fn add(&mut self, adding: Adding<'_>) -> Result<Added, LogFailure> {
        if self.reached()?.condition == Condition::Full {
            return Err(LogFailure::Full("it takes no more groups".to_owned()));
        }
        self.ask(|model| model.add(&adding))
    }

    /// Waits for a moment at most, so that whoever reads again and again leaves others their time.
    fn read(&mut self, after: u64, most: usize, wait: u64) -> Result<Vec<LogEntry>, LogFailure> {
        let is_last = self.reached()?.entries.range(after.saturating_add(1)..).next().is_none();
        if is_last {
            std::thread::park_timeout(Duration::from_millis(wait.min(1)));
        }
        self.ask(|model| {
            let behind = model.entries.range(after.saturating_add(1)..);
            behind.take(most.max(1)).map(|(_, entry)| entry.clone()).collect()
        })
    }

    fn end(&mut self) -> Result<u64, LogFailure> {
        self.ask(|model| model.head.as_ref().map_or(0, |head| head.frame))
    }

    fn lease(&mut self, reign: u64, node: &str, leasing: &Leasing) -> Result<Leased, LogFailure> {
        self.ask(|model| model.lease(reign, node, leasing))
    }

    fn look(&mut self, looking: &Looking) -> Result<Overview, LogFailure> {
        self.ask(|model| model.look(looking))
    }

    fn seed(&mut self, seed: &Seed) -> Result<Seeded, LogFailure> {
        self.ask(|model| model.seed(seed))
    }

    fn run(&mut self) -> Result<CompactString, LogFailure> {
        Ok(self.reached()?.run.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded() -> (Arc<Mutex<Model>>, Box<dyn Log>) {
        let model = Arc::new(Mutex::new(Model::new("first")));
        let mut log = ModelLogs(Arc::clone(&model)).log();
        let (link, run) = (super::super::log::Link([0; 20]), "first".into());
        let seed = Seed { reign: 1, instead_of: None, frame: 0, link, run, next_lsn: Vec::new() };
        assert_eq!(log.seed(&seed), Ok(Seeded::Begun));
        (model, log)
    }

    fn adding(body: &[u8]) -> Adding<'_> {
        let group = GroupId::of(body);
        Adding { reign: 1, mirrored: 0, group, release: "1", body, parts: &[] }
    }

    #[test]
    fn what_was_asked_is_done_although_its_answer_is_lost() {
        let (model, mut log) = seeded();
        model.lock().unwrap().lose_answers(1);
        assert!(matches!(log.add(adding(b"a")), Err(LogFailure::Away(_))));
        assert_eq!(log.read(0, 9, 0).unwrap().len(), 1);
    }

    #[test]
    fn whoever_is_away_does_nothing_and_whoever_is_full_adds_nothing() {
        let (model, mut log) = seeded();
        model.lock().unwrap().set_condition(Condition::Away);
        assert!(matches!(log.add(adding(b"a")), Err(LogFailure::Away(_))));
        model.lock().unwrap().set_condition(Condition::Full);
        assert!(matches!(log.add(adding(b"a")), Err(LogFailure::Full(_))));
        assert_eq!(log.look(&Looking::Look).unwrap().head.map(|head| head.frame), Some(0));
        model.lock().unwrap().set_condition(Condition::Well);
        assert_eq!(log.add(adding(b"a")), Ok(Added::In(1)));
    }

    #[test]
    fn a_restart_breaks_off_every_way_once_and_keeps_what_there_is() {
        let (model, mut log) = seeded();
        assert_eq!(log.add(adding(b"a")), Ok(Added::In(1)));
        model.lock().unwrap().restart("second");
        assert!(matches!(log.read(0, 9, 0), Err(LogFailure::Away(_))));
        assert_eq!((log.read(0, 9, 0).unwrap().len(), log.run().unwrap().as_str()), (1, "second"));
    }
}
