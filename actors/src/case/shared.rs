//! Values that a case took over on its day of filing, each held once for all cases that share it.
//!
//! Article 11 binds a case to what held on that day, so every case owns its values; a county has a few of them at a time
//! and a million cases, so equal values are one allocation. Equality of bytes is equality of values.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What many cases have in common.
pub trait Common: Serialize + DeserializeOwned + Clone + PartialEq + Debug + 'static {
    /// Beyond so many distinct values those that no case holds are let go. Before that they stay: whoever reads one case
    /// after another would make each anew.
    const HELD_MAX: usize;

    /// Those that are held.
    fn held() -> &'static Table<Self>;
}

/// Values by their bytes.
pub type Table<T> = Mutex<BTreeMap<Box<[u8]>, Arc<Held<T>>>>;

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
        if let Some(known) = held.get(&bytes) {
            return Shared(Arc::clone(known));
        }
        if held.len() >= T::HELD_MAX {
            held.retain(|_, value| Arc::strong_count(value) > 1);
        }
        let fresh = Arc::new(Held { value: value.clone(), bytes: bytes.clone() });
        held.insert(bytes, Arc::clone(&fresh));
        Shared(fresh)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Shared<T>, postcard::Error> {
        let known = {
            let held = T::held().lock().unwrap_or_else(PoisonError::into_inner);
            held.get(bytes).cloned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
    struct Number(u64);

    static HELD: Table<Number> = Mutex::new(BTreeMap::new());

    impl Common for Number {
        const HELD_MAX: usize = 2;

        fn held() -> &'static Table<Number> {
            &HELD
        }
    }

    #[test]
    fn what_cases_share_stays_when_none_of_them_is_in_memory_until_there_are_too_many() {
        let bytes = postcard::to_stdvec(&Shared::of(&Number(1))).unwrap();
        let once = Arc::as_ptr(&Shared::of(&Number(1)).0);
        let read = || postcard::from_bytes::<Shared<Number>>(&bytes).unwrap();
        assert_eq!(Arc::as_ptr(&read().0), once, "read again, and nobody held it");
        let held = read();
        for n in 2..10 {
            assert_eq!(*Shared::of(&Number(n)), Number(n));
        }
        assert!(HELD.lock().unwrap().len() <= Number::HELD_MAX);
        assert_eq!(Arc::as_ptr(&read().0), Arc::as_ptr(&held.0), "whoever holds one keeps it");
    }
}
