//! Bounds of a partition: how much of everything it holds at most.

#[cfg(feature = "simulator")]
use super::Partition;

/// Commands that are delivered and undecided; one more is answered busy.
pub const UNDECIDED_MAX: usize = 1_024;
/// Entries of one batch.
pub const BATCH_MAX: usize = 256;
/// Alarms in one batch, and in the hands of entities, at most, while people wait. All partitions together keep an
/// arbiter busy for a millisecond or two, and a person's command waits that long at each of its steps, however many are
/// overdue.
pub const ALARMS_PER_BATCH: usize = 1;
/// The same while nobody does: alarms take what people leave. Whoever comes first waits for these once, some ten
/// milliseconds.
pub const ALARMS_ALONE: usize = 8;
/// Rows of the timer window and of the outbox window.
pub const WINDOW_MAX: usize = 4_096;
/// Leases a partition gives out at most.
pub const LEASES_MAX: usize = 256;

/// The bounds of one partition.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Among how many partitions entities are spread.
    pub partitions: u8,
    /// See [`UNDECIDED_MAX`].
    pub undecided_max: usize,
    /// See [`BATCH_MAX`].
    pub batch_max: usize,
    /// See [`ALARMS_PER_BATCH`].
    pub alarms_per_batch: usize,
    /// See [`ALARMS_ALONE`].
    pub alarms_alone: usize,
    /// See [`WINDOW_MAX`].
    pub window_max: usize,
    /// Leases a partition gives out at most.
    pub leases_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            partitions: PARTITIONS,
            undecided_max: UNDECIDED_MAX,
            batch_max: BATCH_MAX,
            alarms_per_batch: ALARMS_PER_BATCH,
            alarms_alone: ALARMS_ALONE,
            window_max: WINDOW_MAX,
            leases_max: LEASES_MAX,
        }
    }
}

/// How many partitions a node has. Fixed for ever: it decides where an entity lives.
pub const PARTITIONS: u8 = 64;

#[cfg(feature = "simulator")]
impl Partition {
    /// The first bound that is exceeded, in words.
    pub fn excess(&self) -> Option<String> {
        let Limits { partitions, undecided_max, batch_max, window_max, leases_max, .. } =
            self.limits;
        // What was under way when a batch failed may be delivered once more before its first step comes back.
        let undecided_max = undecided_max + 4 * (leases_max + usize::from(partitions));
        let all = [
            ("undecided", self.undecided, undecided_max),
            ("entries", self.building.entries.len(), batch_max + leases_max),
            ("overflow", self.overflow.len(), 2 * undecided_max),
            ("alarms", self.alarms.len(), window_max),
            ("messages", self.outbox.len(), window_max),
            ("leases", self.leases.len(), leases_max),
        ];
        let beyond = all.into_iter().find(|(_, n, max)| n > max);
        beyond.map(|(what, n, max)| format!("{n} {what}, at most {max}"))
    }
}
