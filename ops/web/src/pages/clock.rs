//! `POST /clock`: an operator says that the clock is right; the form stands on the page of alarms while it is in doubt.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::Pages;
use super::login::{is_from_here, is_word};
use super::refused::{self, Refused, elsewhere};
use super::session;
use duban_server::server::Server;

/// The form that somebody sends.
#[derive(Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    csrf: String,
}

/// The clock is believed from now on.
pub(super) async fn trust(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    filled: web::Form<Filled>,
) -> HttpResponse {
    match trusted(&request, &server, &filled).await {
        Ok(()) => elsewhere("/outbox"),
        Err(refused) => refused::answer(&pages, &request, &refused).await,
    }
}

async fn trusted(request: &HttpRequest, server: &Server, filled: &Filled) -> Result<(), Refused> {
    let stay = session::needed(request, server).await?;
    if !is_word(&filled.csrf, stay.csrf()) || !is_from_here(request, server) {
        return Err(Refused::Foreign);
    }
    if !stay.operates() {
        return Err(Refused::Forbidden("只有系统管理员可以确认时钟。"));
    }
    tracing::warn!(login = %stay.visitor.login, "the clock is trusted on the page");
    server.node.trust_clock();
    Ok(())
}
