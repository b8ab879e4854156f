//! Findings of whose a case is (认定结果, article 19): duty chief, head or committee find it, and the case does it.

use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

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
}
