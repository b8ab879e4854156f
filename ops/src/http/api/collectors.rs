//! Collectors as they are read (articles 10, 13 and 17): whom the grid has, who is on duty, and their tasks on site.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::{self, Data, Path, Query};
use duban_actors::collector::KIND;
use duban_rules::vocabulary::CollectorId;
use duban_runtime::entity::{Corrupt, EntityId};
use duban_runtime::journal::Failure;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::answer::etag;
use super::asker::{Asker, not_permitted};
use super::cases::{self, Lists};
use super::page::{Named, Paging};
use crate::house::House;
use crate::http::problem::Problem;
use crate::store::Store;

/// Where collectors stand that were appointed.
const STANDINGS: [&str; 4] = ["on-duty", "off-duty", "on-leave", "dismissed"];
/// Collectors that are looked through; a county has some dozens.
const COLLECTORS_MAX: usize = 4_096;

/// A page of collectors.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CollectorPage {
    /// 采集员,按编号排列
    #[schema(value_type = Vec<Object>)]
    collectors: Vec<Value>,
    /// 下一页的 cursor;没有下一页则为 null
    next: Option<String>,
}

/// A page of collectors.
pub(crate) async fn list(
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
    let store = house.store();
    let mut behind =
        ids(&store)?.into_iter().filter(|id| after.is_none_or(|after| id.as_str() > after));
    let page: Vec<String> = behind.by_ref().take(limit).collect();
    let next = behind.next().and_then(|_| page.last().cloned());
    let shown = page.iter().map(|id| Ok(shown::<Problem>(&store, id)?.map(|(shown, _)| shown)));
    let shown = shown.collect::<Result<Vec<_>, Problem>>()?;
    Ok(CollectorPage { collectors: shown.into_iter().flatten().collect(), next })
}

/// Whom the rules name, and who was ever appointed.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn ids(store: &Store) -> Result<BTreeSet<String>, Failure> {
    let rules = store.rules.current();
    let mut ids: BTreeSet<String> =
        rules.0.rules.grid.all_collectors().map(|entry| entry.id.to_string()).collect();
    for standing in STANDINGS {
        let list = format!("collectors/{standing}");
        let listed = store.journal.list(&list, None, COLLECTORS_MAX)?;
        ids.extend(listed.into_iter().map(|(_, id)| id.key.to_string()));
    }
    Ok(ids)
}

/// What is shown of a collector, and their sequence; none for nobody.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn shown<E>(store: &Store, id: &str) -> Result<Option<(Value, u64)>, E>
where
    E: From<Failure> + From<Corrupt>,
{
    let (rules, entity) = (store.rules.current(), EntityId::new(KIND, id));
    let known = rules.0.rules.grid.collector(&CollectorId::new(id));
    let stored = store.journal.entity(&entity)?;
    let kind = store.registry.kind(KIND.number);
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

/// A collector.
pub(crate) async fn one(
    house: Data<House>,
    asker: Asker,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    see(&asker, &named)?;
    let found = shown::<Problem>(&house.store(), named.as_str())?;
    let (shown, sequence) = found.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(sequence))).json(shown))
}

/// A page of the cases with a task on site of theirs.
pub(crate) async fn tasks(
    house: Data<House>,
    asker: Asker,
    named: Path<Named>,
    paging: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    see(&asker, &named)?;
    shown::<Problem>(&house.store(), named.as_str())?.ok_or_else(Problem::not_found)?;
    let list = format!("collector/{}/verify", named.as_str());
    cases::page(house, Lists::One(list), paging.into_inner()).await
}
