//! `duban precedent`: what was found of whose cases of a condition are, the report of disputes, and what follows for the
//! handbook (article 19).

use anyhow::{Context as _, Result};
use clap::Args;
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::{ConditionCode, Place};
use duban_runtime::clock::Timestamp;
use serde_json::json;

use super::listed::Looking;
use super::print::Call;
use crate::http::api::place::Spot;
use crate::http::api::precedents::ROWS_MAX;
use duban_base::disputes::{self, OfUnit};
use duban_base::labels::instant;
use duban_base::period::{Period, WRITTEN};
use duban_base::precedents::{self, Precedent};
use duban_base::proposals::{self, Proposal};
use duban_base::store::Store;

/// 列出一个立案条件的认定先例
///
/// 责任认定的结果,写了地点的最近的在前,其次最后认定的在前。
#[derive(Debug, Args)]
pub(crate) struct List {
    /// 立案条件代码,如 part-01-01-2
    #[arg(long, value_name = "CONDITION")]
    condition: String,
    /// 靠近这个地点的在前
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true)]
    near: Option<Spot>,
}

impl Looking for List {
    const VERB: &'static str = "list";
    const EXAMPLES: &'static [&'static str] =
        &["--condition part-01-01-2", "--condition part-01-01-2 --near 115.83,38.43"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let (condition, near) = (ConditionCode::new(&self.condition), self.near.map(Place::from));
        let found = precedents::of(&store.journal, &condition, near, ROWS_MAX)?;
        if call.is_for_programs() {
            return call.json(&json!({ "precedents": found }));
        }
        let rules = store.rules.current();
        let row = |one: &Precedent| {
            vec![
                one.number.clone().unwrap_or_else(|| one.case.clone()),
                one.unit.to_string(),
                one.ground.chinese().to_owned(),
                instant::minute(one.found, &rules.0.rules.calendar),
                one.address.clone(),
                one.metres.map_or_else(|| "—".to_owned(), |metres| metres.to_string()),
            ]
        };
        let rows = found.iter().map(row).collect();
        call.table(&["案件", "认定单位", "事由", "认定时间", "地点", "相距(米)"], rows)
    }
}

/// 各单位责任认定申请的结果
///
/// 一段时间内认定的申请,按申请单位:不成立(推诿)的占多少,从申请到认定平均几个工作日(办法第十九条)。
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// 哪个月或哪一年,如 2026-03、2026;不写则为最近十二个月
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
}

impl Looking for Report {
    const VERB: &'static str = "report";
    const EXAMPLES: &'static [&'static str] = &["", "--period 2026-03", "--period 2026"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let rules = store.rules.current();
        let (calendar, units) = (&rules.0.rules.calendar, &rules.0.rules.units);
        let period = period(self.period.as_deref(), call.now(), calendar)?;
        let report = disputes::report(&store.journal, period, calendar)?;
        if call.is_for_programs() {
            let Period { from, until } = period;
            return call.json(&json!({ "from": from, "until": until, "units": report }));
        }
        let row = |of: &OfUnit| {
            vec![
                units.name_of(&of.unit.as_str().into()).to_owned(),
                of.found.to_string(),
                of.unfounded.to_string(),
                of.unfounded_share(),
                of.credited.to_string(),
                of.moved.to_string(),
                of.joint.to_string(),
                of.mean_work_days(),
            ]
        };
        call.table(
            &["申请单位", "已认定", "不成立", "推诿占比", "不计时间", "改派", "协同", "平均工作日"],
            report.iter().map(row).collect(),
        )
    }
}

/// 列出手册修订建议
///
/// 一段时间内认定由手册没有列出的单位处置的,按立案条件和单位合计,件数多的在前;手册已经列出的不再建议(办法第十九条)。
#[derive(Debug, Args)]
pub(crate) struct Proposed {
    /// 哪个月或哪一年,如 2026-03、2026;不写则为最近十二个月
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
}

impl Looking for Proposed {
    const VERB: &'static str = "proposals";
    const EXAMPLES: &'static [&'static str] = &["", "--period 2026"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let rules = store.rules.current();
        let calendar = &rules.0.rules.calendar;
        let period = period(self.period.as_deref(), call.now(), calendar)?;
        let found = proposals::of(&store.journal, period, &rules.0)?;
        if call.is_for_programs() {
            return call.json(&json!({ "proposals": found }));
        }
        let row = |one: &Proposal| {
            vec![
                one.condition.to_string(),
                one.small_class.clone(),
                format!("{} {}", one.unit, one.unit_name),
                one.findings.to_string(),
                instant::minute(one.last, calendar),
                one.number.clone().unwrap_or_else(|| one.case.clone()),
            ]
        };
        call.table(
            &["立案条件", "小类", "认定单位", "件数", "最近认定", "最近案件"],
            found.iter().map(row).collect(),
        )
    }
}

fn period(text: Option<&str>, now: Timestamp, calendar: &Calendar) -> Result<Period> {
    let period = Period::of(text, now, calendar);
    period.with_context(|| format!("--period 写法有误,或还没有开始:{WRITTEN}"))
}
