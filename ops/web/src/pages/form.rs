//! Filled-in forms: read within a bound and within a time.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::http::{StatusCode, header};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, error, web};
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use serde::de::DeserializeOwned;

/// How long a browser may take to send a form.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Form<T>(pub(super) T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Form<T>, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        // The form's own bound, 16 KiB, holds, or that of its address.
        let read = web::Form::<T>::from_request(request, payload);
        async move {
            match tokio::time::timeout(PATIENCE, read).await {
                Ok(form) => Ok(Form(form?.into_inner())),
                Err(_) => Err(too_slow()),
            }
        }
        .boxed_local()
    }
}

/// Nothing more is read from whoever does not send what they began.
fn too_slow() -> Error {
    let words = "表单没有及时送到,请重试。\n";
    let answer = HttpResponse::build(StatusCode::REQUEST_TIMEOUT)
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((header::CONNECTION, "close"))
        .body(words);
    error::InternalError::from_response("a form that stalls", answer).into()
}
