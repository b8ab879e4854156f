//! Precedents (认定先例): what was found of whose a case is, of those of one condition, the nearest first (article 19).

use duban_actors::case::command::Ground;
use duban_actors::case::{Case, listing};
use duban_rules::vocabulary::{ConditionCode, Place, UnitId, whole_metres};
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::readable;

/// Findings of one condition that are looked at, the last first.
const LOOKED_AT_MAX: usize = 1_000;

/// A finding of whose a case is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Precedent {
    /// 案件号
    pub case: String,
    /// 年度编号
    pub number: Option<String>,
    /// 认定由谁处置
    #[schema(value_type = String, example = "DL")]
    pub unit: UnitId,
    /// 申请的事由
    #[schema(value_type = String, example = "ownership")]
    pub ground: Ground,
    /// 认定的时刻
    #[schema(value_type = String, format = DateTime)]
    pub found: Timestamp,
    /// 案件地点
    pub address: String,
    /// 相距多少米;有一处地点不明的为 null
    pub metres: Option<u32>,
}

/// Those of `condition`, at most `most`: the nearest to `near` first, then the last.
///
/// # Errors
/// When the store cannot be read.
pub fn of(
    journal: &Journal,
    condition: &ConditionCode,
    near: Option<Place>,
    most: usize,
) -> Result<Vec<Precedent>, Failure> {
    let mut found = Vec::new();
    for (_, id) in journal.list(&listing::precedents_of(condition), None, LOOKED_AT_MAX)? {
        found.extend(readable(journal, &id)?.and_then(|case| precedent(&case, near)));
    }
    // What lies at an unknown distance comes behind what does not; those of one distance stay in the order of the list.
    found.sort_by_key(|one| one.metres.unwrap_or(u32::MAX));
    found.truncate(most);
    Ok(found)
}

fn precedent(case: &Case, near: Option<Place>) -> Option<Precedent> {
    let filing = case.state.filing()?;
    let found = filing.disputes.last()?;
    let apart = filing.report.place.zip(near).map(|(there, here)| there.metres_to(&here));
    Some(Precedent {
        case: case.id.to_string(),
        number: filing.number.as_ref().map(ToString::to_string),
        unit: found.owner().clone(),
        ground: found.ground,
        found: found.at,
        address: filing.report.address.to_string(),
        metres: apart.map(|metres| whole_metres(metres.round())),
    })
}
