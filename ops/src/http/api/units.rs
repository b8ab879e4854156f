//! Terminal units (articles 6–9): who they are, what they have to do, who is away.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::{self, Data, Path, Query};
use compact_str::CompactString;
use duban_actors::role::Duty;
use duban_actors::unit::{Command, KIND, Unit};
use duban_rules::book::units::Unit as Terminal;
use duban_rules::vocabulary::{UnitId, UnitKind};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Done, etag};
use super::asker::{Asker, not_permitted};
use super::body::{Body, Said};
use super::cases::{self, CasePage, Lists};
use super::page::{Named, Paging};
use super::problems::Problems;
use super::sight::sees_unit;
use super::terms::{self, Terms, TermsDoc};
use super::text::{Key, Name, Reason};
use crate::house::House;
use crate::http::problem::Problem;
use crate::roster;

/// Open cases that are counted before a unit is deactivated; more are as many in the way.
const OPEN_COUNTED_MAX: usize = 1_000;

/// A page of units.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnitPage {
    /// 单位,按代码排列
    units: Vec<UnitRow>,
    /// 下一页的 cursor;没有下一页则为 null
    next: Option<String>,
}

/// A unit in a list.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(PartialEq, Eq))]
struct UnitRow {
    /// 代码
    #[schema(example = "CG-HW")]
    unit: String,
    /// 名称
    name: String,
    /// 所属机构
    organisation: String,
    /// 类别
    #[schema(value_type = String, example = "一类")]
    class: &'static str,
    /// 规则中是否启用
    active: bool,
}

impl UnitRow {
    fn of(unit: &Terminal) -> UnitRow {
        UnitRow {
            unit: unit.id.to_string(),
            name: unit.name.clone(),
            organisation: unit.organisation.clone(),
            class: match unit.kind {
                UnitKind::Department(class) => class.chinese(),
                UnitKind::FrontageSteward => "门前五包责任人",
            },
            active: unit.active,
        }
    }
}

#[utoipa::path(
    get, path = "/api/v1/units", operation_id = "listUnits", tag = "单位", summary = "列出单位",
    params(Paging),
    responses((status = 200, description = "一页单位", body = UnitPage), Problems),
)]
pub(super) async fn list(
    house: Data<House>,
    _asker: Asker,
    paging: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, after) = (paging.limit()?, paging.cursor()?);
    let rules = house.rules.current();
    let in_order: BTreeMap<&str, &Terminal> =
        rules.0.rules.units.iter().map(|unit| (unit.id.as_str(), unit)).collect();
    let mut behind = in_order.into_iter().filter(|(id, _)| after.is_none_or(|after| *id > after));
    let units: Vec<UnitRow> = behind.by_ref().take(limit).map(|(_, u)| UnitRow::of(u)).collect();
    let next = behind.next().and_then(|_| units.last()).map(|unit| unit.unit.clone());
    Ok(HttpResponse::Ok().json(UnitPage { units, next }))
}

#[utoipa::path(
    get, path = "/api/v1/units/{id}", operation_id = "getUnit", tag = "单位", summary = "查看单位",
    description = "联系人只有本机构和中心的人看得到。",
    params(("id" = Key, Path, description = "单位代码")),
    responses((status = 200, description = "单位", body = Object), Problems),
)]
pub(super) async fn one(
    house: Data<House>,
    asker: Asker,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let (rules, id) = (house.rules.current(), EntityId::new(KIND, named.as_str()));
    let unit = UnitId::new(named.as_str());
    let known = rules.0.rules.units.get(&unit);
    let stored = house.node.journal().entity(&id)?;
    if known.is_none() && stored.is_none() {
        return Err(Problem::not_found());
    }
    let mut shown = known.map_or_else(|| json!({}), |unit| json!(UnitRow::of(unit)));
    let seen = sees_unit(&asker, &unit, &rules.0);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("unit".to_owned(), json!(unit));
        if seen {
            fields.insert("contacts".to_owned(), known.map(contacts).unwrap_or_default());
            fields.insert("landline".to_owned(), json!(known.and_then(|u| u.landline.as_ref())));
        }
    }
    let mut response = HttpResponse::Ok();
    if let (Some(stored), Some(kind)) = (stored, house.node.registry().kind(KIND.number)) {
        response.insert_header((ETAG, etag(stored.sequence)));
        if let (true, Some(fields)) = (seen, shown.as_object_mut()) {
            fields.insert("entity".to_owned(), kind.view(&id, &stored)?);
        }
    }
    Ok(response.json(shown))
}

fn contacts(unit: &Terminal) -> Value {
    let one = |contact: &duban_rules::book::units::Contact| {
        json!({
            "role": contact.role.as_str(), "name": contact.name, "phone": contact.phone,
            "email": contact.email, "deputy": contact.deputy,
        })
    };
    unit.contacts.iter().map(one).collect()
}

/// Which cases of a unit.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OfUnit {
    /// 列已结的案件
    #[param(required = false)]
    closed: Option<bool>,
    /// 上一页给出的 next;不写则为第一页
    #[param(max_length = 200, required = false)]
    cursor: Option<String>,
    /// 每页行数
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
}

