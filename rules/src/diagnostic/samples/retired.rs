//! Samples of diagnostics of units that leave service.

use super::spot;
use crate::diagnostic::Diagnostic;
use crate::vocabulary::UnitId;
use crate::{Sources, parse};

pub(super) fn all() -> Vec<Diagnostic> {
    let unit = &UnitId::new("CG-HW");
    let spot = &spot();
    let mut all = vec![
        Diagnostic::idle_candidate(spot, unit, "环卫", 1),
        Diagnostic::idle_candidate(spot, unit, "环卫", 4),
    ];
    let shipped = Sources::shipped();
    let units = shipped.text("units.toml").unwrap_or_default();
    let out_of_service = units.replace("id = \"CG-HW\"\n", "id = \"CG-HW\"\nactive = false\n");
    for units in ["", &out_of_service] {
        let (book, _) = parse(&shipped.clone().with("units.toml", units));
        for name in ["", "环卫"] {
            all.extend(Diagnostic::open_cases(&book, (unit, name), 5));
        }
    }
    all
}
