//! The loop: virtual time, what takes how long, what goes wrong when, and what must hold.

mod fault_plan;
mod inject;
mod people;
mod town_clock;
mod watch;

use std::collections::BTreeMap;
use std::sync::Arc;

use compact_str::CompactString;

use self::fault_plan::FaultPlan;
use self::inject::founded;
use self::town_clock::TownClock;
use super::Mutation;
use super::clients::{Accepted, Carried, Clerk, Client, Courier, Phase};
use super::dice::Dice;
use super::disk::{SimDisk, Space, Syncs};
use super::machine::{Bounds, Died, Machine, Question, Reading, ToPartition, Wish};
use super::oracle::Folded;
use super::store::SimStore;
use super::tally::{Kind, Tally};
use super::town::{Habits, Town};
use crate::clock::Timestamp;
use crate::clock::hold::Hold;
use crate::entity::EntityId;
use crate::journal::Failure;
use crate::record::Stored;
use crate::registry::Registry;

/// Steps of one run; a town that has not settled by then never will.
const STEPS_MAX: u64 = 100_000;

/// What happens at an instant.
enum Event {
    Start,
    Crash,
    CutPower,
    DieApplying,
    Tick,
    Client(usize),
    Courier(usize),
    Commit,
    Apply,
    Read((u8, u64), Question),
    Heard((u8, u64), Reading),
    Fall,
    Rise(u8),
    Load(u8, EntityId, u64),
    Loaded(u8, EntityId, u64, Result<Option<Stored>, CompactString>),
    Jump,
    Space(Space),
    Evict,
    Clerk,
    OtherRules,
    FaultsEnd,
    Look,
}

impl Event {
    /// Whether it belongs to one process, and ends with it.
    fn ends_with_process(&self) -> bool {
        match self {
            Event::Start
            | Event::Client(_)
            | Event::Courier(_)
            | Event::Jump
            | Event::Space(_)
            | Event::Clerk
            | Event::OtherRules
            | Event::FaultsEnd
            | Event::Look => false,
            Event::Crash
            | Event::CutPower
            | Event::DieApplying
            | Event::Tick
            | Event::Commit
            | Event::Apply
            | Event::Read(..)
            | Event::Fall
            | Event::Rise(_)
            | Event::Heard(..)
            | Event::Load(..)
            | Event::Loaded(..)
            | Event::Evict => true,
        }
    }
}

/// A town and everything that happens to it.
pub(super) struct World {
    dice: Dice,
    tally: Tally,
    mutation: Mutation,
    fault_plan: FaultPlan,
    bounds: Bounds,
    phase: Phase,
    now_ms: u64,
    town_clock: TownClock,
    hold: Hold,
    agenda: BTreeMap<(u64, u64), (u64, Event)>,
    n_events: u64,
    town: Box<dyn Town>,
    habits: Habits,
    registry: Arc<Registry>,
    disk: SimDisk,
    store: SimStore,
    machine: Option<Machine>,
    life: u64,
    clients: Vec<Client>,
    couriers: Vec<Courier>,
    clerk: Clerk,
    carried: Carried,
    accepted: Vec<Accepted>,
    folded: Folded,
}

impl World {
    pub(super) fn new(seed: u64, town: Box<dyn Town>, mutation: Mutation) -> World {
        let mut dice = Dice::of(seed);
        let tally = Tally::default();
        let fault_plan = FaultPlan::any(&mut dice);
        let (habits, registry) = (town.habits(), town.registry());
        let town_clock = TownClock::of(habits);
        let bounds = Bounds::any(&mut dice, habits.weight);
        let disk = SimDisk::new(dice.split(), tally.clone());
        let store = SimStore::new(dice.split(), tally.clone());
        let n_clients = dice.between(2, 8);
        let (from, to) = habits.requests;
        let clients = (0..n_clients).map(|_| Client::new(dice.between(from, to))).collect();
        let couriers = (0..dice.between(1, 3)).map(|_| Courier::default()).collect();
        World {
            dice,
            tally,
            mutation,
            fault_plan,
            bounds,
            phase: Phase::Safety,
            now_ms: 0,
            town_clock,
            hold: founded(town_clock.says(0)),
            agenda: BTreeMap::new(),
            n_events: 0,
            town,
            habits,
            registry,
            disk,
            store,
            machine: None,
            life: 0,
            clients,
            couriers,
            clerk: Clerk::default(),
            carried: Carried::default(),
            accepted: Vec::new(),
            folded: Folded::default(),
        }
    }

    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    pub(super) fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Lets the town live until everything that was begun has ended.
    pub(super) fn run(&mut self) -> Result<(), String> {
        self.begin();
        for _ in 0..STEPS_MAX {
            let times = (self.now(), self.fires_until());
            if let Some(machine) = self.machine.as_mut().filter(|machine| machine.is_busy())
                && !self.dice.once_in(8)
            {
                machine.step(&mut self.dice, times);
                if let Some(excess) = machine.excess() {
                    return Err(format!("a bound is exceeded: {excess}"));
                }
                self.grant();
                continue;
            }
            let Some(((at, _), (life, event))) = self.agenda.pop_first() else {
                return Err("nothing is left to happen".to_owned());
            };
            self.now_ms = self.now_ms.max(at);
            if event.ends_with_process() && life != self.life {
                continue;
            }
            if matches!(event, Event::Look) && self.phase == Phase::Liveness && self.looks_over()? {
                return self.end();
            }
            self.happen(event)?;
        }
        Err(format!("it does not settle: {}", self.why_not()))
    }

