//! The JSON API under `/api/v1`: what requests and answers share, and resources that are no entity. The routes of entities
//! come from the list in `operations.rs`.
//!
//! ```text
//! request ─► as many as an address may ask ─► who asks, in which role ─► body, looked at once ─► command ─► answer
//! ```
//! Nothing is decided here. A command carries its asker, its role, its id (from `Idempotency-Key`) and the sequence
//! that was seen (from `If-Match`); the entity's answer becomes a status. Every error is `application/problem+json`.

pub(crate) mod answer;
pub mod asker;
pub(crate) mod attachments;
pub(crate) mod body;
pub mod browser;
pub(crate) mod case;
pub(crate) mod cases;
pub(crate) mod changed;
pub mod choices;
pub(crate) mod clock;
pub(crate) mod collectors;
pub(crate) mod committee;
pub(crate) mod deferrals;
pub(crate) mod described;
pub(crate) mod disputes;
pub(crate) mod document;
pub(crate) mod events;
pub mod files;
pub mod help;
mod keys;
pub(crate) mod muted;
pub(crate) mod operation;
pub(crate) mod outbox;
pub(crate) mod page;
pub(crate) mod permission;
pub(crate) mod persons;
pub mod photos;
pub(crate) mod place;
pub(crate) mod precedents;
pub(crate) mod preconditions;
mod problems;
pub(crate) mod reading;
mod refused;
pub(crate) mod rules;
pub mod session;
pub(crate) mod several;
pub(crate) mod shifts;
pub mod text;
pub(crate) mod timers;
pub(crate) mod tokens;
pub(crate) mod units;
pub mod uploading;
pub(crate) mod views;
pub mod visibility;

use std::collections::BTreeMap;

use actix_web::dev::HttpServiceFactory;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{Resource, Scope, web};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::problem::{Problem, no_such_page};
use crate::operations;
use crate::operations::row::Http;

pub use document::openapi;
pub(super) use events::Room;
pub(super) use keys::Keys;
pub use refused::problem as refusal;
pub(crate) use refused::{NO, NOT_NOW, NOT_SO, NOWHERE, Told, beside, told};

/// What the page to try the API may load.
const PAGE_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    frame-ancestors 'none'";

/// Every route of the API, and the page to try it.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    let headers = DefaultHeaders::new()
        .add((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((X_FRAME_OPTIONS, "DENY"))
        .add((REFERRER_POLICY, "no-referrer"))
        .add((CACHE_CONTROL, "no-store"))
        .add((CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"));
    let api = web::scope("/api/v1")
        .wrap(headers)
        .wrap(from_fn(asker::come_in))
        .app_data(web::PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
        .app_data(
            web::QueryConfig::default()
                .error_handler(|error, _| page::unfit("query").detail(error.to_string()).into()),
        )
        .configure(listed)
        .default_service(web::to(no_such_page));
    app.service(api).service(page_to_try());
}

/// The page to try the API; it loads what it needs from here alone.
fn page_to_try() -> impl HttpServiceFactory {
    let headers = DefaultHeaders::new()
        .add((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((REFERRER_POLICY, "no-referrer"))
        .add((CONTENT_SECURITY_POLICY, PAGE_POLICY));
    let page = SwaggerUi::new("/{_:.*}").config(Config::from("/api/v1/openapi.json"));
    web::scope("/api/docs").wrap(headers).service(page)
}

/// A path with its methods; others are told which there are.
fn at(path: &str, rows: Vec<Http>) -> Resource {
    let (mut resource, mut allowed) = (web::resource(path), Vec::new());
    for Http { method, answered, .. } in rows {
        resource = resource.route(answered(operation::route(method)));
        allowed.push(operation::allowed(method));
    }
    let allowed = allowed.join(", ");
    resource.default_service(web::to(move || {
        let problem = Problem::wrong_method(&allowed);
        async move { Err::<&str, Problem>(problem) }
    }))
}

/// The routes of every row of the list of operations. What is behind one entity is found by its words, without a look at
/// the patterns of all others.
fn listed(app: &mut web::ServiceConfig) {
    let mut heads: BTreeMap<String, BTreeMap<String, Vec<Http>>> = BTreeMap::new();
    for (mut path, http) in operations::ALL.iter().flat_map(|of| of.routed()) {
        let behind = path.split_off(path.find('}').map_or(path.len(), |end| end + 1));
        heads.entry(path).or_default().entry(behind).or_default().push(http);
    }
    for (head, behind) in heads {
        if head.ends_with('}') {
            let one = web::scope(&head).default_service(web::to(no_such_page));
            let found = |one: Scope, (path, rows): (String, _)| one.service(at(&path, rows));
            app.service(behind.into_iter().fold(one, found));
        } else {
            app.service(at(&head, behind.into_values().flatten().collect()));
        }
    }
}
