//! `GET|POST /login`, `POST /logout`: coming in and going out, by plain forms.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{HOST, ORIGIN, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};

use super::Pages;
use super::form;
use super::interrupted::{self, Interrupted};
use super::layout::{self, Frame, Keep};
use super::password;
use super::refused::{self, Refused, UNSENT, elsewhere};
use super::session::{self, Stay};
use duban_access::access::denied::Denied;
use duban_access::access::guard::{Entered, SESSION};
use duban_api::http::api::asker::COOKIE;
use duban_api::http::api::browser;
use duban_api::http::api::session::cookie;
use duban_base::labels::instant;
use duban_server::server::Server;

/// Bytes of the form by which somebody signs in, at most: each byte of what was interrupted may be written by three.
pub(super) const BYTES_MAX: usize = 3 * interrupted::BYTES_MAX + (16 << 10);

/// Where somebody wants to go afterwards.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    next: String,
}

/// The form that somebody sends.
#[derive(Deserialize)]
pub(super) struct Filled {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
    /// A form that was interrupted.
    #[serde(default)]
    interrupted: String,
}

/// The form that signs out.
#[derive(Deserialize)]
pub(super) struct Leaving {
    #[serde(default)]
    pub(super) csrf: String,
}

/// What the page is filled in with.
#[derive(Default, Serialize)]
struct Form {
    login: String,
    next: String,
    /// A form that was interrupted; empty for none.
    interrupted: String,
    /// What is told of it.
    told: Vec<&'static str>,
    /// What went wrong; empty at first.
    error: String,
}

pub(super) async fn form(pages: web::Data<Pages>, wanted: web::Query<Wanted>) -> HttpResponse {
    let form = Form { next: wanted.into_inner().next, ..Form::default() };
    shown(&pages, StatusCode::OK, form)
}

/// Whoever sent a form and was not signed in any more signs in first.
pub(super) fn first(pages: &Pages, status: StatusCode, interrupted: &Interrupted) -> HttpResponse {
    let (next, told) = (interrupted.to().to_owned(), interrupted.told());
    let form = Form { next, interrupted: interrupted.text(), told, ..Form::default() };
    shown(pages, status, form)
}

/// Somebody wants to come in.
pub(super) async fn enter(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    filled: form::Form<Filled>,
) -> HttpResponse {
    if !is_from_here(&request, &server) {
        return refused::answer(&pages, &request, &Refused::Foreign).await;
    }
    let Filled { login, password, next, interrupted } = filled.0;
    let login = login.trim();
    let from = browser::From::of(&request, login);
    match server.guard.sign_in(login, &password, &from.origin()).await {
        Ok(entered) => match entered_by((&pages, &server), &entered, (&next, &interrupted)) {
            Ok(response) => response,
            Err(error) => {
                tracing::error!(%error, "a session cannot be shown");
                refused::answer(&pages, &request, &Refused::Broken).await
            }
        },
        Err(denied) => {
            let (status, error) = told(&denied, &server);
            let carried = Interrupted::carried(&interrupted);
            let told = carried.map(|carried| carried.told()).unwrap_or_default();
            let form = Form { login: login.to_owned(), next, interrupted, told, error };
            let mut response = shown(&pages, status, form);
            if let Some(seconds) = pause(&denied, server.now()) {
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
            }
            response
        }
    }
}

fn entered_by(
    (pages, server): (&Pages, &Server),
    entered: &Entered,
    (next, carried): (&str, &str),
) -> Result<HttpResponse, actix_web::http::Error> {
    let stay = Stay { visitor: Arc::clone(&entered.visitor), warning: None };
    let mut response = match Interrupted::read(carried, &entered.visitor.login) {
        Some(interrupted) if stay.has_yet_to_choose() => {
            password::first(pages, &stay, &interrupted)
        }
        Some(interrupted) => interrupted.resumed(pages, &stay),
        // What was written is not kept, or is somebody else's.
        None if interrupted::is_form(next) => elsewhere(&format!("{next}?{UNSENT}")),
        None => elsewhere(local(next).unwrap_or(stay.home())),
    };
    response.add_cookie(&cookie(server, entered.cookie(), SESSION))?;
    if let Some(known) = browser::cookie(server, entered) {
        response.add_cookie(&known)?;
    }
    Ok(response)
}