    fn begin(&mut self) {
        self.disk.faults(|faults| {
            *faults = self.fault_plan.disk;
            faults.syncs = match self.mutation {
                Mutation::IgnoredSyncs => Syncs::Ignored,
                Mutation::None | Mutation::ForgottenDeltas | Mutation::ForgottenMarks => {
                    Syncs::Done
                }
            };
        });
        self.store.refuse_once_in(self.fault_plan.store_refuses);
        self.plan(0, Event::Start);
        let safety_ms = self.dice.between(3_000, 20_000);
        self.plan(safety_ms, Event::FaultsEnd);
        for n in 0..self.clients.len() {
            self.plan_within(500, Event::Client(n));
        }
        for n in 0..self.couriers.len() {
            self.plan_within(500, Event::Courier(n));
        }
        self.plan_within(500, Event::Clerk);
        self.plan_within(4_000, Event::OtherRules);
        self.plan_within(self.fault_plan.jump_ms, Event::Jump);
        self.plan_within(self.fault_plan.full_ms, Event::Space(Space::None));
        self.plan(1_000, Event::Look);
    }

    fn now(&self) -> Timestamp {
        self.town_clock.says(self.now_ms)
    }

    fn plan(&mut self, after_ms: u64, event: Event) {
        self.n_events += 1;
        self.agenda.insert((self.now_ms + after_ms, self.n_events), (self.life, event));
    }

    /// Some time within `most_ms`; never for 0.
    fn plan_within(&mut self, most_ms: u64, event: Event) {
        if most_ms > 0 {
            let after_ms = self.dice.between(1, most_ms);
            self.plan(after_ms, event);
        }
    }

    /// Things that happen again and again happen less often when nothing goes wrong any more.
    fn again(&mut self, most_ms: u64, event: Event) {
        let most_ms = if self.phase == Phase::Safety { most_ms } else { most_ms * 4 };
        self.plan_within(most_ms, event);
    }

