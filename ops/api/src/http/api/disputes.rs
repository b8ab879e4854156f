//! The report of disputes as it is read, and what follows from them for the handbook (article 19).

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use duban_actors::context::Context;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::Failure;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asker::{InRole, Permission as _};
use super::page::unfit;
use crate::http::problem::Problem;
use duban_base::disputes::{self, OfUnit};
use duban_base::period::{Period, WRITTEN};
use duban_base::proposals::{self, Proposal};
use duban_base::store::Store;
use duban_server::server::Server;

/// Which period.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfPeriod {
    /// 哪个月或哪一年,如 2026-03、2026;不写则为最近十二个月
    #[param(max_length = 7, required = false)]
    period: Option<String>,
}

/// 手册修订建议
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Proposals {
    /// 认定件数最多的在前
    #[schema(inline = false)]
    proposals: Vec<Proposal>,
}

/// 各单位责任认定申请的结果
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisputeReport {
    /// 从何时起
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// 到何时(不含)
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// 申请过的单位,按代码排列
    #[schema(inline = false)]
    units: Vec<OfUnit>,
}

/// Reports disputes.
///
/// # Errors
/// 403 for whoever does not see all; 422 for a period that is none.
pub(crate) async fn report(
    server: Data<Server>,
    asker: InRole,
    of: Query<OfPeriod>,
) -> Result<HttpResponse, Problem> {
    found(&server, &asker, of.into_inner(), |store, period, cx| {
        let units = disputes::report(&store.journal, period, &cx.rules.calendar)?;
        let Period { from, until } = period;
        Ok(DisputeReport { from, until, units })
    })
    .await
}

/// Proposes to the handbook what was found and does not stand there.
///
/// # Errors
/// 403 for whoever does not see all; 422 for a period that is none.
pub(crate) async fn proposals(
    server: Data<Server>,
    asker: InRole,
    of: Query<OfPeriod>,
) -> Result<HttpResponse, Problem> {
    found(&server, &asker, of.into_inner(), |store, period, cx| {
        Ok(Proposals { proposals: proposals::of(&store.journal, period, cx)? })
    })
    .await
}

/// What `look` finds of a period, for whoever sees all.
async fn found<T: Serialize + Send + 'static>(
    server: &Server,
    asker: &InRole,
    of: OfPeriod,
    look: impl FnOnce(&Store, Period, &Context) -> Result<T, Failure> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    let now = server.now();
    let found = server.read(move |store| {
        let cx = &store.rules.current().0;
        let period = Period::of(of.period.as_deref(), now, &cx.rules.calendar);
        let period = period.ok_or_else(|| unfit("period").detail(WRITTEN))?;
        Ok::<_, Problem>(look(store, period, cx)?)
    });
    Ok(HttpResponse::Ok().json(found.await?))
}
