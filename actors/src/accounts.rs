//! Accounts of the units' people, as far as others decide by them: who can look at cases at all (article 7).
//!
//! No entity sees another. Whoever reads the accounts puts this into the context of all, beside the rules; it may be a
//! moment old.

use std::collections::BTreeMap;

use compact_str::CompactString;
use duban_rules::vocabulary::UnitId;

/// The people of each unit who may come in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts(BTreeMap<UnitId, Vec<Holder>>);

/// Somebody of a unit who may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What people call them.
    pub name: CompactString,
    pub post: Post,
}

/// What somebody is in their unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Post {
    /// Its main leader (主要领导).
    Head,
    Staff,
}

impl Accounts {
    /// The accounts of these people, each with their unit.
    pub fn of(holders: impl IntoIterator<Item = (UnitId, Holder)>) -> Accounts {
        let mut accounts = Accounts::default();
        for (unit, holder) in holders {
            accounts.0.entry(unit).or_default().push(holder);
        }
        accounts
    }

    /// Whether a head of this unit may come in.
    pub fn has_head(&self, unit: &UnitId) -> bool {
        self.holders(unit).any(|holder| holder.post == Post::Head)
    }

    /// Whether anybody of this unit may come in.
    pub fn has_any(&self, unit: &UnitId) -> bool {
        self.holders(unit).next().is_some()
    }

    /// Whether somebody of this unit who is called so may come in.
    pub fn has(&self, unit: &UnitId, name: &str) -> bool {
        self.holders(unit).any(|holder| holder.name == name)
    }

    fn holders(&self, unit: &UnitId) -> impl Iterator<Item = &Holder> {
        self.0.get(unit).into_iter().flatten()
    }
}
