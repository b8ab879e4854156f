//! Precedents and candidates as they are read: what was found of whose a case is, and who may get this one (articles 15
//! and 19).

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use duban_rules::vocabulary::{ConditionCode, Place};
use duban_runtime::entity::EntityId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asker::{InRole, Permission as _};
use super::page::{Named, unfit};
use super::text::Key;
use super::visibility::find;
use crate::http::problem::Problem;
use duban_actors::case::KIND;
use duban_base::candidates::{self, Candidate};
use duban_base::precedents::{self, Precedent};
use duban_server::server::Server;

/// Precedents of one answer.
pub(crate) const ROWS_MAX: usize = 200;

/// Of which condition, and near which place.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Alike {
    /// 立案条件代码
    #[param(example = "part-01-01-2")]
    condition: Key,
    /// 东经,与 lat 同用;最近的在前
    #[param(required = false, minimum = -180, maximum = 180)]
    lon: Option<f64>,
    /// 北纬,与 lon 同用
    #[param(required = false, minimum = -90, maximum = 90)]
    lat: Option<f64>,
}

/// 认定先例
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Precedents {
    /// 最近的在前,其次最后认定的在前;最多 200 件
    #[schema(inline = false)]
    precedents: Vec<Precedent>,
}

/// 可以派遣的单位
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Candidates {
    /// 案件号
    case: String,
    /// 手册列出的在前,其后为先例所指的
    #[schema(inline = false)]
    candidates: Vec<Candidate>,
}

/// Lists precedents.
///
/// # Errors
/// 422 for half a place; 403 for whoever does not see all.
pub(crate) async fn list(
    server: Data<Server>,
    asker: InRole,
    alike: Query<Alike>,
) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    let Alike { condition, lon, lat } = alike.into_inner();
    let near = match (lon, lat) {
        (Some(lon), Some(lat)) => Some(Place { lon, lat }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(unfit("lat").detail("lon 与 lat 同用")),
    };
    let condition = ConditionCode::new(condition.as_str());
    let found = server.read(move |store| {
        let found = precedents::of(&store.journal, &condition, near, ROWS_MAX)?;
        Ok::<_, Problem>(found)
    });
    Ok(HttpResponse::Ok().json(Precedents { precedents: found.await? }))
}

/// Shows who may get a case.
///
/// # Errors
/// 404 for a case that is not there; 403 for whoever does not see all.
pub(crate) async fn of_case(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    let (id, now) = (EntityId::new(KIND, named.as_str()), server.now());
    let found = server.read(move |store| {
        let (case, _) = find(store, &asker, &id)?;
        let cx = &store.rules.current().0;
        let candidates = candidates::of(&store.journal, &case, now, cx)?;
        Ok::<_, Problem>(Candidates { case: case.id.to_string(), candidates })
    });
    Ok(HttpResponse::Ok().json(found.await?))
}
