//! Counts of open cases: each in one stage, with one unit or none, in time, due soon or overdue.
//!
//! Pure: the instant is handed in. A case costs about a hundred bytes here for as long as it is open. It is remembered by a
//! hash of its id: two of a million cases share one about once in thirty million towns, and then a count is off by one
//! until the next start.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;

use super::entry::Entry;
use duban_base::labels::case::OPEN;

/// What is due within this is due soon.
pub const SOON: Duration = Duration::from_hours(2);

/// How many cases, by how pressing they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub open: u64,
    /// Of these, due within [`SOON`].
    pub soon: u64,
    pub overdue: u64,
}

/// How pressing a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Urgency {
    Calm,
    Soon,
    Overdue,
}

/// A counted case.
#[derive(Clone, Debug)]
struct Kept {
    stand: Entry,
    urgency: Urgency,
}

/// Whether a case comes into a count or leaves it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    In,
    Out,
}

/// The counts as they stand at an instant.
#[derive(Debug, Default)]
pub(super) struct OpenCases {
    hasher: RandomState,
    now: Timestamp,
    kept: HashMap<u64, Kept>,
    /// When a case becomes more pressing, soonest first.
    crossings: BTreeSet<(Timestamp, u64)>,
    stages: [u64; OPEN.len()],
    all: Counts,
    units: BTreeMap<UnitId, Counts>,
}

impl OpenCases {
    /// The case of this id stands so from now on; none: it is no longer open.
    pub(super) fn put(&mut self, id: &str, stand: Option<Entry>) {
        let key = self.hasher.hash_one(id);
        if let Some(before) = self.kept.remove(&key) {
            self.count(&before, Step::Out);
            if let Some(at) = next_crossing(&before) {
                self.crossings.remove(&(at, key));
            }
        }
        let Some(stand) = stand else { return };
        let urgency = urgency(stand.due, self.now);
        self.keep(key, Kept { stand, urgency });
    }

    /// It is `now`: what has become due soon or overdue meanwhile is counted as such. Time goes on only.
    pub(super) fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        while let Some((at, key)) = self.crossings.first().copied() {
            if at > self.now {
                return;
            }
            self.crossings.remove(&(at, key));
            let Some(before) = self.kept.remove(&key) else { continue };
            self.count(&before, Step::Out);
            let urgency = urgency(before.stand.due, self.now);
            self.keep(key, Kept { urgency, ..before });
        }
    }

    /// How many stand at each of [`OPEN`].
    pub(super) fn stages(&self) -> [u64; OPEN.len()] {
        self.stages
    }

    /// All open cases.
    pub(super) fn all(&self) -> Counts {
        self.all
    }

    /// Those of each unit that has any.
    pub(super) fn units(&self) -> &BTreeMap<UnitId, Counts> {
        &self.units
    }

    fn keep(&mut self, key: u64, kept: Kept) {
        self.count(&kept, Step::In);
        if let Some(at) = next_crossing(&kept) {
            self.crossings.insert((at, key));
        }
        self.kept.insert(key, kept);
    }

    fn count(&mut self, kept: &Kept, step: Step) {
        let Kept { stand, urgency } = kept;
        if let Some(stage) = self.stages.get_mut(stand.stage) {
            step.apply(stage);
        }
        self.all.move_by(*urgency, step);
        if let Some(unit) = &stand.unit {
            let counts = self.units.entry(unit.clone()).or_default();
            counts.move_by(*urgency, step);
            if counts.open == 0 {
                self.units.remove(unit);
            }
        }
    }
}

impl Counts {
    fn move_by(&mut self, urgency: Urgency, step: Step) {
        step.apply(&mut self.open);
        match urgency {
            Urgency::Calm => {}
            Urgency::Soon => step.apply(&mut self.soon),
            Urgency::Overdue => step.apply(&mut self.overdue),
        }
    }
}

impl Step {
    fn apply(self, count: &mut u64) {
        *count = match self {
            Step::In => count.saturating_add(1),
            Step::Out => count.saturating_sub(1),
        };
    }
}

fn urgency(due: Timestamp, now: Timestamp) -> Urgency {
    if now > due {
        Urgency::Overdue
    } else if due.since(now) <= SOON {
        Urgency::Soon
    } else {
        Urgency::Calm
    }
}

fn next_crossing(kept: &Kept) -> Option<Timestamp> {
    let due = kept.stand.due;
    match kept.urgency {
        _ if due == Timestamp::NEVER => None,
        Urgency::Calm => Some(Timestamp::from_millis(due.as_millis() - soon_ms())),
        // At its due instant it is in time still.
        Urgency::Soon => Some(Timestamp::from_millis(due.as_millis().saturating_add(1))),
        Urgency::Overdue => None,
    }
}

fn soon_ms() -> i64 {
    i64::try_from(SOON.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(n: i64) -> Timestamp {
        Timestamp::from_millis(1_772_420_400_000 + n * 3_600_000)
    }

    fn stand(stage: usize, unit: &str, due: Timestamp) -> Entry {
        Entry { stage, unit: Some(UnitId::new(unit)), due }
    }

    fn counts(open: u64, soon: u64, overdue: u64) -> Counts {
        Counts { open, soon, overdue }
    }

    #[test]
    fn a_case_becomes_due_soon_and_overdue_by_time_alone() {
        let mut board = OpenCases::default();
        board.advance(hour(0));
        board.put("a", Some(stand(4, "CG-HW", hour(10))));
        let unit = UnitId::new("CG-HW");
        let late = Timestamp::from_millis(hour(10).as_millis() + 1);
        let before = Timestamp::from_millis(hour(8).as_millis() - 1);
        for (now, expected) in [
            (hour(0), counts(1, 0, 0)),
            (before, counts(1, 0, 0)),
            (hour(8), counts(1, 1, 0)),
            (hour(10), counts(1, 1, 0)),
            (late, counts(1, 0, 1)),
            (hour(99), counts(1, 0, 1)),
        ] {
            board.advance(now);
            assert_eq!(board.all(), expected, "{now}");
            assert_eq!(board.units().get(&unit), Some(&expected), "{now}");
        }
    }

    #[test]
    fn a_case_stands_in_one_place_however_often_it_is_counted_and_in_none_once_it_is_closed() {
        let mut board = OpenCases::default();
        board.advance(hour(0));
        board.put("a", Some(stand(3, "CG-HW", hour(1))));
        board.put("a", Some(stand(3, "CG-HW", hour(1))));
        board.put("a", Some(stand(4, "CG-YL", hour(-1))));
        assert_eq!((board.stages()[3], board.stages()[4]), (0, 1));
        assert_eq!(board.all(), counts(1, 0, 1));
        assert_eq!(board.units().keys().map(UnitId::as_str).collect::<Vec<_>>(), ["CG-YL"]);
        board.put("a", None);
        board.advance(hour(9));
        assert_eq!(board.all(), counts(0, 0, 0));
        assert_eq!(board.stages(), [0; OPEN.len()]);
        assert!(board.units().is_empty() && board.crossings.is_empty());
    }

    #[test]
    fn a_case_whose_clock_stands_still_never_becomes_overdue() {
        let mut board = OpenCases::default();
        board.put("a", Some(stand(6, "CG-HW", Timestamp::NEVER)));
        board.advance(hour(1_000_000));
        assert_eq!(board.all(), counts(1, 0, 0));
    }
}
