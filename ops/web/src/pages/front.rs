//! `GET /`: the dashboard living, for everybody. No name, no address, no telephone number stands here.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::session;
use duban_base::labels::instant;
use duban_server::server::Server;

/// What the page is filled in with.
#[derive(Serialize)]
struct Front {
    /// The parts by name.
    parts: std::collections::BTreeMap<&'static str, String>,
    at: String,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
) -> HttpResponse {
    let parts = pages.parts.borrow().clone();
    let parts = parts.0.iter().map(|part| (part.name, part.html.to_string())).collect();
    let rules = server.rules.current();
    let at = instant::time_of_day(server.now(), &rules.0.rules.calendar);
    let stay = session::of(&request, &server).await.ok().flatten();
    let frame = Frame::around("front", stay.as_ref());
    layout::page(&pages, (StatusCode::OK, Keep::Nobody), "front.html", &frame, Front { parts, at })
}
