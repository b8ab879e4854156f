//! `duban unit views`: on which days a unit's main leader looked at its cases (article 7).

use anyhow::{Result, bail};
use clap::Args;
use duban_actors::unit::Unit;
use duban_rules::vocabulary::UnitId;
use serde_json::json;

use crate::http::api::views::{MonthOfViews, ShareOfDays, UnitViews};
use crate::verbs::listed::Looking;
use crate::verbs::print::Call;
use duban_base::labels::typed::{self, Typed, or_now};
use duban_base::state;
use duban_base::store::Store;

/// 查看单位主要领导每日查看案件的情况
///
/// 近十三个月,按工作日和按自然日;本月计至昨天,今天已查看的计至今天(办法第七条)。
#[derive(Debug, Args)]
pub(crate) struct Views {
    /// 单位代码,如 CG-HW
    #[arg(value_name = "UNIT")]
    unit: String,
    /// 本月计至这个时刻;不写则至当前时刻
    #[arg(long, value_name = "INSTANT", value_parser = typed::instant)]
    at: Option<Typed>,
}

impl Looking for Views {
    const VERB: &'static str = "views";
    const EXAMPLES: &'static [&'static str] = &["CG-HW", "CG-HW --format json"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let context = store.rules.current();
        let rules = &context.0.rules;
        let now = or_now(self.at, &rules.calendar, call.now());
        let unit = state::read::<Unit>(&store.journal, &self.unit)?.map(|(unit, _)| unit);
        let known = rules.units.get(&UnitId::new(&self.unit));
        if known.is_none() && unit.is_none() {
            bail!("没有单位 `{}`;`duban unit list` 列出全部单位", self.unit);
        }
        let views = UnitViews::of(&self.unit, unit.as_ref(), now, &context.0);
        if call.is_for_programs() {
            return call.json(&json!(views));
        }
        if views.months.is_empty() {
            return call.line("没有查看记录");
        }
        let rows = views.months.iter().map(row).collect();
        call.table(&["月份", "按工作日", "比例", "按自然日", "比例", "未查看的工作日"], rows)
    }
}

fn row(month: &MonthOfViews) -> Vec<String> {
    let MonthOfViews { month: name, working_days, calendar_days, missed, .. } = month;
    let of = |share: &ShareOfDays| format!("{}/{}", share.looked, share.days);
    let rate = |share: &ShareOfDays| share.rate.clone().unwrap_or_else(|| "—".to_owned());
    let days: Vec<String> = missed.iter().map(|day| day.format("%m-%d").to_string()).collect();
    vec![
        name.clone(),
        of(working_days),
        rate(working_days),
        of(calendar_days),
        rate(calendar_days),
        if days.is_empty() { "—".to_owned() } else { days.join(" ") },
    ]
}
