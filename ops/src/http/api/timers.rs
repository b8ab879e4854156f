//! What will happen by itself, when, and why.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Query};
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asker::Asker;
use super::page::Paging;
use crate::cli::timer::soonest;
use crate::house::House;
use crate::http::problem::Problem;

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
    house: Data<House>,
    asker: Asker,
    how_many: Query<HowMany>,
) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    let limit = Paging { cursor: None, limit: how_many.limit }.limit()?;
    let read = web::block(move || {
        let found = soonest(&house.store(), limit + 1);
        found.map(|timers| {
            let more = timers.len() > limit;
            let row = |(id, timer): (duban_runtime::entity::EntityId, _)| {
                let timer: duban_runtime::entity::Timer = timer;
                TimerRow {
                    due: timer.due,
                    kind: house.node.registry().kind(id.kind).map_or("?", |kind| kind.name()),
                    key: id.key.to_string(),
                    timer: timer.name.to_string(),
                    reason: timer.reason.to_string(),
                }
            };
            Soonest { timers: timers.into_iter().take(limit).map(row).collect(), more }
        })
    });
    match read.await {
        Ok(Ok(found)) => Ok(HttpResponse::Ok().json(found)),
        Ok(Err(error)) => {
            tracing::error!(%error, "timers cannot be read");
            Err(Problem::unavailable("unreadable"))
        }
        Err(_) => Err(Problem::unavailable("unreadable")),
    }
}
