//! `HEAD`: answered wherever `GET` is, with the same headers and nothing behind them.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::web::Bytes;

/// Asks what `GET` would be asked; whether it was a `HEAD`.
pub(super) fn as_get(request: &mut ServiceRequest) -> bool {
    let is_head = request.method() == Method::HEAD;
    if is_head {
        request.head_mut().method = Method::GET;
    }
    is_head
}

/// Lets go of the body: who only looks at the headers holds no seat of a stream.
pub(super) fn unsent(answer: ServiceResponse<impl MessageBody>) -> ServiceResponse<BoxBody> {
    answer.map_body(|_, body| BoxBody::new(Unsent(body.size())))
}

/// A body that is as long as it would be, and is not sent.
struct Unsent(BodySize);

impl MessageBody for Unsent {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}
