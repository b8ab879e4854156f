//! Shares that suggest a class: how much of a year's cases a unit has, and which class that speaks for (article 6). People
//! decide.

use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::Table;
use crate::vocabulary::UnitClass;

/// The ordinance gives no figures: a twentieth of all cases is much, a hundredth more than now and then.
const FIRST_PERCENT: u32 = 5;
const SECOND_PERCENT: u32 = 1;

/// From which share of all cases on a unit is suggested for a class; below both for the third.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    pub first_percent: u32,
    pub second_percent: u32,
}

impl Default for Shares {
    fn default() -> Shares {
        Shares { first_percent: FIRST_PERCENT, second_percent: SECOND_PERCENT }
    }
}

impl Shares {
    /// The class that `cases` of `all` speak for; none where nobody has had any.
    pub fn suggested(&self, cases: u64, all: u64) -> Option<UnitClass> {
        let reaches =
            |percent: u32| cases.saturating_mul(100) >= all.saturating_mul(percent.into());
        (all > 0).then(|| {
            if reaches(self.first_percent) {
                UnitClass::First
            } else if reaches(self.second_percent) {
                UnitClass::Second
            } else {
                UnitClass::Third
            }
        })
    }
}

/// What the table `[shares]` says.
pub(super) fn read(table: Option<Table<'_>>, findings: &mut Findings) -> Shares {
    let mut shares = Shares::default();
    let Some(mut table) = table else { return shares };
    let spot = table.spot();
    let Shares { first_percent, second_percent } = &mut shares;
    table.share_if("first_percent", first_percent, findings);
    table.share_if("second_percent", second_percent, findings);
    table.close(findings);
    if second_percent >= first_percent {
        findings.push(Diagnostic::shares_upside_down(&spot, *first_percent, *second_percent));
        return Shares::default();
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twentieth_of_the_cases_speaks_for_the_first_class_and_a_hundredth_for_the_second() {
        let suggested = |cases| Shares::default().suggested(cases, 1_000);
        let (first, second, third) = (UnitClass::First, UnitClass::Second, UnitClass::Third);
        for (cases, class) in [(50, first), (49, second), (10, second), (9, third), (0, third)] {
            assert_eq!(suggested(cases), Some(class), "{cases}");
        }
        assert_eq!(Shares::default().suggested(0, 0), None);
    }
}
