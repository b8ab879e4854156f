//! `duban case show`: how a case stands, and its whole history: who, in which role, when, what (article 12).

use anyhow::Result;
use duban_actors::context::Context;
use duban_runtime::journal::Failure;
use duban_runtime::record::Record;
use serde_json::{Value, json};

use super::{One, find};
use crate::verbs::print::Call;
use duban_base::labels::case::{light, stage_due};
use duban_base::labels::history::{Papers, facts, told};
use duban_base::labels::instant;
use duban_base::labels::typed::or_now;
use duban_base::names::Names;
use duban_base::store::Store;

/// Prints the case.
pub(super) fn show(call: &mut Call<'_>, store: &Store, asked: &One) -> Result<()> {
    let (id, stored) = find(&store.journal, &asked.id)?;
    let case = store.case(&id, &stored)?;
    let records = store.journal.history(&id)?;
    let rules = store.rules.current();
    let names = Names::of(&store.journal);
    let now = or_now(asked.at, &rules.0.rules.calendar, call.now());
    if call.is_for_programs() {
        let light = light(&case, stage_due(&case), now).as_str();
        let history = records.iter().map(|record| record_json(record, &names));
        let history = history.collect::<Result<Vec<Value>, Failure>>()?;
        let mut shown = duban_actors::case::view::view_under(&case, &rules.0);
        if let Some(fields) = shown.as_object_mut() {
            fields.insert("light".to_owned(), json!(light));
            fields.insert("at".to_owned(), json!(now));
            fields.insert("sequence".to_owned(), json!(stored.sequence));
            fields.insert("history".to_owned(), json!(history));
        }
        return call.json(&shown);
    }
    for (name, value) in facts(&case, &rules.0, now) {
        call.line(format!("{name}:{value}"))?;
    }
    let quarantine = store.journal.quarantine(&id)?;
    if let Some(reason) = quarantine {
        call.line(format!("已隔离:{reason}(在有人处理之前不接受任何操作)"))?;
    }
    call.line("")?;
    let rows = records.iter().map(|record| record_cells(record, &names, &rules.0));
    let rows = rows.collect::<Result<_, Failure>>()?;
    call.table(&["序", "时间", "谁", "身份", "做了什么"], rows)
}

fn record_cells(record: &Record, names: &Names<'_>, cx: &Context) -> Result<Vec<String>, Failure> {
    let told = told(record, Papers::Shown, names, cx)?;
    let at = instant::second(record.asked.at, &cx.rules.calendar);
    Ok(vec![record.sequence.to_string(), at, told.by, told.role, told.what.join("\n")])
}

fn record_json(record: &Record, names: &Names<'_>) -> Result<Value, Failure> {
    let events: Value = serde_json::from_str(&record.events).unwrap_or(Value::Null);
    let asked = &record.asked;
    Ok(json!({
        "sequence": record.sequence,
        "at": asked.at,
        "by": asked.by,
        "name": names.name(asked)?,
        "role": asked.role,
        "speaks_for": asked.speaks_for,
        "on_behalf_of": asked.on_behalf_of,
        "rules": format!("{:016x}", record.rules.swap_bytes()),
        "events": events,
    }))
}
