//! The photos and papers of a case: which there are, and each of them for whoever sees it.

use actix_web::{HttpRequest, HttpResponse, web};
use duban_actors::case::KIND;
use duban_actors::case::event::Event;
use duban_actors::case::files::Use;
use duban_actors::context::Context;
use duban_api::http::api::files::{self, Shown};
use duban_api::http::api::uploading;
use duban_base::asking::Asker;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Failure;
use duban_runtime::journal::blob::BlobId;
use duban_runtime::record::Record;
use serde::Serialize;

use super::super::Pages;
use super::super::refused::{self, Refused};
use super::super::session::{self, Stay};
use super::super::visibility;
use duban_server::server::Server;
use duban_server::uploads::kind::Kind;

/// Photos on the page of a case, and papers.
const FILES_MAX: usize = 60;

/// A file on the page.
#[derive(Serialize)]
pub(super) struct File {
    /// The name of its blob.
    name: String,
    /// What it shows, by the event it belongs to.
    of: String,
}

/// The photos and the papers that `records` name, as far as whoever `stay`s sees them, each once.
pub(super) fn of(records: &[Record], stay: &Stay, cx: &Context) -> (Vec<File>, Vec<File>) {
    let (photos, papers): (Vec<Shown>, Vec<Shown>) =
        seen(records, stay, cx).into_iter().partition(|shown| shown.used == Use::Photo);
    let files = |shown: Vec<Shown>| {
        // A name that no blob can have is that of a photo which was never kept here.
        let here = shown.into_iter().filter(|shown| shown.name.parse::<BlobId>().is_ok());
        here.filter_map(file).take(FILES_MAX).collect()
    };
    (files(photos), files(papers))
}

/// What any of the roles of `stay` sees.
fn seen(records: &[Record], stay: &Stay, cx: &Context) -> Vec<Shown> {
    let askers: Vec<Asker> = stay.askers().collect();
    files::shown(records, &askers, cx)
}

/// The file of this name, if the case names it and somebody may see it.
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
    let named = name.clone();
    let found = server.read(move |store| {
        visibility::case(&stay, store, &id)?;
        let blob: BlobId = name.parse().map_err(|_| Refused::NotFound)?;
        let records = store.journal.history(&id)?;
        let rules = store.rules.current();
        if !seen(&records, &stay, &rules.0).iter().any(|shown| shown.name == name) {
            return Err(Refused::NotFound);
        }
        match store.journal.blobs().get(&blob) {
            Err(Failure::NoBlob { .. }) => Err(Refused::NotFound),
            read => Ok(read?),
        }
    });
    let bytes = found.await?;
    let kind = Kind::of(&bytes).ok_or(Refused::NotFound)?;
    Ok(uploading::shown(&named, kind, bytes))
}

/// A file as the page shows it; none of what it does not show.
fn file(shown: Shown) -> Option<File> {
    let event = &shown.event;
    let of = if let Event::Registered(_) = event {
        "上报".to_owned()
    } else if let Event::FeedbackGiven(_) = event {
        "处置后".to_owned()
    } else if let Event::HelpGiven(_) = event {
        "协办后".to_owned()
    } else if let Event::SiteMeetingHeld(_) = event {
        "现场会".to_owned()
    } else if let Event::Validated(_) = event {
        "核实".to_owned()
    } else if let Event::Verified(_) = event {
        "核查".to_owned()
    } else if let Event::ReturnAsked { .. } = event {
        "退单签章单".to_owned()
    } else if let Event::FormAdded { .. } = event {
        "补交的签章单".to_owned()
    } else if let Event::Disputed(_) = event {
        "责任认定申请".to_owned()
    } else if let Event::Applied(asked) = event {
        format!("{}申请", asked.wish.chinese())
    } else if let Event::Deferred(_) = event {
        "缓办签批".to_owned()
    } else if let Event::Attached { note, .. } = event {
        note.clone()
    } else {
        return None;
    };
    Some(File { name: shown.name.into(), of })
}
