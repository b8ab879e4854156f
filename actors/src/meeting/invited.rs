//! Invitations to a meeting of the committee: its chair, its members, and the heads of all units named (articles 2, 4 and
//! 19).
//!
//! Whoever is away is stood in for: the letter goes to the deputy, who is on record beside the name.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::book::officials::Member;
use duban_rules::book::units::Contact;
use duban_rules::vocabulary::{Recipient, UnitId};
use serde::{Deserialize, Serialize};

use super::Item;
use crate::context::Context;

/// Somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitee {
    /// By the name in the rules.
    pub name: CompactString,
    pub post: Post,
    /// Which unit they head, where they head one.
    pub unit: Option<UnitId>,
    /// The body they come from; empty for the chair.
    pub organisation: String,
    /// Who was told in their place when it was called.
    pub deputy: Option<CompactString>,
    /// What they said, once they have.
    pub answer: Option<Answer>,
}

/// Why somebody is invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Post {
    /// The chair (主任).
    Chair,
    /// A member (成员).
    Member,
    /// The head of a unit named.
    Head,
}

/// What somebody said who is invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    Comes,
    /// Somebody comes in their place.
    Sends {
        deputy: CompactString,
    },
    StaysAway {
        reason: String,
    },
}

/// Everybody who is invited at `at` to a meeting at `when`; each once.
pub(super) fn invited(
    agenda: &[Item],
    (at, when): (Timestamp, Timestamp),
    cx: &Context,
) -> Vec<Invitee> {
    let (officials, units) = (&cx.rules.officials, &cx.rules.units);
    let person = |name: &str, post, unit: Option<&UnitId>, organisation: &str| Invitee {
        name: name.into(),
        post,
        unit: unit.cloned(),
        organisation: organisation.to_owned(),
        deputy: None,
        answer: None,
    };
    let chairs = officials.contacts(Recipient::CommitteeChair).into_iter();
    let chairs = chairs.map(|chair| person(&chair.name, Post::Chair, None, ""));
    let members = officials.members.iter().filter(|member| is_one_at(member, when, cx));
    let members = members.map(|member| {
        person(&member.name, Post::Member, member.unit.as_ref(), &member.organisation)
    });
    let named: Vec<&UnitId> = agenda
        .iter()
        .flat_map(|item| [&item.motion.applicant].into_iter().chain(&item.motion.units))
        .collect();
    let heads = named.iter().filter_map(|id| units.get(id)).flat_map(|unit| {
        let heads = units.contacts(&unit.id, Recipient::UnitHead).into_iter();
        heads.map(|head| person(&head.name, Post::Head, Some(&unit.id), &unit.organisation))
    });
    let mut invited: Vec<Invitee> = Vec::new();
    for one in chairs.chain(members).chain(heads) {
        let known = invited.iter_mut().find(|known| {
            known.name == one.name
                && (known.organisation == one.organisation || known.unit == one.unit)
        });
        let Some(known) = known else {
            invited.push(one);
            continue;
        };
        // A member who heads a body of several units speaks for the one that is named, and is stood in for there.
        let speaks_for_named = known.unit.as_ref().is_some_and(|unit| named.contains(&unit));
        if !speaks_for_named {
            known.unit = one.unit;
        }
    }
    for one in &mut invited {
        let stands_in = told(one, at, cx).filter(|told| told.name.as_str() != one.name);
        one.deputy = stands_in.map(|told| told.name.as_str().into());
    }
    invited
}

/// Who hears at `at` what is for somebody who is invited.
pub(super) fn told<'a>(invitee: &Invitee, at: Timestamp, cx: &'a Context) -> Option<&'a Contact> {
    let (officials, units) = (&cx.rules.officials, &cx.rules.units);
    if invitee.post == Post::Chair {
        let mut chairs = officials.contacts(Recipient::CommitteeChair).into_iter();
        return chairs.find(|chair| chair.name == invitee.name.as_str());
    }
    let is_theirs = |contact: &&Contact| contact.name == invitee.name.as_str();
    let of_body =
        |id: &UnitId| units.get(id).is_some_and(|unit| unit.organisation == invitee.organisation);
    let all = units.iter().map(|unit| &unit.id).filter(|id| of_body(id));
    invitee.unit.iter().chain(all).find_map(|id| {
        let head = units.contacts(id, Recipient::UnitHead).into_iter().find(is_theirs)?;
        Some(cx.roster.present(units, id, head, at))
    })
}

/// Whether somebody is a member on the day of the meeting (article 2).
fn is_one_at(member: &Member, when: Timestamp, cx: &Context) -> bool {
    let day = cx.rules.calendar.local(when.into()).date();
    member.from.is_none_or(|from| from <= day) && member.until.is_none_or(|until| day <= until)
}
