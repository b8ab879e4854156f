//! The loop: virtual time for all machines and the log, and whose turn it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use compact_str::CompactString;

use super::faults::{Fault, FaultPlan};
use super::line::{self, Late};
use super::node::{Common, Node};
use super::watch::Watcher;
use super::{Happened, Happening, Missing, member};
use crate::clock::{Clock, Timestamp, VirtualClock};
use crate::cluster::log::{Holding, Logs, Seed};
use crate::cluster::model::{self, Check, Model, ModelLogs};
use crate::entity::EntityId;
use crate::record::Stored;
use crate::simulator::clients::{Client, Phase};
use crate::simulator::dice::Dice;
use crate::simulator::machine::{Bounds, Machine, Question, Reading};
use crate::simulator::probe::Probes;
use crate::simulator::tally::Tally;
use crate::simulator::town::Town;

/// Steps of one run; machines that have not settled by then never will.
const STEPS_MAX: u64 = 400_000;
/// By then everything has ended once nothing goes wrong any more: the longest timers, and the slowest takeover.
const LIVENESS_MS: u64 = 120_000;
/// Between two looks at everything.
const LOOK_MS: u64 = 4_000;

/// What happens at an instant.
pub(super) enum Event {
    Start,
    Round,
    Tick,
    Commit,
    Mirror,
    Apply,
    Evict,
    Rise(u8),
    Read((u8, u64), Question),
    Heard((u8, u64), Reading),
    Load(u8, EntityId, u64),
    Loaded(u8, EntityId, u64, Result<Option<Stored>, CompactString>),
}

/// Whose turn it is.
pub(super) enum Turn {
    /// A machine's, in this life.
    Of(usize, u64, Event),
    Client(usize),
    Fault(Fault),
    Late(Late),
    FaultsEnd,
    Look,
}

/// Several machines, their log, and everything that happens to them.
pub(super) struct World {
    pub(super) dice: Dice,
    pub(super) happened: Happened,
    pub(super) plan: FaultPlan,
    pub(super) phase: Phase,
    pub(super) now_ms: u64,
    ended_ms: u64,
    /// How far the log's clock was set back.
    pub(super) log_back_ms: u64,
    agenda: BTreeMap<(u64, u64), Turn>,
    n_turns: u64,
    founded: Timestamp,
    pub(super) model: Arc<Mutex<Model>>,
    pub(super) common: Common,
    pub(super) nodes: Vec<Node>,
    town: Box<dyn Town>,
    tally: Tally,
    clients: Vec<Client>,
    pub(super) watcher: Watcher,
}

impl World {
    pub(super) fn new(seed: u64, missing: Missing) -> World {
        let mut dice = Dice::of(seed);
        let plan = FaultPlan::any(&mut dice);
        let town: Box<dyn Town> = Box::new(Probes::default());
        let (habits, registry) = (town.habits(), town.registry());
        let bounds = Bounds::any(&mut dice, habits.weight);
        let model = Arc::new(Mutex::new(Model::new("run 0")));
        let n_nodes = dice.place(4) + 1;
        let nodes = (0..n_nodes).map(|n| Node::new(n, &mut dice)).collect();
        let n_clients = dice.between(2, 6);
        let clients = (0..n_clients).map(|_| Client::new(dice.between(4, 16))).collect();
        let common = Common {
            logs: ModelLogs(Arc::clone(&model)),
            clock: Arc::new(VirtualClock::at(habits.founded)),
            registry: Arc::clone(&registry),
            bounds,
            missing,
        };
        World {
            dice,
            happened: Happened::default(),
            plan,
            phase: Phase::Safety,
            now_ms: 0,
            ended_ms: 0,
            log_back_ms: 0,
            agenda: BTreeMap::new(),
            n_turns: 0,
            founded: habits.founded,
            model,
            common,
            nodes,
            town,
            tally: Tally::default(),
            clients,
            watcher: Watcher::new(registry, bounds.limits.partitions),
        }
    }

