//! Whether the clock is believed, and an operator's word that it is right.

use actix_web::HttpResponse;
use actix_web::web::Data;
use duban_runtime::clock::Timestamp;
use duban_runtime::clock::trusted::ClockSeen;
use serde::Serialize;
use utoipa::ToSchema;

use super::asker::{InRole, Permission as _};
use crate::http::problem::Problem;
use duban_base::labels::clock::is_in_doubt;
use duban_server::server::Server;

/// How the clock stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClockShown {
    /// 系统时间
    #[schema(value_type = String, format = DateTime)]
    wall: Timestamp,
    /// 督办采信的时间:定时器和登记按它进行
    #[schema(value_type = String, format = DateTime)]
    believed: Timestamp,
    /// 时钟是否可信
    trusted: bool,
    /// 系统时间比采信的时间快多少秒;没有被拦下时为 null
    ahead_s: Option<u64>,
    /// 系统时间比已经见过的时刻落后多少秒;没有倒退时为 null
    behind_s: Option<u64>,
}

impl From<ClockSeen> for ClockShown {
    fn from(seen: ClockSeen) -> ClockShown {
        let ClockSeen { wall, believed, ahead, behind } = seen;
        let seconds = |span: Option<std::time::Duration>| span.map(|span| span.as_secs());
        let (ahead_s, behind_s) = (seconds(ahead), seconds(behind));
        ClockShown { wall, believed, trusted: !is_in_doubt(&seen), ahead_s, behind_s }
    }
}

/// Whether the clock is trusted.
pub(crate) async fn show(server: Data<Server>, asker: InRole) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    Ok(HttpResponse::Ok().json(ClockShown::from(server.node.clock_seen())))
}

/// Trusts the clock as it is.
pub(crate) async fn trust(server: Data<Server>, asker: InRole) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    tracing::warn!(login = %asker.login, "the clock is trusted over HTTP");
    server.node.trust_clock();
    Ok(HttpResponse::Ok().json(ClockShown::from(server.node.clock_seen())))
}
