//! `GET /applications`: what units have applied for and not been told of yet, for those who see all (articles 21 and 27).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use duban_actors::case::listing::{APPLIED, CONSENT};
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::refused::{self, Refused};
use super::session;
use super::waiting::Listed;
use duban_base::labels::instant;
use duban_server::server::Server;

/// Applications of one list on the page.
const LISTED_MAX: usize = 100;

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    /// Those that the centre answers.
    centre: Listed,
    /// Those of which the county leader's consent is wanted.
    consent: Listed,
    at: String,
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
    let stay = session::needed_who_sees_all(request, server).await?;
    let now = server.now();
    let read = server.read(move |store| {
        let rules = store.rules.current();
        let listed = |list| Listed::of(&store.journal, list, LISTED_MAX, (now, &rules.0));
        let (centre, consent) = (listed(&APPLIED)?, listed(&CONSENT)?);
        let at = instant::minute(now, &rules.0.rules.calendar);
        Ok::<_, Refused>(Shown { centre, consent, at })
    });
    let (shown, frame) = (read.await?, Frame::around("applications", Some(&stay)));
    Ok(layout::page(pages, (StatusCode::OK, Keep::Private), "applications.html", &frame, shown))
}