    fn happen(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Start => self.start()?,
            // What was planned while faults were allowed does not come after them.
            Event::Crash | Event::CutPower | Event::DieApplying | Event::Fall
                if self.phase == Phase::Liveness => {}
            Event::Crash => self.crash(),
            Event::CutPower => {
                self.disk.cut_power_after(self.dice.between(1, 5));
                self.plan_within(self.fault_plan.power_ms, Event::CutPower);
            }
            Event::DieApplying => self.store.die_after(self.dice.between(1, 4)),
            Event::Tick => {
                self.look_at_clock();
                for no in 0..self.bounds.limits.partitions {
                    self.tell_machine(no, ToPartition::Tick);
                }
                self.again(200, Event::Tick);
            }
            Event::Client(n) => {
                self.client_acts(n);
                self.again(120, Event::Client(n));
            }
            Event::Courier(n) => {
                self.courier_acts(n)?;
                self.again(150, Event::Courier(n));
            }
            Event::Commit => self.with_machine(Machine::commit),
            Event::Apply => {
                self.apply_and_seal()?;
                self.again(600, Event::Apply);
            }
            Event::Fall => {
                self.fall();
                self.plan_within(self.fault_plan.fall_ms, Event::Fall);
            }
            Event::Rise(no) => {
                if let Some(machine) = &mut self.machine {
                    machine.rise(no);
                }
            }
            Event::Read(of, question) => self.read(of, question),
            Event::Heard((no, life), reading) => {
                if self.machine.as_ref().is_some_and(|machine| machine.life(no) == life) {
                    self.tell_machine(no, reading.into());
                }
            }
            Event::Load(no, id, born) => self.load(no, id, born),
            Event::Loaded(no, id, born, stored) => {
                if let Some(machine) = &mut self.machine {
                    machine.loaded((no, &id, born), stored);
                }
            }
            Event::Jump => self.jump(),
            Event::Space(space) => self.space(space),
            Event::Evict => {
                if let Some(machine) = &mut self.machine {
                    machine.evict(&mut self.dice);
                }
                self.again(200, Event::Evict);
            }
            Event::Clerk => {
                self.clerk_acts();
                self.again(400, Event::Clerk);
            }
            Event::OtherRules => self.put_other_rules_in_force(),
            Event::FaultsEnd => self.end_faults(),
            Event::Look => self.plan(2_000, Event::Look),
        }
        self.grant();
        Ok(())
    }

    /// What the process asked for takes its time.
    fn grant(&mut self) {
        let Some(machine) = &mut self.machine else { return };
        for wish in std::mem::take(&mut machine.wishes) {
            match wish {
                Wish::Commit => {
                    let slow =
                        self.phase == Phase::Safety && self.dice.once_in(self.fault_plan.slow);
                    let most_ms = if slow { 3_000 } else { 8 };
                    if slow {
                        self.tally.count(Kind::SlowCommit);
                    }
                    self.plan_within(most_ms, Event::Commit);
                }
                Wish::Rise(no, after_ms) => self.plan(after_ms, Event::Rise(no)),
                Wish::Read(of, question) => {
                    let most_ms = self.delay(Kind::ReloadDelayed);
                    self.plan_within(most_ms, Event::Read(of, question));
                }
                Wish::Load(no, id, born) => {
                    let most_ms = self.delay(Kind::LoadDelayed);
                    self.plan_within(most_ms, Event::Load(no, id, born));
                }
                Wish::Leased(courier, jobs) => {
                    if let Some(courier) = self.couriers.get_mut(courier) {
                        courier.leased(jobs);
                    }
                }
                Wish::LeasedDead(leased) => self.clerk.leased(leased),
            }
        }
    }

    /// How long a read may take.
    fn delay(&mut self, kind: Kind) -> u64 {
        if self.phase == Phase::Safety && self.dice.once_in(self.fault_plan.late_reads) {
            self.tally.count(kind);
            2_000
        } else {
            10
        }
    }

    fn read(&mut self, of: (u8, u64), question: Question) {
        let Some(machine) = &self.machine else { return };
        let fails = self.phase == Phase::Safety && self.dice.once_in(self.fault_plan.failing_reads);
        let failed = question.clone().failed();
        let reading = if fails {
            self.tally.count(Kind::ReloadFailed);
            failed
        } else {
            machine.read(of.0, question).unwrap_or(failed)
        };
        let most_ms = self.delay(Kind::ReloadDelayed);
        self.plan_within(most_ms, Event::Heard(of, reading));
    }

    fn load(&mut self, no: u8, id: EntityId, born: u64) {
        let Some(machine) = &mut self.machine else { return };
        if self.phase == Phase::Safety && self.dice.once_in(self.fault_plan.failing_reads) {
            // The shell reads again what could not be read.
            self.tally.count(Kind::LoadFailed);
            machine.unread((no, &id, born));
            return self.plan_within(300, Event::Load(no, id, born));
        }
        let stored = machine.load(&id);
        let most_ms = self.delay(Kind::LoadDelayed);
        self.plan_within(most_ms, Event::Loaded(no, id, born, stored));
    }

    fn tell_machine(&mut self, no: u8, message: ToPartition) {
        if let Some(machine) = &mut self.machine {
            machine.send(no, message);
        }
    }

    fn with_machine(&mut self, act: impl FnOnce(&mut Machine) -> Result<(), Died>) {
        if let Some(machine) = &mut self.machine
            && act(machine) == Err(Died)
        {
            self.crash();
        }
    }

    fn apply_and_seal(&mut self) -> Result<(), String> {
        let Some(machine) = &mut self.machine else { return Ok(()) };
        let applied = machine.apply();
        let sealed = if self.dice.once_in(4) { machine.seal() } else { Ok(None) };
        if applied.is_err() || sealed.is_err() {
            self.crash();
            return Ok(());
        }
        match sealed {
            Ok(Some(failure @ Failure::Damaged { .. })) => Err(format!("sealing: {failure}")),
            _ => Ok(()),
        }
    }
}
