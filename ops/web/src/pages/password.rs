//! `GET|POST /password`: choosing a password of one's own, which is the first thing to do with one that an admin set;
//! `POST /everywhere`: going out everywhere, when something was lost or read by others.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use duban_actors::person::Command;
use serde::{Deserialize, Serialize};

use super::Pages;
use super::form;
use super::layout::{self, Frame, Keep};
use super::login::{Leaving, is_from_here, is_word, told};
use super::refused::{self, Refused, elsewhere};
use super::session::{self, Stay};
use duban_access::access::denied::{Denied, decided};
use duban_access::access::password::CHARS_MIN;
use duban_api::http::api::session::cookie;
use duban_api::http::rate_limit;
use duban_base::asking;
use duban_server::server::Server;

/// The form that somebody sends.
#[derive(Deserialize)]
pub(super) struct Filled {
    old: String,
    new: String,
    again: String,
    #[serde(default)]
    csrf: String,
}

/// What the page is filled in with.
#[derive(Serialize)]
struct Form {
    login: String,
    chars_min: usize,
    error: String,
}

pub(super) async fn form(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
) -> HttpResponse {
    match here(&request, &server).await {
        Ok(stay) => shown(&pages, &stay, StatusCode::OK, String::new()),
        Err(refused) => refused::answer(&pages, &request, &refused).await,
    }
}

/// Somebody has chosen; all their sessions end, and they come in again with it.
pub(super) async fn change(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    form::Form(filled): form::Form<Filled>,
) -> HttpResponse {
    let stay = match here(&request, &server).await {
        Ok(stay) => stay,
        Err(refused) => return refused::answer(&pages, &request, &refused).await,
    };
    if !is_word(&filled.csrf, stay.csrf()) || !is_from_here(&request, &server) {
        return refused::answer(&pages, &request, &Refused::Foreign).await;
    }
    if filled.new != filled.again {
        let error = "两次输入的新密码不一致。".to_owned();
        return shown(&pages, &stay, StatusCode::UNPROCESSABLE_ENTITY, error);
    }
    let (passwords, network) = ((&*filled.old, &*filled.new), rate_limit::network(&request));
    match server.guard.change_password(&stay.visitor, passwords, network).await {
        Ok(()) => outside(&server),
        Err(Denied::Wrong) => {
            let error = "现在的密码不对。".to_owned();
            shown(&pages, &stay, StatusCode::UNPROCESSABLE_ENTITY, error)
        }
        Err(denied) => {
            let (status, error) = told(&denied, &server);
            shown(&pages, &stay, status, error)
        }
    }
}

/// All sessions and tokens of somebody end, and no browser of theirs is known any more.
pub(super) async fn leave_everywhere(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    form::Form(form): form::Form<Leaving>,
) -> HttpResponse {
    let stay = match here(&request, &server).await {
        Ok(stay) => stay,
        Err(refused) => return refused::answer(&pages, &request, &refused).await,
    };
    if !is_word(&form.csrf, stay.csrf()) || !is_from_here(&request, &server) {
        return refused::answer(&pages, &request, &Refused::Foreign).await;
    }
    match ended(&server, &stay).await {
        Ok(()) => outside(&server),
        Err(denied) => {
            tracing::error!(%denied, "sessions and tokens were not ended");
            refused::answer(&pages, &request, &Refused::Broken).await
        }
    }
}

/// Tokens first: with the sessions, whoever asks goes out.
async fn ended(server: &Server, stay: &Stay) -> Result<(), Denied> {
    let (visitor, node) = (&stay.visitor, &server.node);
    let role = visitor.roles().first().copied().ok_or(Denied::Wrong)?;
    let asker = visitor.asker(role).ok_or(Denied::Wrong)?;
    // Where there is nothing to end it is refused, and that is as good.
    for command in [Command::RevokeAllTokens, Command::SignOutEverywhere] {
        decided(asking::ask_once(node, &asker, &visitor.login, command).await)?;
    }
    Ok(())
}

/// To the login page, without a session.
fn outside(server: &Server) -> HttpResponse {
    let mut response = elsewhere("/login");
    if let Err(error) = response.add_cookie(&cookie(server, String::new(), Duration::ZERO)) {
        tracing::error!(%error, "a cookie cannot be taken back");
    }
    response
}

async fn here(request: &HttpRequest, server: &Server) -> Result<Stay, Refused> {
    session::of(request, server).await?.ok_or_else(|| Refused::SignIn("/password".to_owned()))
}

fn shown(pages: &Pages, stay: &Stay, status: StatusCode, error: String) -> HttpResponse {
    let frame = Frame::around("password", Some(stay));
    let login = stay.visitor.login.to_string();
    let form = Form { login, chars_min: CHARS_MIN, error };
    layout::page(pages, (status, Keep::Private), "password.html", &frame, form)
}
