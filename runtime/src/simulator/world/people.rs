//! Whose turn it is: callers, couriers and whoever gives dead messages another try do one thing each.

use super::World;
use crate::simulator::clients::Phase;
use crate::simulator::machine::ToPartition;
use crate::simulator::tally::Kind;

impl World {
    pub(super) fn client_acts(&mut self, n: usize) {
        let (now, n_partitions) = (self.now(), self.bounds.limits.partitions);
        let (Some(machine), Some(client)) = (&mut self.machine, self.clients.get_mut(n)) else {
            return;
        };
        let by = (&mut self.dice, &self.tally);
        let of = (machine, self.town.as_mut());
        let accepted = client.act(of, by, (now, n_partitions, self.phase));
        self.accepted.extend(accepted);
    }

    pub(super) fn clerk_acts(&mut self) {
        let (now, n_partitions) = (self.now(), self.bounds.limits.partitions);
        let Some(machine) = &mut self.machine else { return };
        // What was begun is ended; nothing is begun any more once faults have ended.
        if self.phase == Phase::Safety || !self.clerk.is_idle() {
            let by = (&mut self.dice, &self.tally, &mut self.carried);
            self.clerk.act(machine, by, (now, n_partitions));
        }
    }

    pub(super) fn courier_acts(&mut self, n: usize) -> Result<(), String> {
        let (now, n_partitions) = (self.now(), self.bounds.limits.partitions);
        let (Some(machine), Some(courier)) = (&mut self.machine, self.couriers.get_mut(n)) else {
            return Ok(());
        };
        if self.phase == Phase::Safety && !courier.is_idle() && self.dice.once_in(25) {
            self.tally.count(Kind::CourierDied);
            for leased in courier.forget() {
                let no = leased.id.entity.partition(n_partitions);
                machine.send(no, ToPartition::Release(leased));
            }
            return Ok(());
        }
        let by = (n, &mut self.dice, &self.tally, &mut self.carried);
        courier.act(machine, by, (now, n_partitions, self.phase))
    }
}
