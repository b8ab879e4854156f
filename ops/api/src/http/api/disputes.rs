//! The report of disputes as it is read, and what follows from them for the handbook (article 19).

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asker::{InRole, Permission as _};
use super::page::unfit;
use crate::http::problem::Problem;
use duban_base::disputes::{self, OfUnit};
use duban_base::period::{Period, WRITTEN};
use duban_base::proposals::{self, Proposal};
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

impl OfPeriod {
    fn period(&self, now: Timestamp, calendar: &Calendar) -> Result<Period, Problem> {
        let period = Period::of(self.period.as_deref(), now, calendar);
        period.ok_or_else(|| unfit("period").detail(WRITTEN))
    }
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
    asker.only_those_who_see_all()?;
    let (of, now) = (of.into_inner(), server.now());
    let report = server.read(move |store| {
        let rules = store.rules.current();
        let calendar = &rules.0.rules.calendar;
        let period = of.period(now, calendar)?;
        let units = disputes::report(&store.journal, period, calendar)?;
        let Period { from, until } = period;
        Ok::<_, Problem>(DisputeReport { from, until, units })
    });
    Ok(HttpResponse::Ok().json(report.await?))
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
    asker.only_those_who_see_all()?;
    let (of, now) = (of.into_inner(), server.now());
    let proposals = server.read(move |store| {
        let rules = store.rules.current();
        let period = of.period(now, &rules.0.rules.calendar)?;
        Ok::<_, Problem>(Proposals { proposals: proposals::of(&store.journal, period, &rules.0)? })
    });
    Ok(HttpResponse::Ok().json(proposals.await?))
}
