//! Tallies of wrong passwords: how many lately under a key, and for how long that shuts the door.
//!
//! ```text
//! key ─hash─► one slot in each of four rows; what counts is the least of the four
//! slot: so many wrong ones, of which one is forgotten every `forgotten_after`
//!     fewer than `free`  open          one more than that: shut for `first`, then twice as long, `most` at most
//! ```
//! A count-min sketch (Cormode and Muthukrishnan, 2005) with slots that leak. No table that forgets: it has a fixed size
//! and no entries, so nobody makes room in it by trying other names, and names that somebody has are counted like those
//! that nobody has. Two keys are taken for each other only where they meet in all rows, which nobody can bring about:
//! the hash has a key of its own in every process. Pure: the instant is handed in.

use std::time::Duration;

use duban_runtime::clock::Timestamp;

const ROWS: usize = 4;
/// Slots of a row: 4 MiB for the four.
const COLUMNS: usize = 65_536;

/// What wrong passwords lead to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// Wrong ones that are borne; this one shuts the door.
    pub(super) free: u32,
    /// After how long one of them is forgotten.
    pub(super) forgotten_after: Duration,
    /// For how long the door is shut at first.
    pub(super) first: Duration,
    /// For how long it is shut at most.
    pub(super) most: Duration,
}

/// Where a key is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key([usize; ROWS]);

impl Key {
    /// The key of these bytes, hashed with a secret.
    pub(super) fn of(bytes: &[u8; 32]) -> Key {
        let mut columns = [0; ROWS];
        for (column, word) in columns.iter_mut().zip(bytes.chunks_exact(4)) {
            let word = word.iter().fold(0_usize, |word, byte| (word << 8) | usize::from(*byte));
            *column = word % COLUMNS;
        }
        Key(columns)
    }
}

/// Counts of one kind of key.
#[derive(Debug)]
pub(super) struct Tally {
    rule: Rule,
    rows: Vec<Slot>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The wrong ones as of `at`, each as long as it is remembered.
    owed: Duration,
    at: Timestamp,
}

const EMPTY: Slot = Slot { owed: Duration::ZERO, at: Timestamp::from_millis(0) };

impl Tally {
    /// Nothing yet.
    pub(super) fn by(rule: Rule) -> Tally {
        Tally { rule, rows: vec![EMPTY; ROWS * COLUMNS] }
    }

    /// Until when the door is shut for `key` at `now`, if it is. What was counted until `forgotten` does not count; `free`
    /// wrong ones are borne.
    pub(super) fn shut(
        &self,
        key: Key,
        (forgotten, free): (Timestamp, u32),
        now: Timestamp,
    ) -> Option<Timestamp> {
        let untils = self.slots(key).map(|slot| slot.shut(&self.rule, (forgotten, free), now));
        // One row in which it is open is enough: there, nobody else's wrong ones are counted.
        untils.min().filter(|until| *until > now)
    }

    /// What is borne as a rule.
    pub(super) fn free(&self) -> u32 {
        self.rule.free
    }

    /// One more, before it is known whether it is wrong: so many at once are no more than so many in a row.
    pub(super) fn count(&mut self, key: Key, forgotten: Timestamp, now: Timestamp) {
        let one = self.rule.forgotten_after;
        let least = self.slots(key).map(|slot| slot.owed(forgotten, now)).min();
        let owed = least.unwrap_or_default() + one;
        self.change(key, |slot| Slot { owed: slot.owed(forgotten, now).max(owed), at: now });
    }

    /// The last one does not count.
    pub(super) fn take_back(&mut self, key: Key) {
        let one = self.rule.forgotten_after;
        // As if it were so much later: one is forgotten, and what it shut is open.
        self.change(key, |slot| Slot { at: slot.at - one, ..slot });
    }

    /// None of them counts any more.
    pub(super) fn forget(&mut self, key: Key) {
        self.change(key, |_| EMPTY);
    }

    fn slots(&self, Key(columns): Key) -> impl Iterator<Item = Slot> {
        let rows = self.rows.chunks_exact(COLUMNS).zip(columns);
        rows.filter_map(|(row, column)| row.get(column).copied())
    }

    fn change(&mut self, Key(columns): Key, change: impl Fn(Slot) -> Slot) {
        for (row, column) in self.rows.chunks_exact_mut(COLUMNS).zip(columns) {
            if let Some(slot) = row.get_mut(column) {
                *slot = change(*slot);
            }
        }
    }
}

impl Slot {
    /// What is left of the wrong ones at `now`. A clock that was set back forgets them: no pause is longer than a rule's.
    fn owed(self, forgotten: Timestamp, now: Timestamp) -> Duration {
        let is_past = self.at > forgotten && self.at <= now;
        if is_past { self.owed.saturating_sub(now.since(self.at)) } else { Duration::ZERO }
    }

