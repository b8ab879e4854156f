//! Who asks over HTTP, and in which role: a bearer token, or a session's cookie with the word that forms must bring.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest};
use duban_actors::role::Role;

use crate::http::problem::Problem;
use crate::http::rate_limit;
use duban_access::access::guard::{Chosen, Entry, Visitor};
use duban_base::asking::Asker;
use duban_server::server::Server;

pub const COOKIE: &str = "duban_session";
/// The header that says the session's word again.
const CSRF: &str = "X-CSRF-Token";
/// The header that chooses one of several roles.
const ROLE: &str = "X-Duban-Role";

/// Somebody, before it is settled in which role they ask.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(super) Arc<Visitor>);

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Caller, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(visitor(request).map(Caller))
    }
}

/// Who asks, in the role of this request.
#[derive(Clone, Debug)]
pub(crate) struct InRole(pub(super) Asker);

impl Deref for InRole {
    type Target = Asker;

    fn deref(&self) -> &Asker {
        &self.0
    }
}

impl FromRequest for InRole {
    type Error = Problem;
    type Future = Ready<Result<InRole, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(visitor(request).and_then(|visitor| in_role(request, &visitor)).map(InRole))
    }
}

/// What only some may ask over HTTP.
pub(crate) trait Permission {
    /// Only those who may read everything get past.
    fn only_those_who_see_all(&self) -> Result<(), Problem>;

    /// Only the operator gets past.
    fn only_the_operator(&self) -> Result<(), Problem>;

    /// Only the operator and whoever the account belongs to get past.
    fn only_the_operator_or(&self, login: &str) -> Result<(), Problem>;
}

impl Permission for Asker {
    fn only_those_who_see_all(&self) -> Result<(), Problem> {
        if self.sees_all() { Ok(()) } else { Err(not_permitted()) }
    }

    fn only_the_operator(&self) -> Result<(), Problem> {
        if self.role == Role::Operator { Ok(()) } else { Err(not_permitted()) }
    }

    fn only_the_operator_or(&self, login: &str) -> Result<(), Problem> {
        if self.login == login { Ok(()) } else { self.only_the_operator() }
    }
}

/// Somebody is here, and may not.
pub(super) fn not_permitted() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "not-permitted", "没有权限")
        .detail("此身份不能进行这项操作(办法第十二条)")
}

/// The token that a header shows; the word before it is written as one likes (RFC 9110, section 11.1).
pub(crate) fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// What somebody shows to say who they are.
#[derive(Clone)]
enum Shown {
    Token(String),
    Session(String),
}

impl Shown {
    fn with(request: &HttpRequest) -> Option<Shown> {
        if let Some(value) = request.headers().get(AUTHORIZATION) {
            return Some(Shown::Token(bearer(value).unwrap_or_default().to_owned()));
        }
        let cookie = request.cookie(COOKIE)?;
        Some(Shown::Session(cookie.value().to_owned()))
    }

    async fn visitor(&self, server: &Server) -> Result<Arc<Visitor>, Problem> {
        let found = match self {
            Shown::Token(text) => server.guard.by_token(text).await,
            Shown::Session(text) => server.guard.by_session(text).await,
        };
        found?.ok_or_else(unknown)
    }
}

/// Whoever stays for a while: what they showed is looked at again and again, for as long as they stay.
pub(crate) struct Staying {
    shown: Shown,
    visitor: Arc<Visitor>,
    asker: Asker,
}

impl FromRequest for Staying {
    type Error = Problem;
    type Future = Ready<Result<Staying, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let staying = || {
            let visitor = visitor(request)?;
            let asker = in_role(request, &visitor)?;
            let shown = Shown::with(request).ok_or_else(unknown)?;
            Ok(Staying { shown, visitor, asker })
        };
        ready(staying())
    }
}

impl Staying {
    /// The login name.
    pub(super) fn login(&self) -> &str {
        &self.asker.login
    }

