//! The memtable, committed and not yet in the store: one generation of changes, in memory.
//!
//! It keeps the last value of an entity and the last word on an index key. A key that is put and removed again within
//! one generation never reaches the store: each key knows whether something stood below when it was first touched.
//! Values are encoded when the generation is frozen, not when they are committed, because most are replaced before.

pub mod awaited;
pub mod list_counts;
pub mod merge;
pub mod revisions;
pub mod tables;

use std::collections::btree_map::Entry as KeyEntry;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use super::layout::{self, Parked, PartitionMeta, Quarantine};
use super::outbox_counts::OutboxCounts;
use super::store::Op;
use super::witness::Head;
use crate::entity::EntityId;
use crate::outbox::Row;
use crate::record::{After, Keys, RowChange, SentTell, Stored};

/// About what an entity's value weighs beside its state, its commands and its lists.
const ENTITY_WEIGHT: usize = 48;
/// About what an index key weighs beside its bytes.
const KEY_WEIGHT: usize = 16;

/// What stands under an index key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The key says it all.
    Nothing,
    /// A row of the outbox.
    Row(Box<Row>),
    /// A tell on its way.
    Tell(Box<SentTell>),
    /// A tell that nobody could take.
    Parked(Box<Parked>),
    /// Why an entity is set aside.
    Quarantine(Box<Quarantine>),
}

impl Value {
    /// The bytes of the store.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Value::Nothing => Vec::new(),
            Value::Row(row) => layout::value(row),
            Value::Tell(tell) => layout::value(tell),
            Value::Parked(parked) => layout::value(parked),
            Value::Quarantine(why) => layout::value(why),
        }
    }

    fn weight(&self) -> usize {
        match self {
            Value::Nothing => 0,
            Value::Row(row) => ENTITY_WEIGHT + row.message.data.len(),
            Value::Tell(tell) => ENTITY_WEIGHT + tell.command.len(),
            Value::Parked(parked) => ENTITY_WEIGHT + parked.tell.command.len(),
            Value::Quarantine(why) => why.reason.len(),
        }
    }
}

/// The last word on an index key; no value means removed.
#[derive(Debug)]
struct Slot {
    value: Option<Value>,
    /// Whether something stands under the key in the generations and the store below.
    below: bool,
}

/// One generation of changes.
#[derive(Debug, Default)]
pub struct Memtable {
    entities: HashMap<EntityId, Stored>,
    keys: BTreeMap<Vec<u8>, Slot>,
    /// The partitions that changed, as they stood when the generation was frozen.
    metas: BTreeMap<u8, PartitionMeta>,
    /// As it stood when the generation was frozen.
    outbox_counts: OutboxCounts,
    frame: u64,
    /// The last frame in it whose hash is known.
    head: Option<Head>,
    n_bytes: usize,
    /// What is taken to stand below where nothing should.
    unseen: Below,
}

/// A frozen generation as the store wants it, in the order in which it must be written.
#[derive(Debug, Default)]
pub struct Frozen {
    /// What the ledger holds. Before all else: a store that has anything of a frame has seen it.
    pub head: Vec<Op>,
    /// Alarms and places in lists: follow from the entities, so that doing a part of them twice does no harm.
    pub derived: Vec<Op>,
    /// Entities. After all of their derived keys: a value in the store proves that its keys are there.
    pub entities: Vec<Op>,
    /// Everything that does not follow from an entity, and the frame at the end: all or nothing, last.
    pub rest: Vec<Op>,
}

impl Memtable {
    /// The last frame in it; 0 when there is none.
    pub fn frame(&self) -> u64 {
        self.frame
    }

    /// About how many bytes it holds.
    pub fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Whether it holds entities: those that were put away change without a frame.
    pub fn has_entities(&self) -> bool {
        !self.entities.is_empty()
    }

    /// The value of an entity, if it changed.
    pub fn entity(&self, id: &EntityId) -> Option<&Stored> {
        self.entities.get(id)
    }

