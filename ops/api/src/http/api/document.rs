//! The OpenAPI document, from the list of operations.

use actix_web::HttpResponse;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Info, OpenApi as Document};
use utoipa::{Modify, OpenApi};

use super::asker::COOKIE;
use super::{described, text};
use crate::http::problem::Problem;

#[derive(OpenApi)]
#[openapi(
    components(schemas(
        Problem, text::Matter, text::Words, text::Reason, text::Address, text::Name, text::Phone,
        text::Called, text::ExternalId, text::Typed, text::Key, text::PhotoId, text::FileId,
    )),
    modifiers(&Ways),
    security(("bearer" = []), ("cookie" = [], "csrf" = [])),
)]
struct Api;

/// How somebody shows who they are.
struct Ways;

impl Modify for Ways {
    fn modify(&self, document: &mut Document) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let cookie = ApiKey::Cookie(ApiKeyValue::new(COOKIE));
        let csrf = ApiKey::Header(ApiKeyValue::new("X-CSRF-Token"));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
        components.add_security_scheme("csrf", SecurityScheme::ApiKey(csrf));
    }
}

/// The document of this version of the API.
pub fn openapi() -> Document {
    let mut document = Api::openapi();
    described::all(&mut document);
    document.info = Info::new("督办接口", env!("CARGO_PKG_VERSION"));
    document.info.description = Some(ABOUT.to_owned());
    document
}

const ABOUT: &str = "案件的上报、立案、派遣、处置、核查、结案和督办。\
    每个错误都是 application/problem+json,code 稳定不变。\
    写操作可带 Idempotency-Key,重复提交只办理一次;可带 If-Match(ETag),情况有变则答 412。\
    时刻一律为 RFC 3339。列表按 cursor 翻页。";

/// The document, for whoever asks.
pub(crate) async fn document() -> HttpResponse {
    HttpResponse::Ok().json(openapi())
}
