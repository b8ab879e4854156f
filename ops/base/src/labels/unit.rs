//! What people call a unit.

use duban_rules::book::units::Unit;
use duban_rules::vocabulary::UnitKind;

/// What people call its class, or a frontage steward (门前五包责任人).
pub fn class_word(unit: &Unit) -> &'static str {
    match unit.kind {
        UnitKind::Department(class) => class.chinese(),
        UnitKind::FrontageSteward => "门前五包责任人",
    }
}
