//! Keys of requests: each stands for what was first asked under it, whoever asks, wherever, for a day.
//!
//! An entity remembers the keys of its last commands for ever; what is remembered here is that a key was used for
//! another entity, or for what may not be kept. It is memory only: after a restart only the entities know.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::CommandId;

use crate::asking::REMEMBERED;

/// Keys that are remembered at most; the oldest is forgotten for one more.
const KEYS_MAX: usize = 65_536;
/// Those of one person at most: nobody makes everybody else's forgotten.
const KEYS_OF_ONE_MAX: usize = 8_192;

/// The keys of the last day.
#[derive(Default)]
pub(in crate::http) struct Keys(Mutex<Known>);

/// The right to say what became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    key: Digest,
    /// Since when the key has stood for this without a break.
    since: u64,
}

/// Of a key; whoever finds another of the same digest could have used the key itself.
type Digest = CommandId;

#[derive(Default)]
struct Known {
    /// What each key stands for.
    uses: HashMap<Digest, Use>,
    /// Keys in the order in which they were last asked under, and when.
    order: BTreeMap<u64, (Timestamp, Digest)>,
    /// Which of them are whose.
    shares: HashMap<CompactString, BTreeSet<u64>>,
    next: u64,
}

struct Use {
    said: CommandId,
    by: CompactString,
    number: u64,
    since: u64,
    /// Requests that are under way or may have happened: all that were not let go.
    n_open: u32,
    outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Open,
    Accepted,
}

impl Keys {
    /// Holds `key` for what `login` says; none if it stands for something else.
    pub(super) fn held(
        &self,
        (key, said): (&str, CommandId),
        login: &str,
        now: Timestamp,
    ) -> Option<Ticket> {
        let key = Digest::derived(&[key.as_bytes()]);
        let mut known = self.known();
        known.forget_before(now);
        let before = match known.uses.get(&key) {
            Some(held) if held.said != said => return None,
            Some(held) => Some((held.since, held.n_open, held.outcome)),
            None => None,
        };
        known.forget(key);
        known.make_room(login);
        known.next += 1;
        let (number, by) = (known.next, CompactString::from(login));
        let (since, n_open, outcome) = before.unwrap_or((number, 0, Outcome::Open));
        let n_open = n_open.saturating_add(1);
        known.order.insert(number, (now, key));
        known.shares.entry(by.clone()).or_default().insert(number);
        known.uses.insert(key, Use { said, by, number, since, n_open, outcome });
        Some(Ticket { key, since })
    }

    /// What was asked is done: the key stands for it.
    pub(super) fn keep(&self, ticket: &Ticket) {
        if let Some(held) = self.known().uses.get_mut(&ticket.key) {
            held.outcome = Outcome::Accepted;
        }
    }

    /// Nothing was done: the key is free, unless the same was asked once more and may be done, or had been done before.
    pub(super) fn free(&self, ticket: &Ticket) {
        let mut known = self.known();
        let held = known.uses.get_mut(&ticket.key).filter(|held| held.since == ticket.since);
        let Some(held) = held else { return };
        held.n_open = held.n_open.saturating_sub(1);
        if held.n_open == 0 && held.outcome == Outcome::Open {
            known.forget(ticket.key);
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn forget_before(&mut self, now: Timestamp) {
        while let Some((_, &(at, key))) = self.order.first_key_value()
            && now.since(at) > REMEMBERED
        {
            self.forget(key);
        }
    }

    fn make_room(&mut self, login: &str) {
        let theirs = self.shares.get(login).filter(|theirs| theirs.len() >= KEYS_OF_ONE_MAX);
        if let Some(&(_, key)) = theirs.and_then(|theirs| self.order.get(theirs.first()?)) {
            self.forget(key);
        }
        if self.uses.len() >= KEYS_MAX
            && let Some((_, &(_, key))) = self.order.first_key_value()
        {
            self.forget(key);
        }
    }

    fn forget(&mut self, key: Digest) {
        let Some(held) = self.uses.remove(&key) else { return };
        self.order.remove(&held.number);
        if let Some(theirs) = self.shares.get_mut(&held.by) {
            theirs.remove(&held.number);
            if theirs.is_empty() {
                self.shares.remove(&held.by);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_772_424_000_000);

    fn said(what: u128) -> CommandId {
        CommandId(what)
    }

    #[test]
    fn a_key_stands_for_what_was_done_under_it_for_a_day() {
        let keys = Keys::default();
        let ticket = keys.held(("k", said(1)), "zhao", NOON).unwrap();
        keys.keep(&ticket);
        assert_eq!(keys.held(("k", said(2)), "zhao", NOON), None);
        let again = keys.held(("k", said(1)), "zhao", NOON).unwrap();
        keys.free(&again);
        assert_eq!(keys.held(("k", said(2)), "zhao", NOON + REMEMBERED), None);
        let later = NOON + REMEMBERED + Duration::from_secs(1);
        assert!(keys.held(("k", said(2)), "zhao", later).is_some());
    }

    #[test]
    fn a_key_whose_request_was_refused_is_free_and_one_that_is_under_way_is_not() {
        let keys = Keys::default();
        let first = keys.held(("k", said(1)), "zhao", NOON).unwrap();
        assert_eq!(keys.held(("k", said(2)), "qian", NOON), None);
        let second = keys.held(("k", said(1)), "zhao", NOON).unwrap();
        keys.free(&first);
        assert_eq!(keys.held(("k", said(2)), "qian", NOON), None, "the second is under way");
        keys.free(&second);
        assert!(keys.held(("k", said(2)), "qian", NOON).is_some());
    }

    #[test]
    fn a_key_stands_while_one_of_its_requests_may_have_happened_whatever_becomes_of_the_others() {
        let keys = Keys::default();
        let first = keys.held(("k", said(1)), "zhao", NOON).unwrap();
        let second = keys.held(("k", said(1)), "zhao", NOON).unwrap();
        keys.free(&second);
        assert_eq!(keys.held(("k", said(2)), "qian", NOON), None, "the first is under way");
        keys.free(&first);
        let other = keys.held(("k", said(2)), "qian", NOON).unwrap();
        keys.free(&first);
        assert_eq!(keys.held(("k", said(1)), "zhao", NOON), None, "it is another's by now");
        keys.keep(&other);
        assert_eq!(keys.held(("k", said(1)), "zhao", NOON), None);
    }

    #[test]
    fn one_who_uses_many_keys_makes_only_their_own_forgotten() {
        let keys = Keys::default();
        let kept = |key: &str, login: &str| {
            keys.keep(&keys.held((key, said(1)), login, NOON).unwrap());
        };
        kept("k", "qian");
        for n in 0..=KEYS_OF_ONE_MAX {
            kept(&format!("{n}"), "zhao");
        }
        assert_eq!(keys.held(("k", said(2)), "zhao", NOON), None);
        assert!(keys.held(("0", said(2)), "zhao", NOON).is_some());
        assert_eq!(keys.known().uses.len(), KEYS_OF_ONE_MAX + 1);
    }
}
