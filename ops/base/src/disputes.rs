//! The report of disputes: per unit that asked, how many were found to be its own all the same (推诿), and how long the
//! finding took (article 19).

use std::collections::BTreeMap;

use duban_actors::case::disputes::Determined;
use duban_actors::case::{Case, listing};
use duban_actors::findings::Determination;
use duban_rules::book::calendar::Calendar;
use duban_rules::deadline;
use duban_rules::vocabulary::{LimitUnit, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::labels::share::percent;
use crate::period::Period;
use crate::state::{each_between, readable};

/// What was found of the disputes that a unit asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfUnit {
    /// 申请单位
    #[schema(example = "CG-HW")]
    pub unit: String,
    /// 已认定的件数
    pub found: u32,
    /// 申请不成立(推诿)的件数
    pub unfounded: u32,
    /// 申请不成立而所占时间不计的件数
    pub credited: u32,
    /// 改由其他单位处置的件数
    pub moved: u32,
    /// 由几个单位处置的件数
    pub joint: u32,
    /// 申请不成立(推诿)占已认定的千分之几
    pub unfounded_permille: u32,
    /// 从申请到认定平均多少个工作日,以千分之一工作日计
    pub mean_work_days_thousandths: u64,
    /// 其总和
    #[serde(skip)]
    thousandths: u64,
}

/// The report of the disputes that were found in `period`, a row for each unit, in the order of their ids.
///
/// # Errors
/// When the store cannot be read.
pub fn report(
    journal: &Journal,
    period: Period,
    calendar: &Calendar,
) -> Result<Vec<OfUnit>, Failure> {
    let mut rows: BTreeMap<UnitId, OfUnit> = BTreeMap::new();
    // A case stands in the list by its last finding: an earlier one of the period may stand behind the period's end.
    each_between(journal, &listing::DETERMINED, (period.from, Timestamp::NEVER), |_, id| {
        let case = readable::<Case>(journal, id)?;
        let filing = case.as_ref().and_then(|case| case.state.filing());
        for found in filing.into_iter().flat_map(|filing| &filing.disputes) {
            if (period.from..period.until).contains(&found.at) {
                let unit = || OfUnit { unit: found.unit.to_string(), ..OfUnit::default() };
                rows.entry(found.unit.clone()).or_insert_with(unit).count(found, calendar);
            }
        }
        Ok(())
    })?;
    Ok(rows.into_values().map(OfUnit::summed).collect())
}

impl OfUnit {
    fn count(&mut self, found: &Determined, calendar: &Calendar) {
        self.found += 1;
        match found.finding {
            Determination::Stays => self.unfounded += 1,
            Determination::StaysCredited => self.credited += 1,
            Determination::MovesTo(_) => self.moved += 1,
            Determination::Joint { .. } => self.joint += 1,
        }
        let (asked, at) = (found.asked.into(), found.at.into());
        let used = deadline::used(LimitUnit::WorkDay, asked, at, calendar, &[]);
        self.thousandths += u64::try_from(used.thousandths()).unwrap_or(0);
    }

    fn summed(self) -> OfUnit {
        let found = self.found.max(1);
        let (unfounded_permille, mean) =
            ((self.unfounded * 1_000 + found / 2) / found, self.thousandths / u64::from(found));
        OfUnit { unfounded_permille, mean_work_days_thousandths: mean, ..self }
    }

    /// The share of those that were its own all the same, in percent, for people.
    pub fn unfounded_share(&self) -> String {
        percent(self.unfounded_permille.into())
    }

    /// How long the finding took, in working days, for people.
    pub fn mean_work_days(&self) -> String {
        let tenths = (self.mean_work_days_thousandths + 50) / 100;
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use duban_actors::case::command::Ground;
    use duban_actors::case::disputes::Binding;
    use duban_rules::{Sources, parse};

    use super::*;

    /// Tuesday 2026-03-03 10:00 in the county.
    const TUESDAY_10AM: i64 = 1_772_503_200_000;

    fn found(finding: Determination, hours: i64) -> Determined {
        Determined {
            assignment: 1,
            unit: "SW".into(),
            ground: Ground::Ownership,
            finding,
            by: "zhiban".into(),
            asked: Timestamp::from_millis(TUESDAY_10AM),
            at: Timestamp::from_millis(TUESDAY_10AM + hours * 3_600_000),
            binding: Binding::Bound,
        }
    }

    #[test]
    fn what_stays_with_the_unit_is_shirked_and_the_mean_is_of_working_days() {
        let calendar = parse(&Sources::shipped()).0.calendar;
        let mut row = OfUnit::default();
        // One working day, one and none: the weekday's hours of the night count for nothing.
        row.count(&found(Determination::Stays, 24), &calendar);
        row.count(&found(Determination::MovesTo("DL".into()), 24), &calendar);
        row.count(&found(Determination::StaysCredited, 0), &calendar);
        let row = row.summed();
        assert_eq!((row.found, row.unfounded, row.moved, row.credited), (3, 1, 1, 1));
        assert_eq!((row.unfounded_permille, row.unfounded_share().as_str()), (333, "33.3%"));
        assert_eq!((row.mean_work_days_thousandths, row.mean_work_days().as_str()), (666, "0.7"));
        assert_eq!(OfUnit::default().summed().unfounded_permille, 0);
    }
}
