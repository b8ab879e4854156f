//! Collectors (articles 10, 13 and 17): whom the grid has, who is on duty, and their tasks on site.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::{self, Data, Path, Query};
use duban_actors::collector::{Collector, Command, KIND};
use duban_rules::vocabulary::{CollectorId, GridId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::answer::{Done, etag};
use super::asker::{Asker, not_permitted};
use super::body::{Body, Said};
use super::cases::{self, CasePage, Lists};
use super::page::{Named, Paging};
use super::problems::Problems;
use super::terms::{self, Terms, TermsDoc};
use super::text::{Key, Reason};
use crate::house::House;
use crate::http::problem::Problem;

/// Where collectors stand that were appointed.
const STANDINGS: [&str; 4] = ["on-duty", "off-duty", "on-leave", "dismissed"];
/// Collectors that are looked through; a county has some dozens.
const COLLECTORS_MAX: usize = 4_096;

/// A page of collectors.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CollectorPage {
    /// 采集员,按编号排列
    #[schema(value_type = Vec<Object>)]
    collectors: Vec<Value>,
    /// 下一页的 cursor;没有下一页则为 null
    next: Option<String>,
}

#[utoipa::path(
    get, path = "/api/v1/collectors", operation_id = "listCollectors", tag = "采集员",
    summary = "列出采集员", params(Paging),
    responses((status = 200, description = "一页采集员", body = CollectorPage), Problems),
)]
pub(super) async fn list(
    house: Data<House>,
    asker: Asker,
    paging: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    let limit = paging.limit()?;
    let after = paging.cursor()?.map(ToOwned::to_owned);
    let read = web::block(move || page(&house, after.as_deref(), limit)).await;
    Ok(HttpResponse::Ok().json(read.map_err(|_| Problem::unavailable("unreadable"))??))
}

fn page(house: &House, after: Option<&str>, limit: usize) -> Result<CollectorPage, Problem> {
    let rules = house.rules.current();
    let mut ids: BTreeSet<String> =
        rules.0.rules.grid.all_collectors().map(|entry| entry.id.to_string()).collect();
    for standing in STANDINGS {
        let list = format!("collectors/{standing}");
        let listed = house.node.journal().list(&list, None, COLLECTORS_MAX)?;
        ids.extend(listed.into_iter().map(|(_, id)| id.key.to_string()));
    }
    let mut behind = ids.into_iter().filter(|id| after.is_none_or(|after| id.as_str() > after));
    let page: Vec<String> = behind.by_ref().take(limit).collect();
    let next = behind.next().and_then(|_| page.last().cloned());
    let shown = page.iter().map(|id| Ok(shown(house, id)?.map(|(shown, _)| shown)));
    let shown = shown.collect::<Result<Vec<_>, Problem>>()?;
    Ok(CollectorPage { collectors: shown.into_iter().flatten().collect(), next })
}

/// What is shown of a collector, and their sequence; none for nobody.
fn shown(house: &House, id: &str) -> Result<Option<(Value, u64)>, Problem> {
    let (rules, entity) = (house.rules.current(), EntityId::new(KIND, id));
    let known = rules.0.rules.grid.collector(&CollectorId::new(id));
    let stored = house.node.journal().entity(&entity)?;
    let kind = house.node.registry().kind(KIND.number);
    let view = stored.as_ref().zip(kind).map(|(stored, kind)| kind.view(&entity, stored));
    let mut shown = match (view, known) {
        (Some(view), _) => view?,
        (None, Some(entry)) => {
            json!({ "collector": id, "standing": "unknown", "grids": entry.grids })
        }
        (None, None) => return Ok(None),
    };
    if let (Some(fields), Some(entry)) = (shown.as_object_mut(), known) {
        fields.insert("name".to_owned(), json!(entry.name));
        fields.insert("phone".to_owned(), json!(entry.phone));
    }
    Ok(Some((shown, stored.map_or(0, |stored| stored.sequence))))
}

/// Collectors see themselves, the centre all of them.
fn see(asker: &Asker, named: &Named) -> Result<(), Problem> {
    let own = asker.collector.as_ref().is_some_and(|own| own.as_str() == named.as_str());
    if own || asker.sees_all() { Ok(()) } else { Err(not_permitted()) }
}

#[utoipa::path(
    get, path = "/api/v1/collectors/{id}", operation_id = "getCollector", tag = "采集员",
    summary = "查看采集员", params(("id" = Key, Path, description = "采集员编号")),
    responses((status = 200, description = "采集员", body = Object), Problems),
)]
pub(super) async fn one(
    house: Data<House>,
    asker: Asker,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    see(&asker, &named)?;
    let (shown, sequence) = shown(&house, named.as_str())?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(sequence))).json(shown))
}

