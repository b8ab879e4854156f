//! What will happen by itself, when, and why.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{EntityId, Timer};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asker::{InRole, Permission as _};
use super::page::Paging;
use crate::http::problem::Problem;
use duban_base::store::timers::soonest;
use duban_server::server::Server;

/// How many.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HowMany {
    /// 最多列几个
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
}

/// The timers that are due first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Soonest {
    /// 定时器,最先到期的在前
    timers: Vec<TimerRow>,
    /// 后面是否还有
    more: bool,
}

/// A timer in the list.
#[derive(Debug, Serialize, ToSchema)]
struct TimerRow {
    /// 时刻
    #[schema(value_type = String, format = DateTime)]
    due: Timestamp,
    /// 哪一类实体
    #[schema(value_type = String, example = "case")]
    kind: &'static str,
    /// 哪一个
    key: String,
    /// 定时器
    timer: String,
    /// 事由
    reason: String,
}

/// The timers that are due first.
pub(crate) async fn list(
    server: Data<Server>,
    asker: InRole,
    how_many: Query<HowMany>,
) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    let limit = Paging { cursor: None, limit: how_many.limit }.limit()?;
    let read = server.read(move |store| {
        let timers = soonest(store, limit + 1).map_err(unread)?;
        let more = timers.len() > limit;
        let row = |(id, timer): (EntityId, Timer)| TimerRow {
            due: timer.due,
            kind: store.registry.kind(id.kind).map_or("?", |kind| kind.name()),
            key: id.key.to_string(),
            timer: timer.name.to_string(),
            reason: timer.reason.to_string(),
        };
        let timers = timers.into_iter().take(limit).map(row).collect();
        Ok::<_, Problem>(Soonest { timers, more })
    });
    Ok(HttpResponse::Ok().json(read.await?))
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that `map_err` calls")]
fn unread(error: anyhow::Error) -> Problem {
    tracing::error!(%error, "timers cannot be read");
    Problem::unavailable("unreadable")
}
