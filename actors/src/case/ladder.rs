//! The ladder a case was filed under, held once for all cases that share it.
//!
//! Article 11 binds a case to the values of its filing day, so every case owns its ladder; a county has two of them at
//! a time and a million cases, so equal ladders are one allocation. Equality of bytes is equality of ladders.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use duban_rules::book::ladder::{Ladder, Step};
use duban_rules::vocabulary::StepCode;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Beyond so many distinct ladders those that no case holds are let go.
const HELD_MAX: usize = 64;

static HELD: Mutex<BTreeMap<Box<[u8]>, Weak<Held>>> = Mutex::new(BTreeMap::new());

#[derive(Debug)]
struct Held {
    ladder: Ladder,
    bytes: Box<[u8]>,
}

/// A ladder shared by all cases filed under it.
#[derive(Clone, Debug)]
pub struct SharedLadder(Arc<Held>);

impl SharedLadder {
    /// The shared form of `ladder`.
    pub fn of(ladder: &Ladder) -> SharedLadder {
        // Writing plain data to a growing vector cannot fail.
        let bytes = postcard::to_stdvec(ladder).unwrap_or_default().into_boxed_slice();
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = held.get(&bytes).and_then(Weak::upgrade) {
            return SharedLadder(known);
        }
        if held.len() >= HELD_MAX {
            held.retain(|_, ladder| ladder.strong_count() > 0);
        }
        let fresh = Arc::new(Held { ladder: ladder.clone(), bytes: bytes.clone() });
        held.insert(bytes, Arc::downgrade(&fresh));
        SharedLadder(fresh)
    }

    /// Its steps, in the order of the file.
    pub fn steps(&self) -> &[Step] {
        &self.0.ladder.steps
    }

    /// The ladder itself.
    pub fn ladder(&self) -> &Ladder {
        &self.0.ladder
    }

    /// The place of a step.
    pub fn position(&self, code: &StepCode) -> Option<usize> {
        self.steps().iter().position(|step| step.code == *code)
    }

    fn from_bytes(bytes: &[u8]) -> Result<SharedLadder, postcard::Error> {
        let known = {
            let held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
            held.get(bytes).and_then(Weak::upgrade)
        };
        match known {
            Some(known) => Ok(SharedLadder(known)),
            None => postcard::from_bytes::<Ladder>(bytes).map(|ladder| SharedLadder::of(&ladder)),
        }
    }
}

impl PartialEq for SharedLadder {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.ladder == other.0.ladder
    }
}

impl Serialize for SharedLadder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0.bytes)
    }
}

impl<'de> Deserialize<'de> for SharedLadder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl de::Visitor<'_> for Bytes {
            type Value = SharedLadder;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the bytes of a ladder")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<SharedLadder, E> {
                SharedLadder::from_bytes(bytes).map_err(E::custom)
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}
