//! A place in a list of cases, as it is written on a command line or in an address.

use std::str::FromStr;

use compact_str::CompactString;
use duban_actors::case::KIND;
use duban_runtime::entity::EntityId;

/// A place in a list: the order key and the case there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The order key.
    pub order: CompactString,
    pub id: EntityId,
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Place, String> {
        let (order, key) = text.split_once('/').ok_or("应为上一页末行给出的值")?;
        Ok(Place { order: order.into(), id: EntityId::new(KIND, key) })
    }
}

impl Place {
    /// As it is written.
    pub fn word(&self) -> String {
        format!("{}/{}", self.order, self.id.key)
    }
}