    /// The entities that changed and for which `wanted` says so, in no order.
    pub fn entities<'a>(
        &'a self,
        wanted: impl Fn(&EntityId) -> bool + 'a,
    ) -> impl Iterator<Item = (&'a EntityId, &'a Stored)> {
        self.entities.iter().filter(move |(id, _)| wanted(id))
    }

    /// The index keys that changed from `from` on, before `to`; none for a removed one.
    pub fn range<'a>(
        &'a self,
        from: &[u8],
        to: &[u8],
    ) -> impl Iterator<Item = (&'a [u8], Option<&'a Value>)> + use<'a> {
        // An empty range keeps `BTreeMap::range` from panicking on a start after the end.
        let from = from.min(to);
        let range = (Bound::Included(from), Bound::Excluded(to));
        let slots = (from < to).then(|| self.keys.range::<[u8], _>(range));
        slots.into_iter().flatten().map(|(key, slot)| (key.as_slice(), slot.value.as_ref()))
    }

    /// An entity changed.
    pub fn put_entity(&mut self, partition: u8, after: After) {
        let After { entity, stored, before } = after;
        self.move_keys(partition, &entity, &before, &stored);
        self.n_bytes += ENTITY_WEIGHT + weight(&stored) + entity.key.len();
        if let Some(replaced) = self.entities.insert(entity, stored) {
            self.n_bytes = self.n_bytes.saturating_sub(ENTITY_WEIGHT + weight(&replaced));
        }
    }

    /// A row of the outbox came, moved or went.
    pub fn put_row(&mut self, partition: u8, change: RowChange) {
        let before =
            change.before.map(|before| layout::row(partition, before.next, &change.message));
        let Some(row) = change.after else {
            if let Some(key) = before {
                self.remove(key);
            }
            return;
        };
        let key = layout::row(partition, row.next, &change.message);
        let row = Value::Row(Box::new(row));
        match before {
            Some(before) if before == key => self.replace(key, row),
            before => {
                if let Some(before) = before {
                    self.remove(before);
                }
                self.add(key, row);
            }
        }
    }

    /// Something stands under `key`, where nothing stood.
    pub fn add(&mut self, key: Vec<u8>, value: Value) {
        self.put(key, value, self.unseen);
    }

    /// Something else stands under `key`.
    pub fn replace(&mut self, key: Vec<u8>, value: Value) {
        self.put(key, value, Below::Something);
    }

    /// Nothing stands under `key` any more.
    pub fn remove(&mut self, key: Vec<u8>) {
        match self.keys.entry(key) {
            KeyEntry::Vacant(vacant) => {
                self.n_bytes += KEY_WEIGHT + vacant.key().len();
                vacant.insert(Slot { value: None, below: true });
            }
            KeyEntry::Occupied(mut held) => {
                let weight = held.get().value.as_ref().map_or(0, Value::weight);
                self.n_bytes = self.n_bytes.saturating_sub(weight);
                if held.get().below {
                    held.get_mut().value = None;
                } else {
                    self.n_bytes = self.n_bytes.saturating_sub(KEY_WEIGHT + held.key().len());
                    held.remove();
                }
            }
        }
    }

    /// From now on a new key is taken to have this below it.
    pub fn take_unseen_for(&mut self, below: Below) {
        self.unseen = below;
    }

    /// Everything up to `frame` is in it.
    pub fn reach(&mut self, frame: u64) {
        self.frame = frame;
    }

    /// The ledger holds `head`, and everything up to it is in here or below.
    pub fn heard(&mut self, head: Head) {
        self.head = Some(head);
    }

    /// What the store must be told, encoded.
    pub fn freeze(&self) -> Frozen {
        let mut frozen = Frozen::default();
        let head = self.head.map(|head| layout::value(&(head.frame, head.hash)));
        frozen.head = head.map(|head| (layout::HEAD.to_vec(), Some(head))).into_iter().collect();
        for (key, slot) in &self.keys {
            let op = (key.clone(), slot.value.as_ref().map(Value::encode));
            match key.first() {
                Some(&(layout::ALARM | layout::LIST)) => frozen.derived.push(op),
                _ => frozen.rest.push(op),
            }
        }
        let entities = self.entities.iter();
        frozen.entities =
            entities.map(|(id, stored)| (layout::entity(id), Some(stored.encode()))).collect();
        frozen.entities.sort_unstable();
        for (number, meta) in &self.metas {
            frozen.rest.push((layout::partition(*number), Some(layout::value(meta))));
        }
        let outbox_counts = (self.frame, self.outbox_counts);
        frozen.rest.push((layout::CENSUS.to_vec(), Some(layout::value(&outbox_counts))));
        frozen.rest.push((layout::APPLIED.to_vec(), Some(layout::value(&self.frame))));
        frozen
    }

    fn move_keys(&mut self, partition: u8, id: &EntityId, before: &Keys, stored: &Stored) {
        if before.alarm != stored.alarm {
            if let Some(due) = before.alarm {
                self.remove(layout::alarm(partition, due, id));
            }
            if let Some(due) = stored.alarm {
                self.add(layout::alarm(partition, due, id), Value::Nothing);
            }
        }
        for place in before.lists.iter().filter(|place| !stored.lists.contains(place)) {
            self.remove(layout::list(place.list.as_str(), &place.order, id));
        }
        for place in stored.lists.iter().filter(|place| !before.lists.contains(place)) {
            self.add(layout::list(place.list.as_str(), &place.order, id), Value::Nothing);
        }
    }

    fn put(&mut self, key: Vec<u8>, value: Value, below: Below) {
        self.n_bytes += value.weight();
        match self.keys.entry(key) {
            KeyEntry::Vacant(vacant) => {
                self.n_bytes += KEY_WEIGHT + vacant.key().len();
                vacant.insert(Slot { value: Some(value), below: below == Below::Something });
            }
            KeyEntry::Occupied(mut held) => {
                let weight = held.get().value.as_ref().map_or(0, Value::weight);
                self.n_bytes = self.n_bytes.saturating_sub(weight);
                held.get_mut().value = Some(value);
            }
        }
    }
}

