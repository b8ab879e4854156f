//! Organisations: bodies of one head and, it may be, several terminal units (article 8).

use std::collections::BTreeMap;

use super::read::{Person, person};
use super::{Contact, FILE, Units};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::Table;
use crate::source::{Sources, Spot};
use crate::vocabulary::{Recipient, UnitId, UnitKind};

/// A body to which terminal units belong, where the file says who is its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// As its units name it.
    pub name: String,
    /// Its one head (主要领导), who is that of each of its units.
    pub head: Contact,
}

/// Every organisation that could be read (`[[organisation]]`), with where its name stands.
pub(super) fn read(
    sources: &Sources,
    root: &mut Table<'_>,
    findings: &mut Findings,
) -> Vec<(Organisation, Spot)> {
    let mut read: Vec<(Organisation, Spot)> = Vec::new();
    for mut table in root.tables("organisation", findings) {
        let name = table.text("name", findings);
        let head = table.table("head", findings);
        let head = head.and_then(|head| person(head, findings));
        table.close(findings);
        let (Some(name), Some(head)) = (name, head) else { continue };
        let Person { name: called, phone, email } = head;
        let head = Contact { role: Recipient::UnitHead, name: called, phone, email, deputy: None };
        let organisation = Organisation { name: name.name(findings), head };
        if let Some((_, first)) = read.iter().find(|(known, _)| known.name == organisation.name) {
            let (line, _) = sources.position(FILE, first.span.start);
            findings.push(Diagnostic::organisation_twice(&name.spot, &organisation.name, line));
            continue;
        }
        read.push((organisation, name.spot));
    }
    read
}

/// Has the head of an organisation be that of each of its departments that names none itself.
pub(super) fn complete(units: &mut Units) {
    for (organisation, _) in &units.organisations {
        let own = units.by_id.values_mut().filter(|unit| unit.organisation == organisation.name);
        for unit in own {
            let is_department = matches!(unit.kind, UnitKind::Department(_));
            if is_department && unit.contacts(Recipient::UnitHead).is_empty() {
                unit.contacts.push(organisation.head.clone());
            }
        }
    }
}

impl Units {
    /// The bodies that have several departments, by name, with these terminals in the order of their ids. One that is out
    /// of use is among them: the cases it had are the body's.
    pub fn of_several_terminals(&self) -> BTreeMap<&str, Vec<UnitId>> {
        let mut found: BTreeMap<&str, Vec<UnitId>> = BTreeMap::new();
        let departments = self.iter().filter(|unit| unit.class().is_some());
        for unit in departments.filter(|unit| !unit.organisation.is_empty()) {
            found.entry(&unit.organisation).or_default().push(unit.id.clone());
        }
        found.retain(|_, terminals| terminals.len() > 1);
        found
    }
}
