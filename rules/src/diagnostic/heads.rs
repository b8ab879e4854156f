//! Diagnostics of heads who are not the same people in two places (articles 2 and 8). Codes R0915–R0919.

use super::Diagnostic;
use crate::book::officials::Member;
use crate::book::units::{Contact, Organisation, Unit};
use crate::source::Spot;
use crate::vocabulary::UnitId;

impl Diagnostic {
    /// The head of a unit is not that of its organisation.
    pub(crate) fn other_head(
        spot: &Spot,
        unit: &UnitId,
        found: &Contact,
        organisation: &Organisation,
    ) -> Diagnostic {
        let Organisation { name, head } = organisation;
        Diagnostic::error(
            "R0915",
            spot,
            &[("unit", unit), ("found", &found.name), ("organisation", name), ("head", &head.name)],
        )
    }

    /// The head of a unit is that of its organisation, with another number or address.
    pub(crate) fn head_reached_otherwise(
        spot: &Spot,
        (unit, name): (&UnitId, &str),
        [found, expected]: [&str; 2],
    ) -> Diagnostic {
        Diagnostic::error(
            ("R0915", "reach"),
            spot,
            &[("unit", unit), ("name", &name), ("found", &found), ("expected", &expected)],
        )
    }

    /// A member is not the head of what they are a member for.
    pub(crate) fn member_is_not_head(spot: &Spot, member: &Member, head: &str) -> Diagnostic {
        let of = member.unit.as_ref().map_or(member.organisation.as_str(), UnitId::as_str);
        Diagnostic::error("R0916", spot, &[("name", &member.name), ("of", &of), ("head", &head)])
    }

    /// A member refers to a unit that does not exist.
    pub(crate) fn unknown_unit_of_member(
        spot: &Spot,
        unit: &UnitId,
        like: Option<&str>,
    ) -> Diagnostic {
        match like {
            Some(like) => {
                Diagnostic::error(("R0917", "like"), spot, &[("unit", unit), ("like", &like)])
            }
            None => Diagnostic::error("R0917", spot, &[("unit", unit)]),
        }
    }

    /// A member names an organisation and a unit of another one.
    pub(crate) fn member_of_another(spot: &Spot, member: &Member, unit: &Unit) -> Diagnostic {
        Diagnostic::error(
            "R0918",
            spot,
            &[
                ("unit", &unit.id),
                ("organisation", &unit.organisation),
                ("found", &member.organisation),
            ],
        )
    }

    /// The head of a unit of the first class is no member.
    pub(crate) fn head_is_no_member(spot: &Spot, unit: &Unit, head: &str) -> Diagnostic {
        Diagnostic::warning(
            "R0919",
            spot,
            &[("unit", &unit.id), ("organisation", &unit.organisation), ("head", &head)],
        )
    }
}
