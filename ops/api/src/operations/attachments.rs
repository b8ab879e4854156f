//! Attachments: put before the application or the note that names them, and read by the centre and the unit.

use utoipa::ToSchema as _;
use utoipa::openapi::Ref;
use utoipa::openapi::path::Parameter;

use super::row::{At, Method, get, on};
use super::{Naming, Resource};
use crate::http::api::attachments::{self, KeptFile};
use crate::http::api::described::{doing, in_path, plain, reading, shape};
use crate::http::api::text::FileId;
use crate::http::api::uploading::SeenIn;

/// What the hash of a file is called.
const ID: Naming = Naming { parameter: "id", words: "文件的编号" };

/// The kinds that are given back, as `duban_server::uploads::kind` knows them.
const MEDIA: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/webp",
    "application/pdf",
    "audio/mpeg",
    "audio/m4a",
    "audio/x-wav",
    "audio/ogg",
    "audio/amr",
    "audio/aac",
];

pub(super) const ATTACHMENTS: Resource = Resource::system(
    ("/attachments", "附件"),
    Some(ID),
    &[
        on(
            Method::Post,
            At::All,
            |route| route.to(attachments::put),
            doing("putAttachment", "上传签章单或附件")
                .at_length(
                    "正文是照片、PDF 或录音(MP3、M4A、WAV、OGG、AMR、AAC)的内容,按内容识别种类;同样的内容只存一份。\
                    一天内没有案件采用的会被清除。每个账号每 24 小时的件数和大小有限,与照片合计,超出答 429。",
                )
                .with_media(&["application/octet-stream"], plain::<Vec<u8>>)
                .makes(shape::<KeptFile>, "已保存"),
        ),
        get(
            At::One(""),
            |route| route.to(attachments::get),
            reading("getAttachment", "查看签章单或附件")
                .at_length(
                    "监督中心和指挥中心的人,以及它所属的单位可看;没有案件采用之前,只有上传的人可看。",
                )
                .with_key(id)
                .with::<SeenIn>()
                .answers_media(MEDIA, plain::<Vec<u8>>, "文件"),
        ),
    ],
);

fn id() -> Parameter {
    in_path(ID.parameter, ID.words, Ref::from_schema_name(FileId::name()).into())
}
