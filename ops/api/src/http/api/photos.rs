//! Photos: kept under their own hash, given back as they were, and never taken for anything but an image.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY};
use actix_web::web::{Bytes, Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use compact_str::CompactString;
use duban_actors::case::KIND;
use duban_actors::case::event::Event;
use duban_actors::role::Duty;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Failure;
use duban_runtime::journal::blob::BlobId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asker::{InRole, not_permitted};
use super::body;
use super::page::Named;
use super::text::{Key, PhotoId};
use super::visibility;
use crate::http::problem::Problem;
use crate::operations::exposed::Backend;
use duban_base::aside::{self, Undone};
use duban_base::asking::Asker;
use duban_base::store::Store;
use duban_messages::courier::outcome::chain;
use duban_runtime::seldom::Seldom;
use duban_server::server::Server;
use duban_server::uploads::{self, Most, Uploads};

/// "a photo could not be kept".
static NOT_KEPT: Seldom = Seldom::new();

/// Pixels of an image's side at most: what JPEG can say.
const SIDE_MAX: usize = 65_535;

/// A photo that was kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Kept {
    /// 照片的编号,写入 photos 或 photo
    #[schema(value_type = PhotoId)]
    photo: String,
}

/// Keeps a photo.
pub(crate) async fn put(
    server: Data<Server>,
    asker: InRole,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let said = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let said = said.and_then(|said| said.parse().ok()).unwrap_or(0);
    may_keep(&server, &asker, said).await?;
    let most = server.config.http_photo_mib << 20;
    let bytes = body::read(&request, payload.into_inner(), most).await?;
    let kept = keep(&server, &asker, bytes).await?;
    Ok(HttpResponse::Created().json(Kept { photo: kept.to_string() }))
}

/// Whether they may keep one, and whether one of so many bytes would fit: before anything is read.
///
/// # Errors
/// Why not.
pub async fn may_keep(server: &Server, asker: &Asker, bytes: u64) -> Result<(), Problem> {
    if ![Duty::Register, Duty::Check, Duty::Handle].iter().any(|duty| asker.role.may(*duty)) {
        return Err(not_permitted());
    }
    has_room(server, (&asker.login, bytes), most(server)).await
}

/// Keeps a photo that was read.
///
/// # Errors
/// When it is none, or cannot be kept.
pub async fn keep(server: &Server, asker: &Asker, bytes: Bytes) -> Result<BlobId, Problem> {
    is_an_image(&bytes)?;
    let (uploads, now) = (Arc::clone(&server.uploads), server.now());
    let (login, most) = (asker.login.clone(), most(server));
    let kept = server.read(move |store| {
        Ok::<_, Undone>(uploads.keep(&store.journal, (&login, &bytes), most, now))
    });
    let kept = kept.await.map_err(|Undone| Problem::unavailable("not-recorded"))?;
    kept.map_err(not_kept)
}

fn most(server: &Server) -> Most {
    let config = &server.config;
    Most { photos: config.http_photos_per_day, bytes: config.http_photo_mib_per_day << 20 }
}

/// Nothing is read that would not be kept. Whoever is keeping one holds what is known of them while the disk writes.
async fn has_room(server: &Server, (login, bytes): (&str, u64), most: Most) -> Result<(), Problem> {
    let (uploads, now) = (Arc::clone(&server.uploads), server.now());
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
                "今天上传的照片过多",
            );
            problem.detail("一个账号每 24 小时的张数和大小有限").again_after(over.again_after)
        }
        failure @ (uploads::Failure::Shelf { .. } | uploads::Failure::Journal(_)) => {
            if let Some(n_left_out) = NOT_KEPT.turn() {
                tracing::error!(failure = %chain(&failure), n_left_out, "a photo could not be kept");
            }
            Problem::unavailable("not-recorded")
        }
    }
}

/// Which case shows it.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ShownBy {
    /// 采用这张照片的案件;早先的照片须写明
    case: Option<Key>,
}

/// A photo.
pub(crate) async fn get(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
    shown_by: Query<ShownBy>,
) -> Result<HttpResponse, Problem> {
    let id: BlobId = named.as_str().parse().map_err(|_| Problem::not_found())?;
    let (case, uploads) = (shown_by.into_inner().case, Arc::clone(&server.uploads));
    let read = server.read(move |store| {
        let sees = match &case {
            Some(case) => sees_in(store, &asker, (&id, case))?,
            None => Looking { store, uploads: &uploads }.sees(&asker, &id)?,
        };
        if !sees {
            return Err(Problem::not_found());
        }
        match store.journal.blobs().get(&id) {
            Err(Failure::NoBlob { .. }) => Err(Problem::not_found()),
            read => Ok(read?),
        }
    });
    let bytes = read.await?;
    // Rendered letters and rules lie in the same place, and are for nobody here.
    let kind = kind(&bytes).ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CACHE_CONTROL, "private, max-age=31536000, immutable"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .body(bytes))
}

/// What is looked through for a photo.
struct Looking<'a> {
    store: &'a Store,
    uploads: &'a Uploads,
}