#[utoipa::path(
    get, path = "/api/v1/collectors/{id}/tasks", operation_id = "listCollectorTasks", tag = "采集员",
    summary = "列出采集员的现场任务,最先到期的在前",
    params(("id" = Key, Path, description = "采集员编号"), Paging),
    responses((status = 200, description = "一页案件", body = CasePage), Problems),
)]
pub(super) async fn tasks(
    house: Data<House>,
    asker: Asker,
    named: Path<Named>,
    paging: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    see(&asker, &named)?;
    shown(&house, named.as_str())?.ok_or_else(Problem::not_found)?;
    let list = format!("collector/{}/verify", named.as_str());
    cases::page(house, Lists::One(list), paging.into_inner()).await
}

/// 任命采集员
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Appointment {
    /// 负责的全部监督网格
    #[schema(max_items = 64)]
    grids: Vec<Key>,
}

/// 解除任命
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Dismissal {
    /// 理由
    reason: Reason,
}

/// 请假
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Absence {
    /// 到何时
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

#[utoipa::path(
    post, path = "/api/v1/collectors/{id}/appointment", operation_id = "appointCollector",
    tag = "采集员", summary = "任命采集员,或改变其网格(办法第十条)",
    params(("id" = Key, Path, description = "采集员编号"), TermsDoc), request_body = Appointment,
    responses((status = 200, description = "已任命", body = Done), Problems),
)]
pub(super) async fn appoint(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
    body: Body<Appointment>,
) -> Result<HttpResponse, Problem> {
    let grids = body.0.grids.iter().map(|grid| GridId::new(grid.as_str())).collect();
    ask(&house, (&asker, &terms), &named, (Command::Appoint { grids }, body.1)).await
}

#[utoipa::path(
    post, path = "/api/v1/collectors/{id}/dismissal", operation_id = "dismissCollector",
    tag = "采集员", summary = "解除任命",
    params(("id" = Key, Path, description = "采集员编号"), TermsDoc), request_body = Dismissal,
    responses((status = 200, description = "已解除", body = Done), Problems),
)]
pub(super) async fn dismiss(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
    body: Body<Dismissal>,
) -> Result<HttpResponse, Problem> {
    let command = Command::Dismiss { reason: body.0.reason.into() };
    ask(&house, (&asker, &terms), &named, (command, body.1)).await
}

#[utoipa::path(
    post, path = "/api/v1/collectors/{id}/sign-on", operation_id = "signOn", tag = "采集员",
    summary = "签到上岗", params(("id" = Key, Path, description = "采集员编号"), TermsDoc),
    responses((status = 200, description = "已签到", body = Done), Problems),
)]
pub(super) async fn sign_on(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    ask(&house, (&asker, &terms), &named, (Command::SignOn, Said::default())).await
}

#[utoipa::path(
    post, path = "/api/v1/collectors/{id}/sign-off", operation_id = "signOff", tag = "采集员",
    summary = "签退", params(("id" = Key, Path, description = "采集员编号"), TermsDoc),
    responses((status = 200, description = "已签退", body = Done), Problems),
)]
pub(super) async fn sign_off(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    ask(&house, (&asker, &terms), &named, (Command::SignOff, Said::default())).await
}

#[utoipa::path(
    post, path = "/api/v1/collectors/{id}/leave", operation_id = "takeCollectorLeave",
    tag = "采集员", summary = "请假;手中的任务转给他人",
    params(("id" = Key, Path, description = "采集员编号"), TermsDoc), request_body = Absence,
    responses((status = 200, description = "已登记", body = Done), Problems),
)]
pub(super) async fn take_leave(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
    body: Body<Absence>,
) -> Result<HttpResponse, Problem> {
    let command = Command::TakeLeave { until: body.0.until };
    ask(&house, (&asker, &terms), &named, (command, body.1)).await
}

#[utoipa::path(
    delete, path = "/api/v1/collectors/{id}/leave", operation_id = "endCollectorLeave",
    tag = "采集员", summary = "提前销假",
    params(("id" = Key, Path, description = "采集员编号"), TermsDoc),
    responses((status = 200, description = "已销假", body = Done), Problems),
)]
pub(super) async fn end_leave(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    ask(&house, (&asker, &terms), &named, (Command::EndLeave, Said::default())).await
}

async fn ask(
    house: &House,
    (asker, terms): (&Asker, &Terms),
    named: &Named,
    (command, said): (Command, Said),
) -> Result<HttpResponse, Problem> {
    let place = (named.as_str(), None);
    let done = terms::ask::<Collector>(house, (asker, terms), place, (command, &said)).await?;
    Ok(Done::answer(named.as_str(), &done))
}
