//! Overviews: pages read from the store and filled in, for those who see all.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use duban_runtime::clock::Timestamp;
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::refused::{self, Refused};
use super::session;
use duban_base::store::Store;
use duban_server::server::Server;

/// The page at this place of the navigation, by this template, with what `read` finds now.
pub(super) async fn page<S: Serialize + Send + 'static>(
    request: &HttpRequest,
    (pages, server): (&Pages, &Server),
    place: (&'static str, &'static str),
    read: impl FnOnce(&Store, Timestamp) -> Result<S, Refused> + Send + 'static,
) -> HttpResponse {
    let shown = shown(request, (pages, server), place, read).await;
    refused::settled(pages, request, shown).await
}

async fn shown<S: Serialize + Send + 'static>(
    request: &HttpRequest,
    (pages, server): (&Pages, &Server),
    (here, template): (&'static str, &'static str),
    read: impl FnOnce(&Store, Timestamp) -> Result<S, Refused> + Send + 'static,
) -> Result<HttpResponse, Refused> {
    let stay = session::needed_who_sees_all(request, server).await?;
    let now = server.now();
    let read = server.read(move |store| read(store, now)).await?;
    let frame = Frame::around(here, Some(&stay));
    Ok(layout::page(pages, (StatusCode::OK, Keep::Private), template, &frame, read))
}