/// What stands below an index key that is touched for the first time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Below {
    /// Nothing: if the key goes again, the store need not hear of it.
    #[default]
    Nothing,
    /// Something, or nobody knows.
    Something,
}

fn weight(stored: &Stored) -> usize {
    let lists = stored.lists.iter().map(|place| place.list.as_str().len() + place.order.len());
    stored.state.len() + lists.sum::<usize>() + stored.recent.len() * size_of::<u128>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::entity::{List, ListKey};

    #[test]
    fn an_alarm_set_and_cleared_in_one_generation_never_reaches_the_store() {
        let mut memtable = Memtable::default();
        memtable.put_entity(3, after(Keys::default(), alarm_at(5)));
        memtable.put_entity(3, after(alarm_at(5), Keys::default()));
        assert_eq!(memtable.freeze().derived, []);
    }

    #[test]
    fn an_alarm_that_stands_below_is_removed_there_even_if_set_and_cleared_again() {
        let mut memtable = Memtable::default();
        memtable.put_entity(3, after(alarm_at(5), alarm_at(6)));
        memtable.put_entity(3, after(alarm_at(6), alarm_at(5)));
        memtable.put_entity(3, after(alarm_at(5), Keys::default()));
        let key = layout::alarm(3, Timestamp::from_millis(5), &id());
        assert_eq!(memtable.freeze().derived, [(key, None)]);
    }

    #[test]
    fn only_the_last_value_of_an_entity_reaches_the_store() {
        let mut memtable = Memtable::default();
        memtable.put_entity(3, after(Keys::default(), alarm_at(5)));
        memtable.put_entity(3, after(alarm_at(5), alarm_at(6)));
        let stored = memtable.entity(&id()).unwrap().encode();
        assert_eq!(memtable.freeze().entities, [(layout::entity(&id()), Some(stored))]);
    }

    #[test]
    fn moving_an_entity_between_lists_removes_the_old_place() {
        let place = |list: &str| {
            let lists = vec![ListKey { list: List::named(list), order: "1".into() }];
            Keys { alarm: None, lists }
        };
        let mut memtable = Memtable::default();
        memtable.put_entity(3, after(place("open"), place("closed")));
        let expected = [
            (layout::list("closed", "1", &id()), Some(Vec::new())),
            (layout::list("open", "1", &id()), None),
        ];
        assert_eq!(memtable.freeze().derived, expected);
    }

    #[test]
    fn the_weight_of_a_generation_does_not_grow_with_changes_of_one_entity() {
        let mut memtable = Memtable::default();
        memtable.put_entity(3, after(Keys::default(), alarm_at(5)));
        let once = memtable.n_bytes();
        for at in 5..1_000 {
            memtable.put_entity(3, after(alarm_at(at), alarm_at(at + 1)));
        }
        assert!(memtable.n_bytes() < once * 2 + 1_000 * 8, "{}", memtable.n_bytes());
    }

    fn id() -> EntityId {
        EntityId { kind: 1, key: "7".into() }
    }

    fn alarm_at(millis: i64) -> Keys {
        Keys { alarm: Some(Timestamp::from_millis(millis)), lists: Vec::new() }
    }

    fn after(before: Keys, keys: Keys) -> After {
        let stored = Stored {
            frame: 1,
            sequence: 1,
            chain: 0,
            recent: Vec::new(),
            alarm: keys.alarm,
            lists: keys.lists,
            state_version: 1,
            state: b"state".to_vec().into(),
        };
        After { entity: id(), stored, before }
    }
}
