//! Starts, and what must hold after each and at the end.

use super::{Event, World};
use crate::journal::Failure;
use crate::simulator::clients::{Client, Courier, Phase};
use crate::simulator::machine::{Machine, Start};
use crate::simulator::oracle::Oracle;
use crate::simulator::tally::Kind;

impl World {
    /// A process starts, or dies in trying.
    pub(super) fn start(&mut self) -> Result<(), String> {
        let is_bad = self.phase == Phase::Safety;
        if is_bad && self.dice.once_in(self.fault_plan.opening) {
            if self.dice.once_in(2) {
                self.disk.cut_power_after(self.dice.between(1, 12));
            } else {
                self.store.die_after(self.dice.between(1, 5));
            }
        }
        let opened = Machine::open(Start {
            disk: self.disk.clone(),
            store: self.store.clone(),
            registry: self.registry.clone(),
            bounds: self.bounds,
            tally: self.tally.clone(),
            mutation: self.mutation,
            joining: None,
        });
        if self.disk.is_off() || self.store.is_dead() {
            self.tally.count(Kind::CrashedInOpening);
            self.crash();
            return Ok(());
        }
        let machine = match opened {
            Ok(machine) => machine,
            Err(failure) if is_bad && is_planned(&failure) => {
                self.crash();
                return Ok(());
            }
            Err(failure) => return Err(format!("it does not open: {failure}: {failure:?}")),
        };
        self.disk.keep_power();
        self.store.live_on();
        self.machine = Some(machine);
        self.believe_clock();
        let oracle = self.check()?;
        // Walking every history reads the ledger many times over.
        if self.dice.once_in(8) {
            self.walk(&oracle)?;
        }
        self.plan(1, Event::Tick);
        self.plan(1, Event::Evict);
        self.plan_within(600, Event::Apply);
        if is_bad {
            self.plan_within(self.fault_plan.crash_ms, Event::Crash);
            self.plan_within(self.fault_plan.fall_ms, Event::Fall);
            self.plan_within(self.fault_plan.power_ms, Event::CutPower);
            self.plan_within(self.fault_plan.die_applying_ms, Event::DieApplying);
        }
        Ok(())
    }

    /// Holds the process against the ledger, and the ledger against what people were told.
    fn check(&mut self) -> Result<Oracle, String> {
        let Some(machine) = &self.machine else { return Err("no process".to_owned()) };
        let faults = self.fault_plan.disk.read;
        self.disk.faults(|disk| disk.read = 0);
        let by = (self.town.witness(), &mut self.folded);
        let oracle = Oracle::of(machine, &self.registry, by)?;
        for accepted in &self.accepted {
            if !oracle.has(&accepted.entity, accepted.command, accepted.sequence) {
                return Err(format!(
                    "{} accepted {:?} as record {}, which is not in the ledger",
                    accepted.entity, accepted.command, accepted.sequence
                ));
            }
        }
        oracle.agrees(machine, self.bounds.limits.partitions)?;
        let is_bad = self.phase == Phase::Safety;
        self.disk.faults(|disk| disk.read = if is_bad { faults } else { 0 });
        Ok(oracle)
    }

    fn walk(&self, oracle: &Oracle) -> Result<(), String> {
        let Some(machine) = &self.machine else { return Ok(()) };
        let faults = self.fault_plan.disk.read;
        self.disk.faults(|disk| disk.read = 0);
        oracle.histories(machine)?;
        let is_bad = self.phase == Phase::Safety;
        self.disk.faults(|disk| disk.read = if is_bad { faults } else { 0 });
        Ok(())
    }

    /// Whether everything that was begun may have ended.
    pub(super) fn looks_over(&mut self) -> Result<bool, String> {
        let Some(machine) = &self.machine else { return Ok(false) };
        let is_quiet = machine.is_settled()
            && self.clerk.is_idle()
            && self.clients.iter().all(Client::is_done)
            && self.couriers.iter().all(Courier::is_idle);
        if !is_quiet {
            return Ok(false);
        }
        let now = self.now();
        Ok(self.check()?.is_over(now, self.habits.days))
    }

    /// Everything has ended: what is left must be exactly what the ledger says, in the store as well.
    pub(super) fn end(&mut self) -> Result<(), String> {
        let oracle = self.check()?;
        oracle.has_ended(self.now(), self.habits.days)?;
        self.walk(&oracle)?;
        if let Some(machine) = &mut self.machine {
            while machine.backlog.tables().applied() < oracle.frames() {
                match machine.apply() {
                    Ok(None) => {}
                    Ok(Some(failure)) => return Err(format!("applying at the end: {failure}")),
                    Err(_) => return Err("died at the end".to_owned()),
                }
            }
        }
        oracle.is_in(self.store.rows(), self.bounds.limits.partitions)?;
        // And once more from what lies on the disk.
        self.crash();
        self.start()
    }

    /// What is left to be done.
    pub(super) fn why_not(&mut self) -> String {
        let waiting = self.clients.iter().filter(|client| !client.is_done()).count();
        let busy = self.couriers.iter().filter(|courier| !courier.is_idle()).count();
        let settled = self.machine.as_ref().map(Machine::is_settled);
        let (now, days) = (self.now(), self.habits.days);
        let ended = self.check().map(|oracle| oracle.has_ended(now, days));
        let words = self.machine.as_ref().map(Machine::words).unwrap_or_default();
        let doing: Vec<String> = self.couriers.iter().map(Courier::words).collect();
        format!(
            "{waiting} callers wait, {busy} couriers are busy {doing:?}, settled: {settled:?}, ended: {ended:?}{words}"
        )
    }
}

fn is_planned(failure: &Failure) -> bool {
    failure.is_transient() || failure.is_fatal()
}
