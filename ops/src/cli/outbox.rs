//! `duban outbox`: messages that have no outcome yet, and everything that waits for a person.

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use duban_rules::line;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Failure;
use duban_runtime::node::Node;
use duban_runtime::outbox::{MessageId, Row, RowState};
use serde_json::{Value, json};

use super::{Call, Exit};
use duban_base::dead_letters;
use duban_base::labels::instant;
use duban_base::labels::outbox::{standing, state_word};
use duban_base::store::Store;
use duban_messages::delivery::revival::{self, Revival};
use duban_server::offline::{self, Absent};

/// Parked tells that are listed at most.
const PARKED_MAX: usize = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum Outbox {
    /// 列出未了结的消息、死信、被隔离的实体
    #[command(
        long_about = "列出还没有结果的消息:待发、正在发送、等待重试、死信(放弃,需要人处理)。\n\
        另列无法投递的内部消息和被隔离的实体。有死信或隔离时退出码为 1,便于监控。\n\n\
        示例:\n  \
        duban outbox list\n  \
        duban outbox list --dead                 只看需要人处理的\n  \
        duban outbox list --format json"
    )]
    List(List),
    /// 让死信再发一次
    #[command(long_about = "让死信(已放弃的消息)再发一次:收件人不变,尝试次数从头计。\n\
        消息编号用 `duban outbox list` 列出的写法。全部完成退出码为 0,有一条不是死信则为 1。\n\n\
        示例:\n  \
        duban outbox retry case/c0abc#7.0\n  \
        duban outbox retry --all                 所有死信")]
    Retry(Retry),
}

#[derive(Debug, Args)]
pub(super) struct Retry {
    /// 消息编号,如 case/c0abc#7.0
    #[arg(value_name = "ID", required_unless_present = "all")]
    ids: Vec<String>,
    /// 所有死信
    #[arg(long, conflicts_with = "ids")]
    all: bool,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// 只列需要人处理的:死信、无法投递的内部消息、被隔离的实体
    #[arg(long)]
    dead: bool,
    /// 最多列几条消息(默认见配置 output.rows)
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Everything a person may have to look at.
struct Found {
    rows: Vec<(MessageId, Row)>,
    more: bool,
    parked: Vec<Value>,
    quarantined: Vec<(EntityId, Timestamp, String)>,
}

impl Outbox {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        match self {
            Outbox::List(asked) => list(call, asked),
            Outbox::Retry(asked) => retry(call, asked),
        }
    }
}

fn list(call: &mut Call<'_>, asked: &List) -> Result<Exit> {
    let store = call.open()?;
    let limit = call.rows(asked.limit);
    let found = find(&store, asked, limit)?;
    if call.is_for_programs() {
        as_json(call, &store, &found)?;
    } else {
        as_text(call, &store, &found)?;
    }
    let dead = |(_, row): &(MessageId, Row)| matches!(row.standing, RowState::Dead(..));
    let waits =
        found.rows.iter().any(dead) || !found.parked.is_empty() || !found.quarantined.is_empty();
    store.close()?;
    Ok(if waits { Exit::Failed } else { Exit::Done })
}

fn retry(call: &mut Call<'_>, asked: &Retry) -> Result<Exit> {
    // Where no server runs nothing is sent here: the messages are due when it runs again.
    let revived = offline::with_node(&call.site(), Absent::Refuse, async |node, _| {
        let mut ids = Vec::new();
        for text in &asked.ids {
            let id = revival::message(node.registry(), text);
            ids.push(
                id.with_context(|| format!("`{text}` 不是消息编号;`duban outbox list` 列出编号"))?,
            );
        }
        Ok(revived(node, &ids, asked).await?)
    })?;
    say(call, &asked.ids, &revived)
}

/// What was asked for, done on a running node.
async fn revived(node: &Node, ids: &[MessageId], asked: &Retry) -> Result<Revived, Failure> {
    if asked.all {
        return Ok(Revived::All(revival::revive_all(node).await?));
    }
    let mut each = Vec::new();
    for id in ids {
        each.push(revival::revive(node, id.clone()).await?);
    }
    Ok(Revived::Each(each))
}

enum Revived {
    All(usize),
    /// Each that was named.
    Each(Vec<Revival>),
}

fn say(call: &mut Call<'_>, ids: &[String], revived: &Revived) -> Result<Exit> {
    let each = match revived {
        Revived::All(n) if call.is_for_programs() => {
            call.json(&json!({ "revived": n }))?;
            return Ok(Exit::Done);
        }
        Revived::All(n) => {
            call.line(format!("{n} 条死信将再发一次"))?;
            return Ok(Exit::Done);
        }
        Revived::Each(each) => each,
    };
    let word = |revival: &Revival| match revival {
        Revival::Due => ["due", "将再发一次"],
        Revival::NotDead => ["not-dead", "不是死信"],
        Revival::Busy => ["busy", "稍后再试"],
    };
    if call.is_for_programs() {
        let rows = ids.iter().zip(each).map(|(id, revival)| {
            let [state, _] = word(revival);
            json!({ "message": id, "state": state })
        });
        call.json(&json!({ "messages": rows.collect::<Vec<Value>>() }))?;
    } else {
        for (id, revival) in ids.iter().zip(each) {
            let [_, words] = word(revival);
            call.line(format!("{id}:{words}"))?;
        }
    }
    let done = each.iter().all(|revival| *revival == Revival::Due);
    Ok(if done { Exit::Done } else { Exit::Failed })
}

