//! What a request carries: read within a bound and within a time, then turned into a type at once.

mod words;

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use futures_util::stream::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use crate::http::problem::Problem;
use duban_server::server::Server;

/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(30);
/// JSON that is not what is wanted.
const UNFIT: (StatusCode, &str, &str) =
    (StatusCode::UNPROCESSABLE_ENTITY, "unfit-body", "正文的内容不合要求");

/// A JSON body, and its text.
pub(crate) struct Body<T>(pub(super) T, pub(super) BodyText);

/// The text of a body, to tell a request from another under the same key.
#[derive(Clone, Debug, Default)]
pub(crate) struct BodyText {
    text: Bytes,
    secret: Option<&'static str>,
}

impl BodyText {
    /// The text of something that is no JSON body and says the same.
    pub(crate) fn of(text: Bytes) -> BodyText {
        BodyText { text, secret: None }
    }

    /// The same, with a field of which nothing may stand anywhere for ever, no hash either: one who knows the rest
    /// would find a telephone number or a password by trying them all.
    pub(crate) fn but_for(self, secret: &'static str) -> BodyText {
        BodyText { secret: Some(secret), ..self }
    }

    /// What of it may be kept, however it was spaced and ordered; and all of it, where that is more.
    pub(super) fn parts(&self) -> (Vec<u8>, Option<Vec<u8>>) {
        let Ok(mut said) = serde_json::from_slice::<Value>(&self.text) else {
            return (self.text.to_vec(), None);
        };
        // Writing plain data cannot fail.
        let written = |said: &Value| serde_json::to_vec(said).unwrap_or_default();
        let secret = self.secret.filter(|secret| said.get(*secret).is_some());
        let whole = secret.map(|_| written(&said));
        if let (Some(secret), Some(fields)) = (secret, said.as_object_mut()) {
            fields.remove(secret);
        }
        (written(&said), whole)
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Body<T>, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kib =
            request.app_data::<Data<Server>>().map_or(0, |server| server.config.http_body_kib);
        let (request, payload) = (request.clone(), payload.take());
        async move {
            if !is_json(&request) {
                let problem = Problem::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "unsupported-media-type",
                    "正文不是 JSON",
                );
                return Err(problem.detail("请用 Content-Type: application/json"));
            }
            let text = read(&request, payload, kib << 10).await?;
            let body = parsed(&text)?;
            Ok(Body(body, BodyText { text, secret: None }))
        }
        .boxed_local()
    }
}

/// Reads a body of at most `most` bytes.
pub(crate) async fn read(
    request: &HttpRequest,
    payload: Payload,
    most: u64,
) -> Result<Bytes, Problem> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let said = request.headers().get("content-length").and_then(|v| v.to_str().ok());
    if said.and_then(|said| said.parse::<usize>().ok()).is_some_and(|said| said > most) {
        return Err(too_large(most));
    }
    let read = tokio::time::timeout(PATIENCE, gathered(payload, most)).await;
    read.unwrap_or_else(|_| {
        Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "正文没有及时送到"))
    })
}

async fn gathered(mut payload: Payload, most: usize) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|error| {
            let problem = Problem::new(StatusCode::BAD_REQUEST, "broken-body", "正文没有收全");
            problem.detail(error.to_string())
        })?;
        if body.len() + piece.len() > most {
            return Err(too_large(most));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// What is said of a body whose fields do not go together.
pub(crate) fn unfit(detail: &str) -> Problem {
    let (status, code, title) = UNFIT;
    Problem::new(status, code, title).detail(detail)
}

fn too_large(most: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "正文过大")
        .detail(format!("最多 {most} 字节"))
}

fn is_json(request: &HttpRequest) -> bool {
    let named = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = named.and_then(|named| named.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Malformed JSON is 400; JSON that is not what is wanted here is 422. Both say where.
fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let (status, code, title) = match error.classify() {
            Category::Data => UNFIT,
            Category::Syntax | Category::Eof | Category::Io => {
                (StatusCode::BAD_REQUEST, "malformed-json", "正文不是完整的 JSON")
            }
        };
        let words = error.to_string();
        let words = words::chinese(words.split(" at line ").next().unwrap_or_default());
        let place = format!("第 {} 行第 {} 列", error.line(), error.column());
        Problem::new(status, code, title).detail(format!("{place}:{words}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &'static str) -> BodyText {
        BodyText { text: Bytes::from_static(text.as_bytes()), secret: None }
    }

    #[test]
    fn the_same_is_said_however_it_is_spaced_and_ordered() {
        let one = said(r#"{"unit":"SW","reason":"x"}"#);
        assert_eq!(one.parts(), said(r#"{ "reason": "x", "unit": "SW" }"#).parts());
        assert_ne!(one.parts(), said(r#"{"unit":"CG","reason":"x"}"#).parts());
        assert_eq!(BodyText::default().parts(), (Vec::new(), None));
    }

    #[test]
    fn of_a_secret_nothing_is_kept_and_yet_it_counts() {
        let one = said(r#"{"text":"x","reporter":{"phone":"13911112222"}}"#).but_for("reporter");
        let other = said(r#"{"text":"x","reporter":{"phone":"13911113333"}}"#).but_for("reporter");
        let (kept, whole) = one.parts();
        assert_eq!(kept, br#"{"text":"x"}"#);
        let (of_other, other) = other.parts();
        assert_eq!(kept, of_other);
        assert!(whole.is_some() && whole != other);
        let without = said(r#"{"text":"x"}"#).but_for("reporter");
        assert_eq!(without.parts(), (kept, None), "there is no more than is kept");
    }
}
