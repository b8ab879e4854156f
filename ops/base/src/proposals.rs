//! Proposals for the handbook (手册修订建议): findings of whose a case is by which it is a unit's that the handbook does not
//! name for it (articles 11 and 19).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use duban_actors::case::{Case, listing};
use duban_actors::context::Context;
use duban_rules::vocabulary::{ConditionCode, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::period::Period;
use crate::state::{each_between, readable};

/// A unit that was found for a condition of which the handbook does not name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Proposal {
    /// 立案条件代码
    #[schema(value_type = String, example = "part-01-01-2")]
    pub condition: ConditionCode,
    /// 小类
    #[schema(example = "上水井盖")]
    pub small_class: String,
    /// 认定由谁处置,手册没有列出
    #[schema(value_type = String, example = "DL")]
    pub unit: UnitId,
    /// 单位名称
    pub unit_name: String,
    /// 这样认定的件数
    pub findings: u32,
    /// 最近一次认定的时刻
    #[schema(value_type = String, format = DateTime)]
    pub last: Timestamp,
    /// 最近一次的案件号
    pub case: String,
    /// 最近一次的立案编号;没有的为 null
    pub number: Option<String>,
}

/// Those of the findings of `period`, by the handbook in force: what has been taken into it is proposed no more. The most
/// found first, then the last.
///
/// # Errors
/// When the store cannot be read.
pub fn of(journal: &Journal, period: Period, cx: &Context) -> Result<Vec<Proposal>, Failure> {
    let mut proposals: BTreeMap<(ConditionCode, UnitId), Proposal> = BTreeMap::new();
    each_between(journal, &listing::DETERMINED, (period.from, period.until), |_, id| {
        let case = readable::<Case>(journal, id)?;
        let Some(one) = case.as_ref().and_then(|case| proposed(case, cx)) else { return Ok(()) };
        let key = (one.condition.clone(), one.unit.clone());
        let findings = proposals.get(&key).map_or(0, |known| known.findings);
        // The list is in the order of the findings: this one is the last so far.
        proposals.insert(key, Proposal { findings: findings.saturating_add(1), ..one });
        Ok(())
    })?;
    let mut proposals: Vec<Proposal> = proposals.into_values().collect();
    proposals.sort_by_key(|one| Reverse((one.findings, one.last)));
    Ok(proposals)
}

/// What the last finding of a case proposes; nothing where the handbook says the same, and where the unit has answered it.
fn proposed(case: &Case, cx: &Context) -> Option<Proposal> {
    let filing = case.state.filing()?;
    let found = filing.precedent()?;
    let (handbook, units) = (&cx.rules.handbook, &cx.rules.units);
    let code = filing.condition.as_ref()?;
    let condition = handbook.condition(code)?;
    let (unit, grid) = (found.owner(), filing.report.grid.as_ref());
    if handbook.candidates(code, grid).contains(unit) {
        return None;
    }
    Some(Proposal {
        condition: code.clone(),
        small_class: condition.small_class.clone(),
        unit: unit.clone(),
        unit_name: units.name_of(unit).to_owned(),
        findings: 0,
        last: found.at,
        case: case.id.to_string(),
        number: filing.number.as_ref().map(ToString::to_string),
    })
}
