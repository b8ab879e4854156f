//! Uploading over HTTP: what somebody sends is held against what may be kept, kept, and given back to whoever sees it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use compact_str::CompactString;
use duban_actors::case::files::Use;
use duban_actors::role::Duty;
use duban_runtime::journal::Failure;
use duban_runtime::journal::blob::BlobId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::asker::{InRole, not_permitted};
use super::body;
use super::files::Looking;
use super::page::Named;
use super::photos::is_an_image;
use super::text::Key;
use crate::http::problem::Problem;
use duban_base::aside::{self, Undone};
use duban_base::asking::Asker;
use duban_messages::courier::outcome::chain;
use duban_runtime::seldom::Seldom;
use duban_server::server::Server;
use duban_server::uploads::kind::{Kind, Sort};
use duban_server::uploads::{self, Most};

/// "a file could not be kept".
static NOT_KEPT: Seldom = Seldom::new();

/// As far from the end of a PDF as its last line may stand.
const PDF_TAIL: usize = 1_024;

/// Keeps what is sent to stand so on a case; the name of its blob.
pub(super) async fn received(
    server: &Server,
    asker: &InRole,
    used: Use,
    (request, payload): (&HttpRequest, Payload),
) -> Result<BlobId, Problem> {
    let said = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let said = said.and_then(|said| said.parse().ok()).unwrap_or(0);
    may_keep(server, asker, used, said).await?;
    let bytes = body::read(request, payload.into_inner(), mib_max(server, used) << 20).await?;
    keep(server, asker, used, bytes).await
}

/// Whether they may keep a file, and whether one of so many bytes would fit: before anything is read.
///
/// # Errors
/// Why not.
pub async fn may_keep(
    server: &Server,
    asker: &Asker,
    used: Use,
    bytes: u64,
) -> Result<(), Problem> {
    let duties: &[Duty] = match used {
        Use::Photo => &[Duty::Register, Duty::Check, Duty::Handle],
        Use::Form | Use::Attachment => &[Duty::Attach],
    };
    if !duties.iter().any(|duty| asker.role.may(*duty)) {
        return Err(not_permitted());
    }
    has_room(server, (&asker.login, bytes)).await
}

/// How large a file may be, in MiB.
pub fn mib_max(server: &Server, used: Use) -> u64 {
    match used {
        Use::Photo => server.config.http_photo_mib,
        Use::Form | Use::Attachment => server.config.http_attachment_mib,
    }
}

/// Keeps `bytes` of `asker`'s, once it is known that they are what they are to stand for.
///
/// # Errors
/// When they are none such, or cannot be kept.
pub async fn keep(
    server: &Server,
    asker: &Asker,
    used: Use,
    bytes: impl AsRef<[u8]> + Send + 'static,
) -> Result<BlobId, Problem> {
    fits(bytes.as_ref(), used)?;
    let (uploads, most, now) = (Arc::clone(&server.uploads), most(server), server.now());
    let login = asker.login.clone();
    let kept = server.read(move |store| {
        Ok::<_, Undone>(uploads.keep(&store.journal, (&login, bytes.as_ref()), most, now))
    });
    kept.await.map_err(|Undone| Problem::unavailable("not-recorded"))?.map_err(not_kept)
}

/// What one account may keep in a day.
fn most(server: &Server) -> Most {
    let config = &server.config;
    Most { photos: config.http_photos_per_day, bytes: config.http_photo_mib_per_day << 20 }
}

/// Nothing is read that would not be kept. Whoever is keeping one holds what is known of them while the disk writes.
async fn has_room(server: &Server, (login, bytes): (&str, u64)) -> Result<(), Problem> {
    let (uploads, most, now) = (Arc::clone(&server.uploads), most(server), server.now());
    let login = CompactString::new(login);
    let room = aside::done(move || uploads.room(&login, bytes, most, now)).await;
    room.map_err(|Undone| Problem::unavailable("not-recorded"))?.map_err(not_kept)
}

/// A full disk is nobody's fault who asks; a full day is.
fn not_kept(failure: uploads::Failure) -> Problem {
    match failure {
        uploads::Failure::Over(over) => {
            let problem = Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-photos",
                "今天上传的照片和文件过多",
            );
            problem.detail("一个账号每 24 小时的件数和大小有限").again_after(over.again_after)
        }
        failure @ (uploads::Failure::Shelf { .. } | uploads::Failure::Journal(_)) => {
            if let Some(n_left_out) = NOT_KEPT.turn() {
                tracing::error!(failure = %chain(&failure), n_left_out, "a file could not be kept");
            }
            Problem::unavailable("not-recorded")
        }
    }
}

/// Whether a file is of a kind that may stand so, and whole as far as its frame tells.
fn fits(bytes: &[u8], used: Use) -> Result<(), Problem> {
    let kind = Kind::of(bytes).filter(|kind| kind.is_for(used));
    match kind.map(|kind| kind.sort) {
        _ if used == Use::Photo => is_an_image(bytes),
        Some(Sort::Photo) => is_an_image(bytes),
        Some(Sort::Paper) if !is_whole(bytes) => {
            let problem =
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit-file", "文件不完整");
            Err(problem.detail("PDF 没有结尾,请重新扫描或上传"))
        }
        Some(Sort::Paper | Sort::Recording) => Ok(()),
        None => {
            let (status, code) = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type");
            let problem = Problem::new(status, code, "不是照片、PDF 或录音");
            Err(problem.detail("可用:JPEG、PNG、WebP、PDF、MP3、M4A、WAV、OGG、AMR、AAC"))
        }
    }
}

/// Whether a PDF has its last line.
fn is_whole(pdf: &[u8]) -> bool {
    let mark = b"%%EOF";
    let tail = pdf.get(pdf.len().saturating_sub(PDF_TAIL)..).unwrap_or_default();
    tail.windows(mark.len()).any(|window| window == mark)
}

/// Which case shows it.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeenIn {
    /// 采用它的案件;早先的须写明
    case: Option<Key>,
}

/// A file that `asker` sees, in the case that is named or in any; and its kind.
pub(super) async fn seen(
    server: &Server,
    asker: &Asker,
    named: &Named,
    SeenIn { case }: SeenIn,
) -> Result<(Kind, Vec<u8>), Problem> {
    let id: BlobId = named.as_str().parse().map_err(|_| Problem::not_found())?;
    let (asker, uploads) = (asker.clone(), Arc::clone(&server.uploads));
    let read = server.read(move |store| {
        if !(Looking { store, uploads: &uploads }).sees(&asker, &id, case.as_ref())? {
            return Err(Problem::not_found());
        }
        match store.journal.blobs().get(&id) {
            Err(Failure::NoBlob { .. }) => Err(Problem::not_found()),
            read => Ok(read?),
        }
    });
    let bytes = read.await?;
    // Rendered letters and rules lie in the same place, and are for nobody here.
    let kind = Kind::of(&bytes).ok_or_else(Problem::not_found)?;
    Ok((kind, bytes))
}

/// The answer that shows the file of this name: a photo where it stands, anything else to be kept, and nothing that can do something.
pub fn shown(name: &str, kind: Kind, bytes: Vec<u8>) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(kind.media)
        .insert_header((CACHE_CONTROL, "private, max-age=31536000, immutable"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if kind.sort != Sort::Photo {
        let named = format!("attachment; filename=\"{name}.{}\"", kind.extension);
        answer.insert_header((CONTENT_DISPOSITION, named));
    }
    answer.body(bytes)
}
