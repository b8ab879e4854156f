//! Reach: to whom of a unit a notice comes, and in which capacity (articles 7 and 9).
//!
//! Asked twice: when it is decided who is told, so that the record names those who are and not those who would have
//! been, and when a notice is handed over, because people come and go.

use duban_core::clock::Timestamp;
use duban_rules::book::units::Contact;
use duban_rules::vocabulary::{Recipient, UnitId};

use crate::context::Context;

/// A unit's people in a capacity, or whoever stands in for them. Where nobody has it or nobody can be written to, its
/// office or whoever else is there; where that is nobody at all, the dispatch desk, which has the telephone (article 7).
pub(crate) fn people<'a>(
    unit: &UnitId,
    role: Recipient,
    at: Timestamp,
    cx: &'a Context,
) -> Vec<&'a Contact> {
    match at_the_unit(unit, role, at, cx) {
        Some((_, people)) => people,
        None => cx.told(Recipient::DispatchDesk),
    }
}

/// The capacities that really hear of what is for `tell`: the same, but for those of the unit that reach somebody in
/// another one. Each once, in the order of the first.
pub(crate) fn capacities(
    unit: &UnitId,
    tell: &[Recipient],
    at: Timestamp,
    cx: &Context,
) -> Vec<Recipient> {
    let mut reached: Vec<Recipient> = Vec::with_capacity(tell.len());
    for role in tell {
        let real = if role.is_of_a_unit() { capacity(unit, *role, at, cx) } else { vec![*role] };
        for role in real {
            if !reached.contains(&role) {
                reached.push(role);
            }
        }
    }
    reached
}

fn capacity(unit: &UnitId, role: Recipient, at: Timestamp, cx: &Context) -> Vec<Recipient> {
    match at_the_unit(unit, role, at, cx) {
        Some((Group::As(role), _)) => vec![role],
        Some((Group::Everybody, people)) => people.iter().map(|person| person.role).collect(),
        None => vec![Recipient::DispatchDesk],
    }
}

/// As what people are asked for.
#[derive(Clone, Copy)]
enum Group {
    As(Recipient),
    Everybody,
}

/// The first group of a unit in which somebody can be written to; none when there is nobody, or no such unit.
fn at_the_unit<'a>(
    unit: &UnitId,
    role: Recipient,
    at: Timestamp,
    cx: &'a Context,
) -> Option<(Group, Vec<&'a Contact>)> {
    let units = &cx.rules.units;
    let usual = [role, Recipient::HandlingOffice, Recipient::Informant].map(Group::As);
    usual.into_iter().chain([Group::Everybody]).find_map(|group| {
        let people: Vec<&Contact> = match group {
            Group::As(role) => units.contacts(unit, role),
            Group::Everybody => units.get(unit)?.contacts.iter().collect(),
        };
        let present = people.into_iter().map(|one| cx.roster.present(units, unit, one, at));
        let present: Vec<&Contact> = present.collect();
        let is_reached = |person: &&Contact| person.phone.is_some() || person.email.is_some();
        present.iter().any(is_reached).then_some((group, present))
    })
}
