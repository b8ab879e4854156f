//! `duban person`: who may come in (articles 3, 7 and 12). Here is what is looked at, and what is done otherwise than
//! by asking what the options say: passwords are read where they are typed, and what is not said stays as it is.

pub(super) mod shown;

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::Args;
use duban_actors::person::{Cause, Command, Person, Profile};
use duban_actors::role::Role;
use duban_rules::vocabulary::{CollectorId, UnitId};
use duban_runtime::entity::Entity as _;
use duban_runtime::node::Node;
use serde_json::{Value, json};

use super::asking::{as_whom, backend, failed};
use super::listed::{Acting, Looking};
use super::print::Call;
use super::prompt;
use crate::http::api::text::{Key, Name};
use crate::operations::exposed::{Backend, Exposed as _, Request};
use duban_access::access::password::{self, Hasher};
use duban_access::access::persons::{self, Which};
use duban_base::asking::{self, Asker, Terms};
use duban_base::labels::typed;
use duban_base::store::Store;
use duban_server::offline::{self, Absent};

// Whose account, and who looks after it. No comment of the help: that of whatever this is part of stands.
#[derive(Debug, Args)]
pub(super) struct Whose {
    /// 登录名
    #[arg(value_name = "LOGIN")]
    pub(super) login: Key,
    /// 谁在操作:登录名;不写则为本机的系统管理员
    #[arg(long, value_name = "LOGIN")]
    by: Option<String>,
}

// What belongs to a person.
#[derive(Debug, Args)]
struct Given {
    /// 姓名(登记时默认同登录名)
    #[arg(long, value_name = "NAME")]
    name: Option<Name>,
    /// 所属单位代码(专业信息员、主要领导必写)
    #[arg(long, value_name = "UNIT")]
    unit: Option<Key>,
    /// 规则中的采集员编号(采集员必写)
    #[arg(long, value_name = "ID")]
    collector: Option<Key>,
}

/// 登记一名人员并设置初始密码;本人首次登录后必须更换
///
/// 密码从终端输入(不显示),或用 --password-file 从文件、标准输入读取。
#[derive(Debug, Args)]
pub(crate) struct Add {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    given: Given,
    /// 角色,可写多次:intake dispatcher duty-chief centre-head collector unit-staff unit-head committee-chair county-leader operator
    #[arg(long, value_name = "ROLE", required = true, value_parser = typed::role)]
    role: Vec<Role>,
    /// 从文件读密码(第一行);`-` 为标准输入
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// 变更姓名、角色、单位、采集员编号
///
/// 没有写的保持不变,写了 --role 则以所写的为全部角色。
/// 失去的角色、或换了单位的角色的令牌随即失效。
#[derive(Debug, Args)]
pub(crate) struct Change {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    given: Given,
    /// 角色,可写多次,为全部角色
    #[arg(long, value_name = "ROLE", value_parser = typed::role)]
    role: Vec<Role>,
}

/// 重设密码
///
/// 全部会话和令牌随即失效,本人下次登录后必须更换。
#[derive(Debug, Args)]
pub(crate) struct Password {
    #[command(flatten)]
    whose: Whose,
    /// 从文件读密码(第一行);`-` 为标准输入
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// 列出可以登录的人员;--dismissed 列出已注销的
#[derive(Debug, Args)]
pub(crate) struct List {
    /// 列出已注销的
    #[arg(long)]
    dismissed: bool,
    /// 只列登录名排在此之后的
    #[arg(long, value_name = "LOGIN")]
    after: Option<String>,
    /// 最多列几人(默认见配置 output.rows)
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// 查看一名人员:角色、单位、密码状态、会话、令牌
///
/// 密码和令牌本身从不显示。
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// 登录名
    #[arg(value_name = "LOGIN")]
    login: Key,
}

/// What follows from another account or another profile, as it does when it is asked over HTTP.
async fn heeded(at: &Backend<'_>, asker: &Asker, login: &str) -> Result<()> {
    Person::after(at, &Request { asker, key: login, terms: &Terms::once()? }).await;
    Ok(())
}

impl Acting for Add {
    const VERB: &'static str = "add";
    const EXAMPLES: &'static [&'static str] = &[
        "admin --role operator",
        "zhao.min --name 赵敏 --role dispatcher --role duty-chief",
        "qian --name 钱示例 --role unit-staff --unit SW --password-file -",
    ];

    fn secret(&self) -> Result<Option<String>> {
        prompt::new_password(self.password_file.as_deref()).map(Some)
    }

    fn act(&self, call: &mut Call<'_>) -> Result<()> {
        let login = self.whose.login.as_str();
        let nobody = Profile { name: login.into(), roles: vec![], unit: None, collector: None };
        let profile = self.given.over(nobody, &self.role);
        let password = password_typed(call, self)?;
        let site = call.site();
        let result = offline::with_node(&site, Absent::Create, async |node, rules| {
            let (at, asker) = (backend(&site, (node, rules)), self.whose.asker(node)?);
            let set = set_password(login, &password).await?;
            asking::ask_once::<Person>(node, &asker, login, Command::Enrol(profile))
                .await
                .map_err(failed)?;
            heeded(&at, &asker, login).await?;
            Ok(Person::said(
                login,
                &asking::ask_once(node, &asker, login, set).await.map_err(failed)?,
            )?
            .0)
        })?;
        call.told(&result, format!("已登记 {login};首次登录后须更换密码"))
    }
}

impl Acting for Change {
    const VERB: &'static str = "change";
    const EXAMPLES: &'static [&'static str] = &["zhao.min --role centre-head", "qian --unit CG-HW"];

