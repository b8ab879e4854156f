//! Values that a case took over on its day of filing, each held once for all cases that share it.
//!
//! Article 11 binds a case to what held on that day, so every case owns its values; a county has a few of them at a time
//! and a million cases, so equal values are one allocation. Equality of bytes is equality of values.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What many cases have in common.
pub trait Common: Serialize + DeserializeOwned + Clone + PartialEq + Debug + 'static {
    /// Beyond so many distinct values those that no case holds are let go.
    const HELD_MAX: usize;

    /// Those that cases hold.
    fn held() -> &'static Table<Self>;
}

/// Values by their bytes, as long as somebody holds them.
pub type Table<T> = Mutex<BTreeMap<Box<[u8]>, Weak<Held<T>>>>;

/// A value that is held once.
#[derive(Debug)]
pub struct Held<T> {
    value: T,
    bytes: Box<[u8]>,
}

/// A value shared by all cases that have an equal one.
#[derive(Clone, Debug)]
pub struct Shared<T>(Arc<Held<T>>);

impl<T: Common> Shared<T> {
    /// The shared form of `value`.
    pub fn of(value: &T) -> Shared<T> {
        // Writing plain data to a growing vector cannot fail.
        let bytes = postcard::to_stdvec(value).unwrap_or_default().into_boxed_slice();
        let mut held = T::held().lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = held.get(&bytes).and_then(Weak::upgrade) {
            return Shared(known);
        }
        if held.len() >= T::HELD_MAX {
            held.retain(|_, value| value.strong_count() > 0);
        }
        let fresh = Arc::new(Held { value: value.clone(), bytes: bytes.clone() });
        held.insert(bytes, Arc::downgrade(&fresh));
        Shared(fresh)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Shared<T>, postcard::Error> {
        let known = {
            let held = T::held().lock().unwrap_or_else(PoisonError::into_inner);
            held.get(bytes).and_then(Weak::upgrade)
        };
        match known {
            Some(known) => Ok(Shared(known)),
            None => postcard::from_bytes::<T>(bytes).map(|value| Shared::of(&value)),
        }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.value == other.0.value
    }
}

impl<T> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0.bytes)
    }
}

impl<'de, T: Common> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes<T>(PhantomData<T>);
        impl<T: Common> de::Visitor<'_> for Bytes<T> {
            type Value = Shared<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the bytes of a shared value")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Shared<T>, E> {
                Shared::from_bytes(bytes).map_err(E::custom)
            }
        }
        deserializer.deserialize_bytes(Bytes(PhantomData))
    }
}
