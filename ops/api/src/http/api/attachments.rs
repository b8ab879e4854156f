//! Attachments over HTTP: signed forms, scans and recordings, kept as photos are and seen by fewer.

use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use duban_actors::case::files::Use;
use serde::Serialize;
use utoipa::ToSchema;

use super::asker::InRole;
use super::page::Named;
use super::text::FileId;
use super::uploading::{self, SeenIn};
use crate::http::problem::Problem;
use duban_server::server::Server;

/// A file that was kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeptFile {
    /// 文件的编号,写入 form、scan 或 file
    #[schema(value_type = FileId)]
    file: String,
}

/// Keeps a file.
pub(crate) async fn put(
    server: Data<Server>,
    asker: InRole,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = uploading::received(&server, &asker, Use::Attachment, (&request, payload)).await?;
    Ok(HttpResponse::Created().json(KeptFile { file: id.to_string() }))
}

/// A file.
pub(crate) async fn get(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
    seen_in: Query<SeenIn>,
) -> Result<HttpResponse, Problem> {
    let (kind, bytes) = uploading::seen(&server, &asker, &named, seen_in.into_inner()).await?;
    Ok(uploading::shown(named.as_str(), kind, bytes))
}