    fn act(&self, call: &mut Call<'_>) -> Result<()> {
        let login = self.whose.login.as_str();
        let site = call.site();
        let result = offline::with_node(&site, Absent::Refuse, async |node, rules| {
            let (at, asker) = (backend(&site, (node, rules)), self.whose.asker(node)?);
            let known = persons::find(node.journal(), login)?;
            let known = known.and_then(|(person, _)| person.standing.profile().cloned());
            let profile = self.given.over(known.ok_or_else(|| unknown(login))?, &self.role);
            let command = Command::Change { profile, release: None };
            let done =
                Person::ask(&at, &asker, Terms::once()?, login, command).await.map_err(failed)?;
            heeded(&at, &asker, login).await?;
            Ok(Person::said(login, &done)?.0)
        })?;
        let roles = shown::roles(&result);
        call.told(&result, format!("已变更 {login}:{roles}"))
    }
}

impl Acting for Password {
    const VERB: &'static str = "password";
    const EXAMPLES: &'static [&'static str] = &["zhao.min", "zhao.min --password-file 密码.txt"];

    fn secret(&self) -> Result<Option<String>> {
        prompt::new_password(self.password_file.as_deref()).map(Some)
    }

    fn act(&self, call: &mut Call<'_>) -> Result<()> {
        let login = self.whose.login.as_str();
        let password = password_typed(call, self)?;
        let result = offline::with_node(&call.site(), Absent::Refuse, async |node, _| {
            let asker = self.whose.asker(node)?;
            let set = set_password(login, &password).await?;
            Ok(Person::said(
                login,
                &asking::ask_once(node, &asker, login, set).await.map_err(failed)?,
            )?
            .0)
        })?;
        let words = format!("已重设 {login} 的密码;全部会话和令牌已失效,下次登录后须更换");
        call.told(&result, words)
    }
}

impl Looking for List {
    const VERB: &'static str = "list";
    const EXAMPLES: &'static [&'static str] = &["", "--dismissed --format json"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let which = if self.dismissed { Which::Dismissed } else { Which::Active };
        let limit = call.rows(self.limit);
        let after = self.after.as_deref();
        let mut found = persons::list(&store.journal, which, after, limit.saturating_add(1))?;
        let more = found.len() > limit;
        found.truncate(limit);
        let views: Vec<Value> = found.iter().map(Person::view).collect();
        let result = json!({ "persons": views, "more": more });
        if call.is_for_programs() {
            return call.json(&result);
        }
        shown::list(call, &result, limit)
    }
}

impl Looking for Show {
    const VERB: &'static str = "show";
    const EXAMPLES: &'static [&'static str] = &["zhao.min"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let found = persons::find(&store.journal, self.login.as_str())?;
        let (person, sequence) = found.ok_or_else(|| unknown(self.login.as_str()))?;
        let mut view = person.view();
        if call.is_for_programs() {
            if let Some(fields) = view.as_object_mut() {
                fields.insert("sequence".to_owned(), json!(sequence));
            }
            return call.json(&view);
        }
        shown::one(call, &view, &store.rules.current().0.rules.calendar)
    }
}

impl Whose {
    /// Who looks after it: the operator where they are one, or else in the first of their roles.
    pub(super) fn asker(&self, node: &Node) -> Result<Asker> {
        let Some(by) = &self.by else { return Ok(Asker::on_the_machine()) };
        let ways = as_whom(node, by, None)?;
        let operator = ways.iter().find(|way| way.role == Role::Operator);
        let asker = operator.or(ways.first()).cloned();
        asker.ok_or_else(|| anyhow!("`{by}` 没有可以做这件事的身份"))
    }
}

impl Given {
    /// `known`, changed. What is not given stays; what belongs to a role goes with it.
    fn over(&self, known: Profile, roles: &[Role]) -> Profile {
        let roles = if roles.is_empty() { known.roles } else { roles.to_vec() };
        let unit = self.unit.as_ref().map(|unit| UnitId::new(unit.as_str())).or(known.unit);
        let collector = self.collector.as_ref().map(|id| CollectorId::new(id.as_str()));
        let collector = collector.or(known.collector);
        Profile {
            name: self.name.clone().map_or(known.name, Into::into),
            unit: unit.filter(|_| roles.iter().any(|role| role.is_of_a_unit())),
            collector: collector.filter(|_| roles.contains(&Role::Collector)),
            roles,
        }
    }
}

/// The password that came with the command, or that is typed now.
fn password_typed(call: &mut Call<'_>, verb: &impl Acting) -> Result<String> {
    let secret = match call.secret.take() {
        Some(secret) => Some(secret),
        None => verb.secret()?,
    };
    Ok(secret.unwrap_or_default())
}

async fn set_password(login: &str, password: &str) -> Result<Command> {
    password::check(password, login)?;
    let phc = Hasher::start()?.hash(password).await?;
    Ok(Command::SetPassword { phc, cause: Cause::ByAdmin })
}

/// Nobody of this login name is enrolled.
pub(super) fn unknown(login: &str) -> anyhow::Error {
    anyhow!("没有登记 `{login}`;`duban person list` 列出全部人员")
}
