//! `duban committee`: who is a member of the committee, for whom and how long (article 2).

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::listed::Looking;
use super::print::Call;
use crate::http::api::committee::Committee;
use duban_base::store::Store;

/// 列出城管委的主任和成员
///
/// 按现行规则(committee.toml):姓名、机构、所领导的终端单位和任期。
#[derive(Debug, Args)]
pub(crate) struct List {}

impl Looking for List {
    const VERB: &'static str = "list";
    const EXAMPLES: &'static [&'static str] = &["", "--format json"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let committee = Committee::of(&store.rules.current().0.rules);
        if call.is_for_programs() {
            return call.json(&json!(committee));
        }
        call.table(&Committee::HEADINGS, committee.rows())
    }
}