    pub(super) fn happened(&self) -> &Happened {
        &self.happened
    }

    pub(super) fn now_ms(&self) -> u64 {
        self.now_ms
    }

    pub(super) fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.common.clock.now()
    }

    /// Lets the machines work until everything that was begun has ended.
    pub(super) fn run(&mut self) -> Result<(), String> {
        self.begin()?;
        for _ in 0..STEPS_MAX {
            if !self.dice.once_in(8) && self.somebody_works()? {
                continue;
            }
            let Some(((at, _), turn)) = self.agenda.pop_first() else {
                return Err("nothing is left to happen".to_owned());
            };
            self.goes_on_to(at);
            if matches!(turn, Turn::Look) && self.looks_over()? {
                return self.end();
            }
            self.happen(turn)?;
            self.watch_log()?;
        }
        Err(format!("it does not settle: {}", self.why_not()))
    }

    fn begin(&mut self) -> Result<(), String> {
        self.goes_on_to(0);
        let (frame, link) = member::BASE;
        let (reign, instead_of, next_lsn) = (member::REIGN, None, Vec::new());
        let seed = Seed { reign, instead_of, frame, link, run: "run 0".into(), next_lsn };
        self.common.logs.log().seed(&seed).map_err(|failure| failure.to_string())?;
        match self.common.missing {
            Missing::Nothing | Missing::Fence => {}
            Missing::EpochCheck => self.model().leave_out(Check::Epoch),
            Missing::LsnCheck => self.model().leave_out(Check::Lsn),
        }
        for n in 0..self.nodes.len() {
            self.within(1_000, Turn::Of(n, 0, Event::Start));
        }
        for n in 0..self.clients.len() {
            self.within(3_000, Turn::Client(n));
        }
        for fault in Fault::ALL {
            self.again(fault);
        }
        let safety_ms = self.dice.between(8_000, 40_000);
        self.after(safety_ms, Turn::FaultsEnd);
        self.after(LOOK_MS, Turn::Look);
        Ok(())
    }

    fn goes_on_to(&mut self, at_ms: u64) {
        self.now_ms = self.now_ms.max(at_ms);
        let millis = |ms: u64| i64::try_from(ms).unwrap_or(0);
        let now = self.founded.as_millis() + millis(self.now_ms);
        self.common.clock.advance_to(Timestamp::from_millis(now));
        let by_log = Timestamp::from_millis(now - millis(self.log_back_ms));
        self.model().set_now(by_log);
    }

    pub(super) fn after(&mut self, after_ms: u64, turn: Turn) {
        self.n_turns += 1;
        self.agenda.insert((self.now_ms + after_ms, self.n_turns), turn);
    }

    /// Some time within `most_ms`.
    pub(super) fn within(&mut self, most_ms: u64, turn: Turn) {
        let after_ms = self.dice.between(1, most_ms);
        self.after(after_ms, turn);
    }

    pub(super) fn of(&mut self, n: usize, most_ms: u64, event: Event) {
        let life = self.nodes.get(n).map_or(0, |node| node.life);
        self.within(most_ms, Turn::Of(n, life, event));
    }

    /// One message of one mailbox of a machine that is awake, if there is any.
    fn somebody_works(&mut self) -> Result<bool, String> {
        let now_ms = self.now_ms;
        let is_busy = |node: &Node| {
            node.is_awake(now_ms)
                && node.process.as_ref().is_some_and(|process| process.machine.is_busy())
        };
        let busy: Vec<usize> = self
            .nodes
            .iter()
            .enumerate()
            .filter_map(|(n, node)| is_busy(node).then_some(n))
            .collect();
        let Some(n) = busy.get(self.dice.place(busy.len())).copied() else { return Ok(false) };
        let now = self.now();
        let (happened, dice) = (&self.happened, &mut self.dice);
        let Some(process) = self.nodes.get_mut(n).and_then(|node| node.process.as_mut()) else {
            return Ok(false);
        };
        process.machine.step(dice, (now, now));
        if let Some(excess) = process.machine.excess() {
            return Err(format!("a bound is exceeded: {excess}"));
        }
        let decided = process.decided(happened);
        self.watch_deciding(n, &decided)?;
        self.grant(n);
        Ok(true)
    }

    fn happen(&mut self, turn: Turn) -> Result<(), String> {
        match turn {
            Turn::Of(n, life, event) => self.happen_to(n, life, event)?,
            Turn::Client(n) => {
                self.client_acts(n);
                self.within(150, Turn::Client(n));
            }
            Turn::Fault(fault) => self.strike(fault)?,
            Turn::Late(late) => {
                self.happened.count(Happening::CameLate);
                drop(late.arrive(self.common.logs.log().as_mut()));
            }
            Turn::FaultsEnd => self.end_faults(),
            Turn::Look => self.after(LOOK_MS, Turn::Look),
        }
        Ok(())
    }

    /// Somebody asks whoever decides, or, not knowing better, anybody.
    fn client_acts(&mut self, client: usize) {
        let n_partitions = self.common.bounds.limits.partitions;
        let Some(asks) = self.clients.get(client) else { return };
        let no = asks.asks().map(|id| id.partition(n_partitions));
        let owner = no.filter(|_| !self.dice.once_in(6)).and_then(|no| self.owner(no));
        let n = owner.unwrap_or_else(|| self.dice.place(self.nodes.len()));
        let now = self.now();
        let process = self.nodes.get_mut(n).and_then(|node| node.process.as_mut());
        let (Some(process), Some(client)) = (process, self.clients.get_mut(client)) else {
            return;
        };
        let of = (&mut process.machine, self.town.as_mut());
        let before = self.tally.of(crate::simulator::Kind::AnsweredAgain);
        let accepted =
            client.act(of, (&mut self.dice, &self.tally), (now, n_partitions, self.phase));
        if self.tally.of(crate::simulator::Kind::AnsweredAgain) > before {
            self.happened.count(Happening::AnsweredAgain);
        }
        self.watcher.accepted.extend(accepted);
    }

    /// Which machine the log says decides a partition.
    pub(super) fn owner(&self, no: u8) -> Option<usize> {
        let model = self.model();
        let held = model.own().get(&Holding::Partition(no))?;
        held.node.strip_prefix('n')?.parse().ok()
    }

    fn end_faults(&mut self) {
        self.phase = Phase::Liveness;
        self.ended_ms = self.now_ms;
        self.plan = FaultPlan::none();
        self.model().set_condition(model::Condition::Well);
        self.model().lose_answers(0);
        for node in &mut self.nodes {
            node.asleep_until_ms = node.asleep_until_ms.min(self.now_ms);
            node.line
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .become_(line::Condition::Whole);
        }
    }

    /// Whether everything that was begun has ended.
    fn looks_over(&mut self) -> Result<bool, String> {
        if self.phase == Phase::Safety {
            // All ledgers are read from their beginnings.
            return if self.dice.once_in(5) { self.check().map(|()| false) } else { Ok(false) };
        }
        if self.now_ms > self.ended_ms + LIVENESS_MS {
            return Err(format!("it does not end: {}", self.why_not()));
        }
        let is_quiet = self.clients.iter().all(Client::is_done)
            && self.nodes.iter().all(|node| {
                node.process.as_ref().is_some_and(|process| process.machine.is_settled())
            });
        if !is_quiet {
            return Ok(false);
        }
        self.check()?;
        Ok(self.is_over())
    }

    /// What is left to be done.
    fn why_not(&self) -> String {
        let waiting = self.clients.iter().filter(|client| !client.is_done()).count();
        let machines = self.nodes.iter().map(|node| {
            node.process.as_ref().map(|process| {
                let machine: &Machine = &process.machine;
                (machine.is_settled(), machine.words())
            })
        });
        let machines: Vec<_> = machines.collect();
        format!("{waiting} callers wait; {machines:#?}; {:?}", self.why_not_over())
    }
}
