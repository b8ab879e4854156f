//! `duban unit classes`: which classes a unit had since when (article 6).

use anyhow::{Result, bail};
use clap::Args;
use duban_rules::vocabulary::UnitId;
use serde_json::json;

use crate::verbs::listed::Looking;
use crate::verbs::print::Call;
use duban_base::classes::{self, Since};
use duban_base::labels::instant;
use duban_base::store::Store;

/// 查看单位类别的沿革
///
/// 按生效过的规则,每次变动一行(办法第六条)。
#[derive(Debug, Args)]
pub(crate) struct Classes {
    /// 单位代码,如 CG-HW
    #[arg(value_name = "UNIT")]
    unit: String,
}

impl Looking for Classes {
    const VERB: &'static str = "classes";
    const EXAMPLES: &'static [&'static str] = &["CG-HW", "CG-HW --format json"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let history = classes::history(&store.journal, &UnitId::new(&self.unit))?;
        if history.is_empty() {
            bail!("没有单位 `{}`;`duban unit list` 列出全部单位", self.unit);
        }
        if call.is_for_programs() {
            return call.json(&json!({ "unit": self.unit, "classes": history }));
        }
        let rules = store.rules.current();
        let row = |Since { since, class, number }: &Since| {
            let since = instant::minute(*since, &rules.0.rules.calendar);
            vec![since, class.unwrap_or("(不在规则中)").to_owned(), number.clone()]
        };
        call.table(&["起", "类别", "规则"], history.iter().map(row).collect())
    }
}
