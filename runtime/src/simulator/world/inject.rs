//! Fault injection: what is done to the clock, the disk, the partitions and the process.

use std::time::Duration;

use super::{Event, World};
use crate::clock::Timestamp;
use crate::clock::hold::{Hold, Kernel, Reading, Trust, Word};
use crate::simulator::clients::Phase;
use crate::simulator::disk::Space;
use crate::simulator::machine::ToPartition;
use crate::simulator::store::Found;
use crate::simulator::tally::Kind;
use crate::simulator::town::Eyes;

/// A town lives for seconds, not for years.
const TRUST: Trust = Trust {
    slew_max: Duration::from_secs(2),
    hold: Duration::from_secs(3),
    alone_max: Duration::from_secs(12),
    back_max: Duration::from_mins(5),
};

/// The clock of a town's first day is believed.
pub(super) fn founded(wall: Timestamp) -> Hold {
    Hold::from(Reading { wall, monotonic: Duration::ZERO }, TRUST)
}

impl World {
    /// Both clocks.
    pub(super) fn reading(&self) -> Reading {
        Reading { wall: self.now(), monotonic: self.town_clock.gone_by(self.now_ms) }
    }

    /// A process begins to believe its clock.
    pub(super) fn believe_clock(&mut self) {
        self.hold = Hold::from(self.reading(), TRUST);
    }

    /// Alarms due up to here may fire.
    pub(super) fn fires_until(&self) -> Timestamp {
        self.reading().fires_until(self.hold.trusted_ms(), TRUST)
    }

    /// The ticker looks at the clocks; where it stays held, somebody may say that it is right.
    pub(super) fn look_at_clock(&mut self) {
        let synchronised = self.phase == Phase::Liveness || self.dice.once_in(3);
        let kernel = if synchronised { Kernel::Synchronised } else { Kernel::Unsynchronised };
        match self.hold.look(self.reading(), kernel) {
            Some(Word::Jumped(_)) => self.tally.count(Kind::ClockHeld),
            Some(Word::StillHeld(_)) => {
                self.tally.count(Kind::ClockStillHeld);
                if self.dice.once_in(2) {
                    self.hold.release(self.reading());
                }
            }
            Some(Word::GoesOn(_)) => self.tally.count(Kind::ClockBelieved),
            Some(Word::PutRight | Word::SetBack(_)) | None => {}
        }
    }

    /// Between one decision and the next: what is decided stays as it is.
    pub(super) fn put_other_rules_in_force(&mut self) {
        self.tally.count(Kind::RulesChanged);
        let eyes = self.machine.as_ref().map(Eyes::on);
        self.town.change_rules(&mut self.dice, eyes);
        self.again(4_000, Event::OtherRules);
    }

    pub(super) fn jump(&mut self) {
        if self.phase == Phase::Liveness {
            return;
        }
        let by = i64::try_from(self.dice.between(1, 30_000)).unwrap_or(0);
        if self.dice.once_in(2) {
            self.tally.count(Kind::ClockForward);
            self.town_clock.set_ahead(by);
        } else {
            self.tally.count(Kind::ClockBack);
            self.town_clock.set_ahead(-by);
        }
        self.plan_within(self.fault_plan.jump_ms, Event::Jump);
    }

    pub(super) fn space(&mut self, space: Space) {
        if self.phase == Phase::Liveness {
            return;
        }
        self.disk.faults(|faults| faults.full = space);
        match space {
            Space::None => self.plan_within(2_000, Event::Space(Space::Left)),
            Space::Left => self.plan_within(self.fault_plan.full_ms, Event::Space(Space::None)),
        }
    }

    pub(super) fn end_faults(&mut self) {
        self.phase = Phase::Liveness;
        self.town_clock.slow_down(self.now_ms);
        self.disk.faults(|faults| {
            (faults.append, faults.sync, faults.read) = (0, 0, 0);
            faults.full = Space::Left;
        });
        self.disk.keep_power();
        self.store.live_on();
        self.store.refuse_once_in(0);
    }

    /// Some partition falls; couriers who hold its messages lose their hold.
    pub(super) fn fall(&mut self) {
        let (now, n_partitions) = (self.now(), self.bounds.limits.partitions);
        let no = u8::try_from(self.dice.place(usize::from(n_partitions))).unwrap_or(0);
        self.with_machine(|machine| machine.fall(no, now));
        for courier in &mut self.couriers {
            for leased in courier.forget() {
                if let Some(machine) = &mut self.machine {
                    let no = leased.id.entity.partition(n_partitions);
                    machine.send(no, ToPartition::Release(leased));
                }
            }
        }
    }

    pub(super) fn crash(&mut self) {
        self.tally.count(Kind::Crashed);
        self.machine = None;
        self.life += 1;
        self.disk = self.disk.crash();
        let unopenable =
            if self.phase == Phase::Safety { self.fault_plan.store_unopenable } else { 0 };
        let (store, found) = self.store.crash(unopenable);
        self.store = store;
        if found == Found::Nothing {
            self.store.wipe();
        }
        for courier in &mut self.couriers {
            courier.forget();
        }
        self.plan_within(300, Event::Start);
    }
}
