//! The photos of a case: which there are, and each of them for whoever sees the case.

use std::collections::BTreeSet;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, web};
use compact_str::CompactString;
use duban_actors::case::KIND;
use duban_actors::case::event::Event;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Failure;
use duban_runtime::journal::blob::BlobId;
use duban_runtime::record::Record;
use serde::Serialize;

use super::super::Pages;
use super::super::refused::{self, Refused};
use super::super::{session, visibility};
use duban_api::http::api::photos::kind;
use duban_server::server::Server;

/// Photos on the page of a case.
const PHOTOS_MAX: usize = 60;

#[derive(Serialize)]
pub(super) struct Photo {
    /// The name of its blob.
    name: String,
    /// What it shows, by the event it belongs to.
    of: &'static str,
}

/// The photos that `records` name, each once.
pub(super) fn of(records: &[Record]) -> Vec<Photo> {
    let mut known = BTreeSet::new();
    let mut photos = Vec::new();
    for record in records {
        let events: Vec<Event> = serde_json::from_str(&record.events).unwrap_or_default();
        for (of, name) in events.iter().flat_map(shown_by) {
            // A name that no blob can have is that of a photo which was never kept here.
            let is_here = name.parse::<BlobId>().is_ok();
            if is_here && photos.len() < PHOTOS_MAX && known.insert(name.clone()) {
                photos.push(Photo { name: name.to_string(), of });
            }
        }
    }
    photos
}

/// The photo of this name, if the case names it and somebody may see the case.
pub(in super::super) async fn photo(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    asked: web::Path<(String, String)>,
) -> HttpResponse {
    let (case, name) = asked.into_inner();
    let shown = read(&request, &server, &case, name).await;
    refused::settled(&pages, &request, shown).await
}

async fn read(
    request: &HttpRequest,
    server: &Server,
    case: &str,
    name: String,
) -> Result<HttpResponse, Refused> {
    let stay = session::needed(request, server).await?;
    let id = EntityId::new(KIND, case);
    let found = server.read(move |store| {
        visibility::case(&stay, store, &id)?;
        let blob: BlobId = name.parse().map_err(|_| Refused::NotFound)?;
        let records = store.journal.history(&id)?;
        if !of(&records).iter().any(|photo| photo.name == name) {
            return Err(Refused::NotFound);
        }
        match store.journal.blobs().get(&blob) {
            Err(Failure::NoBlob { .. }) => Err(Refused::NotFound),
            read => Ok(read?),
        }
    });
    let bytes = found.await?;
    let kind = kind(&bytes).ok_or(Refused::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CACHE_CONTROL, "private, max-age=31536000, immutable"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(bytes))
}

fn shown_by(event: &Event) -> Vec<(&'static str, &CompactString)> {
    if let Event::Registered(report) = event {
        report.photos.iter().map(|name| ("上报", name)).collect()
    } else if let Event::FeedbackGiven(feedback) = event {
        feedback.photos.iter().map(|name| ("处置后", name)).collect()
    } else if let Event::Validated(look) = event {
        look.sight.photo.iter().map(|name| ("核实", name)).collect()
    } else if let Event::Verified(look) = event {
        look.sight.photo.iter().map(|name| ("核查", name)).collect()
    } else {
        Vec::new()
    }
}
