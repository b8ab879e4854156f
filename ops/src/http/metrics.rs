//! `/metrics`, and the counting of what the doors serve.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};

use super::problem::Problem;
use crate::house::House;
use crate::metrics;

/// The route.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/metrics", web::get().to(exposition));
}

async fn exposition(house: web::Data<House>) -> Result<HttpResponse, Problem> {
    let text = metrics::exposition(&house).await.map_err(|failure| {
        tracing::warn!(%failure, "the metrics cannot be read");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-readable", "暂时无法读取")
    })?;
    Ok(HttpResponse::Ok().content_type(metrics::CONTENT_TYPE).body(text))
}

/// Counts a request once it is answered, by the pattern of its route. A refusal that a handler gives as an error is
/// turned into its answer outside of here, so its status is taken from the error.
pub(super) async fn counted(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let house = request.app_data::<web::Data<House>>().map(|house| Arc::clone(house));
    let before = house.as_ref().map(|house| house.node.clock().monotonic());
    let method = request.method().clone();
    let pattern = request.match_pattern();
    let answered = next.call(request).await;
    if let (Some(house), Some(before)) = (house, before) {
        let status = match &answered {
            Ok(answer) => answer.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        let took = house.node.clock().monotonic().saturating_sub(before);
        let route = (method.as_str(), pattern.as_deref());
        house.watch.served.count(route, status.as_u16(), took);
    }
    answered
}
