//! `/metrics`, and the counting and tracing of what is served over HTTP.

use std::sync::Arc;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderValue;
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpResponse, web};

use super::problem::Problem;
use duban_base::telemetry::trace::{self, Began};
use duban_runtime::entity::CommandId;
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

/// A request that is counted once it is answered, by the pattern of its route, which the answer knows without looking for
/// it. The request itself must not be held while it is answered: routing takes it apart.
pub(super) struct Counted {
    server: Arc<Server>,
    began: Began,
    traceparent: Option<HeaderValue>,
}

impl Counted {
    pub(super) fn begin(request: &ServiceRequest) -> Option<Counted> {
        let server = request.app_data::<web::Data<Server>>()?;
        Some(Counted {
            began: Began::now(server.node.clock().as_ref()),
            server: Arc::clone(server),
            traceparent: request.headers().get("traceparent").cloned(),
        })
    }

    /// It is answered; `gave` is what a trace has of it, if there is one.
    pub(super) fn end<B>(
        self,
        method: &Method,
        answered: &Result<ServiceResponse<B>, Error>,
        gave: Option<CommandId>,
    ) {
        let (status, pattern) = match answered {
            Ok(answer) => (answer.status(), answer.request().match_pattern()),
            Err(error) => (error.as_response_error().status_code(), None),
        };
        let took = self.began.took(self.server.node.clock().as_ref());
        let (method, status) = (method.as_str(), status.as_u16());
        self.server.health.served.count((method, pattern.as_deref()), status, took.span);
        if let Some(id) = gave {
            let traceparent = self.traceparent.as_ref().and_then(|value| value.to_str().ok());
            let traceparent = traceparent.unwrap_or_default();
            let route = pattern.as_deref().unwrap_or_default();
            trace::request(id, &trace::Request { method, route, status, traceparent }, took);
        }
    }
}
