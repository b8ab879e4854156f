//! What went wrong with a request, as `application/problem+json` (RFC 9457).
//!
//! `code` is stable and English, `title` and `detail` are Chinese: a program goes by the one, a person reads the other.
//! Nothing of the inside is told: what only an operator may know stands in the log.

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::Value;

/// A problem on its way to whoever asked.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// The HTTP status.
    #[serde(serialize_with = "number")]
    pub status: StatusCode,
    /// Stable, e.g. `out-of-order`.
    pub code: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// What is wrong here, and the way out.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The refusal's own data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Value>,
    /// When to ask again.
    #[serde(skip)]
    pub retry_after: Option<Duration>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    /// A problem of this status and code.
    pub fn new(status: StatusCode, code: &str, title: &str) -> Problem {
        Problem {
            status,
            code: code.to_owned(),
            title: title.to_owned(),
            detail: String::new(),
            refusal: None,
            retry_after: None,
        }
    }

    /// The same, said more exactly.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Problem {
        Problem { detail: detail.into(), ..self }
    }

    /// Nothing is there.
    pub fn not_found() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not-found", "没有这一项")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), self.code)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        // Writing plain texts cannot fail.
        let body = serde_json::to_vec(self).unwrap_or_default();
        let mut response = HttpResponse::build(self.status);
        response
            .insert_header((CONTENT_TYPE, HeaderValue::from_static("application/problem+json")));
        if let Some(pause) = self.retry_after {
            response.insert_header((RETRY_AFTER, pause.as_secs().max(1)));
        }
        response.body(body)
    }
}

/// The answer to a path or method that nothing answers.
pub(super) async fn no_such_page(_: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}
