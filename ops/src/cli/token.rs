//! `duban token`: what programs come in by, without a password and in one role (article 12). What the options say
//! becomes an [`Errand`]; what is done is [`perform`], over any node.

use std::time::Duration;

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use duban_actors::person::Command;
use duban_actors::role::Role;
use duban_runtime::entity::Entity;
use duban_runtime::node::Node;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::person::{self, once, shown};
use super::{Call, Exit};
use crate::alone::{self, Absent};
use crate::asking::{Asker, Terms};
use crate::doors::persons::{self, Issued, TokenWish};

/// Days that a token is valid, unless somebody says otherwise.
const DAYS: u64 = 90;

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// 为一名人员签发令牌,只显示一次
    #[command(
        long_about = "为一名人员签发令牌,供程序以其一个角色调用接口。令牌只显示这一次,请立即保存。\n\n\
        示例:\n  \
        duban token create zhao.min --role dispatcher --label 报表程序\n  \
        duban token create zhao.min --role dispatcher --label 试用 --days 7 --format json"
    )]
    Create(Create),
    /// 列出一名人员的令牌
    #[command(long_about = "列出一名人员的令牌:编号、用途、角色、期限。令牌本身不再显示。\n\n\
        示例:\n  \
        duban token list zhao.min")]
    List(Whose),
    /// 吊销一个令牌,或一名人员的全部令牌
    #[command(long_about = "吊销一个令牌,或用 --all 吊销一名人员的全部令牌;立即生效。\n\n\
        示例:\n  \
        duban token revoke zhao.min 3f9a0c1b2d\n  \
        duban token revoke zhao.min --all")]
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(super) struct Whose {
    /// 登录名
    #[arg(value_name = "LOGIN")]
    login: String,
}

#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    whose: Whose,
    /// 令牌以此角色说话,须是此人的角色
    #[arg(long, value_name = "ROLE", value_parser = person::role)]
    role: Role,
    /// 用途说明
    #[arg(long, value_name = "TEXT")]
    label: String,
    /// 有效天数,1 到 366(默认 90)
    #[arg(long, value_name = "DAYS")]
    days: Option<u64>,
}

#[derive(Debug, Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    whose: Whose,
    /// 令牌编号,见 `duban token list`
    #[arg(value_name = "ID", required_unless_present = "all")]
    id: Option<String>,
    /// 吊销全部令牌
    #[arg(long, conflicts_with = "id")]
    all: bool,
}

/// What is to be done with tokens; nothing of it depends on where the node runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Errand {
    /// Issue a token.
    Create {
        /// Whose.
        login: String,
        /// The role it speaks in.
        role: Role,
        /// What it is for.
        label: String,
        /// For how many days.
        days: u64,
    },
    /// List the tokens of a person.
    List {
        /// Whose.
        login: String,
    },
    /// Revoke a token.
    Revoke {
        /// Whose.
        login: String,
        /// Which.
        id: String,
    },
    /// Revoke all tokens of a person.
    RevokeAll {
        /// Whose.
        login: String,
    },
}

impl Token {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let errand = self.errand();
        let (result, rules) =
            alone::with_node(&call.site(), Absent::Refuse, async |node, rules| {
                let result = perform(node, &Asker::on_the_machine(), &errand).await?;
                Ok((result, rules.current()))
            })?;
        if call.is_for_programs() {
            call.json(&result)?;
            return Ok(Exit::Done);
        }
        match &errand {
            Errand::Create { .. } => {
                let token = result.get("token").and_then(Value::as_str).unwrap_or_default();
                call.line(token)?;
                call.aside("令牌只显示这一次,请立即保存。")?;
            }
            Errand::List { .. } if shown::rows(&result, "tokens").is_empty() => {
                call.line("没有令牌。")?;
            }
            Errand::List { .. } => shown::tokens(call, &result, &rules.0.rules.calendar)?,
            Errand::Revoke { id, .. } => call.line(format!("已吊销 {id}"))?,
            Errand::RevokeAll { login } => call.line(format!("已吊销 {login} 的全部令牌"))?,
        }
        Ok(Exit::Done)
    }

    fn errand(&self) -> Errand {
        match self {
            Token::Create(create) => Errand::Create {
                login: create.whose.login.clone(),
                role: create.role,
                label: create.label.clone(),
                days: create.days.unwrap_or(DAYS),
            },
            Token::List(whose) => Errand::List { login: whose.login.clone() },
            Token::Revoke(revoke) => {
                let login = revoke.whose.login.clone();
                match &revoke.id {
                    Some(id) => Errand::Revoke { login, id: id.clone() },
                    None => Errand::RevokeAll { login },
                }
            }
        }
    }
}

/// Does it over a running node; what came of it, for programs. A token stands in it when one was issued.
///
/// # Errors
/// In words: refused, busy, or the world's.
pub async fn perform(node: &Node, asker: &Asker, errand: &Errand) -> Result<Value> {
    match errand {
        Errand::Create { login, role, label, days } => {
            let lifetime = Duration::from_secs(days.saturating_mul(24 * 60 * 60));
            let wish = TokenWish { label: label.clone(), role: *role, lifetime };
            match persons::issue_token(node, asker, Terms::once()?, login, wish).await? {
                Issued::Token { text, id, expires } => {
                    Ok(json!({ "login": login, "id": id, "expires": expires, "token": text }))
                }
                Issued::Not(outcome) => {
                    outcome?;
                    Err(anyhow!("这个令牌已经签发过,不能再次显示"))
                }
            }
        }
        Errand::List { login } => {
            let found = persons::find(node.journal(), login)?;
            let (person, _) = found.ok_or_else(|| person::unknown(login))?;
            let view = person.view();
            Ok(json!({ "login": login, "tokens": shown::rows(&view, "tokens") }))
        }
        Errand::Revoke { login, id } => {
            once(node, asker, login, Command::RevokeToken { id: id.as_str().into() }).await?;
            Ok(json!({ "login": login, "revoked": id }))
        }
        Errand::RevokeAll { login } => {
            once(node, asker, login, Command::RevokeAllTokens).await?;
            Ok(json!({ "login": login, "revoked": "all" }))
        }
    }
}
