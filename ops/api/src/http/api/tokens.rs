//! Bearer tokens of a person, each in one role, for a program. The secret is shown once, when it is made.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use clap::Args;
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Entity as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asker::{InRole, Permission as _};
use super::body::Body;
use super::choices;
use super::page::Named;
use super::preconditions::Terms;
use super::text::Name;
use crate::http::problem::Problem;
use duban_access::access::persons::{self, Issued, TokenWish};
use duban_base::labels::typed;
use duban_server::server::Server;

/// 新令牌
#[derive(Clone, Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// 做什么用
    #[arg(long, value_name = "TEXT")]
    label: Name,
    /// 以哪个身份
    #[arg(
        long,
        value_name = "ROLE",
        value_parser = typed::role,
        help = "令牌以此角色说话,须是此人的角色"
    )]
    #[schema(schema_with = choices::role)]
    role: Role,
    /// 有效天数,最多 366
    #[arg(long, value_name = "DAYS", default_value_t = 90, help = "有效天数,1 到 366(默认 90)")]
    #[schema(minimum = 1, maximum = 366, example = 90)]
    days: u16,
}

impl From<NewToken> for TokenWish {
    fn from(NewToken { label, role, days }: NewToken) -> TokenWish {
        let lifetime = Duration::from_hours(24 * u64::from(days));
        TokenWish { label: label.into(), role, lifetime }
    }
}

/// 令牌,只显示这一次
#[derive(Serialize, ToSchema)]
pub(crate) struct Shown {
    /// 编号
    id: String,
    /// 令牌,写入 Authorization: Bearer;只显示这一次
    token: String,
    /// 有效至
    #[schema(value_type = String, format = DateTime)]
    expires: Timestamp,
}

/// The tokens of a person.
pub(crate) async fn list(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let (person, _) = super::persons::found(&server, &asker, named).await?;
    let tokens = person.view().get("tokens").cloned().unwrap_or_else(|| serde_json::json!([]));
    Ok(HttpResponse::Ok().json(tokens))
}

/// Issues a token.
pub(crate) async fn issue(
    server: Data<Server>,
    asker: InRole,
    terms: Terms,
    named: Path<Named>,
    body: Body<NewToken>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator_or(named.as_str())?;
    let held = terms.hold(&server, &asker, &body.1)?;
    let (terms, asking) = (held.terms(None), held.asking());
    match persons::issue_token(&server.node, &asker, terms, named.as_str(), body.0.into()).await {
        Ok(Issued::Token { text, id, expires }) => {
            asking.keep();
            Ok(HttpResponse::Created().json(Shown { id, token: text, expires }))
        }
        Ok(Issued::Not(outcome)) => {
            asking.settle(&outcome);
            outcome?;
            let problem = Problem::new(StatusCode::CONFLICT, "token-shown-before", "令牌已签发过");
            Err(problem.detail("令牌只显示一次;请撤销后重新签发"))
        }
        Err(failure) => {
            asking.let_go();
            Err(failure.into())
        }
    }
}
