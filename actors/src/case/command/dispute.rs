//! Dispute commands' data: what is found of whose a case is (article 19).

use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

/// Whose a disputed case is (认定结果).
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
