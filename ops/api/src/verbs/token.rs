//! `duban token`: what programs come in by, without a password and in one role (article 12).

use anyhow::{Result, bail};
use clap::Args;
use duban_actors::person::{Command, Person};
use duban_runtime::entity::Entity as _;
use serde_json::json;

use super::asking::failed;
use super::listed::{Acting, Looking};
use super::person::{Whose, shown, unknown};
use super::print::Call;
use crate::http::api::text::Key;
use crate::http::api::tokens::NewToken;
use duban_access::access::persons::{self, Issued};
use duban_base::asking::{self, Terms};
use duban_base::store::Store;
use duban_server::offline::{self, Absent};

/// Issues a token. Its words stand over those of what it is made of.
#[derive(Debug, Args)]
#[command(
    about = "为一名人员签发令牌,只显示一次",
    long_about = "为一名人员签发令牌,供程序以其一个角色调用接口。令牌只显示这一次,请立即保存。"
)]
pub(crate) struct Create {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    token: NewToken,
}

/// 列出一名人员的令牌:编号、用途、角色、期限
///
/// 令牌本身不再显示。
#[derive(Debug, Args)]
pub(crate) struct List {
    /// 登录名
    #[arg(value_name = "LOGIN")]
    login: Key,
}

/// 吊销一个令牌,或用 --all 吊销一名人员的全部令牌;立即生效
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    whose: Whose,
    /// 令牌编号,见 `duban token list`
    #[arg(value_name = "ID", required_unless_present = "all")]
    id: Option<Key>,
    /// 吊销全部令牌
    #[arg(long, conflicts_with = "id")]
    all: bool,
}

impl Acting for Create {
    const VERB: &'static str = "create";
    const EXAMPLES: &'static [&'static str] = &[
        "zhao.min --role dispatcher --label 报表程序",
        "zhao.min --role dispatcher --label 试用 --days 7 --format json",
    ];

    fn act(&self, call: &mut Call<'_>) -> Result<()> {
        let login = self.whose.login.as_str();
        let issued = offline::with_node(&call.site(), Absent::Refuse, async |node, _| {
            let (asker, wish) = (self.whose.asker(node)?, self.token.clone().into());
            Ok(persons::issue_token(node, &asker, Terms::once()?, login, wish).await?)
        })?;
        match issued {
            Issued::Token { text, id, expires } if call.is_for_programs() => {
                call.json(&json!({ "login": login, "id": id, "expires": expires, "token": text }))
            }
            Issued::Token { text, .. } => {
                call.line(text)?;
                call.aside("令牌只显示这一次,请立即保存。")
            }
            Issued::Not(outcome) => {
                outcome.map_err(failed)?;
                bail!("这个令牌已经签发过,不能再次显示")
            }
        }
    }
}

impl Looking for List {
    const VERB: &'static str = "list";
    const EXAMPLES: &'static [&'static str] = &["zhao.min"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let login = self.login.as_str();
        let found = persons::find(&store.journal, login)?;
        let view = found.map(|(person, _)| person.view()).ok_or_else(|| unknown(login))?;
        let tokens = shown::rows(&view, "tokens");
        if call.is_for_programs() {
            return call.json(&json!({ "login": login, "tokens": tokens }));
        }
        if tokens.is_empty() {
            return call.line("没有令牌。");
        }
        shown::tokens(call, &view, &store.rules.current().0.rules.calendar)
    }
}

impl Acting for Revoke {
    const VERB: &'static str = "revoke";
    const EXAMPLES: &'static [&'static str] = &["zhao.min 3f9a0c1b2d", "zhao.min --all"];

    fn act(&self, call: &mut Call<'_>) -> Result<()> {
        let login = self.whose.login.as_str();
        let (command, revoked, words) = match &self.id {
            Some(id) => {
                let command = Command::RevokeToken { id: id.as_str().into() };
                (command, id.to_string(), format!("已吊销 {id}"))
            }
            None => {
                (Command::RevokeAllTokens, "all".to_owned(), format!("已吊销 {login} 的全部令牌"))
            }
        };
        offline::with_node(&call.site(), Absent::Refuse, async |node, _| {
            let asker = self.whose.asker(node)?;
            asking::ask_once::<Person>(node, &asker, login, command).await.map_err(failed)
        })?;
        call.told(&json!({ "login": login, "revoked": revoked }), words)
    }
}
