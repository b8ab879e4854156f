//! People of the centre and the county (articles 2–5, 12, 18, 23 and 27), from `committee.toml`.
//!
//! Whoever is told something without belonging to a unit stands here, and what holds at the desks that they keep by
//! shifts, and by when its meetings are called and held. What they decide is no rule.

mod meetings;
mod shifts;

use chrono::NaiveDate;

use super::units::{Contact, Units, contact};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::{Document, Table};
use crate::source::{Sources, Spot};
use crate::vocabulary::{Recipient, UnitId};

pub use meetings::MeetingRule;
pub use shifts::{ClosingRule, ShiftRule};

pub(crate) const FILE: &str = "committee.toml";

/// The committee (城管委) and the people of the centre.
#[derive(Debug, Clone, Default)]
pub struct Officials {
    /// Members of the committee, the chair not among them, in the order of the file.
    pub members: Vec<Member>,
    /// People in a capacity, in the order of the file.
    pub people: Vec<Contact>,
    pub shifts: ShiftRule,
    pub meetings: MeetingRule,
    /// Where each of the members stands, for the cross-checks.
    pub(crate) spots: Vec<MemberSpots>,
}

/// A member of the committee: the head of a department (article 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    /// The department; where only a unit is written, the one it belongs to.
    pub organisation: String,
    /// The terminal unit of which they are the head, where one is written.
    pub unit: Option<UnitId>,
    /// The first day of the term, where it is written.
    pub from: Option<NaiveDate>,
    /// The last day of the term; none as long as no end is known.
    pub until: Option<NaiveDate>,
}

impl Member {
    /// The term in words, as far as it is written: `2026-03-01 起`.
    pub fn term(&self) -> String {
        match (self.from, self.until) {
            (None, None) => String::new(),
            (Some(from), None) => format!("{from} 起"),
            (None, Some(until)) => format!("至 {until}"),
            (Some(from), Some(until)) => format!("{from} 至 {until}"),
        }
    }
}

/// Where the parts of a member stand.
#[derive(Debug, Clone)]
pub(crate) struct MemberSpots {
    pub(crate) name: Spot,
    pub(crate) unit: Option<Spot>,
}

impl Officials {
    /// The people in one capacity, in the order of the file.
    pub fn contacts(&self, role: Recipient) -> Vec<&Contact> {
        self.people.iter().filter(|contact| contact.role == role).collect()
    }
}

/// Everybody who could be read.
pub(crate) fn read(sources: &Sources, units: &Units, findings: &mut Findings) -> Officials {
    let mut committee = Officials::default();
    let Some(document) = Document::read(sources, FILE, findings) else { return committee };
    let mut root = document.root();
    for table in root.tables("member", findings) {
        if let Some((member, spots)) = member(table, units, findings) {
            committee.members.push(member);
            committee.spots.push(spots);
        }
    }
    for table in root.tables("person", findings) {
        let spot = table.spot();
        let Some(person) = contact(table, findings) else { continue };
        if person.role.is_of_a_unit() || person.role == Recipient::Collector {
            findings.push(Diagnostic::not_of_the_county(&spot, person.role));
            continue;
        }
        committee.people.push(person);
    }
    if let Some(table) = root.table_if(shifts::TABLE, findings) {
        shifts::read(&mut committee.shifts, table, findings);
    }
    if let Some(table) = root.table_if(meetings::TABLE, findings) {
        meetings::read(&mut committee.meetings, table, findings);
    }
    root.close(findings);
    committee
}

fn member(
    mut table: Table<'_>,
    units: &Units,
    findings: &mut Findings,
) -> Option<(Member, MemberSpots)> {
    let name = table.text("name", findings);
    let names_unit = table.has("unit");
    let unit = table.word_if("unit", findings).map(|at| at.map(|id| UnitId::new(id.trim())));
    // A unit says to which body it belongs.
    let organisation = if names_unit && !table.has("organisation") {
        None
    } else {
        table.text("organisation", findings)
    };
    let (from, until) = (table.date_if("from", findings), table.date_if("until", findings));
    table.close(findings);
    if let (Some(from), Some(until)) = (&from, &until)
        && until.value < from.value
    {
        findings.push(Diagnostic::term_ends(&until.spot, from.value));
    }
    let name = name?;
    let spots =
        MemberSpots { name: name.spot.clone(), unit: unit.as_ref().map(|unit| unit.spot.clone()) };
    let unit = unit.map(|unit| unit.value);
    let organisation = match (organisation, &unit) {
        (Some(organisation), _) => organisation.name(findings),
        (None, Some(id)) => {
            units.get(id).map_or_else(|| id.to_string(), |unit| unit.organisation.clone())
        }
        (None, None) => return None,
    };
    let name = name.name(findings);
    let (from, until) = (from.map(|from| from.value), until.map(|until| until.value));
    Some((Member { name, organisation, unit, from, until }, spots))
}
