//! What somebody sees who cannot see what they asked for: in the same dress, with the way out.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use duban_runtime::journal;
use serde::Serialize;

use super::Pages;
use super::interrupted::Interrupted;
use super::layout::{self, Frame, Keep};
use super::login;
use super::sent::Unsent;
use super::session;
use duban_access::access;
use duban_api::http::problem::Problem;
use duban_base::aside::Undone;
use duban_server::server::Server;

/// What the address of a page says to which somebody came who signed in where a form had been interrupted.
pub(super) const UNSENT: &str = "unsent=yes";
/// What is told of a form that was not sent, and why: of a case that is none, too.
const NOT_SENT: (&str, &str) = (
    "填写的内容没有发送",
    "没有这份表单所属的案件,或者它不在您可以查看的范围;填写的内容没有发送,也没有办理。",
);

/// Why a page is not shown.
#[derive(Debug)]
pub(super) enum Refused {
    /// Nobody is signed in; where they wanted to go.
    SignIn(String),
    /// The same of somebody who sent a form: their session had ended.
    SignInFirst(Box<Interrupted>),
    /// They have yet to choose a password of their own.
    ChoosePassword,
    Forbidden(&'static str),
    /// The address asks for what cannot be; what is to be written in it.
    Unfit(&'static str),
    /// There is nothing.
    NotFound,
    /// The same for whoever sent a form there: what they wrote is theirs, and tells nothing of what there is.
    NothingFor(Unsent),
    /// A form of a case that was there for them, and is with somebody else by now.
    Moved(Unsent),
    /// A form that does not come from our pages.
    Foreign,
    /// The world let duban down; told to the log.
    Broken,
}

impl From<access::Failure> for Refused {
    fn from(failure: access::Failure) -> Refused {
        tracing::error!(%failure, "a visitor cannot be looked at");
        Refused::Broken
    }
}

impl From<journal::Failure> for Refused {
    fn from(failure: journal::Failure) -> Refused {
        tracing::error!(%failure, "a page cannot be read");
        Refused::Broken
    }
}

impl From<anyhow::Error> for Refused {
    fn from(error: anyhow::Error) -> Refused {
        tracing::error!(%error, "a page cannot be read");
        Refused::Broken
    }
}

impl From<Undone> for Refused {
    fn from(error: Undone) -> Refused {
        tracing::error!(%error, "a page was not read");
        Refused::Broken
    }
}

impl Refused {
    /// The form that was not taken.
    fn unsent(&self) -> Option<&Unsent> {
        match self {
            Refused::Moved(unsent) | Refused::NothingFor(unsent) => Some(unsent),
            Refused::SignIn(_)
            | Refused::SignInFirst(_)
            | Refused::ChoosePassword
            | Refused::Forbidden(_)
            | Refused::Unfit(_)
            | Refused::NotFound
            | Refused::Foreign
            | Refused::Broken => None,
        }
    }
}

/// What the page is filled in with.
#[derive(Serialize)]
struct Words {
    code: u16,
    title: &'static str,
    detail: &'static str,
    /// The form that was not taken.
    unsent: Option<Unsent>,
}

/// The page, or the answer to why it is not shown.
pub(super) async fn settled(
    pages: &Pages,
    request: &HttpRequest,
    shown: Result<HttpResponse, Refused>,
) -> HttpResponse {
    match shown {
        Ok(response) => response,
        Err(refused) => answer(pages, request, &refused).await,
    }
}

/// The answer to a refusal.
pub(super) async fn answer(
    pages: &Pages,
    request: &HttpRequest,
    refused: &Refused,
) -> HttpResponse {
    let is_left = request.query_string() == UNSENT;
    let (status, title, detail) = match refused {
        Refused::SignIn(wanted) => {
            return elsewhere(&format!("/login?next={}", layout::in_address(wanted)));
        }
        Refused::SignInFirst(interrupted) => {
            return login::first(pages, StatusCode::UNAUTHORIZED, interrupted);
        }
        Refused::ChoosePassword => return elsewhere("/password"),
        Refused::Forbidden(detail) => {
            let title = if is_left { NOT_SENT.0 } else { "没有权限查看" };
            (StatusCode::FORBIDDEN, title, *detail)
        }
        Refused::Unfit(detail) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "网址中的参数不合要求", *detail)
        }
        Refused::NotFound if !is_left => {
            (StatusCode::NOT_FOUND, "没有这一页", "网址可能写错了,或者所指的内容不存在。")
        }
        Refused::NotFound | Refused::NothingFor(_) => {
            (StatusCode::NOT_FOUND, NOT_SENT.0, NOT_SENT.1)
        }
        Refused::Moved(_) => (
            StatusCode::CONFLICT,
            "案件已不在本单位",
            "案件已撤回、退回或改由其他单位处置,这次填写的内容没有办理。",
        ),
        Refused::Foreign => (
            StatusCode::FORBIDDEN,
            "表单已失效",
            "为了安全,只接受从本站页面提交的表单。请返回页面,刷新后再试。",
        ),
        Refused::Broken => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "暂时无法显示",
            "系统读取数据时出错,已记入日志。请稍后再试,或联系系统管理员。",
        ),
    };
    let stay = match request.app_data::<web::Data<Server>>() {
        Some(server) => session::of(request, server).await.ok().flatten(),
        None => None,
    };
    let words = Words { code: status.as_u16(), title, detail, unsent: refused.unsent().cloned() };
    let frame = Frame::around("", stay.as_ref());
    layout::page(pages, (status, Keep::Private), "refused.html", &frame, words)
}

/// To another page, by GET.
pub(super) fn elsewhere(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}

/// The answer to a path or method that nothing answers: a page for people, a problem for programs.
pub(crate) async fn no_such_page(
    request: HttpRequest,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Problem> {
    let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let is_for_people = accepts.is_some_and(|accepts| accepts.contains("text/html"));
    if is_for_people && !request.path().starts_with("/api/") {
        return Ok(answer(&pages, &request, &Refused::NotFound).await);
    }
    Err(Problem::not_found())
}
