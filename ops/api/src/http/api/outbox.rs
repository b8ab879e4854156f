//! The outbox: messages without an outcome, those given up first, and everything else that waits for a person.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Failure;
use duban_runtime::outbox::{MessageId, Row, RowState};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::asker::{InRole, Permission as _};
use super::page::{Named, Paging, no_cursor};
use crate::http::problem::Problem;
use duban_base::aside::{self, Undone};
use duban_base::store::Store;
use duban_messages::delivery::revival::{Revival, revive};
use duban_server::server::Server;

/// Parked tells and entities set aside that are told with the first page.
const WAITING_MAX: usize = 200;

/// A page of the outbox.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutboxPage {
    /// 消息,死信在前,其余按下次处理的时刻
    messages: Vec<MessageRow>,
    /// 下一页的 cursor;没有下一页则为 null
    next: Option<String>,
    /// 无法投递的内部消息(只在第一页)
    #[schema(value_type = Vec<Object>)]
    parked: Vec<Value>,
    /// 被隔离的实体(只在第一页)
    #[schema(value_type = Vec<Object>)]
    quarantined: Vec<Value>,
}

/// A message in the list.
#[derive(Debug, Serialize, ToSchema)]
struct MessageRow {
    /// 消息的编号
    message: String,
    /// 模板
    template: String,
    /// 状态
    #[schema(value_type = String, example = "dead")]
    state: &'static str,
    /// 尝试次数
    attempts: u32,
    /// 下次处理的时刻;死信没有
    #[schema(value_type = Option<String>, format = DateTime)]
    next: Option<Timestamp>,
    /// 收件人,发送时才确定
    #[schema(value_type = Vec<Object>)]
    addresses: Vec<Value>,
    /// 放弃的原因
    reason: Option<String>,
}

impl MessageRow {
    fn of((id, row): &(MessageId, Row)) -> MessageRow {
        let (state, addresses, reason) = match &row.standing {
            RowState::Ready => ("ready", &[][..], None),
            RowState::Claimed(addresses, _) if row.attempts > 0 => ("retry", &addresses[..], None),
            RowState::Claimed(addresses, _) => ("claimed", &addresses[..], None),
            RowState::Untried(addresses, _) => ("untried", &addresses[..], None),
            RowState::Dead(addresses, _, reason) => ("dead", &addresses[..], Some(reason)),
        };
        MessageRow {
            message: id.to_string(),
            template: row.message.template.to_string(),
            state,
            attempts: row.attempts,
            next: (row.next != Timestamp::NEVER).then_some(row.next),
            addresses: addresses.iter().map(|address| json!(address)).collect(),
            reason: reason.map(ToString::to_string),
        }
    }
}

/// A page of messages.
pub(crate) async fn list(
    server: Data<Server>,
    asker: InRole,
    paging: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    let limit = paging.limit()?;
    let after = paging.cursor()?.map(place).transpose()?;
    let page = server.read(move |store| page(store, after, limit)).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Where a row stands: those given up come first.
type Place = (Timestamp, MessageId);

fn page(store: &Store, after: Option<Place>, limit: usize) -> Result<OutboxPage, Problem> {
    let (journal, first) = (&store.journal, after.is_none());
    let wanted = limit + 1;
    let mut rows: Vec<(MessageId, Row)> = Vec::new();
    let among_dead = after.as_ref().is_none_or(|(next, _)| *next == Timestamp::NEVER);
    if among_dead {
        let last = after.clone().map(|(_, id)| id);
        let letters = duban_base::dead_letters::behind(journal, last).take(wanted);
        rows = letters.collect::<Result<_, Failure>>()?;
    }
    if rows.len() < wanted {
        let after = after.filter(|_| !among_dead);
        let first = journal.outbox_of_all(after).take(wanted);
        let first = first.collect::<Result<Vec<_>, Failure>>()?;
        rows.extend(first.into_iter().filter(|(_, row)| row.next != Timestamp::NEVER));
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next =
        rows.last().filter(|_| more).map(|(id, row)| format!("{}~{id}", row.next.as_millis()));
    let (parked, quarantined) = if first { waiting(store)? } else { Default::default() };
    Ok(OutboxPage {
        messages: rows.iter().map(MessageRow::of).collect(),
        next,
        parked,
        quarantined,
    })
}

fn waiting(store: &Store) -> Result<(Vec<Value>, Vec<Value>), Problem> {
    let journal = &store.journal;
    let kind = |id: &EntityId| store.registry.kind(id.kind).map_or("?", |k| k.name());
    let parked = journal.parked(WAITING_MAX)?.into_iter().map(|parked| {
        json!({
            "from_partition": parked.from_partition, "to": parked.tell.to.to_string(),
            "number": parked.tell.number, "at": parked.tell.at, "reason": parked.reason,
        })
    });
    let quarantined = journal.quarantined()?.into_iter().take(WAITING_MAX).map(
        |(id, why)| json!({ "kind": kind(&id), "key": id.key, "at": why.at, "reason": why.reason }),
    );
    Ok((parked.collect(), quarantined.collect()))
}

fn place(cursor: &str) -> Result<Place, Problem> {
    let parsed = cursor
        .split_once('~')
        .and_then(|(next, id)| Some((Timestamp::from_millis(next.parse().ok()?), message(id)?)));
    parsed.ok_or_else(no_cursor)
}

/// The message of this id, as [`MessageId`] writes it; a key may hold dots.
fn message(text: &str) -> Option<MessageId> {
    let (kind, rest) = text.split_once('.')?;
    let (rest, index) = rest.rsplit_once('.')?;
    let (key, sequence) = rest.rsplit_once('.')?;
    let entity = EntityId { kind: kind.parse().ok()?, key: CompactString::new(key) };
    Some(MessageId { entity, sequence: sequence.parse().ok()?, index: index.parse().ok()? })
}

/// Sends a dead letter again.
pub(crate) async fn retry(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    let id = message(named.as_str()).ok_or_else(Problem::not_found)?;
    let revived = aside::at_length(async move || revive(&server.node, id).await).await;
    match revived.map_err(|Undone| Problem::unavailable("undecided"))?? {
        Revival::Due => Ok(HttpResponse::NoContent().finish()),
        Revival::Busy => {
            let problem = Problem::new(StatusCode::CONFLICT, "not-dead", "不是死信");
            Err(problem.detail("没有这条死信,或正在处理"))
        }
        Revival::NotDead => Err(Problem::not_found()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_found_again_by_what_it_is_called() {
        for key in ["c7k2m", "zhang.san", "a.1.2"] {
            let entity = EntityId { kind: 6, key: key.into() };
            let id = MessageId { entity, sequence: 17, index: 3 };
            assert_eq!(message(&id.to_string()), Some(id));
        }
        for text in ["", "1", "1.2.3", "x.c.1.1", "1.c.1.99999999"] {
            assert_eq!(message(text), None, "{text}");
        }
    }
}
