//! Entities of any kind as they are read over HTTP: one, and all of them page by page.

use actix_web::http::header::ETAG;
use actix_web::web::{Data, Query};
use actix_web::{HttpResponse, Route};
use serde_json::{Map, Value};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

use super::answer::etag;
use super::asker::{InRole, Permission as _, not_permitted};
use super::described::{Schemas, object};
use super::operation::Target;
use super::page::Paging;
use crate::http::problem::Problem;
use crate::operations::readable::Readable;
use duban_base::store::Store;
use duban_runtime::clock::Timestamp;
use duban_server::server::Server;

/// Answers with one entity.
pub(crate) fn one<E: Readable>(route: Route) -> Route {
    route.to(async |server: Data<Server>, asker: InRole, target: Target<E>| {
        let (key, now) = (target.key, server.now());
        let read = move |store: &Store| {
            let key = key.as_str();
            if !E::sees(&asker, key) && !E::concerns(store, &asker, key).map_err(unread)? {
                return Err(not_permitted());
            }
            E::shown(store, key, now).map_err(unread)
        };
        let (shown, sequence) = server.read(read).await?.ok_or_else(Problem::not_found)?;
        Ok::<_, Problem>(HttpResponse::Ok().insert_header((ETAG, etag(sequence))).json(shown))
    })
}

/// Answers with a page of all of them, in the order of their keys.
pub(crate) fn list<E: Readable>(route: Route) -> Route {
    route.to(async |server: Data<Server>, asker: InRole, paging: Query<Paging>| {
        asker.only_those_who_see_all()?;
        let (limit, after) = (paging.limit()?, paging.cursor()?.map(ToOwned::to_owned));
        let now = server.now();
        let read =
            move |store: &Store| page::<E>(store, (after.as_deref(), limit), now).map_err(unread);
        let page = server.read(read).await?;
        Ok::<_, Problem>(HttpResponse::Ok().json(page))
    })
}

fn page<E: Readable>(
    store: &Store,
    (after, limit): (Option<&str>, usize),
    now: Timestamp,
) -> anyhow::Result<Value> {
    let keys = E::keys(store)?;
    let mut behind = keys.iter().filter(|key| after.is_none_or(|after| key.as_str() > after));
    let (mut rows, mut last) = (Vec::new(), None);
    for key in behind.by_ref().take(limit) {
        rows.extend(E::shown(store, key, now)?.map(|(shown, _)| shown));
        last = Some(key.clone());
    }
    let next = behind.next().and(last);
    let page = [(nouns::<E>().to_owned(), Value::from(rows)), ("next".to_owned(), next.into())];
    Ok(Value::Object(Map::from_iter(page)))
}

/// What the rows of a page are called.
pub(crate) fn nouns<E: Readable>() -> &'static str {
    E::PATH.trim_start_matches('/')
}

/// The schema of a page.
pub(crate) fn shape<E: Readable>(schemas: &mut Schemas) -> RefOr<Schema> {
    let mut name = E::KIND.name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name.push_str("Page");
    let rows = ArrayBuilder::new().items(object(schemas));
    let rows = rows.description(Some(format!("{},按编号排列", E::TAG)));
    let next = ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
        .description(Some("下一页的 cursor;没有下一页则为 null"));
    let page = ObjectBuilder::new()
        .description(Some(format!("A page of {}.", nouns::<E>())))
        .property(nouns::<E>(), rows)
        .required(nouns::<E>())
        .property("next", next);
    schemas.push((name.clone(), page.build().into()));
    Ref::from_schema_name(name).into()
}

/// What cannot be read is the operator's to look at.
#[expect(clippy::needless_pass_by_value, reason = "the signature that `map_err` calls")]
fn unread(error: anyhow::Error) -> Problem {
    tracing::error!(error = format!("{error:#}"), "a request could not be answered");
    Problem::unavailable("unreadable")
}
