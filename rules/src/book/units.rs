//! Terminal units and the people in them (articles 6–9), from `units.toml`.
//!
//! Class duties of article 7 are checked where unit and class meet, in `check::duties`; which unit handles what is in
//! the handbook.

mod duties;
mod organisations;
pub(crate) mod phone;
mod read;
mod shares;

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Spot;
use crate::vocabulary::{Place, Recipient, UnitClass, UnitId, UnitKind};

pub use duties::{Incomplete, Lack};
pub use organisations::Organisation;
pub(crate) use read::{contact, read};
pub use shares::Shares;

pub(crate) const FILE: &str = "units.toml";

/// Every terminal unit, by id.
#[derive(Debug, Clone, Default)]
pub struct Units {
    pub(crate) by_id: BTreeMap<UnitId, Unit>,
    /// Bodies of which the file says who is the head, in its order, and where each name stands.
    pub(crate) organisations: Vec<(Organisation, Spot)>,
    /// Whether a unit that lacks something of article 7 gets new cases.
    pub incomplete: Incomplete,
    /// Which share of the cases speaks for which class.
    pub shares: Shares,
    /// How many entries of the file could not be read: what is here is a part, then.
    pub left_out: usize,
    /// Where each id stands, for the cross-checks.
    pub(crate) spots: BTreeMap<UnitId, Spot>,
    /// Ids of units of which nothing else could be read.
    pub(crate) half_read: BTreeSet<UnitId>,
    /// Units of which some part could not be read: what they seem to lack may be that part.
    pub(crate) doubtful: BTreeSet<UnitId>,
    /// Where each frontage steward names the unit that watches over it.
    pub(crate) supervising: BTreeMap<UnitId, Spot>,
}

/// A terminal unit (系统终端).
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Its code in the handbook, e.g. `CG-HW`.
    pub id: UnitId,
    /// Its name on paper.
    pub name: String,
    /// The body it belongs to; several terminals of one body share it (article 8).
    pub organisation: String,
    /// Department of a class, or frontage steward.
    pub kind: UnitKind,
    /// Whether cases may be dispatched to it.
    pub active: bool,
    /// Its station (城管站, article 7).
    pub station: Option<String>,
    /// Who puts things right, by the name of the body (处置队伍, article 7).
    pub crew: Option<String>,
    /// Its fixed telephone (article 7).
    pub landline: Option<String>,
    /// Its people, in the order of the file.
    pub contacts: Vec<Contact>,
    /// How orders reach it.
    pub dispatch_by: Method,
    /// The unit that watches over a frontage steward (article 9).
    pub supervising: Option<UnitId>,
    /// Where a frontage steward's house stands (article 9).
    pub place: Option<Place>,
}

/// How an order reaches a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Through an account: the moment of delivery counts.
    System,
    /// By a call of the desk: the moment it is answered counts.
    Phone,
}

/// A person in a capacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub role: Recipient,
    pub name: String,
    /// A mobile or fixed number, for SMS and calls.
    pub phone: Option<String>,
    /// An address for e-mail.
    pub email: Option<String>,
    /// Who stands in, by name.
    pub deputy: Option<String>,
}

impl Units {
    /// Where a unit's id stands in the file.
    pub(crate) fn spot(&self, id: &UnitId) -> Spot {
        self.spots.get(id).cloned().unwrap_or_else(|| Spot::of_file(FILE))
    }

    /// These units and one more, which replaces one of the same id: a history brings units of its own.
    #[must_use]
    pub fn with(mut self, unit: Unit) -> Units {
        self.by_id.insert(unit.id.clone(), unit);
        self
    }

    /// The unit of this id.
    pub fn get(&self, id: &UnitId) -> Option<&Unit> {
        self.by_id.get(id)
    }

    /// What people call the unit of this id: its name, or the id where nobody knows it.
    pub fn name_of<'a>(&'a self, id: &'a UnitId) -> &'a str {
        self.get(id).map_or(id.as_str(), |unit| unit.name.as_str())
    }

    /// The bodies of which the file says who is the head (article 8), in its order.
    pub fn organisations(&self) -> impl Iterator<Item = &Organisation> {
        self.organisations.iter().map(|(organisation, _)| organisation)
    }

    /// All units, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.by_id.values()
    }

    /// The people to whom something for this capacity of a unit goes, in the order of the file.
    ///
    /// A frontage steward is one person without office or leaders: what is for those goes to the people of the unit
    /// that supervises the steward (article 9).
    pub fn contacts(&self, id: &UnitId, role: Recipient) -> Vec<&Contact> {
        let Some(unit) = self.get(id) else { return Vec::new() };
        let own = unit.contacts(role);
        match (&unit.supervising, unit.kind) {
            (Some(supervising), UnitKind::FrontageSteward) if own.is_empty() => {
                self.get(supervising).map(|unit| unit.contacts(role)).unwrap_or_default()
            }
            _ => own,
        }
    }
}

impl Unit {
    /// The people of this unit in one capacity, in the order of the file.
    pub fn contacts(&self, role: Recipient) -> Vec<&Contact> {
        self.contacts.iter().filter(|contact| contact.role == role).collect()
    }

    /// Its class, unless it is a frontage steward.
    pub fn class(&self) -> Option<UnitClass> {
        match self.kind {
            UnitKind::Department(class) => Some(class),
            UnitKind::FrontageSteward => None,
        }
    }
}
