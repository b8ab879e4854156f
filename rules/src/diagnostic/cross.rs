//! Diagnostics across files: what only two of them together can contradict (articles 6–11). Codes R0901–R0939.

use super::{Diagnostic, Text};
use crate::book::units::Unit;
use crate::source::Spot;
use crate::vocabulary::{ConditionCode, GridId, Recipient, TemplateName, UnitClass, UnitId};

impl Diagnostic {
    /// The handbook names a unit that does not exist.
    pub(crate) fn unknown_unit(spot: &Spot, unit: &UnitId, like: Option<&str>) -> Diagnostic {
        match like {
            Some(like) => {
                Diagnostic::error(("R0901", "like"), spot, &[("unit", unit), ("like", &like)])
            }
            None => Diagnostic::error("R0901", spot, &[("unit", unit)]),
        }
    }

    /// Every unit that may handle a condition is out of service.
    pub(crate) fn no_active_unit(spot: &Spot, code: &ConditionCode) -> Diagnostic {
        Diagnostic::error("R0902", spot, &[("code", &code)])
    }

    /// The handbook names a grid that does not exist.
    pub(crate) fn unknown_grid(spot: &Spot, grid: &GridId) -> Diagnostic {
        Diagnostic::error("R0903", spot, &[("grid", &grid)])
    }

    /// A class of the handbook has no condition.
    pub(crate) fn class_without_condition(spot: &Spot, class: &str) -> Diagnostic {
        Diagnostic::error("R0904", spot, &[("class", &class)])
    }

    /// A unit that no condition names.
    pub(crate) fn unit_without_condition(spot: &Spot, unit: &UnitId) -> Diagnostic {
        Diagnostic::warning("R0905", spot, &[("unit", &unit)])
    }

    /// The name beside a unit's id is another unit's.
    pub(crate) fn unit_named_otherwise(spot: &Spot, found: &str, name: &str) -> Diagnostic {
        Diagnostic::warning("R0906", spot, &[("found", &found), ("name", &name)])
    }

    /// A unit lacks what its class must have (article 7).
    pub(crate) fn class_duty(
        spot: &Spot,
        unit: &Unit,
        class: UnitClass,
        missing: &Text,
    ) -> Diagnostic {
        Diagnostic::error(
            "R0910",
            spot,
            &[("class", &class), ("unit", &unit.id), ("missing", missing)],
        )
    }

    /// A unit that is dispatched to by phone has no phone.
    pub(crate) fn nobody_to_call(spot: &Spot, unit: &UnitId) -> Diagnostic {
        Diagnostic::error("R0911", spot, &[("unit", &unit)])
    }

    /// Nobody supervises a frontage steward.
    pub(crate) fn steward_unsupervised(spot: &Spot, unit: &UnitId) -> Diagnostic {
        Diagnostic::error("R0912", spot, &[("unit", &unit)])
    }

    /// The unit that is to supervise a frontage steward does not exist.
    pub(crate) fn unknown_supervisor(spot: &Spot, unit: &UnitId, like: Option<&str>) -> Diagnostic {
        match like {
            Some(like) => Diagnostic::error(
                ("R0912", "unknown-like"),
                spot,
                &[("unit", unit), ("like", &like)],
            ),
            None => Diagnostic::error(("R0912", "unknown"), spot, &[("unit", unit)]),
        }
    }

    /// The unit that is to supervise a frontage steward is out of service.
    pub(crate) fn inactive_supervisor(spot: &Spot, unit: &UnitId) -> Diagnostic {
        Diagnostic::error(("R0912", "inactive"), spot, &[("unit", unit)])
    }

    /// A frontage steward is to supervise another one.
    pub(crate) fn steward_supervises(spot: &Spot, unit: &UnitId) -> Diagnostic {
        Diagnostic::error(("R0912", "steward"), spot, &[("unit", unit)])
    }

    /// Nobody knows which frontage a steward answers for.
    pub(crate) fn steward_without_place(spot: &Spot, unit: &UnitId) -> Diagnostic {
        Diagnostic::warning("R0913", spot, &[("unit", &unit)])
    }

    /// A deputy who is not among the unit's people.
    pub(crate) fn unknown_deputy(spot: &Spot, name: &str, deputy: &str) -> Diagnostic {
        Diagnostic::warning("R0914", spot, &[("name", &name), ("deputy", &deputy)])
    }

    /// Somebody is told of escalations who does not exist.
    pub(crate) fn recipient_missing(spot: &Spot, role: Recipient) -> Diagnostic {
        Diagnostic::error("R0920", spot, &[("role", &role), ("key", &role.as_str())])
    }

    /// A capacity of the centre that nobody fills.
    pub(crate) fn capacity_empty(role: Recipient) -> Diagnostic {
        let spot = Spot::of_file("committee.toml");
        Diagnostic::error("R0921", &spot, &[("role", &role), ("key", &role.as_str())])
    }

    /// A unit in which somebody who is told of escalations does not exist.
    pub(crate) fn unit_recipients(spot: &Spot, unit: &UnitId, lacking: &[Recipient]) -> Diagnostic {
        let lacking = Text::listed(lacking);
        Diagnostic::warning("R0922", spot, &[("unit", unit), ("lacking", &lacking)])
    }

    /// A ladder's template that does not exist.
    pub(crate) fn unknown_template(spot: &Spot, template: &TemplateName) -> Diagnostic {
        Diagnostic::error("R0923", spot, &[("template", &template)])
    }
}
