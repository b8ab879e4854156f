//! Bounds of one process, small enough to be reached.

use crate::partition::Limits;
use crate::simulator::dice::Dice;

/// Bounds of one process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) limits: Limits,
    pub(crate) busy_max: u32,
    pub(crate) queue_max: usize,
    pub(crate) tells_per_read: usize,
    /// How many times larger its records are than those of probes.
    pub(crate) weight: u32,
}

impl Bounds {
    /// Any that make something happen at each.
    pub(crate) fn any(dice: &mut Dice, weight: u32) -> Bounds {
        let mut some = |from, to| usize::try_from(dice.between(from, to)).unwrap_or(1);
        let limits = Limits {
            partitions: u8::try_from(some(1, 5)).unwrap_or(1),
            undecided_max: some(2, 20),
            batch_max: some(1, 8),
            alarms_per_batch: some(1, 4),
            alarms_alone: some(1, 8),
            window_max: some(1, 8),
            leases_max: some(1, 5),
        };
        let busy_max = u32::try_from(some(1, 8)).unwrap_or(1);
        let (queue_max, tells_per_read) = (some(1, 6), some(1, 4));
        Bounds { limits, busy_max, queue_max, tells_per_read, weight }
    }
}
