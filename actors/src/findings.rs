//! Findings of whose a case is (认定结果, article 19): duty chief, head or committee find it, and the case does it.

use duban_rules::book::units::Units;
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

/// Units that help with a case at most.
pub const HELPERS_MAX: usize = 4;

/// Whose a disputed case is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Determination {
    /// It is the applicant's, and the dispute was unfounded (不成立): it wins no time.
    Stays,
    /// It is the applicant's, and the time is credited: there was reason to ask, or the centre was late.
    StaysCredited,
    /// It is another unit's, which has the whole limit.
    MovesTo(UnitId),
    /// It is the work of several: the lead has the case (主办), the others help (协办).
    Joint {
        /// The applicant, whose time is credited, or another unit, which has the whole limit.
        lead: UnitId,
        /// At most [`HELPERS_MAX`].
        helpers: Vec<UnitId>,
    },
}

impl Determination {
    /// The unit that gets the case by it from `holder`; none where that keeps it.
    pub fn moves_from(&self, holder: &UnitId) -> Option<&UnitId> {
        match self {
            Determination::Stays | Determination::StaysCredited => None,
            Determination::MovesTo(unit) => Some(unit),
            Determination::Joint { lead, .. } => Some(lead).filter(|lead| *lead != holder),
        }
    }

    /// Whether those who help by it are some, each once and not the lead, and not too many.
    pub fn fits(&self) -> bool {
        let Determination::Joint { lead, helpers } = self else { return true };
        let once = |helper: &UnitId| helpers.iter().filter(|other| *other == helper).count() == 1;
        let fit = (1..=HELPERS_MAX).contains(&helpers.len());
        fit && helpers.iter().all(|helper| helper != lead && once(helper))
    }

    /// What it says, with the applicant and the units called so.
    pub(crate) fn chinese(&self, applicant: &str, units: &Units) -> String {
        let name = |unit| units.name_of(unit);
        match self {
            Determination::Stays => {
                format!("申请不成立,仍由{applicant}处置,认定所占时间计入时限")
            }
            Determination::StaysCredited => {
                format!("仍由{applicant}处置,认定所占时间不计入时限")
            }
            Determination::MovesTo(unit) => format!("由{}处置", name(unit)),
            Determination::Joint { lead, helpers } => {
                let names: Vec<&str> = helpers.iter().map(name).collect();
                format!("由{}主办,{}协办", name(lead), names.join("、"))
            }
        }
    }

    /// The units that help by it.
    pub fn helpers(&self) -> &[UnitId] {
        match self {
            Determination::Stays | Determination::StaysCredited | Determination::MovesTo(_) => &[],
            Determination::Joint { helpers, .. } => helpers,
        }
    }

    /// The units that get the case from `holder` by it, or are to help.
    pub fn gives_to(&self, holder: &UnitId) -> impl Iterator<Item = &UnitId> {
        self.moves_from(holder).into_iter().chain(self.helpers())
    }
}