/// Somebody goes.
pub(super) async fn leave(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    form::Form(form): form::Form<Leaving>,
) -> HttpResponse {
    let stay = match session::of(&request, &server).await {
        Ok(Some(stay)) => stay,
        Ok(None) => return elsewhere("/"),
        Err(failure) => return refused::answer(&pages, &request, &failure.into()).await,
    };
    let is_theirs = is_word(&form.csrf, stay.csrf());
    if !is_theirs || !is_from_here(&request, &server) {
        return refused::answer(&pages, &request, &Refused::Foreign).await;
    }
    let Some(shown) = request.cookie(COOKIE) else { return elsewhere("/") };
    if let Err(denied) = server.guard.sign_out(shown.value()).await {
        tracing::warn!(%denied, "a session was not ended");
        return refused::answer(&pages, &request, &Refused::Broken).await;
    }
    let mut response = elsewhere("/");
    if let Err(error) = response.add_cookie(&cookie(&server, String::new(), Duration::ZERO)) {
        tracing::error!(%error, "a cookie cannot be taken back");
    }
    response
}

/// Why somebody does not come in, never more than they may know.
pub(super) fn told(denied: &Denied, server: &Server) -> (StatusCode, String) {
    match denied {
        Denied::Wrong => (StatusCode::UNAUTHORIZED, "登录名或密码不对。".to_owned()),
        Denied::Locked { until } => {
            let until = second(*until, server);
            let words = format!(
                "从这里连续输错密码,已暂时锁定,{until} 之后可以再试;急需登录请联系系统管理员解除。"
            );
            (StatusCode::LOCKED, words)
        }
        Denied::Crowded { until } => {
            let until = second(*until, server);
            let words = format!(
                "此刻输错密码的人太多,{until} 之后可以再试。登录过的浏览器不受影响;\
                急需登录请联系系统管理员解除。"
            );
            (StatusCode::TOO_MANY_REQUESTS, words)
        }
        Denied::Unfit(unfit) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{unfit}。")),
        Denied::Busy { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, "此刻登录的人太多,请稍等片刻再试。".to_owned())
        }
        Denied::Failed(failure) => {
            tracing::error!(%failure, "nobody could be let in");
            (StatusCode::INTERNAL_SERVER_ERROR, "暂时无法登录,请稍后再试。".to_owned())
        }
    }
}

fn second(at: Timestamp, server: &Server) -> String {
    let rules = server.rules.current();
    instant::second(at, &rules.0.rules.calendar)
}

/// Whether a form was filled in on our own page: the browser says where it comes from.
pub(super) fn is_from_here(request: &HttpRequest, server: &Server) -> bool {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(ORIGIN) else {
        // Browsers say at least one of the two; a program that says neither has no cookies of anybody's.
        return request
            .headers()
            .get("Sec-Fetch-Site")
            .is_none_or(|site| site == "same-origin" || site == "none");
    };
    let host = origin.split_once("://").map(|(_, host)| host);
    let public = server.config.http_public_url.trim_end_matches('/');
    (host.is_some() && host == text(HOST)) || (!public.is_empty() && origin == public)
}

/// Whether a form brought the session's word. Hashes are compared: the time it takes tells nothing.
pub(super) fn is_word(brought: &str, word: &str) -> bool {
    !word.is_empty() && blake3::hash(brought.as_bytes()) == blake3::hash(word.as_bytes())
}

fn pause(denied: &Denied, now: Timestamp) -> Option<u64> {
    match denied {
        Denied::Locked { until } | Denied::Crowded { until } => {
            Some(until.since(now).as_secs().max(1))
        }
        Denied::Busy { retry_after } => Some(retry_after.as_secs().max(1)),
        Denied::Wrong | Denied::Unfit(_) | Denied::Failed(_) => None,
    }
}

/// A page of ours; none for anything else.
pub(super) fn local(next: &str) -> Option<&str> {
    let is_local = next.starts_with('/')
        && !next.starts_with("//")
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_local.then_some(next)
}

fn shown(pages: &Pages, status: StatusCode, form: Form) -> HttpResponse {
    layout::page(pages, (status, Keep::Private), "login.html", &Frame::open("login"), form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_a_page_that_is_not_ours() {
        for next in ["", "//evil.example", "https://evil.example", "/\\evil", "/a\r\nb", "units"] {
            assert_eq!(local(next), None, "{next}");
        }
        assert_eq!(local("/units/CG-HW?after=1/c"), Some("/units/CG-HW?after=1/c"));
    }

    #[test]
    fn an_empty_word_is_nobodys() {
        assert!(!is_word("", ""));
        assert!(is_word("a", "a") && !is_word("a", "b"));
    }
}
