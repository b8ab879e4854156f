//! Units that leave service while something still leads to them (articles 7 and 11). Codes R0924–R0926.

use super::Diagnostic;
use crate::book::RuleBook;
use crate::source::Spot;
use crate::vocabulary::UnitId;

impl Diagnostic {
    /// A candidate is out of service, and another one is not.
    pub(crate) fn idle_candidate(
        spot: &Spot,
        unit: &UnitId,
        name: &str,
        times: usize,
    ) -> Diagnostic {
        match times {
            1 => Diagnostic::warning("R0924", spot, &[("unit", unit), ("name", &name)]),
            _ => Diagnostic::warning(
                ("R0924", "often"),
                spot,
                &[("unit", unit), ("name", &name), ("times", &times)],
            ),
        }
    }

    /// A unit that `book` does not name, or names as out of service, still has `open` cases; none when all is well with
    /// it. Found by whoever knows the cases, when the rules come into force; its name is empty where nobody knows it.
    pub fn open_cases(
        book: &RuleBook,
        (unit, name): (&UnitId, &str),
        open: u64,
    ) -> Option<Diagnostic> {
        let spot = book.units.spot(unit);
        match book.units.get(unit) {
            Some(known) if known.active => None,
            Some(_) => Some(out_of_service(&spot, unit, name, open)),
            None => Some(gone(&spot, unit, name, open)),
        }
        .filter(|_| open > 0)
    }
}

fn gone(spot: &Spot, unit: &UnitId, name: &str, open: u64) -> Diagnostic {
    match name {
        "" => Diagnostic::warning(("R0925", "nameless"), spot, &[("unit", unit), ("open", &open)]),
        _ => {
            Diagnostic::warning("R0925", spot, &[("unit", unit), ("name", &name), ("open", &open)])
        }
    }
}

fn out_of_service(spot: &Spot, unit: &UnitId, name: &str, open: u64) -> Diagnostic {
    Diagnostic::warning("R0926", spot, &[("unit", unit), ("name", &name), ("open", &open)])
}
