//! Requests to a node of a cluster: each is looked at once this node can read what any node answered before it came, so
//! that it does not matter to which of them a balancer brings the next one.

use actix_web::dev::ServiceRequest;
use actix_web::web::Data;
use duban_server::server::Server;

/// Whose answers do not come from what is on record, or are of this node alone.
const APART: [&str; 5] = ["/cluster/", "/healthz", "/metrics", "/readyz", "/static/"];

pub(super) async fn before(request: &ServiceRequest) {
    let is_apart = APART.iter().any(|path| request.path().starts_with(path));
    if let Some(server) = request.app_data::<Data<Server>>()
        && !is_apart
    {
        server.node.abreast().await;
    }
}
