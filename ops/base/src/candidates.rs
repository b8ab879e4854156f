//! Candidates for a dispatch (article 15): the units that the handbook names, and those to which precedents nearby point,
//! each with what it has to do.

use duban_actors::case::{Case, Filing};
use duban_actors::context::Context;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::{self, Figures};
use crate::precedents::{self, Precedent};

/// Precedents that are offered.
const PRECEDENTS_MAX: usize = 3;

/// A unit to which a case may be dispatched.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Candidate {
    /// 单位代码
    #[schema(value_type = String, example = "DL")]
    pub unit: UnitId,
    pub name: String,
    /// 手册是否列为责任单位;否则派遣须写明理由
    pub by_handbook: bool,
    /// 所依据的认定先例;没有的为 null
    pub precedent: Option<Precedent>,
    /// 是否停用,不能派遣
    pub closed: bool,
    /// 在办案件数,最多数到 1000
    pub open: usize,
    /// 其中超期
    pub overdue: usize,
}

/// Those of a filed case, the handbook's first; none before it is filed.
///
/// # Errors
/// When the store cannot be read.
pub fn of(
    journal: &Journal,
    case: &Case,
    now: Timestamp,
    cx: &Context,
) -> Result<Vec<Candidate>, Failure> {
    let Some(filing) = case.state.filing() else { return Ok(Vec::new()) };
    let mut precedents = found_before(journal, case, filing)?;
    let entry = filing.entry(cx);
    let named = entry.map(|entry| entry.candidates_in(filing.report.grid.as_ref()));
    let mut units: Vec<(UnitId, bool)> =
        named.unwrap_or_default().into_iter().map(|unit| (unit, true)).collect();
    for found in &precedents {
        if !units.iter().any(|(unit, _)| *unit == found.unit) {
            units.push((found.unit.clone(), false));
        }
    }
    let mut candidates = Vec::with_capacity(units.len());
    for (unit, by_handbook) in units {
        let Figures { open, overdue, .. } = figures::of_open(journal, &unit, now)?;
        let place = precedents.iter().position(|found| found.unit == unit);
        candidates.push(Candidate {
            name: cx.rules.units.name_of(&unit).to_owned(),
            closed: cx.is_closed(&unit),
            precedent: place.map(|place| precedents.swap_remove(place)),
            unit,
            by_handbook,
            open: usize::try_from(open).unwrap_or(usize::MAX),
            overdue: usize::try_from(overdue).unwrap_or(usize::MAX),
        });
    }
    Ok(candidates)
}

/// The nearest findings of the same condition, one a unit, but for the case's own.
fn found_before(
    journal: &Journal,
    case: &Case,
    filing: &Filing,
) -> Result<Vec<Precedent>, Failure> {
    let Some(condition) = &filing.condition else { return Ok(Vec::new()) };
    let all = precedents::of(journal, condition, filing.report.place, usize::MAX)?;
    let mut nearest: Vec<Precedent> = Vec::new();
    for found in all.into_iter().filter(|found| found.case != case.id.as_str()) {
        if nearest.len() == PRECEDENTS_MAX {
            break;
        }
        if !nearest.iter().any(|one| one.unit == found.unit) {
            nearest.push(found);
        }
    }
    Ok(nearest)
}
