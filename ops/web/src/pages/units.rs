//! `GET /units`: the units whose cases somebody may look at, the most pressing first.

use std::cmp::Reverse;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::refused::{self, Refused};
use super::{session, visibility};
use crate::dashboard::Counts;
use duban_base::labels::case::Light;
use duban_base::labels::unit::class_word;
use duban_server::server::Server;

/// What the page is filled in with.
#[derive(Serialize)]
struct List {
    units: Vec<Line>,
}

/// A unit.
#[derive(Serialize)]
struct Line {
    id: String,
    name: String,
    class: &'static str,
    organisation: String,
    active: bool,
    open: u64,
    soon: u64,
    overdue: u64,
    light: &'static str,
    light_word: &'static str,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
) -> HttpResponse {
    let shown = shown(&request, &pages, &server).await;
    refused::settled(&pages, &request, shown).await
}

async fn shown(
    request: &HttpRequest,
    pages: &Pages,
    server: &Server,
) -> Result<HttpResponse, Refused> {
    let stay = session::needed(request, server).await?;
    let rules = server.rules.current();
    let figures = Arc::clone(&pages.figures.borrow());
    let seen = rules.0.rules.units.iter();
    let seen = seen.filter(|unit| visibility::sees_unit(&stay, &unit.id, &rules.0));
    let mut units: Vec<Line> = seen
        .map(|unit| {
            let counts = figures.each.get(&unit.id).copied().unwrap_or_default();
            let Counts { open, soon, overdue } = counts;
            let light = Light::of_counts(soon, overdue);
            Line {
                id: unit.id.to_string(),
                name: unit.name.clone(),
                class: class_word(unit),
                organisation: unit.organisation.clone(),
                active: !rules.0.is_closed(&unit.id),
                open,
                soon,
                overdue,
                light: light.as_str(),
                light_word: light.chinese(),
            }
        })
        .collect();
    // What is with a unit that takes no cases must be dispatched to others first of all.
    let is_stranded = |unit: &Line| !unit.active && unit.open > 0;
    units.sort_by_key(|unit| Reverse((is_stranded(unit), unit.overdue, unit.soon, unit.open)));
    if units.is_empty() {
        return Err(Refused::Forbidden("您的身份没有可以查看的单位。"));
    }
    let frame = Frame::around("units", Some(&stay));
    Ok(layout::page(pages, (StatusCode::OK, Keep::Private), "units.html", &frame, List { units }))
}
