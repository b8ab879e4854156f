//! The working slots of one day (工作时段), and how far into them an instant lies.
//!
//! Milliseconds since local midnight throughout. A slot never crosses midnight: a desk that works
//! through the night has `00:00–24:00`.

use std::fmt;

/// Milliseconds in a day of the clock on the wall.
pub(crate) const DAY_MS: i64 = 86_400_000;
/// Milliseconds in a minute.
pub(crate) const MINUTE_MS: i64 = 60_000;

/// One unbroken stretch of work: from included, until excluded, in milliseconds since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// When work begins.
    pub from: i64,
    /// When work ends.
    pub until: i64,
}

impl Slot {
    /// A slot between two minutes of the day; nothing when it would be empty or leave the day.
    pub fn minutes(from: u16, until: u16) -> Option<Slot> {
        let (from, until) = (i64::from(from) * MINUTE_MS, i64::from(until) * MINUTE_MS);
        (from < until && until <= DAY_MS).then_some(Slot { from, until })
    }

    /// Whether a minute of the day, counted from midnight, lies in it.
    pub(crate) fn has_minute(&self, minute: u32) -> bool {
        let moment = i64::from(minute) * MINUTE_MS;
        self.from <= moment && moment < self.until
    }
}

impl fmt::Display for Slot {
    /// As it is written in the file: `08:30-12:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, until] = [self.from, self.until].map(|ms| ms / MINUTE_MS);
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

/// The slots of a working day, in order and apart from each other, with at least one minute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hours {
    slots: Vec<Slot>,
    total: i64,
}

impl Hours {
    /// The hours made of `slots`; nothing when there is none, or two overlap or stand out of order.
    pub(crate) fn new(slots: Vec<Slot>) -> Option<Hours> {
        let apart =
            slots.iter().zip(slots.iter().skip(1)).all(|(one, next)| one.until <= next.from);
        let total: i64 = slots.iter().map(|slot| slot.until - slot.from).sum();
        (apart && total > 0).then_some(Hours { slots, total })
    }

    /// 08:30–12:00 and 14:00–17:30: what holds where a county has said nothing else.
    pub(crate) fn ordinary() -> Hours {
        const HALF_DAY_MS: i64 = 210 * MINUTE_MS;
        let half =
            |from: i64| Slot { from: from * MINUTE_MS, until: from * MINUTE_MS + HALF_DAY_MS };
        Hours { slots: vec![half(510), half(840)], total: 2 * HALF_DAY_MS }
    }

    /// 07:30–21:30: when the centre's desks are manned where a county has said nothing else.
    pub(crate) fn desk() -> Hours {
        let slot = Slot { from: 450 * MINUTE_MS, until: 1_290 * MINUTE_MS };
        Hours { slots: vec![slot], total: slot.until - slot.from }
    }

    pub(crate) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Working milliseconds of the whole day.
    pub(crate) fn total(&self) -> i64 {
        self.total
    }

    /// Working milliseconds before `moment`.
    pub(crate) fn worked_before(&self, moment: i64) -> i64 {
        self.slots.iter().map(|slot| (moment.min(slot.until) - slot.from).max(0)).sum()
    }

    /// The earliest moment at which `worked` milliseconds have been worked: the end of a slot, not
    /// the start of the next.
    pub(crate) fn moment_of(&self, worked: i64) -> i64 {
        let mut left = worked;
        let mut moment = 0;
        for slot in &self.slots {
            let length = slot.until - slot.from;
            moment = slot.from + left.clamp(0, length);
            if left <= length {
                break;
            }
            left -= length;
        }
        moment
    }
}

#[cfg(test)]
mod tests {
    use super::{Hours, MINUTE_MS, Slot};

    #[test]
    fn a_budget_that_ends_with_the_morning_ends_at_noon() {
        let hours = Hours::ordinary();
        assert_eq!(hours.total(), 420 * MINUTE_MS);
        assert_eq!(hours.moment_of(210 * MINUTE_MS), 720 * MINUTE_MS);
        assert_eq!(hours.moment_of(210 * MINUTE_MS + 1), 840 * MINUTE_MS + 1);
        assert_eq!(hours.moment_of(420 * MINUTE_MS), 1_050 * MINUTE_MS);
        assert_eq!(hours.worked_before(800 * MINUTE_MS), 210 * MINUTE_MS);
    }

    #[test]
    fn slots_out_of_order_or_without_length_make_no_hours() {
        let slot = |from, until| Slot::minutes(from, until).unwrap();
        assert_eq!(Hours::new(vec![slot(840, 900), slot(510, 720)]), None);
        assert_eq!(Hours::new(vec![slot(510, 720), slot(700, 900)]), None);
        assert_eq!(Hours::new(vec![]), None);
        assert_eq!(Slot::minutes(720, 720), None);
        assert_eq!(Slot::minutes(720, 1_441), None);
    }
}
