//! A machine's turn: its process starts, keeps its leases, works, reads, and ends.

use super::Happening;
use super::world::{Event, Turn, World};
use crate::cluster::tenancy::Course;
use crate::simulator::clients::Phase;
use crate::simulator::machine::{Died, ToPartition, Wish};

impl World {
    pub(super) fn happen_to(&mut self, n: usize, life: u64, event: Event) -> Result<(), String> {
        let now_ms = self.now_ms;
        let Some(node) = self.nodes.get_mut(n).filter(|node| node.life == life) else {
            return Ok(());
        };
        if matches!(event, Event::Start) {
            return self.start(n);
        }
        if node.asleep_until_ms > now_ms {
            let rest_ms = node.asleep_until_ms - now_ms;
            self.after(rest_ms, Turn::Of(n, life, event));
            return Ok(());
        }
        let Some(process) = node.process.as_mut() else { return Ok(()) };
        let machine = &mut process.machine;
        let done = match event {
            Event::Tick => {
                for no in 0..self.common.bounds.limits.partitions {
                    machine.send(no, ToPartition::Tick);
                }
                self.of(n, 250, Event::Tick);
                Ok(())
            }
            Event::Commit => machine.commit(),
            Event::Mirror => {
                let mirrored = machine.mirror();
                self.of(n, self.plan.mirror_ms, Event::Mirror);
                mirrored
            }
            Event::Apply => {
                let applied = machine.apply().map(drop);
                self.of(n, 800, Event::Apply);
                applied
            }
            Event::Evict => {
                machine.evict(&mut self.dice);
                self.of(n, 400, Event::Evict);
                Ok(())
            }
            Event::Rise(no) => {
                machine.rise(no);
                Ok(())
            }
            event @ (Event::Start
            | Event::Round
            | Event::Read(..)
            | Event::Heard(..)
            | Event::Load(..)
            | Event::Loaded(..)) => return self.read(n, event),
        };
        if done == Err(Died) {
            return Err(format!("machine {n} died of itself"));
        }
        self.grant(n);
        Ok(())
    }

    /// A round of its tenancy.
    fn round(&mut self, n: usize) -> Result<(), String> {
        let Some(node) = self.nodes.get_mut(n) else { return Ok(()) };
        let course = node.course;
        let Some(process) = node.process.as_mut() else { return Ok(()) };
        let rounded = process.round(course, &self.happened);
        match rounded.map_err(|Died| format!("machine {n} died in a round"))? {
            Some((_, true)) if course == Course::Drains => {
                process.give_up();
                self.stop(n, Happening::Left)?;
            }
            rounded => {
                let next_ms = rounded.map_or(1_000, |(next_ms, _)| next_ms);
                self.of(n, next_ms.saturating_mul(2).max(2), Event::Round);
            }
        }
        self.grant(n);
        Ok(())
    }

    /// What is read is heard of later.
    fn read(&mut self, n: usize, event: Event) -> Result<(), String> {
        let process = self.nodes.get_mut(n).and_then(|node| node.process.as_mut());
        let Some(machine) = process.map(|process| &mut process.machine) else { return Ok(()) };
        match event {
            Event::Round => return self.round(n),
            Event::Read(of, question) => {
                let failed = question.clone().failed();
                let reading = machine.read(of.0, question).unwrap_or(failed);
                self.of(n, 10, Event::Heard(of, reading));
            }
            Event::Heard((no, life), reading) => {
                if machine.life(no) == life {
                    machine.send(no, reading.into());
                }
            }
            Event::Load(no, id, born) => {
                let stored = machine.load(&id);
                self.of(n, 10, Event::Loaded(no, id, born, stored));
            }
            Event::Loaded(no, id, born, stored) => {
                machine.loaded((no, &id, born), stored);
            }
            Event::Start
            | Event::Tick
            | Event::Commit
            | Event::Mirror
            | Event::Apply
            | Event::Evict
            | Event::Rise(_) => {}
        }
        self.grant(n);
        Ok(())
    }

    fn start(&mut self, n: usize) -> Result<(), String> {
        let Some(node) = self.nodes.get_mut(n) else { return Ok(()) };
        node.start(&self.common).map_err(|failure| format!("it does not open: {failure:?}"))?;
        for event in [Event::Round, Event::Tick, Event::Mirror, Event::Apply, Event::Evict] {
            self.of(n, 200, event);
        }
        Ok(())
    }

    /// A process ends; it is started again after a while.
    pub(super) fn stop(&mut self, n: usize, why: Happening) -> Result<(), String> {
        let Some(node) = self.nodes.get_mut(n).filter(|node| node.process.is_some()) else {
            return Ok(());
        };
        node.die().map_err(|failure| format!("machine {n} ends: {failure}"))?;
        self.happened.count(why);
        let most_ms = if self.phase == Phase::Safety { self.plan.down_ms } else { 500 };
        self.of(n, most_ms, Event::Start);
        Ok(())
    }

    /// What a process asked for takes its time.
    pub(super) fn grant(&mut self, n: usize) {
        let process = self.nodes.get_mut(n).and_then(|node| node.process.as_mut());
        let Some(process) = process else { return };
        for wish in std::mem::take(&mut process.machine.wishes) {
            match wish {
                Wish::Commit => self.of(n, self.plan.commit_ms, Event::Commit),
                Wish::Rise(no, after_ms) => self.of(n, after_ms.max(1), Event::Rise(no)),
                Wish::Read(of, question) => self.of(n, 10, Event::Read(of, question)),
                Wish::Load(no, id, born) => self.of(n, 10, Event::Load(no, id, born)),
                // Nobody carries messages here.
                Wish::Leased(..) | Wish::LeasedDead(_) => {}
            }
        }
    }
}
