//! `duban collector`: whom the grid has and who is on duty (articles 10, 13 and 17); what is asked of them is in the
//! list of operations.

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::Call;
use super::verb::Looking;
use crate::http::api::collectors::{ids, shown};
use crate::http::api::text::Key;
use crate::store::Store;
use crate::words::collector::standing;

/// 列出采集员:规则中的和曾任命的
#[derive(Debug, Args)]
pub(crate) struct List {}

/// 查看一名采集员:在岗与否、网格、手中的现场任务
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// 采集员编号;`duban collector list` 列出
    #[arg(value_name = "ID")]
    id: Key,
}

impl Looking for List {
    const VERB: &'static str = "list";
    const EXAMPLES: &'static [&'static str] = &["", "--format json"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let read = |id: &String| Ok(shown::<anyhow::Error>(store, id)?.map(|(shown, _)| shown));
        let found = ids(store)?.iter().map(read).collect::<Result<Vec<_>>>()?;
        let found: Vec<Value> = found.into_iter().flatten().collect();
        if call.is_for_programs() {
            return call.json(&json!({ "collectors": found }));
        }
        let row = |shown: &Value| {
            let tasks = shown.get("tasks").and_then(Value::as_array).map_or(0, Vec::len);
            vec![
                text(shown, "collector"),
                text(shown, "name"),
                standing(&text(shown, "standing")).to_owned(),
                grids(shown),
                tasks.to_string(),
            ]
        };
        let rows = found.iter().map(row).collect();
        call.table(&["编号", "姓名", "状态", "监督网格", "任务"], rows)
    }
}

impl Looking for Show {
    const VERB: &'static str = "show";
    const EXAMPLES: &'static [&'static str] = &["CJ-01", "CJ-01 --format json"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let Some((mut shown, sequence)) = shown::<anyhow::Error>(store, self.id.as_str())? else {
            bail!("没有采集员 `{}`;`duban collector list` 列出全部采集员", self.id)
        };
        if call.is_for_programs() {
            if let Some(fields) = shown.as_object_mut() {
                fields.insert("sequence".to_owned(), json!(sequence));
            }
            return call.json(&shown);
        }
        call.line(format!(
            "采集员:{} {} {}",
            self.id,
            text(&shown, "name"),
            text(&shown, "phone")
        ))?;
        let until = shown.get("until").map(|_| format!(",至 {}", text(&shown, "until")));
        let stands = standing(&text(&shown, "standing"));
        call.line(format!("状态:{stands}{},序号 {sequence}", until.unwrap_or_default()))?;
        call.line(format!("监督网格:{}", grids(&shown)))?;
        let tasks = shown.get("tasks").and_then(Value::as_array).cloned().unwrap_or_default();
        call.line(format!("现场任务:{} 项", tasks.len()))?;
        for task in &tasks {
            call.line(format!("  {} 第 {} 项", text(task, "case"), task["task"]))?;
        }
        Ok(())
    }
}

fn text(shown: &Value, field: &str) -> String {
    shown.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn grids(shown: &Value) -> String {
    let grids = shown.get("grids").and_then(Value::as_array).cloned().unwrap_or_default();
    let grids: Vec<&str> = grids.iter().filter_map(Value::as_str).collect();
    grids.join(" ")
}