impl Looking<'_> {
    /// Whether `asker` sees a photo: in a case that they see, or because they have shown it themselves.
    fn sees(&self, asker: &Asker, id: &BlobId) -> Result<bool, Problem> {
        let Looking { store, uploads } = self;
        if uploads.shown_by(id).iter().any(|login| login == asker.login.as_str()) {
            return Ok(true);
        }
        uploads.catch_up(&store.journal).map_err(unread)?;
        let cases = uploads.cases(id).map_err(unread)?;
        if cases.is_empty() {
            // One of before cases were noted: in some case whoever sees all of them sees it.
            return Ok(asker.sees_all() && !uploads.is_nobodys(id).map_err(unread)?);
        }
        for case in cases {
            match visibility::find(store, asker, &case.entity()) {
                Ok(_) => return Ok(true),
                Err(hidden) if hidden.status == StatusCode::NOT_FOUND => {}
                Err(problem) => return Err(problem),
            }
        }
        Ok(false)
    }

    fn all_kept(
        &self,
        asker: &Asker,
        photos: &[CompactString],
        now: Timestamp,
    ) -> Result<(), Problem> {
        let missing = self.uploads.missing(&self.store.journal, photos, now);
        if let Some(named) = missing.map_err(unread)? {
            return Err(unknown(&named));
        }
        if asker.sees_all() {
            return Ok(());
        }
        for named in photos {
            let Ok(id) = named.parse::<BlobId>() else { return Err(unknown(named)) };
            let is_noted = self.uploads.is_nobodys(&id).map_err(unread)?
                || !self.uploads.cases(&id).map_err(unread)?.is_empty();
            let is_everywhere = self.uploads.is_everywhere(&id).map_err(unread)?;
            if is_noted && !is_everywhere && !self.sees(asker, &id)? {
                return Err(unknown(named));
            }
        }
        Ok(())
    }
}

/// Whether `asker` sees a photo in this case.
fn sees_in(store: &Store, asker: &Asker, (id, case): (&BlobId, &Key)) -> Result<bool, Problem> {
    let entity = EntityId::new(KIND, case.as_str());
    visibility::find(store, asker, &entity)?;
    let name = id.to_string();
    let records = store.journal.history(&entity)?;
    Ok(records.iter().any(|record| {
        let events: Vec<Event> = serde_json::from_str(&record.events).unwrap_or_default();
        events.iter().any(|event| event.photos().iter().any(|photo| *photo == name))
    }))
}

fn unread(failure: uploads::Failure) -> Problem {
    tracing::error!(failure = %chain(&failure), "uploads cannot be looked through");
    Problem::unavailable("unreadable")
}

/// Whether every photo of these is known to be here and seen by `asker`, without a look at the disk: then there is
/// nothing to wait for, and none of them is swept for a day.
pub(crate) fn at_hand(at: &Backend<'_>, asker: &Asker, photos: &[CompactString]) -> bool {
    let login = (!asker.sees_all()).then_some(asker.login.as_str());
    let now = || at.node.clock().now();
    photos.is_empty() || at.uploads.is_some_and(|uploads| uploads.at_hand(photos, login, now()))
}

/// Every photo that a command names is kept here, and whoever names it sees it: nothing is accepted that points nowhere,
/// and nobody sees a photo by naming it. None is swept while the command is decided. Looks at the disk: for those that
/// are not [`at_hand`].
///
/// # Errors
/// 422, with the photo that is not.
pub(crate) async fn all_kept(
    at: &Backend<'_>,
    asker: &Asker,
    photos: &[CompactString],
) -> Result<(), Problem> {
    let (uploads, now) = (at.uploads(), at.node.clock().now());
    let (asker, photos) = (asker.clone(), photos.to_vec());
    at.read(move |store| Looking { store, uploads: &uploads }.all_kept(&asker, &photos, now)).await
}

fn unknown(named: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown-photo", "没有这张照片")
        .detail(format!("请先用 POST /api/v1/photos 上传照片 {named}"))
}

/// What is kept is an image as far as its header tells: of a kind that browsers show, with a width and a height.
fn is_an_image(bytes: &[u8]) -> Result<(), Problem> {
    if kind(bytes).is_none() {
        let problem =
            Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "不是照片");
        return Err(problem.detail("可用:JPEG、PNG、WebP"));
    }
    // What the decoder takes on trust: the tag before the size.
    let is_tagged = match bytes {
        [0xff, ..] => true,
        [0x89, ..] => bytes.get(12..16) == Some(b"IHDR"),
        _ => bytes.get(12..15) == Some(b"VP8"),
    };
    let is_sized = imagesize::blob_size(bytes).is_ok_and(|size| {
        [size.width, size.height].iter().all(|side| (1..=SIDE_MAX).contains(side))
    });
    if is_tagged && is_sized {
        return Ok(());
    }
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit-photo", "照片不完整");
    Err(problem.detail("文件开头不是完整的照片,请重新拍摄或上传"))
}

/// Which kind of image the first bytes say it is.
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_are_images_whatever_they_are_called() {
        assert_eq!(kind(b"\xff\xd8\xff\xe0 jfif"), Some("image/jpeg"));
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        for other in [&b"<svg onload=alert(1)>"[..], b"<html>", b"GIF89a", b"", b"\xff\xd8"] {
            assert_eq!(kind(other), None, "{other:?}");
        }
    }

    #[test]
    fn an_image_has_a_header_that_tells_its_size() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x01\x08\0\0\0\0";
        let jpeg = b"\xff\xd8\xff\xe0\0\x04jf\xff\xc0\0\x0b\x08\0\x01\0\x02\x01\x01\x11\0";
        let webp =
            b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0";
        for image in [&png[..], jpeg, webp] {
            assert!(is_an_image(image).is_ok(), "{image:?}");
            // Cut before the size stands in it.
            let refused = is_an_image(&image[..12]).unwrap_err();
            assert_eq!((refused.status.as_u16(), refused.code), (422, "unfit-photo"));
        }
        for none in [&b"\xff\xd8\xff"[..], b"\x89PNG\r\n\x1a\n not much of a picture"] {
            assert_eq!(is_an_image(none).unwrap_err().code, "unfit-photo", "{none:?}");
        }
        assert_eq!(is_an_image(b"<svg>").unwrap_err().code, "unsupported-media-type");
        let empty = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\x01\x08\0\0\0\0";
        assert_eq!(is_an_image(empty).unwrap_err().code, "unfit-photo");
    }
}
