//! Coming in with a password, going out, and choosing another password.

use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asker::{COOKIE, Caller, unknown};
use super::body::Body;
use super::browser;
use super::choices;
use super::text::{Name, Typed};
use crate::http::problem::Problem;
use crate::http::rate_limit;
use duban_access::access::denied::Denied;
use duban_access::access::guard::{Chosen, Entry, SESSION, Visitor};
use duban_server::server::Server;

/// 登录
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// 登录名
    login: Name,
    /// 密码
    password: Typed,
}

/// 更改密码
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// 现在的密码
    old: Typed,
    /// 新密码,至少 10 个字符
    new: Typed,
}

/// 现在是谁
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Who {
    /// 登录名
    login: String,
    /// 姓名
    name: String,
    /// 可用的身份
    #[schema(schema_with = choices::roles)]
    roles: Vec<Role>,
    /// 单位
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// 采集员编号
    #[serde(skip_serializing_if = "Option::is_none")]
    collector: Option<String>,
    /// 用会话办理时写入 X-CSRF-Token
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf: Option<String>,
    /// 须先更改初始密码
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "temporary")]
    password: Option<&'static str>,
    /// 有效至
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

impl Who {
    fn of(visitor: &Visitor) -> Who {
        let profile = &visitor.profile;
        let (csrf, password, until) = match &visitor.entry {
            Entry::Session { csrf, password, until } => {
                let password = match password {
                    Chosen::ByAdmin => "temporary",
                    Chosen::ByThemselves => "own",
                };
                (Some(csrf.clone()), Some(password), *until)
            }
            Entry::Token { until, .. } => (None, None, *until),
        };
        Who {
            login: visitor.login.to_string(),
            name: profile.name.to_string(),
            roles: visitor.roles().to_vec(),
            unit: profile.unit.as_ref().map(ToString::to_string),
            collector: profile.collector.as_ref().map(ToString::to_string),
            csrf,
            password,
            until,
        }
    }
}

/// Lets somebody in by their password.
pub(crate) async fn sign_in(
    server: Data<Server>,
    request: HttpRequest,
    body: Body<SignIn>,
) -> Result<HttpResponse, Problem> {
    let SignIn { login, password } = &body.0;
    let from = browser::From::of(&request, login.as_ref());
    let entered = server.guard.sign_in(login.as_ref(), password.as_ref(), &from.origin()).await;
    let entered = entered.map_err(|denied| told(denied, &server))?;
    let mut response = HttpResponse::Ok();
    response.cookie(cookie(&server, entered.cookie(), SESSION));
    if let Some(known) = browser::cookie(&server, &entered) {
        response.cookie(known);
    }
    Ok(response.json(Who::of(&entered.visitor)))
}

pub(crate) async fn show(caller: Caller) -> HttpResponse {
    HttpResponse::Ok().json(Who::of(&caller.0))
}

/// Ends the session.
pub(crate) async fn sign_out(
    server: Data<Server>,
    request: HttpRequest,
    _caller: Caller,
) -> Result<HttpResponse, Problem> {
    let shown = request.cookie(COOKIE).ok_or_else(unknown)?;
    server.guard.sign_out(shown.value()).await.map_err(|denied| told(denied, &server))?;
    Ok(HttpResponse::NoContent().cookie(cookie(&server, String::new(), Duration::ZERO)).finish())
}

/// Changes their own password.
pub(crate) async fn change_password(
    server: Data<Server>,
    request: HttpRequest,
    caller: Caller,
    body: Body<NewPassword>,
) -> Result<HttpResponse, Problem> {
    let NewPassword { old, new } = &body.0;
    let (passwords, network) = ((old.as_ref(), new.as_ref()), rate_limit::network(&request));
    let changed = server.guard.change_password(&caller.0, passwords, network).await;
    changed.map_err(|denied| told(denied, &server))?;
    Ok(HttpResponse::NoContent().cookie(cookie(&server, String::new(), Duration::ZERO)).finish())
}

/// The cookie that shows a session, or takes one back when it lasts for nothing.
pub fn cookie(server: &Server, text: String, lasts: Duration) -> Cookie<'static> {
    browser::kept(server, COOKIE, (text, lasts), SameSite::Lax)
}

/// Why somebody does not come in: never more than they may know.
fn told(denied: Denied, server: &Server) -> Problem {
    match denied {
        Denied::Wrong => {
            Problem::new(StatusCode::UNAUTHORIZED, "wrong-credentials", "登录名或密码不对")
        }
        Denied::Locked { until } => {
            Problem::new(StatusCode::LOCKED, "locked", "从这里输错密码太多次")
                .detail("请稍后再试,或请系统管理员解除")
                .again_after(until.since(server.now()))
        }
        Denied::Crowded { until } => {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-sign-ins", "登录尝试过多")
                .detail("请稍后再试;登录过的浏览器不受影响")
                .again_after(until.since(server.now()))
        }
        Denied::Unfit(unfit) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, unfit.code(), "密码不合要求")
                .detail(unfit.to_string())
        }
        Denied::Busy { retry_after } => {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", "系统繁忙").again_after(retry_after)
        }
        Denied::Failed(failure) => Problem::from(failure),
    }
}
