//! `/metrics`, and the counting and tracing of what is served over HTTP.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};

use super::problem::Problem;
use duban_base::telemetry::trace::{self, Began};
use duban_runtime::seldom::Seldom;
use duban_server::server::Server;
use duban_watch::metrics;

/// "the metrics cannot be read".
static UNREAD: Seldom = Seldom::new();

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/metrics", web::get().to(exposition));
}

async fn exposition(server: web::Data<Server>) -> Result<HttpResponse, Problem> {
    let text = metrics::exposition(&server).await.map_err(|failure| {
        if let Some(n_left_out) = UNREAD.turn() {
            tracing::warn!(%failure, n_left_out, "the metrics cannot be read");
        }
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-readable", "暂时无法读取")
    })?;
    Ok(HttpResponse::Ok().content_type(metrics::CONTENT_TYPE).body(text))
}

/// Counts a request once it is answered, by the pattern of its route, which the answer knows without looking for it.
pub(super) async fn counted(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let Some(server) = request.app_data::<web::Data<Server>>().map(|server| Arc::clone(server))
    else {
        return next.call(request).await;
    };
    let clock = server.node.clock();
    let began = Began::now(clock.as_ref());
    // The request itself must not be held while it is answered: routing takes it apart.
    let method = request.method().clone();
    let traceparent = request.headers().get("traceparent").cloned();
    let (answered, gave) = trace::within(next.call(request)).await;
    let (status, pattern) = match &answered {
        Ok(answer) => (answer.status(), answer.request().match_pattern()),
        Err(error) => (error.as_response_error().status_code(), None),
    };
    let took = began.took(clock.as_ref());
    let method = method.as_str();
    server.watch.served.count((method, pattern.as_deref()), status.as_u16(), took.span);
    if let Some(id) = gave {
        let traceparent = traceparent.as_ref().and_then(|value| value.to_str().ok());
        let traceparent = traceparent.unwrap_or_default();
        let (route, status) = (pattern.as_deref().unwrap_or_default(), status.as_u16());
        let traced = trace::Request { method, route, status, traceparent };
        trace::request(id, &traced, took);
    }
    answered
}
