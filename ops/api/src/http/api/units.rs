//! Terminal units as they are read (articles 6–9): who they are, what they have to do, who is away.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::{Data, Path, Query};
use duban_actors::lacks;
use duban_actors::unit::KIND;
use duban_actors::unit::views::Seen;
use duban_rules::book::units::Unit as Terminal;
use duban_rules::vocabulary::{UnitId, UnitKind};
use duban_runtime::entity::EntityId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::answer::etag;
use super::asker::InRole;
use super::cases::{self, Lists};
use super::page::{Named, Paging};
use super::visibility::sees_unit;
use crate::http::problem::Problem;
use duban_server::server::Server;

/// A page of units.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitPage {
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

/// A page of units.
pub(crate) async fn list(
    server: Data<Server>,
    _asker: InRole,
    paging: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, after) = (paging.limit()?, paging.cursor()?);
    let rules = server.rules.current();
    let in_order: BTreeMap<&str, &Terminal> =
        rules.0.rules.units.iter().map(|unit| (unit.id.as_str(), unit)).collect();
    let mut behind = in_order.into_iter().filter(|(id, _)| after.is_none_or(|after| *id > after));
    let units: Vec<UnitRow> = behind.by_ref().take(limit).map(|(_, u)| UnitRow::of(u)).collect();
    let next = behind.next().and_then(|_| units.last()).map(|unit| unit.unit.clone());
    Ok(HttpResponse::Ok().json(UnitPage { units, next }))
}

/// A unit; who can be reached there is for its own organisation and the centre.
pub(crate) async fn one(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let (rules, id) = (server.rules.current(), EntityId::new(KIND, named.as_str()));
    let unit = UnitId::new(named.as_str());
    let known = rules.0.rules.units.get(&unit);
    let read = id.clone();
    let stored = server.read(move |store| Ok::<_, Problem>(store.journal.entity(&read)?)).await?;
    if known.is_none() && stored.is_none() {
        return Err(Problem::not_found());
    }
    let mut shown = known.map_or_else(|| json!({}), |unit| json!(UnitRow::of(unit)));
    let seen = sees_unit(&asker, &unit, &rules.0);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("unit".to_owned(), json!(unit));
        if seen {
            fields.insert("contacts".to_owned(), known.map(contacts).unwrap_or_default());
            let lacks = known.map(|known| lacks::of(known, &rules.0)).unwrap_or_default();
            fields.insert("lacks".to_owned(), json!(lacks));
            fields.insert("landline".to_owned(), json!(known.and_then(|u| u.landline.as_ref())));
        }
    }
    let mut response = HttpResponse::Ok();
    if let (Some(stored), Some(kind)) = (stored, server.node.registry().kind(KIND.number)) {
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
pub(crate) struct OfUnit {
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

/// A page of the cases of a unit.
pub(crate) async fn unit_cases(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
    which: Query<OfUnit>,
) -> Result<HttpResponse, Problem> {
    let OfUnit { closed, cursor, limit } = which.into_inner();
    let unit = UnitId::new(named.as_str());
    if server.rules.current().0.rules.units.get(&unit).is_none() {
        return Err(Problem::not_found());
    }
    let lists = Lists::of_unit(&server, &asker, &unit, (None, closed))?;
    server.looked(&asker, &unit, Seen::Cases);
    cases::page(server, lists, Paging { cursor, limit }).await
}
