//! What went wrong with a request, as `application/problem+json` (RFC 9457).
//!
//! `code` is stable and English, `title` and `detail` are Chinese: a program goes by the one, a person reads the other.
//! Nothing of the inside is told: what only an operator may know stands in the log.

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use duban_runtime::entity::Corrupt;
use duban_runtime::journal;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use duban_access::access;
use duban_base::aside::Undone;
use duban_runtime::seldom::Seldom;

/// "somebody could not be let in".
static NOT_LET_IN: Seldom = Seldom::new();

/// "a request could not be answered".
static UNANSWERED: Seldom = Seldom::new();

/// When to ask again what could not be recorded.
const RETRY_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// A problem on its way to whoever asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// The HTTP status.
    #[serde(serialize_with = "number")]
    #[schema(value_type = u16, example = 409)]
    pub status: StatusCode,
    /// Stable, e.g. `out-of-order`.
    #[schema(value_type = String, example = "out-of-order")]
    pub code: &'static str,
    /// What is wrong, in a few words.
    #[schema(example = "此环节不能这样办理")]
    pub title: String,
    /// What is wrong here, and the way out.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    pub detail: String,
    /// The refusal's own data.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub refusal: Option<Box<Value>>,
    /// When to ask again.
    #[serde(skip)]
    pub retry_after: Option<Duration>,
    /// A further header of the answer.
    #[serde(skip)]
    pub header: Option<Box<(HeaderName, HeaderValue)>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, title: &str) -> Problem {
        Problem {
            status,
            code,
            title: title.to_owned(),
            detail: String::new(),
            refusal: None,
            retry_after: None,
            header: None,
        }
    }

    /// The same, said more exactly.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Problem {
        Problem { detail: detail.into(), ..self }
    }

    /// The same, to be asked again later.
    #[must_use]
    pub fn again_after(self, pause: Duration) -> Problem {
        Problem { retry_after: Some(pause), ..self }
    }

    /// The same with a header, unless the value cannot stand in one.
    #[must_use]
    pub fn header(self, name: HeaderName, value: &str) -> Problem {
        let value = HeaderValue::from_str(value).ok();
        Problem { header: value.map(|value| Box::new((name, value))).or(self.header), ..self }
    }

    /// Nothing was done, and whether it can be done is not known: asked again with the same key, it is done once.
    pub fn unavailable(code: &'static str) -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, "暂时不能办理")
            .detail("请稍后用同一标识再试(Idempotency-Key),不会重复办理")
            .again_after(RETRY_AFTER_FAILURE)
    }

    /// The path exists, and not for this method.
    pub fn wrong_method(allowed: &str) -> Problem {
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "此地址不接受这种方法")
            .detail(format!("可用:{allowed}"))
            .header(ALLOW, allowed)
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

/// What cannot be read is the operator's to look at; whoever asked only hears that it cannot be had now.
impl From<journal::Failure> for Problem {
    fn from(failure: journal::Failure) -> Problem {
        if let Some(n_left_out) = UNANSWERED.turn() {
            tracing::error!(%failure, n_left_out, "a request could not be answered");
        }
        Problem::unavailable("unreadable")
    }
}

/// Nothing is known of what was looked for.
impl From<Undone> for Problem {
    fn from(_: Undone) -> Problem {
        Problem::unavailable("unreadable")
    }
}

impl From<Corrupt> for Problem {
    fn from(corrupt: Corrupt) -> Problem {
        tracing::error!(%corrupt, "a request could not be answered");
        Problem::unavailable("unreadable")
    }
}

impl From<access::Failure> for Problem {
    fn from(failure: access::Failure) -> Problem {
        if let Some(n_left_out) = NOT_LET_IN.turn() {
            tracing::error!(%failure, n_left_out, "somebody could not be let in");
        }
        Problem::unavailable("unavailable")
    }
}

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
        if let Some(header) = &self.header {
            let (name, value) = header.as_ref();
            response.insert_header((name.clone(), value.clone()));
        }
        response.body(body)
    }
}

/// The answer to a path or method that nothing answers.
pub(super) async fn no_such_page(_: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}
