//! `GET|POST /password`: choosing a password of one's own, which is the first thing to do with one that an admin set;
//! `POST /everywhere`: going out everywhere, when something was lost or read by others.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use duban_actors::person::Command;
use serde::{Deserialize, Serialize};

use super::Pages;
use super::form;
use super::interrupted::Interrupted;
use super::layout::{self, Frame, Keep};
use super::login::{self, Leaving, is_from_here, is_word, told};
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
    /// A form that was interrupted.
    #[serde(default)]
    interrupted: String,
}

/// What the page says and carries.
#[derive(Default)]
struct Told {
    /// A form that was interrupted; empty for none.
    interrupted: String,
    /// What went wrong; empty at first.
    error: String,
}

/// What the page is filled in with.
#[derive(Serialize)]
struct Form {
    login: String,
    chars_min: usize,
    /// A form that was interrupted; empty for none.
    interrupted: String,
    error: String,
}

pub(super) async fn form(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
) -> HttpResponse {
    match here(&request, &server).await {
        Ok(stay) => shown(&pages, &stay, StatusCode::OK, Told::default()),
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
    let carried = Interrupted::read(&filled.interrupted, &stay.visitor.login);
    let interrupted = carried.as_ref().map(Interrupted::text).unwrap_or_default();
    let again = |status, error| shown(&pages, &stay, status, Told { interrupted, error });
    if filled.new != filled.again {
        return again(StatusCode::UNPROCESSABLE_ENTITY, "两次输入的新密码不一致。".to_owned());
    }
    let (passwords, network) = ((&*filled.old, &*filled.new), rate_limit::network(&request));
    match server.guard.change_password(&stay.visitor, passwords, network).await {
        Ok(()) => match &carried {
            Some(carried) => left(&server, login::first(&pages, StatusCode::OK, carried)),
            None => outside(&server),
        },
        Err(Denied::Wrong) => {
            again(StatusCode::UNPROCESSABLE_ENTITY, "现在的密码不对。".to_owned())
        }
        Err(denied) => {
            let (status, error) = told(&denied, &server);
            again(status, error)
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
    left(server, elsewhere("/login"))
}

/// The same answer to a browser whose session has ended.
fn left(server: &Server, mut response: HttpResponse) -> HttpResponse {
    if let Err(error) = response.add_cookie(&cookie(server, String::new(), Duration::ZERO)) {
        tracing::error!(%error, "a cookie cannot be taken back");
    }
    response
}

async fn here(request: &HttpRequest, server: &Server) -> Result<Stay, Refused> {
    session::of(request, server).await?.ok_or_else(|| Refused::SignIn("/password".to_owned()))
}

/// Whoever signed in to send a form, and has yet to choose a password, chooses it first.
pub(super) fn first(pages: &Pages, stay: &Stay, interrupted: &Interrupted) -> HttpResponse {
    let told = Told { interrupted: interrupted.text(), error: String::new() };
    shown(pages, stay, StatusCode::OK, told)
}

fn shown(pages: &Pages, stay: &Stay, status: StatusCode, told: Told) -> HttpResponse {
    let Told { interrupted, error } = told;
    let frame = Frame::around("password", Some(stay));
    let login = stay.visitor.login.to_string();
    let form = Form { login, chars_min: CHARS_MIN, interrupted, error };
    layout::page(pages, (status, Keep::Private), "password.html", &frame, form)
}
