//! Keys of requests: each stands for what was first asked under it, whoever asks, wherever, for a day.
//!
//! An entity remembers the keys of its last commands for ever; what is remembered here is that a key was used for
//! another entity, or for what may not be kept. It is memory only: after a restart only the entities know.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::CommandId;

use duban_base::asking::REMEMBERED;

/// Keys that are remembered at most; the oldest is forgotten for one more.
const KEYS_MAX: usize = 65_536;
/// Those of one person at most: nobody makes everybody else's forgotten.
const KEYS_OF_ONE_MAX: usize = 8_192;
/// Places that are passed over, besides as many as there are keys.
const SLACK: usize = 64;

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
    uses: HashMap<Digest, Use>,
    order: Order,
    /// Of each person.
    shares: HashMap<CompactString, Share>,
    next: u64,
}

/// Keys in the order in which they were last asked under, and when. What is gone from the uses, or was asked under
/// again, is passed over.
type Order = VecDeque<(u64, Digest, Timestamp)>;

/// The keys of one person.
#[derive(Default)]
struct Share {
    order: Order,
    n_keys: usize,
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
        let number = known.next;
        let (since, n_open, outcome) = before.unwrap_or((number, 0, Outcome::Open));
        let n_open = n_open.saturating_add(1);
        let by = CompactString::from(login);
        known.line_up(&by, (number, key, now));
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
    fn line_up(&mut self, by: &CompactString, asked: (u64, Digest, Timestamp)) {
        let share = self.shares.entry(by.clone()).or_default();
        share.n_keys += 1;
        for (order, n_keys) in
            [(&mut self.order, self.uses.len()), (&mut share.order, share.n_keys)]
        {
            // Those that are passed over take no more room than the others.
            if order.len() > 2 * n_keys + SLACK {
                order.retain(|asked| stands(&self.uses, asked));
            }
            order.push_back(asked);
        }
    }

    fn forget_before(&mut self, now: Timestamp) {
        while let Some((key, at)) = first(&mut self.order, &self.uses)
            && now.since(at) > REMEMBERED
        {
            self.forget(key);
        }
    }

    fn make_room(&mut self, login: &str) {
        let share = self.shares.get_mut(login).filter(|share| share.n_keys >= KEYS_OF_ONE_MAX);
        if let Some((key, _)) = share.and_then(|share| first(&mut share.order, &self.uses)) {
            self.forget(key);
        }
        if self.uses.len() >= KEYS_MAX
            && let Some((key, _)) = first(&mut self.order, &self.uses)
        {
            self.forget(key);
        }
    }

    fn forget(&mut self, key: Digest) {
        let Some(held) = self.uses.remove(&key) else { return };
        if let Some(share) = self.shares.get_mut(&held.by) {
            share.n_keys = share.n_keys.saturating_sub(1);
            if share.n_keys == 0 {
                self.shares.remove(&held.by);
            }
        }
    }
}

/// The first that stands; those before it are passed over for good.
fn first(order: &mut Order, uses: &HashMap<Digest, Use>) -> Option<(Digest, Timestamp)> {
    while let Some(asked) = order.front() {
        if stands(uses, asked) {
            return Some((asked.1, asked.2));
        }
        order.pop_front();
    }
    None
}

fn stands(uses: &HashMap<Digest, Use>, (number, key, _): &(u64, Digest, Timestamp)) -> bool {
    uses.get(key).is_some_and(|held| held.number == *number)
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

    #[test]
    fn a_key_that_is_asked_under_or_let_go_over_and_over_takes_no_further_room() {
        let keys = Keys::default();
        keys.keep(&keys.held(("k", said(1)), "zhao", NOON).unwrap());
        for n in 0..10_000 {
            keys.keep(&keys.held(("k", said(1)), "zhao", NOON).unwrap());
            keys.free(&keys.held(("let go", said(n)), "zhao", NOON).unwrap());
        }
        let known = keys.known();
        let n_places = known.order.len() + known.shares["zhao"].order.len();
        assert_eq!((known.uses.len(), known.shares["zhao"].n_keys), (1, 1));
        assert!(n_places <= 2 * (SLACK + 4), "{n_places}");
    }
}
