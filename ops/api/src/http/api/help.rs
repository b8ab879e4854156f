//! Help as it is read: what a helper needs for its part of a case, and nothing else of it (article 19).

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use duban_actors::case::entry::Entry;
use duban_actors::case::help::{Help, HelpStanding};
use duban_actors::case::{Case, KIND};
use duban_actors::context::Context;
use duban_rules::vocabulary::Place;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use serde::Serialize;
use utoipa::ToSchema;

use super::asker::InRole;
use super::page::Named;
use super::visibility;
use crate::http::problem::Problem;
use duban_base::asking::Asker;
use duban_base::store::Store;
use duban_server::server::Server;

/// 案件的协办
#[derive(Debug, Serialize, ToSchema)]
pub struct HelpShown {
    /// 案件号
    case: String,
    /// 年度编号
    number: Option<String>,
    /// 主办单位
    #[schema(example = "SW")]
    lead: Option<String>,
    /// 问题类别
    small_class: String,
    /// 立案情形
    filing: String,
    /// 结案标准
    closing: String,
    /// 地点
    address: String,
    /// 经纬度
    #[schema(value_type = Option<Object>)]
    place: Option<Place>,
    /// 协办;协办单位只见自己的
    tasks: Vec<TaskShown>,
}

/// A sub-task.
#[derive(Debug, Serialize, ToSchema)]
struct TaskShown {
    no: u16,
    unit: String,
    /// 待完成 asked,已完成 given,不再需要 waived
    #[schema(example = "asked")]
    standing: &'static str,
    /// 待完成的,何时之前
    #[schema(value_type = Option<String>, format = DateTime)]
    due: Option<Timestamp>,
}

/// Shows the sub-tasks of a case.
///
/// # Errors
/// 404 for whoever neither sees the case nor helps with it.
pub(crate) async fn of_case(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let id = EntityId::new(KIND, named.as_str());
    let shown = server.read(move |store| Ok::<_, Problem>(to(store, &asker, &id)?.0));
    Ok(HttpResponse::Ok().json(shown.await?))
}

/// What `asker` is shown of the help with a case, and the case.
///
/// # Errors
/// 404 for whoever neither sees the case nor helps with it.
pub fn to(store: &Store, asker: &Asker, id: &EntityId) -> Result<(HelpShown, Case), Problem> {
    let stored = store.journal.entity(id)?.ok_or_else(Problem::not_found)?;
    let case = visibility::read(id, &stored)?;
    let sees_all = visibility::sees(store, asker, &case)?;
    let mut shown = shown(&case, &store.rules.current().0).ok_or_else(Problem::not_found)?;
    if !sees_all {
        if !visibility::helps(asker, &case) {
            return Err(Problem::not_found());
        }
        let own = asker.unit.as_ref().map(ToString::to_string);
        shown.tasks.retain(|task| Some(&task.unit) == own.as_ref());
    }
    Ok((shown, case))
}

fn shown(case: &Case, cx: &Context) -> Option<HelpShown> {
    let filing = case.state.filing()?;
    let entry = filing.entry(cx);
    let text = |of: fn(&Entry) -> &String| entry.as_ref().map(|entry| of(entry).clone());
    Some(HelpShown {
        case: case.id.to_string(),
        number: filing.number.as_ref().map(ToString::to_string),
        lead: case.state.unit().map(ToString::to_string),
        small_class: text(|entry| &entry.small_class).unwrap_or_default(),
        filing: text(|entry| &entry.filing).unwrap_or_default(),
        closing: text(|entry| &entry.closing).unwrap_or_default(),
        address: filing.report.address.to_string(),
        place: filing.report.place,
        tasks: filing.help.iter().map(task).collect(),
    })
}

fn task(help: &Help) -> TaskShown {
    let standing = match &help.standing {
        HelpStanding::Asked(_) => "asked",
        HelpStanding::Given => "given",
        HelpStanding::Waived => "waived",
    };
    let due = help.clock().map(|clock| clock.due);
    TaskShown { no: help.no, unit: help.unit.to_string(), standing, due }
}
