//! `duban precedent`: what was found of whose cases of a condition are (article 19).

use anyhow::Result;
use clap::Args;
use duban_rules::vocabulary::{ConditionCode, Place};
use serde_json::json;

use super::listed::Looking;
use super::print::Call;
use crate::http::api::place::Spot;
use crate::http::api::precedents::ROWS_MAX;
use duban_base::labels::instant;
use duban_base::precedents::{self, Precedent};
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