    fn shut(self, rule: &Rule, (forgotten, free): (Timestamp, u32), now: Timestamp) -> Timestamp {
        let one = rule.forgotten_after.as_millis().max(1);
        let wrong = self.owed(forgotten, now).as_millis().div_ceil(one);
        let wrong = u32::try_from(wrong).unwrap_or(u32::MAX);
        let Some(further) = wrong.checked_sub(free) else { return now };
        let factor = 2_u32.checked_pow(further).unwrap_or(u32::MAX);
        self.at + rule.first.checked_mul(factor).map_or(rule.most, |pause| pause.min(rule.most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule {
        free: 5,
        forgotten_after: Duration::from_mins(15),
        first: Duration::from_mins(1),
        most: Duration::from_mins(15),
    };
    const NEVER_FORGOTTEN: (Timestamp, u32) = (Timestamp::from_millis(0), 5);

    fn minute(n: u64) -> Timestamp {
        Timestamp::from_millis(1_772_420_400_000) + Duration::from_mins(n)
    }

    fn key(name: &str) -> Key {
        Key::of(blake3::hash(name.as_bytes()).as_bytes())
    }

    /// Whoever tries as soon as they may, for so long: the minutes at which they tried.
    fn tried(tally: &mut Tally, name: &str, minutes: u64) -> Vec<u64> {
        let mut tried = Vec::new();
        for n in 0..minutes {
            while tally.shut(key(name), NEVER_FORGOTTEN, minute(n)).is_none() {
                tally.count(key(name), NEVER_FORGOTTEN.0, minute(n));
                tried.push(n);
            }
        }
        tried
    }

    #[test]
    fn pauses_are_short_grow_and_are_never_longer_than_a_quarter_of_an_hour() {
        let mut tally = Tally::by(RULE);
        let tried = tried(&mut tally, "zhao", 24 * 60);
        assert_eq!(tried.iter().take(9).copied().collect::<Vec<_>>(), [0, 0, 0, 0, 0, 1, 3, 7, 15]);
        let pauses = tried.windows(2).map(|pair| pair[1] - pair[0]);
        assert_eq!(pauses.max(), Some(15));
        // As the ADR has it: 96 a day, and those of the beginning.
        assert!((96..=110).contains(&tried.len()), "{}", tried.len());
    }

    #[test]
    fn what_was_wrong_is_forgotten_one_by_one() {
        let mut tally = Tally::by(RULE);
        tried(&mut tally, "zhao", 1);
        assert!(tally.shut(key("zhao"), NEVER_FORGOTTEN, minute(0)).is_some());
        assert!(tally.shut(key("zhao"), NEVER_FORGOTTEN, minute(1)).is_none());
        // An hour and a quarter later all five are free again.
        let later = minute(75);
        for _ in 0..4 {
            tally.count(key("zhao"), NEVER_FORGOTTEN.0, later);
        }
        assert!(tally.shut(key("zhao"), NEVER_FORGOTTEN, later).is_none());
    }

    #[test]
    fn nothing_is_forgotten_because_others_are_counted() {
        let mut tally = Tally::by(RULE);
        for name in ["zhao", "nobody"] {
            tried(&mut tally, name, 1);
        }
        for n in 0..20_000 {
            tally.count(key(&format!("other.{n}")), NEVER_FORGOTTEN.0, minute(0));
        }
        for name in ["zhao", "nobody"] {
            assert_eq!(tally.shut(key(name), NEVER_FORGOTTEN, minute(0)), Some(minute(1)));
        }
        assert_eq!(tally.shut(key("fresh"), NEVER_FORGOTTEN, minute(0)), None);
    }

    #[test]
    fn what_was_taken_back_or_forgotten_does_not_count() {
        let mut tally = Tally::by(RULE);
        tried(&mut tally, "zhao", 1);
        tally.take_back(key("zhao"));
        assert_eq!(tally.shut(key("zhao"), NEVER_FORGOTTEN, minute(0)), None);
        tally.count(key("zhao"), NEVER_FORGOTTEN.0, minute(0));
        assert!(tally.shut(key("zhao"), NEVER_FORGOTTEN, minute(0)).is_some());
        assert_eq!(tally.shut(key("zhao"), (minute(0), 5), minute(0)), None, "an admin forgot");
        assert_eq!(tally.shut(key("zhao"), (Timestamp::from_millis(0), 6), minute(0)), None);
        tally.forget(key("zhao"));
        assert_eq!(tally.shut(key("zhao"), NEVER_FORGOTTEN, minute(0)), None);
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out() {
        let mut tally = Tally::by(RULE);
        tally.count(key("zhao"), NEVER_FORGOTTEN.0, minute(10_000));
        tried(&mut tally, "zhao", 1);
        assert_eq!(tally.shut(key("zhao"), NEVER_FORGOTTEN, minute(1)), None);
    }
}