#[utoipa::path(
    get, path = "/api/v1/units/{id}/cases", operation_id = "listUnitCases", tag = "单位",
    summary = "列出单位的案件,最先到期的在前",
    params(("id" = Key, Path, description = "单位代码"), OfUnit),
    responses((status = 200, description = "一页案件", body = CasePage), Problems),
)]
pub(super) async fn unit_cases(
    house: Data<House>,
    asker: Asker,
    named: Path<Named>,
    which: Query<OfUnit>,
) -> Result<HttpResponse, Problem> {
    let OfUnit { closed, cursor, limit } = which.into_inner();
    let unit = UnitId::new(named.as_str());
    if house.rules.current().0.rules.units.get(&unit).is_none() {
        return Err(Problem::not_found());
    }
    let lists = Lists::of_unit(&house, &asker, &unit, (None, closed))?;
    cases::page(house, lists, Paging { cursor, limit }).await
}

#[utoipa::path(
    post, path = "/api/v1/units/{id}/establishment", operation_id = "establishUnit", tag = "单位",
    summary = "启用单位,或按新的规则安排简报",
    params(("id" = Key, Path, description = "单位代码"), TermsDoc),
    responses((status = 200, description = "已启用", body = Done), Problems),
)]
pub(super) async fn establish(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let command = Command::Establish;
    ask(house, (asker, terms), &named, (command, Said::default())).await
}

/// 停用单位
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Deactivation {
    /// 理由
    reason: Reason,
}

#[utoipa::path(
    post, path = "/api/v1/units/{id}/deactivation", operation_id = "deactivateUnit", tag = "单位",
    summary = "停用单位", description = "在办案件须先改派(办法第六条)。",
    params(("id" = Key, Path, description = "单位代码"), TermsDoc), request_body = Deactivation,
    responses((status = 200, description = "已停用", body = Done), Problems),
)]
pub(super) async fn deactivate(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
    body: Body<Deactivation>,
) -> Result<HttpResponse, Problem> {
    if !asker.role.may(Duty::Administer) {
        return Err(not_permitted());
    }
    let open = format!("unit/{}/open", named.as_str());
    let open = house.node.journal().list(&open, None, OPEN_COUNTED_MAX)?.len();
    let open_cases = u32::try_from(open).unwrap_or(u32::MAX);
    let command = Command::Deactivate { reason: body.0.reason.into(), open_cases };
    ask(house, (asker, terms), &named, (command, body.1)).await
}

/// 请假
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Leave {
    /// 谁,规则中的姓名
    name: Name,
    /// 到何时
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// 代班人;不写则为规则中的代班人
    deputy: Option<Name>,
}

#[utoipa::path(
    post, path = "/api/v1/units/{id}/leaves", operation_id = "takeUnitLeave", tag = "单位",
    summary = "登记请假和代班(办法第七条)",
    params(("id" = Key, Path, description = "单位代码"), TermsDoc), request_body = Leave,
    responses((status = 200, description = "已登记", body = Done), Problems),
)]
pub(super) async fn take_leave(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
    body: Body<Leave>,
) -> Result<HttpResponse, Problem> {
    let Leave { name, until, deputy } = body.0;
    let deputy = deputy.map(CompactString::from);
    let command = Command::TakeLeave { name: name.into(), until, deputy };
    ask(house, (asker, terms), &named, (command, body.1)).await
}

#[utoipa::path(
    delete, path = "/api/v1/units/{id}/leaves/{name}", operation_id = "endUnitLeave", tag = "单位",
    summary = "提前销假",
    params(
        ("id" = Key, Path, description = "单位代码"),
        ("name" = Name, Path, description = "谁"),
        TermsDoc,
    ),
    responses((status = 200, description = "已销假", body = Done), Problems),
)]
pub(super) async fn end_leave(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    path: Path<(Named, Name)>,
) -> Result<HttpResponse, Problem> {
    let (named, name) = path.into_inner();
    let command = Command::EndLeave { name: name.into() };
    ask(house, (asker, terms), &named, (command, Said::default())).await
}

/// Asks the unit; what it says of its people is in force before the answer.
async fn ask(
    house: Data<House>,
    (asker, terms): (Asker, Terms),
    named: &Named,
    (command, said): (Command, Said),
) -> Result<HttpResponse, Problem> {
    // The desk speaks for the unit it names (article 7).
    let whom = asker.role.is_of_the_centre().then(|| UnitId::new(named.as_str()));
    let place = (named.as_str(), whom);
    let done = terms::ask::<Unit>(&house, (&asker, &terms), place, (command, &said)).await?;
    let heeded = web::block(move || roster::heed(house.node.journal(), &house.rules)).await;
    if !matches!(heeded, Ok(Ok(()))) {
        tracing::error!("who is away is not known anew; it is read again before letters go out");
    }
    Ok(Done::answer(named.as_str(), &done))
}
