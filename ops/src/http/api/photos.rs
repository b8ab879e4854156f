//! Photos: kept under their own hash, given back as they were, and never taken for anything but an image.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::web::{self, Bytes, Data, Path};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use duban_actors::case::Command;
use duban_runtime::journal::Failure;
use duban_runtime::journal::blob::BlobId;
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use serde::Serialize;
use utoipa::ToSchema;

use super::asker::Asker;
use super::body;
use super::page::Named;
use super::problems::Problems;
use super::text::PhotoId;
use crate::house::House;
use crate::http::problem::Problem;

/// Pixels of an image's side at most: what JPEG can say.
const SIDE_MAX: usize = 65_535;

/// A photo that was kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Kept {
    /// 照片的编号,写入 photos 或 photo
    #[schema(value_type = PhotoId)]
    photo: String,
}

/// The bytes of a photo.
pub(super) struct Photo(Bytes);

impl FromRequest for Photo {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Photo, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let mib = request.app_data::<Data<House>>().map_or(0, |house| house.config.http_photo_mib);
        let (request, payload) = (request.clone(), payload.take());
        async move { body::read(&request, payload, mib << 20).await.map(Photo) }.boxed_local()
    }
}

#[utoipa::path(
    post, path = "/api/v1/photos", operation_id = "putPhoto", tag = "照片", summary = "上传照片",
    description = "正文是 JPEG、PNG 或 WebP 的内容;同样的内容只存一份。",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "已保存", body = Kept), Problems),
)]
pub(super) async fn put(
    house: Data<House>,
    _asker: Asker,
    photo: Photo,
) -> Result<HttpResponse, Problem> {
    let bytes = photo.0;
    is_an_image(&bytes)?;
    let journal = house.node.journal().clone();
    let kept = web::block(move || journal.blobs().put(&bytes)).await;
    let id = kept.map_err(|_| Problem::unavailable("not-recorded"))?.map_err(full)?;
    Ok(HttpResponse::Created().json(Kept { photo: id.to_string() }))
}

/// A full disk is nobody's fault who asks.
fn full(failure: Failure) -> Problem {
    tracing::error!(%failure, "a photo could not be kept");
    Problem::unavailable("not-recorded")
}

#[utoipa::path(
    get, path = "/api/v1/photos/{id}", operation_id = "getPhoto", tag = "照片", summary = "查看照片",
    params(("id" = PhotoId, Path, description = "照片的编号")),
    responses(
        (status = 200, description = "照片", content(
            (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"),
        )),
        Problems,
    ),
)]
pub(super) async fn get(
    house: Data<House>,
    _asker: Asker,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let id: BlobId = named.as_str().parse().map_err(|_| Problem::not_found())?;
    let journal = house.node.journal().clone();
    let read = web::block(move || journal.blobs().get(&id)).await;
    let bytes = match read.map_err(|_| Problem::unavailable("unreadable"))? {
        Ok(bytes) => bytes,
        Err(Failure::NoBlob { .. }) => return Err(Problem::not_found()),
        Err(failure) => return Err(failure.into()),
    };
    // Rendered letters and rules lie in the same place, and are for nobody here.
    let kind = kind(&bytes).ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CACHE_CONTROL, "private, max-age=31536000, immutable"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .body(bytes))
}

/// Every photo that a command names was kept here before; nothing is accepted that points nowhere.
///
/// # Errors
/// 422, with the photo that is not.
pub(super) fn all_kept(house: &House, command: &Command) -> Result<(), Problem> {
    for named in command.photos() {
        let kept = match named.parse::<BlobId>() {
            Ok(id) => house.node.journal().blobs().has(&id)?,
            Err(_) => false,
        };
        if !kept {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Problem::new(status, "unknown-photo", "没有这张照片")
                .detail(format!("请先用 POST /api/v1/photos 上传照片 {named}")));
        }
    }
    Ok(())
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
pub(crate) fn kind(bytes: &[u8]) -> Option<&'static str> {
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
