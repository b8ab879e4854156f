//! Samples of diagnostics of heads, organisations and members of the committee.

use super::{day, spot, unit};
use crate::book::officials::Member;
use crate::book::units::{Contact, Organisation};
use crate::diagnostic::Diagnostic;
use crate::vocabulary::{LimitUnit, Recipient, TimeLimit, UnitId};

pub(super) fn all() -> Vec<Diagnostic> {
    let (spot, id) = (&spot(), &UnitId::new("CG-HW"));
    let days = |n: i64| TimeLimit::new(n * 1_000, LimitUnit::WorkDay);
    let head = |name: &str| Contact {
        role: Recipient::UnitHead,
        name: name.to_owned(),
        phone: None,
        email: None,
        deputy: None,
    };
    let organisation = &Organisation { name: "城管局".to_owned(), head: head("甲") };
    let unit = &unit();
    let of_a_unit = &Member {
        name: "乙".to_owned(),
        organisation: "住建局".to_owned(),
        unit: Some(id.clone()),
        from: None,
        until: None,
    };
    let of_an_organisation = &Member { unit: None, ..of_a_unit.clone() };
    vec![
        Diagnostic::organisation_twice(spot, "城管局", 12),
        Diagnostic::organisation_without_unit(spot, "城管局"),
        Diagnostic::term_ends(spot, day(3, 1)),
        Diagnostic::unknown_closing_rule(spot, "maybe"),
        Diagnostic::held_before_called(spot, days(3), days(5)),
        Diagnostic::other_head(spot, id, &head("乙"), organisation),
        Diagnostic::head_reached_otherwise(spot, (id, "甲"), ["13900000001", "13900000002"]),
        Diagnostic::member_is_not_head(spot, of_a_unit, "甲"),
        Diagnostic::member_is_not_head(spot, of_an_organisation, "甲"),
        Diagnostic::unknown_unit_of_member(spot, id, None),
        Diagnostic::unknown_unit_of_member(spot, id, Some("CG-HV")),
        Diagnostic::member_of_another(spot, of_a_unit, unit),
        Diagnostic::head_is_no_member(spot, unit, "甲"),
    ]
}
