//! `duban person`: who may come in (articles 3, 7 and 12). What the options say becomes an [`Errand`]; what is done is
//! [`perform`], over any node.

pub(super) mod shown;

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use duban_actors::person::{Cause, Command, Hidden, Person as Account, Profile};
use duban_actors::role::Role;
use duban_rules::vocabulary::{CollectorId, UnitId};
use duban_runtime::entity::Entity;
use duban_runtime::node::Node;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Call, Exit, prompt};
use crate::alone::{self, Absent};
use crate::asking::{self, Asker, No, Terms};
use crate::doors::password::{self, Hasher};
use crate::doors::persons::{self, Which};

#[derive(Debug, Subcommand)]
pub(super) enum Person {
    /// 登记一名人员并设置初始密码
    #[command(long_about = "登记一名人员并设置初始密码;本人首次登录后必须更换。\n\
        密码从终端输入(不显示),或用 --password-file 从文件、标准输入读取。\n\n\
        示例:\n  \
        duban person add admin --role operator\n  \
        duban person add zhao.min --name 赵敏 --role dispatcher --role duty-chief\n  \
        duban person add qian --name 钱示例 --role unit-staff --unit SW --password-file -")]
    Add(Add),
    /// 列出人员
    #[command(long_about = "列出可以登录的人员;--dismissed 列出已注销的。\n\n\
        示例:\n  \
        duban person list\n  \
        duban person list --dismissed --format json")]
    List(List),
    /// 查看一名人员:角色、会话、令牌
    #[command(
        long_about = "查看一名人员:角色、单位、密码状态、会话、令牌。密码和令牌本身从不显示。\n\n\
        示例:\n  \
        duban person show zhao.min"
    )]
    Show(Login),
    /// 变更姓名、角色、单位、采集员编号
    #[command(
        long_about = "变更姓名、角色、单位、采集员编号;没有写的保持不变,写了 --role 则以所写的为全部角色。\n\
        失去的角色、或换了单位的角色的令牌随即失效。\n\n\
        示例:\n  \
        duban person change zhao.min --role centre-head\n  \
        duban person change qian --unit CG-HW"
    )]
    Change(Change),
    /// 重设密码
    #[command(long_about = "重设密码:全部会话和令牌随即失效,本人下次登录后必须更换。\n\n\
        示例:\n  \
        duban person password zhao.min\n  \
        duban person password zhao.min --password-file 密码.txt")]
    Password(SetPassword),
    /// 解除锁定
    #[command(long_about = "解除因输错密码而来的锁定:此前输错的不再计算;\n\
        有人从多处猜测密码时,此后十分钟内本人仍可从任何地方登录。\n\n\
        示例:\n  \
        duban person unlock zhao.min")]
    Unlock(Login),
    /// 注销一名人员
    #[command(long_about = "注销一名人员:密码、会话、令牌随即失效,历史仍可查。\n\n\
        示例:\n  \
        duban person dismiss zhao.min --reason 调离")]
    Dismiss(Dismiss),
}

