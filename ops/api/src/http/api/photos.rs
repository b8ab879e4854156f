//! Photos over HTTP: kept under their own hash, given back as they were, and never taken for anything but an image.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use duban_actors::case::files::Use;
use duban_server::uploads::kind::{Kind, Sort};
use serde::Serialize;
use utoipa::ToSchema;

use super::asker::InRole;
use super::page::Named;
use super::text::PhotoId;
use super::uploading::{self, SeenIn};
use crate::http::problem::Problem;
use duban_server::server::Server;

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
    let id = uploading::received(&server, &asker, Use::Photo, (&request, payload)).await?;
    Ok(HttpResponse::Created().json(Kept { photo: id.to_string() }))
}

/// A photo.
pub(crate) async fn get(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
    seen_in: Query<SeenIn>,
) -> Result<HttpResponse, Problem> {
    let (kind, bytes) = uploading::seen(&server, &asker, &named, seen_in.into_inner()).await?;
    // Papers and recordings have a path of their own.
    let is_photo = kind.sort == Sort::Photo;
    is_photo.then(|| uploading::shown(named.as_str(), kind, bytes)).ok_or_else(Problem::not_found)
}

/// What is kept is an image as far as its header tells: of a kind that browsers show, with a width and a height.
pub(super) fn is_an_image(bytes: &[u8]) -> Result<(), Problem> {
    if !Kind::of(bytes).is_some_and(|kind| kind.is_for(Use::Photo)) {
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

#[cfg(test)]
mod tests {
    use super::*;

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
