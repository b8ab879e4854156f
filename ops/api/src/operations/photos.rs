//! Photos: put before the report or feedback that shows them, and read by whoever sees that.

use utoipa::ToSchema as _;
use utoipa::openapi::Ref;
use utoipa::openapi::path::Parameter;

use super::row::{At, Method, get, on};
use super::{Naming, Resource};
use crate::http::api::described::{doing, in_path, plain, reading, shape};
use crate::http::api::photos::{self, Kept};
use crate::http::api::text::PhotoId;
use crate::http::api::uploading::SeenIn;

/// What the hash of a photo is called.
const ID: Naming = Naming { parameter: "id", words: "照片的编号" };

pub(super) const PHOTOS: Resource = Resource::system(
    ("/photos", "照片"),
    Some(ID),
    &[
        on(
            Method::Post,
            At::All,
            |route| route.to(photos::put),
            doing("putPhoto", "上传照片")
                .at_length(
                    "正文是 JPEG、PNG 或 WebP 的内容;同样的内容只存一份。一天内没有案件采用的照片会被清除。\
                    每个账号每 24 小时的张数和大小有限,超出答 429。",
                )
                .with_media(&["application/octet-stream"], plain::<Vec<u8>>)
                .makes(shape::<Kept>, "已保存"),
        ),
        get(
            At::One(""),
            |route| route.to(photos::get),
            reading("getPhoto", "查看照片")
                .at_length("看得到采用它的案件的人可看;没有案件采用之前,只有上传的人可看。")
                .with_key(id)
                .with::<SeenIn>()
                .answers_media(
                    &["image/jpeg", "image/png", "image/webp"],
                    plain::<Vec<u8>>,
                    "照片",
                ),
        ),
    ],
);

fn id() -> Parameter {
    in_path(ID.parameter, ID.words, Ref::from_schema_name(PhotoId::name()).into())
}