    /// As whom they ask now; none once what they showed has ended, or the role has.
    pub(super) async fn now(&mut self, server: &Server) -> Option<&Asker> {
        let visitor = self.shown.visitor(server).await.ok()?;
        may_ask(&visitor).ok()?;
        if !visitor.holds(self.asker.role) {
            return None;
        }
        if !Arc::ptr_eq(&visitor, &self.visitor) {
            self.asker = visitor.asker_in(self.asker.role);
            self.visitor = visitor;
        }
        Some(&self.asker)
    }
}

/// Who it is by what a request shows.
#[derive(Clone)]
struct CameIn(Result<Arc<Visitor>, Problem>);

/// Lets a request of a network in that has not asked too often, and looks at what it shows before anything else of it is
/// looked at: whoever answers it need not wait, and what is refused first does not depend on whether somebody is known
/// from memory or has to be read. Both in one, as each layer costs every request a future of its own.
pub(super) async fn come_in<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if let Err(problem) = rate_limit::let_in(&request) {
        return Ok(request.error_response(problem).map_into_right_body());
    }
    if let Some(server) = request.app_data::<Data<Server>>()
        && let Some(shown) = Shown::with(request.request())
    {
        let came_in = CameIn(shown.visitor(server).await);
        request.extensions_mut().insert(came_in);
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn visitor(request: &HttpRequest) -> Result<Arc<Visitor>, Problem> {
    let came_in = request.extensions().get::<CameIn>().cloned();
    let CameIn(visitor) = came_in.ok_or_else(unknown)?;
    let visitor = visitor?;
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        same_word(request, &visitor)?;
    }
    Ok(visitor)
}

/// A form of somebody else's page does not know the session's word.
fn same_word(request: &HttpRequest, visitor: &Visitor) -> Result<(), Problem> {
    let Entry::Session { csrf, .. } = &visitor.entry else { return Ok(()) };
    let shown = request.headers().get(CSRF).map_or(&[][..], HeaderValue::as_bytes);
    // Hashes of both are compared, so that the time it takes tells nothing of the word.
    if blake3::hash(shown) == blake3::hash(csrf.as_bytes()) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf", "请求头 X-CSRF-Token 缺失或不符")
        .detail("用会话 Cookie 办理时,须在 X-CSRF-Token 中带上登录时得到的 csrf"))
}

/// Whoever has an admin's password may only choose another one.
fn may_ask(visitor: &Visitor) -> Result<(), Problem> {
    match &visitor.entry {
        Entry::Session { password: Chosen::ByAdmin, .. } => {
            Err(Problem::new(StatusCode::FORBIDDEN, "password-temporary", "须先更改初始密码")
                .detail("用 PUT /api/v1/session/password 设置自己的密码后再办理"))
        }
        Entry::Session { password: Chosen::ByThemselves, .. } | Entry::Token { .. } => Ok(()),
    }
}

fn in_role(request: &HttpRequest, visitor: &Visitor) -> Result<Asker, Problem> {
    may_ask(visitor)?;
    let role = match (request.headers().get(ROLE), visitor.roles()) {
        (Some(value), roles) => {
            let role: Option<Role> = value.to_str().ok().and_then(|text| text.parse().ok());
            role.filter(|role| roles.contains(role)).ok_or_else(|| {
                Problem::new(StatusCode::FORBIDDEN, "role-not-held", "没有这个身份")
                    .detail("X-Duban-Role 应为本人的身份之一")
            })?
        }
        (None, [role]) => *role,
        (None, roles) => {
            let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "role-needed",
                "须指明以哪个身份办理",
            )
            .detail(format!("在 X-Duban-Role 中写 {} 之一", words.join("、"))));
        }
    };
    Ok(visitor.asker_in(role))
}

/// Nobody whom duban knows.
pub(super) fn unknown() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "未登录")
        .detail("请用 Authorization: Bearer 令牌,或先登录")
        .header(WWW_AUTHENTICATE, "Bearer")
}
