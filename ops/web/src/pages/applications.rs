//! `GET /applications`: what units have applied for and not been told of yet, for those who see all (articles 21 and 27).

use actix_web::{HttpRequest, HttpResponse, web};
use duban_actors::case::listing::{APPLIED, CONSENT};
use duban_runtime::clock::Timestamp;
use serde::Serialize;

use super::Pages;
use super::overview;
use super::refused::Refused;
use super::waiting::Listed;
use duban_base::labels::instant;
use duban_base::store::Store;
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
    let place = ("applications", "applications.html");
    overview::page(&request, (&pages, &server), place, read).await
}

fn read(store: &Store, now: Timestamp) -> Result<Shown, Refused> {
    let rules = store.rules.current();
    let listed = |list| Listed::of(&store.journal, list, LISTED_MAX, (now, &rules.0));
    let (centre, consent) = (listed(&APPLIED)?, listed(&CONSENT)?);
    let at = instant::minute(now, &rules.0.rules.calendar);
    Ok(Shown { centre, consent, at })
}
