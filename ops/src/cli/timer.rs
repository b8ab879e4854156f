//! `duban timer`: what will happen by itself, when, and why.

use anyhow::Result;
use clap::{Args, Subcommand};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{EntityId, Timer as Wanted};
use serde_json::{Value, json};

use super::{Call, Exit};
use duban_base::labels::instant;
use duban_base::labels::typed::{self, Typed};
use duban_base::store::Store;
use duban_base::store::timers::soonest;

#[derive(Debug, Subcommand)]
pub(crate) enum Timer {
    /// 列出定时器,最先到期的在前
    #[command(long_about = "列出全部实体的定时器,最先到期的在前,并说明各为何事。\n\n\
        示例:\n  \
        duban timer list\n  \
        duban timer list --until 2026-03-02T18:00\n  \
        duban timer list --limit 500 --format json")]
    List(List),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// 只列此刻之前到期的
    #[arg(long, value_name = "INSTANT", value_parser = typed::instant)]
    until: Option<Typed>,
    /// 最多列几行(默认见配置 output.rows)
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Timer {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let Timer::List(asked) = self;
        let store = call.open()?;
        list(call, &store, asked)?;
        store.close()?;
        Ok(Exit::Done)
    }
}

fn list(call: &mut Call<'_>, store: &Store, asked: &List) -> Result<()> {
    let rules = store.rules.current();
    let calendar = &rules.0.rules.calendar;
    let until = asked.until.map_or(Timestamp::NEVER, |typed| typed.by(calendar));
    let limit = call.rows(asked.limit);
    let mut timers = soonest(store, limit.saturating_add(1))?;
    timers.retain(|(_, timer)| timer.due < until);
    let more = timers.len() > limit;
    timers.truncate(limit);
    let kind = |id: &EntityId| store.registry.kind(id.kind).map_or("?", |kind| kind.name());
    if call.is_for_programs() {
        let rows = timers.iter().map(|(id, timer)| {
            json!({
                "due": timer.due, "kind": kind(id), "key": id.key,
                "timer": timer.name, "reason": timer.reason,
            })
        });
        let rows: Vec<Value> = rows.collect();
        return call.json(&json!({"timers": rows, "more": more}));
    }
    if timers.is_empty() {
        return call.line("没有定时器。");
    }
    let row = |(id, timer): &(EntityId, Wanted)| {
        vec![
            instant::second(timer.due, calendar),
            format!("{}/{}", kind(id), id.key),
            timer.name.to_string(),
            timer.reason.to_string(),
        ]
    };
    call.table(&["时刻", "实体", "定时器", "事由"], timers.iter().map(row).collect())?;
    if more {
        call.line(format!("只列最先到期的 {limit} 个;加 --limit 列得更多"))?;
    }
    Ok(())
}
