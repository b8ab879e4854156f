//! `GET|POST /password`: choosing a password of one's own, which is the first thing to do with one that an admin set.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::Pages;
use super::dress::{self, Frame, Keep};
use super::filled;
use super::login::{is_from_here, is_word, told};
use super::refused::{self, Refused, elsewhere};
use super::stay::{self, Stay};
use crate::doors::guard::Denied;
use crate::doors::password::CHARS_MIN;
use crate::house::House;
use crate::http::api::session::cookie;

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

/// The form.
pub(super) async fn form(
    request: HttpRequest,
    pages: web::Data<Pages>,
    house: web::Data<House>,
) -> HttpResponse {
    match here(&request, &house) {
        Ok(stay) => shown(&pages, &stay, StatusCode::OK, String::new()),
        Err(refused) => refused::answer(&pages, &request, &refused),
    }
}

/// Somebody has chosen; all their sessions end, and they come in again with it.
pub(super) async fn change(
    request: HttpRequest,
    pages: web::Data<Pages>,
    house: web::Data<House>,
    filled::Form(filled): filled::Form<Filled>,
) -> HttpResponse {
    let stay = match here(&request, &house) {
        Ok(stay) => stay,
        Err(refused) => return refused::answer(&pages, &request, &refused),
    };
    if !is_word(&filled.csrf, stay.csrf()) || !is_from_here(&request, &house) {
        return refused::answer(&pages, &request, &Refused::Foreign);
    }
    if filled.new != filled.again {
        let error = "两次输入的新密码不一致。".to_owned();
        return shown(&pages, &stay, StatusCode::UNPROCESSABLE_ENTITY, error);
    }
    match house.guard.change_password(&stay.visitor, &filled.old, &filled.new).await {
        Ok(()) => {
            let mut response = elsewhere("/login");
            let ended = cookie(&house, String::new(), Duration::ZERO);
            if let Err(error) = response.add_cookie(&ended) {
                tracing::error!(%error, "a cookie cannot be taken back");
            }
            response
        }
        Err(Denied::Wrong) => {
            let error = "现在的密码不对。".to_owned();
            shown(&pages, &stay, StatusCode::UNPROCESSABLE_ENTITY, error)
        }
        Err(denied) => {
            let (status, error) = told(&denied, &house);
            shown(&pages, &stay, status, error)
        }
    }
}

fn here(request: &HttpRequest, house: &House) -> Result<Stay, Refused> {
    stay::of(request, house)?.ok_or_else(|| Refused::SignIn("/password".to_owned()))
}

fn shown(pages: &Pages, stay: &Stay, status: StatusCode, error: String) -> HttpResponse {
    let frame = Frame::around("password", Some(stay));
    let login = stay.visitor.login.to_string();
    let form = Form { login, chars_min: CHARS_MIN, error };
    dress::page(pages, (status, Keep::Private), "password.html", &frame, form)
}