fn find(store: &Store, asked: &List, limit: usize) -> Result<Found> {
    let wanted = limit.saturating_add(1);
    let given_up = dead_letters::letters(&store.journal, wanted)?;
    let mut rows = given_up;
    if !asked.dead {
        let first = store.journal.outbox_of_all(None).take(wanted);
        let first = first.collect::<Result<Vec<_>, Failure>>()?;
        rows.extend(first.into_iter().filter(|(_, row)| row.next != Timestamp::NEVER));
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    let parked = store.journal.parked(PARKED_MAX)?.into_iter().map(|parked| {
        json!({
            "from_partition": parked.from_partition, "to": parked.tell.to.to_string(),
            "number": parked.tell.number, "at": parked.tell.at,
            "command": parked.tell.command, "reason": parked.reason,
        })
    });
    let quarantined = store.journal.quarantined()?.into_iter();
    let quarantined = quarantined.map(|(id, why)| (id, why.at, why.reason.to_string()));
    Ok(Found { rows, more, parked: parked.collect(), quarantined: quarantined.collect() })
}

fn as_json(call: &mut Call<'_>, store: &Store, found: &Found) -> Result<()> {
    let rows = found.rows.iter().map(|(id, row)| {
        let (state, addresses, reason) = standing(row);
        json!({
            "message": id.to_string(), "template": row.message.template, "state": state,
            "attempts": row.attempts, "next": (row.next != Timestamp::NEVER).then_some(row.next),
            "addresses": addresses, "reason": reason,
        })
    });
    let rows: Vec<Value> = rows.collect();
    let quarantined = found.quarantined.iter().map(|(id, at, reason)| {
        json!({"kind": kind(store, id), "key": id.key, "at": at, "reason": reason})
    });
    let quarantined: Vec<Value> = quarantined.collect();
    call.json(&json!({
        "messages": rows, "more": found.more, "parked": found.parked, "quarantined": quarantined,
    }))
}

fn as_text(call: &mut Call<'_>, store: &Store, found: &Found) -> Result<()> {
    let rules = store.rules.current();
    let calendar = &rules.0.rules.calendar;
    if found.rows.is_empty() {
        call.line("没有未了结的消息。")?;
    } else {
        let row = |(id, row): &(MessageId, Row)| {
            let (state, addresses, reason) = standing(row);
            let to = addresses.iter().map(|a| format!("{} {}", line::one(&a.name), a.address));
            let to = to.collect::<Vec<_>>().join(";");
            vec![
                format!(
                    "{}/{}#{}.{}",
                    kind(store, &id.entity),
                    id.entity.key,
                    id.sequence,
                    id.index
                ),
                row.message.template.to_string(),
                state_word(state).to_owned(),
                row.attempts.to_string(),
                instant::second(row.next, calendar),
                if to.is_empty() { "(发送时确定)".to_owned() } else { to },
                reason.unwrap_or_default().to_owned(),
            ]
        };
        let headings = ["消息", "模板", "状态", "尝试", "下次", "收件人", "原因"];
        call.table(&headings, found.rows.iter().map(row).collect())?;
        if found.more {
            call.line("后面还有;加 --limit 列得更多")?;
        }
    }
    if !found.parked.is_empty() {
        call.line(format!("\n无法投递的内部消息:{} 条(需要人处理)", found.parked.len()))?;
        let text = |value: &Value, key: &str| match value.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let keys = ["at", "to", "number", "reason", "command"];
        let row = |value: &Value| keys.iter().map(|key| text(value, key)).collect();
        let headings = ["时刻", "发往", "序号", "原因", "内容"];
        call.table(&headings, found.parked.iter().map(row).collect())?;
    }
    if !found.quarantined.is_empty() {
        call.line(format!("\n被隔离的实体:{} 个(需要人处理)", found.quarantined.len()))?;
        let row = |(id, at, reason): &(EntityId, Timestamp, String)| {
            let entity = format!("{}/{}", kind(store, id), id.key);
            vec![entity, instant::second(*at, calendar), reason.clone()]
        };
        call.table(&["实体", "时刻", "原因"], found.quarantined.iter().map(row).collect())?;
    }
    Ok(())
}

fn kind(store: &Store, id: &EntityId) -> &'static str {
    store.registry.kind(id.kind).map_or("?", |kind| kind.name())
}
