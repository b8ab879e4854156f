//! Bearer tokens of a person: what can be read and asked of them.

use duban_actors::context::Context;
use duban_actors::person::{Command, Person};
use serde::Deserialize;
use utoipa::ToSchema;

use super::words;
use crate::http::api::described::{doing, objects, reading, shape};
use crate::http::api::preconditions::TermsDoc;
use crate::http::api::text::Key;
use crate::http::api::tokens::{self as over_http, NewToken, Shown};
use crate::operations::exposed::Operation;
use crate::operations::row::{At, Http, Method, act, get, look, on, served};
use crate::operations::{Noun, Resource};
use crate::verbs::token::{Create, List, Revoke};

/// Tokens; the text of one is shown once, when it is issued.
pub(in crate::operations) const TOKENS: Resource = Resource {
    noun: Some(Noun { name: "token", about: "签发、列出、吊销程序使用的令牌" }),
    words: words::SECRETS,
    ..Resource::of::<Person>(&[
        act::<Create>(),
        look::<List>(),
        act::<Revoke>(),
        get(
            At::One("tokens"),
            |route| route.to(over_http::list),
            reading("listTokens", "列出令牌").answers(objects, "令牌"),
        ),
        on(
            Method::Post,
            At::One("tokens"),
            |route| route.to(over_http::issue),
            doing("issueToken", "签发令牌")
                .at_length(
                    "用密码登录的本人和系统管理员可签发;系统管理员用令牌签发时,\
                    不得晚于该令牌失效。令牌只显示这一次;用同一 Idempotency-Key 再次请求答 409,不再显示。",
                )
                .with::<TermsDoc>()
                .with_body(shape::<NewToken>)
                .makes(shape::<Shown>, "已签发"),
        ),
        served(Http::bare::<RevokeAll>(Method::Delete)),
        served(Http::bare::<Revocation>(Method::Delete)),
    ])
};

/// 撤销令牌
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revocation {
    /// 令牌的编号
    id: Key,
}

impl Operation for Revocation {
    type Of = Person;
    const NAME: &'static str = "tokens/{id}";
    const VERB: &'static str = "revoke";
    const ID: &'static str = "revokeToken";
    const DONE: &'static str = "已撤销";
    const EXAMPLES: &'static [&'static str] = &[];

    fn command(self, _: &Context) -> Command {
        Command::RevokeToken { id: self.id.into() }
    }
}

/// 撤销全部令牌
///
/// 系统管理员和本人可撤销。
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevokeAll {}

impl Operation for RevokeAll {
    type Of = Person;
    const NAME: &'static str = "tokens";
    const VERB: &'static str = "revoke";
    const ID: &'static str = "revokeAllTokens";
    const DONE: &'static str = "已撤销";
    const EXAMPLES: &'static [&'static str] = &[];

    fn command(self, _: &Context) -> Command {
        Command::RevokeAllTokens
    }
}
