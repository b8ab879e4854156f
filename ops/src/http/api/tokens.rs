//! Bearer tokens of a person, each in one role, for a program. The secret is shown once, when it is made.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use duban_actors::person::{Command, Person};
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Entity as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer;
use super::asker::Asker;
use super::body::{Body, Said};
use super::one_of;
use super::page::Named;
use super::persons::ask;
use super::problems::Problems;
use super::terms::{Terms, TermsDoc};
use super::text::{Key, Name};
use crate::asking;
use crate::doors::persons::{self, Issued, TokenWish};
use crate::house::House;
use crate::http::problem::Problem;

/// 新令牌
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// 做什么用
    label: Name,
    /// 以哪个身份
    #[schema(schema_with = one_of::role)]
    role: Role,
    /// 有效天数,最多 366
    #[schema(minimum = 1, maximum = 366, example = 90)]
    days: u16,
}

/// 令牌,只显示这一次
#[derive(Serialize, ToSchema)]
pub(super) struct Shown {
    /// 编号
    id: String,
    /// 令牌,写入 Authorization: Bearer;只显示这一次
    token: String,
    /// 有效至
    #[schema(value_type = String, format = DateTime)]
    expires: Timestamp,
}

#[utoipa::path(
    get, path = "/api/v1/persons/{login}/tokens", operation_id = "listTokens", tag = "人员",
    summary = "列出令牌", params(("login" = Key, Path, description = "登录名")),
    responses((status = 200, description = "令牌", body = Vec<Object>), Problems),
)]
pub(super) async fn list(
    house: Data<House>,
    asker: Asker,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator_or(named.as_str())?;
    let found = persons::find(house.node.journal(), named.as_str())?;
    let (person, _): (Person, u64) = found.ok_or_else(Problem::not_found)?;
    let tokens = person.view().get("tokens").cloned().unwrap_or_else(|| serde_json::json!([]));
    Ok(HttpResponse::Ok().json(tokens))
}

#[utoipa::path(
    post, path = "/api/v1/persons/{login}/tokens", operation_id = "issueToken", tag = "人员",
    summary = "签发令牌", description = "用密码登录的本人和系统管理员可签发;系统管理员用令牌签发时,\
        不得晚于该令牌失效。令牌只显示这一次;用同一 Idempotency-Key 再次请求答 409,不再显示。",
    params(("login" = Key, Path, description = "登录名"), TermsDoc), request_body = NewToken,
    responses((status = 201, description = "已签发", body = Shown), Problems),
)]
pub(super) async fn issue(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
    body: Body<NewToken>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator_or(named.as_str())?;
    let NewToken { label, role, days } = body.0;
    let lifetime = Duration::from_hours(24 * u64::from(days));
    let held = terms.hold(&house, &asker, &body.1)?;
    let terms = asking::Terms::of(held.id);
    let wish = TokenWish { label: label.into(), role, lifetime };
    match persons::issue_token(&house.node, &asker, terms, named.as_str(), wish).await? {
        Issued::Token { text, id, expires } => {
            held.keep();
            Ok(HttpResponse::Created().json(Shown { id, token: text, expires }))
        }
        Issued::Not(outcome) => {
            held.settle(&outcome);
            outcome?;
            let problem = Problem::new(StatusCode::CONFLICT, "token-shown-before", "令牌已签发过");
            Err(problem.detail("令牌只显示一次;请撤销后重新签发"))
        }
    }
}

#[utoipa::path(
    delete, path = "/api/v1/persons/{login}/tokens/{id}", operation_id = "revokeToken", tag = "人员",
    summary = "撤销令牌",
    params(
        ("login" = Key, Path, description = "登录名"),
        ("id" = Key, Path, description = "令牌的编号"),
        TermsDoc,
    ),
    responses((status = 200, description = "已撤销", body = answer::Done), Problems),
)]
pub(super) async fn revoke(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    path: Path<(Named, Named)>,
) -> Result<HttpResponse, Problem> {
    let (named, id) = path.into_inner();
    asker.only_the_operator_or(named.as_str())?;
    let command = Command::RevokeToken { id: id.as_str().into() };
    ask(&house, (&asker, &terms), named.as_str(), (command, Said::default())).await
}

#[utoipa::path(
    delete, path = "/api/v1/persons/{login}/tokens", operation_id = "revokeAllTokens", tag = "人员",
    summary = "撤销全部令牌", description = "系统管理员和本人可撤销。",
    params(("login" = Key, Path, description = "登录名"), TermsDoc),
    responses((status = 200, description = "已撤销", body = answer::Done), Problems),
)]
pub(super) async fn revoke_all(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator_or(named.as_str())?;
    let command = Command::RevokeAllTokens;
    ask(&house, (&asker, &terms), named.as_str(), (command, Said::default())).await
}
