//! `duban case show`: how a case stands, and its whole history: who, in which role, when, what (article 12).

use anyhow::Result;
use duban_actors::case::event::Event;
use duban_actors::case::{Case, Life};
use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::record::Record;
use serde_json::{Value, json};

use super::row::{light, stage_word, timeliness_word};
use super::{One, events, explain, find};
use crate::cli::{Call, instant};
use crate::store::Store;

/// Prints the case.
pub(super) fn show(call: &mut Call<'_>, store: &Store, asked: &One) -> Result<()> {
    let (id, stored) = find(&store.journal, &asked.id)?;
    let case = store.case(&id, &stored)?;
    let records = store.journal.history(&id)?;
    let rules = store.rules.current();
    let now = instant::or_now(asked.at, &rules.0.rules.calendar, call.now());
    if call.is_for_programs() {
        let light = light(&case, explain::stage_due(&case, &rules.0), now).as_str();
        let history: Vec<Value> = records.iter().map(record_json).collect();
        let mut shown = duban_actors::case::view::view(&case);
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
    let rows = records.iter().map(|record| record_cells(record, &rules.0)).collect();
    call.table(&["序", "时间", "谁", "身份", "做了什么"], rows)
}

/// How the case stands, line by line.
fn facts(case: &Case, cx: &Context, now: Timestamp) -> Vec<(&'static str, String)> {
    let calendar = &cx.rules.calendar;
    let life = &case.life;
    let mut facts = vec![("案件", case.id.to_string())];
    if let Some(number) = life.filing().and_then(|filing| filing.number.as_ref()) {
        facts.push(("编号", number.to_string()));
    }
    facts.push(("环节", format!("{}({})", stage_word(life.name()), life.name())));
    if let Some(report) = life.report() {
        let grid = report.grid.as_ref().map(|grid| format!("(监督网格 {grid})"));
        let address = if report.address.is_empty() { "—" } else { &report.address };
        facts.push(("地点", format!("{address}{}", grid.unwrap_or_default())));
    }
    if let Some(code) = life.filing().and_then(|filing| filing.condition.as_ref()) {
        let known = cx.rules.handbook.condition(code);
        let texts = known.map(|known| format!(" {}:{}", known.small_class, known.filing));
        facts.push(("立案条件", format!("{code}{}", texts.unwrap_or_default())));
    }
    if let Some(limit) = life.filing().and_then(|filing| filing.limit) {
        facts.push(("处置时限", limit.to_string()));
    }
    if let Some(assignment) = life.assignment() {
        let name = cx.rules.units.get(&assignment.unit).map(|unit| format!(" {}", unit.name));
        let unit = format!("{}{}", assignment.unit, name.unwrap_or_default());
        facts.push(("单位", format!("{unit}(第 {} 次派遣)", assignment.no)));
    }
    if let Life::Closed(closed) = life {
        let (finish, at) = (closed.finish, closed.at);
        facts.push(("处置完毕", instant::second(finish, calendar)));
        let verdict = timeliness_word(closed.timeliness);
        facts.push(("结案", format!("{},{verdict}", instant::second(at, calendar))));
        if finish < closed.assignment.start {
            facts.push(("注意", "完毕时间早于派遣时间(来自导入的数据)".to_owned()));
        }
        return facts;
    }
    let stage = explain::stage_due(case, cx);
    if let Some(due) = life.assignment().and_then(|assignment| assignment.due) {
        facts.push(("截止", explain::due_words(due, now, calendar)));
    }
    if let Some(due) = stage {
        facts.push(("本环节截止", explain::due_words(due, now, calendar)));
    }
    facts.push(("灯", light(case, stage, now).chinese().to_owned()));
    facts
}

fn record_cells(record: &Record, cx: &Context) -> Vec<String> {
    let asked = &record.asked;
    let role: &str = match asked.role.parse::<Role>() {
        Ok(role) => role.chinese(),
        Err(_) => &asked.role,
    };
    let by = match &asked.on_behalf_of {
        Some(whom) => format!("{}(代 {whom} 录入)", asked.by),
        None => asked.by.to_string(),
    };
    let what = match serde_json::from_str::<Vec<Event>>(&record.events) {
        Ok(events) => {
            let told = events.iter().map(|event| events::told(event, &cx.rules.calendar));
            told.collect::<Vec<_>>().join("\n")
        }
        // A later version of duban may have written what this one cannot read.
        Err(_) => record.events.clone(),
    };
    let at = instant::second(asked.at, &cx.rules.calendar);
    vec![record.sequence.to_string(), at, by, role.to_owned(), what]
}

fn record_json(record: &Record) -> Value {
    let events: Value = serde_json::from_str(&record.events).unwrap_or(Value::Null);
    json!({
        "sequence": record.sequence,
        "at": record.asked.at,
        "by": record.asked.by,
        "role": record.asked.role,
        "on_behalf_of": record.asked.on_behalf_of,
        "rules": format!("{:016x}", record.rules.swap_bytes()),
        "events": events,
    })
}
