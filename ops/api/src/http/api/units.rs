//! Terminal units as they are read (articles 6–9): who they are, what they have to do, who is away.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::{Data, Path, Query};
use duban_actors::lacks;
use duban_actors::unit::KIND;
use duban_actors::unit::views::Seen;
use duban_rules::book::units::Unit as Terminal;
use duban_rules::vocabulary::UnitId;
use duban_runtime::entity::EntityId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::answer::etag;
use super::asker::{InRole, not_permitted};
use super::cases::{self, Lists};
use super::page::{Named, Paging};
use super::visibility::sees_unit;
use crate::http::problem::Problem;
use duban_base::classes::{Since, history};
use duban_base::figures::{self, Figures, Together};
use duban_base::labels::unit::class_word;
use duban_base::store::Store;
use duban_server::server::Server;

/// A page of units.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitPage {
    /// 单位,按代码排列
    units: Vec<UnitRow>,
    /// 有多个终端的机构,只列能看到其全部终端的;每一页都列出(办法第八条)
    organisations: Vec<OrganisationRow>,
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
    /// 在办案件;没有权限查看该单位案件的,为 null
    cases: Option<OpenCases>,
}

/// What somebody has to do.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(PartialEq, Eq))]
struct OpenCases {
    /// 在办案件数,每个单位最多数到 1000
    open: u64,
    /// 其中超期
    overdue: u64,
}

impl From<Figures> for OpenCases {
    fn from(figures: Figures) -> OpenCases {
        OpenCases { open: figures.open, overdue: figures.overdue }
    }
}

/// An organisation with several terminals.
#[derive(Debug, Serialize, ToSchema)]
struct OrganisationRow {
    /// 所属机构
    organisation: String,
    /// 各终端的代码
    #[schema(value_type = Vec<String>)]
    units: Vec<UnitId>,
    /// 汇总不占名次,总是 false
    ranked: bool,
    /// 各终端的在办案件之和
    cases: OpenCases,
}

impl OrganisationRow {
    fn of(whole: Together) -> OrganisationRow {
        let Together { organisation, units, figures } = whole;
        OrganisationRow { organisation, units, ranked: false, cases: figures.into() }
    }
}

impl UnitRow {
    fn of(unit: &Terminal, cases: Option<Figures>) -> UnitRow {
        UnitRow {
            unit: unit.id.to_string(),
            name: unit.name.clone(),
            organisation: unit.organisation.clone(),
            class: class_word(unit),
            active: unit.active,
            cases: cases.map(OpenCases::from),
        }
    }
}

/// 单位类别的沿革
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitClasses {
    /// 最早的在前
    #[schema(inline = false)]
    classes: Vec<Since>,
}

/// The classes that a unit had.
///
/// # Errors
/// 403 for whoever does not see the unit's cases.
pub(crate) async fn classes(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let unit = UnitId::new(named.as_str());
    let classes = server.read(move |store| {
        if !sees_unit(&asker, &unit, &store.rules.current().0) {
            return Err(not_permitted());
        }
        let classes = history(&store.journal, &unit)?;
        if classes.is_empty() { Err(Problem::not_found()) } else { Ok(classes) }
    });
    Ok(HttpResponse::Ok().json(UnitClasses { classes: classes.await? }))
}

/// A page of units.
pub(crate) async fn list(
    server: Data<Server>,
    asker: InRole,
    paging: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, after) = (paging.limit()?, paging.cursor()?);
    let rules = server.rules.current();
    let units = &rules.0.rules.units;
    let in_order: BTreeMap<&str, &Terminal> =
        units.iter().map(|unit| (unit.id.as_str(), unit)).collect();
    let mut behind = in_order.into_iter().filter(|(id, _)| after.is_none_or(|after| *id > after));
    let page: Vec<&Terminal> = behind.by_ref().take(limit).map(|(_, unit)| unit).collect();
    let next = behind.next().and_then(|_| page.last()).map(|unit| unit.id.to_string());
    let sees = |unit: &&UnitId| sees_unit(&asker, unit, &rules.0);
    let whole = units.of_several_terminals().into_values();
    let whole = whole.filter(|terminals| terminals.iter().all(|unit| sees(&unit))).flatten();
    let on_page = page.iter().map(|unit| &unit.id).filter(sees).cloned();
    let counted = open_cases(&server, on_page.chain(whole).collect()).await?;
    let row = |unit: &Terminal| UnitRow::of(unit, counted.get(&unit.id).copied());
    let organisations = figures::together(units, &counted).into_iter();
    let organisations = organisations.filter(|whole| whole.units.iter().all(|one| sees(&one)));
    let units = page.into_iter().map(row).collect();
    let organisations = organisations.map(OrganisationRow::of).collect();
    Ok(HttpResponse::Ok().json(UnitPage { units, organisations, next }))
}

/// The open cases of these units, now.
async fn open_cases(
    server: &Server,
    units: BTreeSet<UnitId>,
) -> Result<BTreeMap<UnitId, Figures>, Problem> {
    let now = server.node.clock().now();
    let counted = move |store: &Store| {
        let of = |unit: UnitId| {
            let figures = figures::of_open(&store.journal, &unit, now)?;
            Ok((unit, figures))
        };
        units.into_iter().map(of).collect::<Result<_, Problem>>()
    };
    server.read(counted).await
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
    let seen = sees_unit(&asker, &unit, &rules.0);
    let own = Some(unit.clone()).filter(|_| seen).into_iter().collect();
    let cases = open_cases(&server, own).await?.remove(&unit);
    let mut shown = known.map_or_else(|| json!({}), |known| json!(UnitRow::of(known, cases)));
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