#[derive(Debug, Args)]
pub(super) struct Login {
    /// 登录名
    #[arg(value_name = "LOGIN")]
    login: String,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[command(flatten)]
    who: Login,
    /// 姓名(默认同登录名)
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// 角色,可写多次:intake dispatcher duty-chief centre-head collector unit-staff unit-head operator
    #[arg(long, value_name = "ROLE", required = true, value_parser = role)]
    role: Vec<Role>,
    /// 所属单位代码(专业信息员、主要领导必写)
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// 规则中的采集员编号(采集员必写)
    #[arg(long, value_name = "ID")]
    collector: Option<String>,
    /// 从文件读密码(第一行);`-` 为标准输入
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct List {
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

#[derive(Debug, Args)]
pub(super) struct Change {
    #[command(flatten)]
    who: Login,
    /// 姓名
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// 角色,可写多次,为全部角色
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Vec<Role>,
    /// 所属单位代码
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// 规则中的采集员编号
    #[arg(long, value_name = "ID")]
    collector: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct SetPassword {
    #[command(flatten)]
    who: Login,
    /// 从文件读密码(第一行);`-` 为标准输入
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Dismiss {
    #[command(flatten)]
    who: Login,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// What is to be done with persons; nothing of it depends on where the node runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Errand {
    /// Enrol somebody, with a password.
    Add {
        /// The login name.
        login: String,
        /// Who they are.
        profile: Profile,
        /// Their first password, as text.
        password: Hidden,
    },
    /// List persons.
    List {
        /// Those who may come in, or those who may not any more.
        which: Which,
        /// Those after this login name.
        after: Option<String>,
        /// How many at most.
        limit: usize,
    },
    /// Show a person.
    Show {
        /// The login name.
        login: String,
    },
    /// Change a person; what is not given stays.
    Change {
        /// The login name.
        login: String,
        /// What is given.
        changes: Changes,
    },
    /// Set a password.
    Password {
        /// The login name.
        login: String,
        /// The password, as text.
        password: Hidden,
    },
    /// Forget wrong passwords.
    Unlock {
        /// The login name.
        login: String,
    },
    /// Dismiss a person.
    Dismiss {
        /// The login name.
        login: String,
        /// Why.
        reason: String,
    },
}

/// What somebody shall be; what is not given stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Changes {
    /// The display name.
    pub name: Option<String>,
    /// All roles; none for those they have.
    pub roles: Vec<Role>,
    /// The unit.
    pub unit: Option<UnitId>,
    /// The collector.
    pub collector: Option<CollectorId>,
}

impl Changes {
    /// `known`, changed. What belongs to a role goes with it.
    pub fn of(&self, known: Profile) -> Profile {
        let roles = if self.roles.is_empty() { known.roles } else { self.roles.clone() };
        let unit = self.unit.clone().or(known.unit);
        let collector = self.collector.clone().or(known.collector);
        Profile {
            name: self.name.as_deref().map_or(known.name, Into::into),
            unit: unit.filter(|_| roles.iter().any(|role| role.is_of_a_unit())),
            collector: collector.filter(|_| roles.contains(&Role::Collector)),
            roles,
        }
    }
}

impl Person {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let rows = usize::try_from(call.config.output_rows).unwrap_or(50);
        let errand = self.errand(rows, call.secret.take())?;
        let absent = match errand {
            Errand::Add { .. } => Absent::Create,
            Errand::List { .. }
            | Errand::Show { .. }
            | Errand::Change { .. }
            | Errand::Password { .. }
            | Errand::Unlock { .. }
            | Errand::Dismiss { .. } => Absent::Refuse,
        };
        let (result, rules) = alone::with_node(&call.site(), absent, async |node, rules| {
            let result = perform(node, &Asker::on_the_machine(), &errand).await?;
            Ok((result, rules.current()))
        })?;
        if call.is_for_programs() {
            call.json(&result)?;
        } else {
            shown::show(call, &errand, &result, &rules.0.rules.calendar)?;
        }
        Ok(Exit::Done)
    }

    /// The new password that goes with the command, read here.
    pub(super) fn secret(&self) -> Result<Option<String>> {
        let file = match self {
            Person::Add(add) => &add.password_file,
            Person::Password(set) => &set.password_file,
            Person::List(_)
            | Person::Show(_)
            | Person::Change(_)
            | Person::Unlock(_)
            | Person::Dismiss(_) => return Ok(None),
        };
        prompt::new_password(file.as_deref()).map(Some)
    }

    /// What the options ask for. Reads a password where one is needed and none came with the command.
    fn errand(&self, rows: usize, secret: Option<String>) -> Result<Errand> {
        let password = || -> Result<Hidden> {
            let secret = match &secret {
                Some(secret) => Some(secret.clone()),
                None => self.secret()?,
            };
            Ok(Hidden::new(secret.unwrap_or_default()))
        };
        Ok(match self {
            Person::Add(add) => {
                let login = add.who.login.clone();
                let profile = Profile {
                    name: add.name.as_ref().unwrap_or(&login).into(),
                    roles: add.role.clone(),
                    unit: add.unit.as_deref().map(Into::into),
                    collector: add.collector.as_deref().map(Into::into),
                };
                Errand::Add { login, profile, password: password()? }
            }
            Person::List(list) => Errand::List {
                which: if list.dismissed { Which::Dismissed } else { Which::Active },
                after: list.after.clone(),
                limit: list.limit.unwrap_or(rows),
            },
            Person::Show(who) => Errand::Show { login: who.login.clone() },
            Person::Change(change) => Errand::Change {
                login: change.who.login.clone(),
                changes: Changes {
                    name: change.name.clone(),
                    roles: change.role.clone(),
                    unit: change.unit.as_deref().map(Into::into),
                    collector: change.collector.as_deref().map(Into::into),
                },
            },
            Person::Password(set) => {
                Errand::Password { login: set.who.login.clone(), password: password()? }
            }
            Person::Unlock(who) => Errand::Unlock { login: who.login.clone() },
            Person::Dismiss(dismiss) => {
                Errand::Dismiss { login: dismiss.who.login.clone(), reason: dismiss.reason.clone() }
            }
        })
    }
}

/// Does it over a running node; what came of it, for programs.
///
/// # Errors
/// In words: refused, busy, or the world's.
pub async fn perform(node: &Node, asker: &Asker, errand: &Errand) -> Result<Value> {
    let login = match errand {
        Errand::List { which, after, limit } => {
            return list(node, *which, after.as_deref(), *limit);
        }
        Errand::Show { login } => login,
        Errand::Add { login, profile, password } => {
            let set = set_password(login, password).await?;
            once(node, asker, login, Command::Enrol(profile.clone())).await?;
            once(node, asker, login, set).await?;
            login
        }
        Errand::Change { login, changes } => {
            let changed = changes.of(profile(node, login)?);
            persons::change(node, asker, Terms::once()?, login, changed).await??;
            login
        }
        Errand::Password { login, password } => {
            once(node, asker, login, set_password(login, password).await?).await?;
            login
        }
        Errand::Unlock { login } => {
            once(node, asker, login, Command::Unlock).await?;
            login
        }
        Errand::Dismiss { login, reason } => {
            persons::dismiss(node, asker, Terms::once()?, login, reason.clone()).await??;
            login
        }
    };
    view(node, login)
}

fn list(node: &Node, which: Which, after: Option<&str>, limit: usize) -> Result<Value> {
    let mut found = persons::list(node.journal(), which, after, limit.saturating_add(1))?;
    let more = found.len() > limit;
    found.truncate(limit);
    let views: Vec<Value> = found.iter().map(Entity::view).collect();
    Ok(json!({ "persons": views, "more": more }))
}

async fn set_password(login: &str, password: &Hidden) -> Result<Command> {
    password::check(password.expose(), login)?;
    let phc = Hasher::start()?.hash(password.expose()).await?;
    Ok(Command::SetPassword { phc, cause: Cause::ByAdmin })
}

/// Asks a person under an id of its own.
pub(super) async fn once(
    node: &Node,
    asker: &Asker,
    login: &str,
    command: Command,
) -> Result<(), No> {
    asking::ask_once::<Account>(node, asker, login, command).await.map(drop)
}

fn view(node: &Node, login: &str) -> Result<Value> {
    let (person, sequence) = persons::find(node.journal(), login)?.ok_or_else(|| unknown(login))?;
    let mut view = person.view();
    if let Some(fields) = view.as_object_mut() {
        fields.insert("sequence".into(), json!(sequence));
    }
    Ok(view)
}

fn profile(node: &Node, login: &str) -> Result<Profile> {
    let found = persons::find(node.journal(), login)?.map(|(person, _)| person);
    found.and_then(|p| p.standing.profile().cloned()).ok_or_else(|| unknown(login))
}

pub(super) fn unknown(login: &str) -> anyhow::Error {
    anyhow!("没有登记 `{login}`;`duban person list` 列出全部人员")
}

/// A role on the command line.
pub(super) fn role(word: &str) -> Result<Role, String> {
    let known = word.parse().ok().filter(|role: &Role| role.is_for_people());
    known.ok_or_else(|| {
        let words = Role::ALL.iter().filter(|role| role.is_for_people());
        let words: Vec<&str> = words.map(|role| role.as_str()).collect();
        format!("应为 {} 之一", words.join(" "))
    })
}
