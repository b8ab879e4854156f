//! The header that says up to when a node has everything, while it is cut off from its cluster: what it shows may be older
//! than what others know.

use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use duban_runtime::clock::Timestamp;

/// An instant as in the bodies of answers, e.g. `2026-12-01T08:00:00.000Z`.
const AS_OF: &str = "duban-as-of";

pub(super) fn say(at: Timestamp, answer: &mut ServiceResponse<impl MessageBody>) {
    if let Ok(value) = HeaderValue::from_str(&at.to_string()) {
        answer.headers_mut().insert(HeaderName::from_static(AS_OF), value);
    }
}
