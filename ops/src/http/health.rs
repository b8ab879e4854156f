//! Is it alive, is it ready: for whoever watches the process.

use actix_web::{HttpResponse, web};

/// The routes.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/healthz", web::get().to(alive));
}

/// The process answers.
async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}
