//! Bytes in one piece: in compact forms the same as one by one, and ten times as fast to write.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserializer, Serializer};

pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>, B: From<Vec<u8>>>(
    deserializer: D,
) -> Result<B, D::Error> {
    deserializer.deserialize_bytes(Bytes).map(B::from)
}

struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Vec<u8>, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = numbers.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct AtOnce(#[serde(with = "super")] Vec<u8>);

    proptest! {
        #[test]
        fn the_form_is_the_one_of_a_plain_vector(bytes: Vec<u8>) {
            let form = postcard::to_stdvec(&bytes).unwrap();
            prop_assert_eq!(&postcard::to_stdvec(&AtOnce(bytes.clone())).unwrap(), &form);
            prop_assert_eq!(postcard::from_bytes::<AtOnce>(&form).unwrap(), AtOnce(bytes.clone()));
            let json = serde_json::to_string(&AtOnce(bytes.clone())).unwrap();
            prop_assert_eq!(serde_json::from_str::<AtOnce>(&json).unwrap(), AtOnce(bytes));
        }
    }
}
