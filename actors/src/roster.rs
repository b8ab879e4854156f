//! The roster of what units have decided and others decide by: who is away, and which units take no cases (articles 6
//! and 7).
//!
//! No entity sees another. What a unit says of itself is put into the context of all, beside the rules, by whoever
//! reads the units' states; it may be a moment old. Only units that say anything stand here.

use std::collections::BTreeMap;

use duban_core::clock::Timestamp;
use duban_rules::book::units::{Contact, Unit as Terminal, Units};
use duban_rules::vocabulary::{Recipient, UnitId};

use crate::unit::leave::standing_in;
use crate::unit::{Leave, State, Unit};

/// What units have decided, by unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster(BTreeMap<UnitId, Word>);

/// What one unit says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    /// Some of its people are away.
    Away(Vec<Leave>),
    /// It takes no cases any more.
    Deactivated,
}

impl Roster {
    /// The roster of these units.
    pub fn of<'a>(units: impl IntoIterator<Item = &'a Unit>) -> Roster {
        let word = |unit: &Unit| match &unit.standing {
            State::Active(active) if !active.leaves.is_empty() => {
                Some(Word::Away(active.leaves.clone()))
            }
            State::Deactivated => Some(Word::Deactivated),
            State::Unknown | State::Active(_) => None,
        };
        let said = units.into_iter().filter_map(|unit| Some((UnitId::new(&unit.id), word(unit)?)));
        Roster(said.collect())
    }

    /// Whether the unit has said that it takes no cases.
    pub fn is_deactivated(&self, unit: &UnitId) -> bool {
        matches!(self.0.get(unit), Some(Word::Deactivated))
    }

    /// The units that have said so.
    pub fn deactivated(&self) -> impl Iterator<Item = &UnitId> {
        self.0.keys().filter(|unit| self.is_deactivated(unit))
    }

    /// Who of the unit is away.
    pub fn leaves(&self, unit: &UnitId) -> &[Leave] {
        match self.0.get(unit) {
            Some(Word::Away(leaves)) => leaves,
            Some(Word::Deactivated) | None => &[],
        }
    }

    /// Whoever is told at `at` what is for `person`, of `unit` or of the unit that supervises it (article 9).
    pub fn present<'a>(
        &self,
        units: &'a Units,
        unit: &UnitId,
        person: &'a Contact,
        at: Timestamp,
    ) -> &'a Contact {
        let own = units.get(unit);
        let supervising = own.and_then(|unit| units.get(unit.supervising.as_ref()?));
        let theirs = own.into_iter().chain(supervising).find(|u| u.contacts.contains(person));
        let Some(theirs) = theirs else { return person };
        self.present_by(units, (theirs, self.leaves(&theirs.id)), person, at)
    }

    /// The same where it is known who of their unit is away.
    pub(crate) fn present_by<'a>(
        &self,
        units: &'a Units,
        (theirs, leaves): (&'a Terminal, &[Leave]),
        person: &'a Contact,
        at: Timestamp,
    ) -> &'a Contact {
        if leaves.iter().any(|leave| leave.name == person.name && leave.holds(at)) {
            return standing_in(leaves, person, &theirs.contacts, at);
        }
        let away = self.away_elsewhere(units, theirs, person, at);
        let Some(stands_in_there) = away else { return person };
        let named = person.deputy.as_ref();
        let here = named.and_then(|name| theirs.contacts.iter().find(|one| one.name == *name));
        here.map_or(stands_in_there, |here| standing_in(leaves, here, &theirs.contacts, at))
    }

    /// Whoever stands in for the head of a body at another of its terminals (article 8): who is away from one is away
    /// from all.
    fn away_elsewhere<'a>(
        &self,
        units: &'a Units,
        theirs: &Terminal,
        person: &Contact,
        at: Timestamp,
    ) -> Option<&'a Contact> {
        if person.role != Recipient::UnitHead || theirs.organisation.is_empty() {
            return None;
        }
        let is_sister =
            |one: &&Terminal| one.id != theirs.id && one.organisation == theirs.organisation;
        // Where nobody is on leave nobody stands in.
        let said = self.0.keys().filter_map(|id| units.get(id));
        said.filter(is_sister).find_map(|sister| {
            let same = |one: &&Contact| {
                one.role == person.role && one.name == person.name && one.phone == person.phone
            };
            let there = sister.contacts.iter().find(same)?;
            let told = standing_in(self.leaves(&sister.id), there, &sister.contacts, at);
            (told != there).then_some(told)
        })
    }
}
