//! What nodes of a cluster ask each other for: blobs, keys of sealed reports, notes of uploads, and, by a machine that
//! joins, everything. No part of the API: whoever does not
//! know the nodes' secret gets nothing, and on a machine alone there is nothing.
//!
//! Everything is answered from this machine's own disk.

mod whole;

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{self, Data, Path};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use duban_access::seals::{Failure as Unsealed, KEY_BYTES, Took};
use duban_actors::case::CaseId;
use duban_base::aside::{self, Undone};
use duban_messages::courier::outcome::chain;
use duban_runtime::journal::Failure;
use duban_runtime::journal::blob::BlobId;
use duban_server::peers;
use duban_server::server::Server;

use super::api::{asker, body};
use super::problem::Problem;

/// Letters and digits of a case's id at most.
const CASE_MAX: usize = 64;
/// Bytes of a note of an upload at most: it names everybody who has shown it.
const NOTE_MAX: u64 = 256 << 10;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    let blob = web::resource("/blobs/{id}").get(blob).put(keep_blob);
    let key = web::resource("/keys/{case}").get(key).put(keep_key).delete(erase_key);
    let nothing = || async { Err::<&str, Problem>(Problem::not_found()) };
    let cluster = web::scope("/cluster").service(blob.default_service(web::to(nothing)));
    let cluster = cluster.service(key.default_service(web::to(nothing)));
    let upload = web::resource("/uploads/{id}").put(note_upload);
    let cluster = cluster.service(upload.default_service(web::to(nothing)));
    let cluster = cluster.route("/frames", web::get().to(whole::frames));
    let cluster = cluster.route("/blobs", web::get().to(whole::blobs));
    let cluster = cluster.route("/keys", web::get().to(whole::keys));
    app.service(cluster.default_service(web::to(nothing)));
}

/// Another node of the cluster.
struct Peer;

impl FromRequest for Peer {
    type Error = Problem;
    type Future = Ready<Result<Peer, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let peers = request.app_data::<Data<Server>>().and_then(|server| server.peers());
        let shown = request.headers().get(AUTHORIZATION).and_then(asker::bearer);
        ready(match (peers, shown) {
            (None, _) => Err(Problem::not_found()),
            (Some(peers), Some(shown)) if peers.is_peer(shown) => Ok(Peer),
            (Some(_), Some(_) | None) => {
                Err(Problem::new(StatusCode::UNAUTHORIZED, "not-a-node", "不是本集群的节点"))
            }
        })
    }
}

async fn blob(_: Peer, server: Data<Server>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = blob_id(&id)?;
    let found = server.read(move |store| Ok(store.journal.blobs().get_here(&id))).await;
    match done(found)? {
        Ok(content) => {
            Ok(HttpResponse::Ok().content_type("application/octet-stream").body(content))
        }
        Err(Failure::NoBlob { .. }) => Err(Problem::not_found()),
        Err(failure) => Err(unkept(&failure)),
    }
}

async fn keep_blob(
    _: Peer,
    server: Data<Server>,
    id: Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let id = blob_id(&id)?;
    let most = peers::bytes_max(&server.config);
    let content = body::read(&request, payload.into_inner(), most).await?;
    let kept = server.read(move |store| {
        let is_it = BlobId::of(&content) == id;
        Ok(is_it.then(|| store.journal.blobs().put_here(&content)))
    });
    match done(kept.await)? {
        Some(Ok(_)) => Ok(HttpResponse::NoContent().finish()),
        Some(Err(failure)) => Err(unkept(&failure)),
        None => Err(unfit()),
    }
}

async fn note_upload(
    _: Peer,
    server: Data<Server>,
    id: Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let id = blob_id(&id)?;
    let note = body::read(&request, payload.into_inner(), NOTE_MAX).await?;
    let uploads = Arc::clone(&server.uploads);
    let noted = server
        .read(move |store| Ok::<_, Undone>(uploads.note_of_another(&store.journal, (&id, &note))));
    match done(noted.await)? {
        Ok(true) => Ok(HttpResponse::NoContent().finish()),
        Ok(false) => Err(unfit()),
        Err(failure) => Err(unkept(&failure)),
    }
}

async fn key(_: Peer, server: Data<Server>, case: Path<String>) -> Result<HttpResponse, Problem> {
    let (case, seals) = (case_id(&case)?, server.seals.clone());
    match done(aside::done(move || seals.here(&case)).await)? {
        Ok(key) => {
            Ok(HttpResponse::Ok().content_type("application/octet-stream").body(key.to_vec()))
        }
        Err(Unsealed::Erased) => Err(erased()),
        // One that is damaged here is nothing to go by.
        Err(Unsealed::Lost | Unsealed::Damaged) => Err(Problem::not_found()),
        Err(failure @ (Unsealed::Key { .. } | Unsealed::Chance(_))) => Err(unkept(&failure)),
    }
}

async fn keep_key(
    _: Peer,
    server: Data<Server>,
    case: Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (case, seals) = (case_id(&case)?, server.seals.clone());
    let most = u64::try_from(KEY_BYTES).unwrap_or(u64::MAX);
    let sent = body::read(&request, payload.into_inner(), most).await?;
    let key: [u8; KEY_BYTES] = sent.as_ref().try_into().map_err(|_| unfit())?;
    match done(aside::done(move || seals.take(&case, &key)).await)? {
        Ok(Took::Kept) => Ok(HttpResponse::NoContent().finish()),
        Ok(Took::Erased) => Err(erased()),
        Ok(Took::Another) => {
            Err(Problem::new(StatusCode::CONFLICT, "another-key", "本节点已有另一个密钥"))
        }
        Err(failure) => Err(unkept(&failure)),
    }
}

async fn erase_key(
    _: Peer,
    server: Data<Server>,
    case: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (case, seals) = (case_id(&case)?, server.seals.clone());
    match done(aside::done(move || seals.erase_here(&case)).await)? {
        Ok(()) => Ok(HttpResponse::NoContent().finish()),
        Err(failure) => Err(unkept(&failure)),
    }
}

fn blob_id(id: &str) -> Result<BlobId, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

/// What becomes a path is letters and digits alone.
fn case_id(id: &str) -> Result<CaseId, Problem> {
    let is_one = !id.is_empty()
        && id.len() <= CASE_MAX
        && id.bytes().all(|letter| letter.is_ascii_alphanumeric());
    if is_one { Ok(CaseId(id.into())) } else { Err(Problem::not_found()) }
}

fn done<T>(done: Result<T, Undone>) -> Result<T, Problem> {
    done.map_err(|Undone| Problem::unavailable("not-recorded"))
}

fn erased() -> Problem {
    Problem::new(StatusCode::GONE, "erased", "密钥已按要求销毁")
}

fn unfit() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit-copy", "内容与名称不符")
}

fn unkept(failure: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(failure = %chain(failure), "a peer is not served");
    Problem::unavailable("not-recorded")
}
