//! People of the centre and the county (articles 2–5, 12, 18, 23 and 27), from `committee.toml`.
//!
//! Whoever is told something without belonging to a unit stands here. The committee's meetings are no rules.

use super::units::{Contact, contact};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;
use crate::source::document::Document;
use crate::vocabulary::Recipient;

pub(crate) const FILE: &str = "committee.toml";

/// The committee (城管委) and the people of the centre.
#[derive(Debug, Clone, Default)]
pub struct Officials {
    /// Members of the committee, the chair not among them.
    pub members: Vec<Member>,
    /// People in a capacity, in the order of the file.
    pub people: Vec<Contact>,
}

/// A member of the committee: the head of a department (article 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    /// The department.
    pub organisation: String,
}

impl Officials {
    /// The people in one capacity, in the order of the file.
    pub fn contacts(&self, role: Recipient) -> Vec<&Contact> {
        self.people.iter().filter(|contact| contact.role == role).collect()
    }
}

/// Everybody who could be read.
pub(crate) fn read(sources: &Sources, findings: &mut Findings) -> Officials {
    let mut committee = Officials::default();
    let Some(document) = Document::read(sources, FILE, findings) else { return committee };
    let mut root = document.root();
    for mut table in root.tables("member", findings) {
        let (name, organisation) =
            (table.text("name", findings), table.text("organisation", findings));
        table.close(findings);
        if let Some((name, organisation)) = name.zip(organisation) {
            let [name, organisation] = [name, organisation].map(|text| text.name(findings));
            committee.members.push(Member { name, organisation });
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
    root.close(findings);
    committee
}
