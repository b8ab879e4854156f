//! `duban deferral`: which cases wait, by whose consent and until when (article 27).

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::listed::Looking;
use super::print::Call;
use crate::http::api::deferrals::ROWS_MAX;
use duban_base::deferrals::{self, Line};
use duban_base::labels::instant;
use duban_base::store::Store;

/// 列出缓办台账
///
/// 待主管县长签批的在前;缓办中的,最先复核的在前(办法第二十七条)。
#[derive(Debug, Args)]
pub(crate) struct List {}

impl Looking for List {
    const VERB: &'static str = "list";
    const EXAMPLES: &'static [&'static str] = &[""];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let rules = store.rules.current();
        let found = deferrals::ledger(&store.journal, &rules.0, ROWS_MAX)?;
        if call.is_for_programs() {
            return call.json(&json!({ "deferrals": found }));
        }
        let calendar = &rules.0.rules.calendar;
        let none = || "—".to_owned();
        let row = |one: &Line| {
            vec![
                one.number.clone().unwrap_or_else(|| one.case.clone()),
                one.unit.to_string(),
                one.standing.chinese().to_owned(),
                one.since.map_or_else(none, |since| instant::minute(since, calendar)),
                one.leader.clone().unwrap_or_else(none),
                one.review_on.to_string(),
                one.address.clone(),
            ]
        };
        let rows = found.iter().map(row).collect();
        call.table(&["案件", "单位", "状态", "自何时", "签批人", "复核日期", "地点"], rows)
    }
}
