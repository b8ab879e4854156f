//! Heads (主要领导): the same people as heads of an organisation, as those of its terminal units, and as members of the
//! committee (articles 2 and 8).

use std::collections::BTreeSet;

use super::{COMMITTEE, UNITS, closest};
use crate::book::RuleBook;
use crate::book::officials::Member;
use crate::book::units::{Contact, Unit};
use crate::diagnostic::{Diagnostic, Findings};
use crate::vocabulary::{Recipient, UnitClass};

/// Looks at everybody who is the head of something.
pub(super) fn check(book: &RuleBook, findings: &mut Findings) {
    // Of a file that has no unit at all, that is enough to be told.
    if findings.is_unread(UNITS) || book.units.by_id.is_empty() {
        return;
    }
    organisations(book, findings);
    if findings.is_unread(COMMITTEE) {
        return;
    }
    members(book, findings);
    // A member who could not be read is not one that is missing.
    if !findings.has_error(COMMITTEE) {
        represented(book, findings);
    }
}

/// Each organisation has a unit, and each of its units the organisation's head.
fn organisations(book: &RuleBook, findings: &mut Findings) {
    for (organisation, spot) in &book.units.organisations {
        let own = || book.units.iter().filter(|unit| unit.organisation == organisation.name);
        if own().next().is_none() && book.units.left_out == 0 {
            findings.push(Diagnostic::organisation_without_unit(spot, &organisation.name));
        }
        for unit in own() {
            let spot = book.units.spot(&unit.id);
            for head in unit.contacts(Recipient::UnitHead) {
                if head.name != organisation.head.name {
                    findings.push(Diagnostic::other_head(&spot, &unit.id, head, organisation));
                } else if let Some(ways) = otherwise_reached(head, &organisation.head) {
                    let whose = (&unit.id, head.name.as_str());
                    findings.push(Diagnostic::head_reached_otherwise(&spot, whose, ways));
                }
            }
        }
    }
}

/// The ways to reach one person that two places give differently: the one there, and the one here.
fn otherwise_reached<'a>(there: &'a Contact, here: &'a Contact) -> Option<[&'a str; 2]> {
    let differ = |there: &'a Option<String>, here: &'a Option<String>| {
        let (there, here) = (there.as_deref()?, here.as_deref()?);
        (there != here).then_some([there, here])
    };
    differ(&there.phone, &here.phone).or_else(|| differ(&there.email, &here.email))
}

/// Each member is of a unit that is there, and its head as long as no end of the term is written.
fn members(book: &RuleBook, findings: &mut Findings) {
    for (member, spots) in book.officials.members.iter().zip(&book.officials.spots) {
        if let (Some(id), Some(spot)) = (&member.unit, &spots.unit) {
            match book.units.get(id) {
                // Of a unit that could not be read only its id is known, which is enough to be named.
                None if book.units.half_read.contains(id) => {}
                None => {
                    let like = closest(book, id.as_str());
                    findings.push(Diagnostic::unknown_unit_of_member(spot, id, like.as_deref()));
                }
                Some(unit) if unit.organisation != member.organisation => {
                    findings.push(Diagnostic::member_of_another(spot, member, unit));
                }
                Some(_) => {}
            }
        }
        let heads = heads(book, member);
        let is_head = heads.iter().any(|head| head.name == member.name);
        if let (Some(head), false, None) = (heads.first(), is_head, member.until) {
            findings.push(Diagnostic::member_is_not_head(&spots.name, member, &head.name));
        }
    }
}

/// The heads of what a member refers to: of the unit, or of the organisation, where it says who that is.
fn heads<'a>(book: &'a RuleBook, member: &Member) -> Vec<&'a Contact> {
    if let Some(id) = &member.unit {
        return book
            .units
            .get(id)
            .map(|unit| unit.contacts(Recipient::UnitHead))
            .unwrap_or_default();
    }
    let mut known = book.units.organisations();
    let known = known.find(|organisation| organisation.name == member.organisation);
    known.map(|organisation| &organisation.head).into_iter().collect()
}

/// The heads of the units of the first class are members (article 2); of several units of one body one is named.
fn represented(book: &RuleBook, findings: &mut Findings) {
    let known = |unit: &&Unit| unit.active && !book.units.doubtful.contains(&unit.id);
    let first = book.units.iter().filter(known);
    let mut told = BTreeSet::new();
    for unit in first.filter(|unit| unit.class() == Some(UnitClass::First)) {
        let heads = unit.contacts(Recipient::UnitHead);
        let Some(head) = heads.first() else { continue };
        let is_one = |member: &Member| {
            let is_there = member.until.is_none_or(|until| until >= book.handbook.effective);
            is_there && member.organisation == unit.organisation
        };
        let mut members = book.officials.members.iter().filter(|member| is_one(member));
        let is_member = members.any(|member| heads.iter().any(|head| head.name == member.name));
        if !is_member && told.insert((&unit.organisation, &head.name)) {
            let spot = book.units.spot(&unit.id);
            findings.push(Diagnostic::head_is_no_member(&spot, unit, &head.name));
        }
    }
}
