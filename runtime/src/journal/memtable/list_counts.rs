//! Counts of lists: how many places of a list have an order from some order on. Counted once by looking, a page at a time,
//! and from then on as places come and go: whoever asks again and again looks no more.
//!
//! In memory alone; after a start the first who asks counts. Of each list one count is kept, the one asked for last.

use std::collections::HashMap;

use compact_str::CompactString;

use crate::entity::{EntityId, List, ListKey};
use crate::journal::failure::Failure;
use crate::journal::layout;
use crate::journal::store::Pair;

/// Lists that are counted at most; where more are asked for, all begin anew.
const COUNTED_MAX: usize = 1_024;

/// What was counted.
#[derive(Debug, Default)]
pub struct ListCounts(HashMap<List, Count>);

/// What was counted of one list.
#[derive(Debug)]
struct Count {
    /// The first order that counts.
    from: CompactString,
    n: usize,
    reached: Reached,
}

/// How much of a list was looked at.
#[derive(Debug, PartialEq, Eq)]
enum Reached {
    /// What lies before this key.
    Before(Vec<u8>),
    /// All of it.
    End,
}

impl Count {
    fn has_met(&self, list: &List, order: &str, id: &EntityId) -> bool {
        let is_behind = |key: &Vec<u8>| layout::list(list.as_str(), order, id) < *key;
        order >= self.from.as_str()
            && match &self.reached {
                Reached::Before(key) => is_behind(key),
                Reached::End => true,
            }
    }
}

impl ListCounts {
    /// An entity goes from some places to others.
    pub fn moved(&mut self, id: &EntityId, before: &[ListKey], after: &[ListKey]) {
        if self.0.is_empty() {
            return;
        }
        for place in before.iter().filter(|place| !after.contains(place)) {
            if let Some(count) = self.of(place, id) {
                count.n = count.n.saturating_sub(1);
            }
        }
        for place in after.iter().filter(|place| !before.contains(place)) {
            if let Some(count) = self.of(place, id) {
                count.n += 1;
            }
        }
    }

    /// The count in which a place is met already.
    fn of(&mut self, place: &ListKey, id: &EntityId) -> Option<&mut Count> {
        let count = self.0.get_mut(&place.list)?;
        count.has_met(&place.list, &place.order, id).then_some(count)
    }

    /// How many places of `list` have an order from `from` on, or `most` if there are more; none while not so many were
    /// looked at. Then it looks at the next ones by `scan`, which gives what lies between two keys, a page at most.
    ///
    /// # Errors
    /// Those of `scan`.
    pub fn count(
        &mut self,
        list: &List,
        from: &str,
        most: usize,
        (page, scan): (usize, impl FnOnce(&[u8], &[u8]) -> Result<Vec<Pair>, Failure>),
    ) -> Result<Option<usize>, Failure> {
        let is_counted = self.0.get(list).is_some_and(|count| count.from == from);
        if !is_counted {
            if self.0.len() >= COUNTED_MAX {
                self.0.clear();
            }
            let reached = Reached::Before(layout::places(list.as_str(), from));
            self.0.insert(list.clone(), Count { from: from.into(), n: 0, reached });
        }
        let Some(count) = self.0.get_mut(list) else { return Ok(None) };
        if let Reached::Before(key) = &count.reached
            && count.n < most
        {
            let found = scan(key, &layout::end_of(&layout::places(list.as_str(), "")))?;
            let (n, last) = (found.len(), found.into_iter().last());
            count.n += n;
            count.reached = match last {
                Some((last, _)) if n == page => Reached::Before(layout::after(last)),
                Some(_) | None => Reached::End,
            };
        }
        let is_known = count.reached == Reached::End || count.n >= most;
        Ok(is_known.then(|| count.n.min(most)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const PAGE: usize = 2;

    /// What happens to a list.
    #[derive(Clone, Debug)]
    enum Step {
        /// An entity goes to an order, or leaves.
        Move(u8, Option<u8>),
        /// Somebody counts from an order on, as far as one look reaches.
        Look(u8, usize),
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..9_u8, proptest::option::of(0..9_u8)).prop_map(|(id, order)| Step::Move(id, order)),
            (0..3_u8, 0..9_usize).prop_map(|(from, most)| Step::Look(from, most)),
        ]
    }

    #[derive(Default)]
    struct Town {
        counts: ListCounts,
        orders: BTreeMap<u8, u8>,
    }

    impl Town {
        fn goes(&mut self, no: u8, order: Option<u8>) {
            let place = |order: u8| ListKey { list: list(), order: text(order) };
            let before = self.orders.remove(&no).map(place);
            self.orders.extend(order.map(|order| (no, order)));
            let after = order.map(place);
            self.counts.moved(&id(no), before.as_slice(), after.as_slice());
        }

        fn look(&mut self, from: u8, most: usize) -> Option<usize> {
            let keys = self.orders.iter().map(|(no, order)| {
                (layout::list(list().as_str(), &text(*order), &id(*no)), Vec::new())
            });
            let mut keys: Vec<Pair> = keys.collect();
            keys.sort_unstable();
            let scan = |from: &[u8], to: &[u8]| {
                let between = |(key, _): &Pair| (from..to).contains(&key.as_slice());
                Ok(keys.into_iter().filter(between).take(PAGE).collect())
            };
            self.counts.count(&list(), &text(from), most, (PAGE, scan)).unwrap()
        }

        fn n_from(&self, from: u8) -> usize {
            self.orders.values().filter(|order| **order >= from).count()
        }
    }

    proptest! {
        #[test]
        fn a_count_is_right_whatever_moves_before_between_and_after_the_looks(
            steps in proptest::collection::vec(any_step(), 0..60),
        ) {
            let mut town = Town::default();
            for step in steps {
                match step {
                    Step::Move(no, order) => town.goes(no, order),
                    Step::Look(from, most) => {
                        let expected = town.n_from(from).min(most);
                        let counted = town.look(from, most);
                        prop_assert!(counted.is_none_or(|n| n == expected), "{counted:?}, not {expected}");
                    }
                }
            }
            let counted = (0..9).find_map(|_| town.look(1, usize::MAX));
            prop_assert_eq!(counted, Some(town.n_from(1)));
        }
    }

    #[test]
    fn what_was_counted_once_is_not_looked_at_again() {
        let mut town = Town::default();
        (0..3).for_each(|no| town.goes(no, Some(no)));
        assert_eq!([town.look(0, 9), town.look(0, 9)], [None, Some(3)]);
        town.goes(3, Some(3));
        town.goes(0, None);
        let nobody_looks =
            |_: &[u8], _: &[u8]| Err(Failure::store("scan", std::io::Error::other("looked")));
        let counted = town.counts.count(&list(), &text(0), 9, (PAGE, nobody_looks));
        assert_eq!(counted.unwrap(), Some(3));
    }

    #[test]
    fn the_lists_that_are_counted_have_a_bound() {
        let mut counts = ListCounts::default();
        for no in 0..3 * COUNTED_MAX {
            let list = List::named(no.to_string());
            let counted = counts.count(&list, "", 9, (PAGE, |_: &[u8], _: &[u8]| Ok(Vec::new())));
            assert_eq!(counted.unwrap(), Some(0));
        }
        assert!(counts.0.len() <= COUNTED_MAX);
    }

    fn list() -> List {
        List::named("unit/YL/begun")
    }

    fn text(order: u8) -> CompactString {
        order.to_string().into()
    }

    fn id(no: u8) -> EntityId {
        EntityId { kind: 1, key: no.to_string().into() }
    }
}
