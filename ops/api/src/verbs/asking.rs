//! Who asks on the command line, of which entity, and what became of it.

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use clap::{ArgMatches, Args, FromArgMatches as _};
use compact_str::CompactString;
use duban_actors::role::Role;
use duban_rules::vocabulary::UnitId;
use duban_runtime::entity::{CommandId, Entity, EntityId, Refusal as _};
use duban_runtime::node::Node;
use serde::Serialize;

use super::print::Call;
use crate::http::api::{NO, refusal};
use crate::http::problem::Problem;
use crate::operations::exposed::{Backend, Exposed, Operation, Request};
use duban_access::access::persons;
use duban_base::asking::{self, Aside, Asker, Done, No, ON_THE_MACHINE, Terms};
use duban_base::config;
use duban_base::exit::Exit;
use duban_base::labels::instant::localized;
use duban_base::labels::typed;
use duban_base::registry::Rules;
use duban_base::rules_in_force::edition;
use duban_base::state;
use duban_server::offline::{self, Absent, Site};

/// What is said of `--by` where it may be left out.
pub(super) const BY_OR_MACHINE: &str = "谁在操作:登录名;不写则为本机的系统管理员";

/// Who asks, and on which terms. Whoever can open the store's directory is trusted to say so; the ledger keeps it.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// 谁在操作:登录名,`duban person list` 列出
    #[arg(long, value_name = "LOGIN")]
    by: Option<String>,
    /// 以什么身份;不写则取此人第一个可以做这件事的身份
    #[arg(long, value_name = "ROLE", value_parser = typed::role)]
    role: Option<Role>,
    /// 幂等键:同一人用同一个键对同一对象重试同一件事,只做一次;对它用于别的事则不做
    #[arg(long, value_name = "KEY", value_parser = key)]
    key: Option<String>,
    /// 只在仍是这个序号时才做
    #[arg(long, value_name = "SEQUENCE")]
    expect: Option<u64>,
}

/// Of which entity, and by whom.
#[derive(Debug, Args)]
pub(crate) struct Asking {
    /// The key.
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    who: Who,
}

/// Asks it, and says what became of it.
pub(super) fn ask<O: Operation + Args>(matches: &ArgMatches, call: &mut Call<'_>) -> Result<Exit> {
    let (asking, operation) = (Asking::from_arg_matches(matches)?, O::from_arg_matches(matches)?);
    let site = call.site();
    let (key, done) = offline::with_node(&site, Absent::Refuse, async |node, rules| {
        if O::Of::IS_BY_THE_RULES {
            rules_on_record(&site, node, rules).await?;
        }
        asking.carry_out(&backend(&site, (node, rules)), operation).await
    })?;
    told(call, &key, &done, O::SAID)?;
    Ok(Exit::Done)
}

/// What operations are carried out with at `site`.
pub(super) fn backend<'a>(site: &'a Site, (node, rules): (&'a Node, &'a Rules)) -> Backend<'a> {
    let uploads = site.server.as_ref().map(|server| &server.uploads);
    let seals = site.server.as_ref().map(|server| &server.seals);
    let (dir, papers_max) = (site.config.store_dir.as_path(), site.config.papers_max());
    Backend { node, rules, dir, papers_max, uploads, seals }
}

/// Says what became of it, in `words` unless the entity has its own.
pub(super) fn told<E: Exposed>(
    call: &mut Call<'_>,
    key: &str,
    done: &Done<E>,
    words: &str,
) -> Result<()> {
    let (said, own) = E::said(key, done)?;
    let words = own.unwrap_or_else(|| format!(":{words}"));
    let again = if done.is_again() { "(此前已做过)" } else { "" };
    call.told(&said, format!("{key}{words},序号 {}{again}", done.sequence))
}

/// Why a command was not accepted, as a failure that says so in a sentence.
pub(super) fn failed(no: No) -> anyhow::Error {
    anyhow!(sentence(&no))
}

/// Why a command was not accepted, with the way out.
fn sentence(no: &No) -> String {
    match no {
        No::Refused { code, detail } => {
            let Problem { title, detail, .. } = refusal(code, detail);
            match detail.as_str() {
                "" => format!("{title}({code})"),
                // Nothing is said twice.
                detail if detail.starts_with(&title) => format!("{detail}({code})"),
                detail => format!("{title}:{detail}({code})"),
            }
        }
        No::Stale(sequence) => format!("已有变化,现在是序号 {sequence};查看后再试"),
        No::Busy(_) => "系统正忙,没有执行;请稍后再试(写了 --key 的,用同一个)".to_owned(),
        No::SetAside(Aside::Entity, reason) => format!("已被隔离,需要管理员处理:{reason}"),
        No::SetAside(Aside::Command, reason) | No::Unrecorded(reason) => {
            format!("没有得到结果;请查看后再试(写了 --key 的,用同一个):{reason}")
        }
    }
}

/// A problem, as a sentence.
pub(super) fn in_words(problem: Problem) -> anyhow::Error {
    anyhow!("{}:{}({})", problem.title, problem.detail, problem.code)
}

impl Asking {
    async fn carry_out<O: Operation>(
        &self,
        at: &Backend<'_>,
        operation: O,
    ) -> Result<(CompactString, Done<O::Of>)> {
        let key = O::Of::typed(at.node.journal(), &self.id)?;
        if let Some(wrong) = operation.wrong() {
            bail!(wrong);
        }
        let entered_for = operation.on_behalf_of();
        let mut command = operation.command(&at.rules.current().0);
        let whom = (key.as_str(), entered_for.as_ref());
        let (asker, terms) = self.who.asks::<O::Of>(at, whom, (&command, &command))?;
        let request = Request { asker: &asker, key: &key, terms: &terms };
        O::Of::before(at, &request, &mut command).await.map_err(in_words)?;
        let outcome = O::Of::ask(at, &asker, terms.clone(), &key, command).await;
        let outcome = O::followed(at, &request, outcome).await.map_err(in_words)?;
        let calendar = &at.rules.current().0.rules.calendar;
        let done = outcome.map_err(|no| anyhow!(localized(&sentence(&no), calendar)))?;
        Ok((key, done))
    }
}

fn key(text: &str) -> Result<String, String> {
    let key = Some(text).filter(|text| asking::is_key(text)).map(str::to_owned);
    key.ok_or_else(|| format!("应为 1 至 {} 个可见字符,不含空格和汉字", asking::KEY_MAX))
}

impl Who {
    /// Who asks the entity of this key `command`, for which unit and on which terms; `said` is what of it counts for
    /// its own key.
    pub(super) fn asks<E: Exposed>(
        &self,
        at: &Backend<'_>,
        (key, entered_for): (&str, Option<&UnitId>),
        (command, said): (&E::Command, &E::Command),
    ) -> Result<(Asker, Terms)> {
        let id = self.command_id(key, said)?;
        let asked_by = |asker: Asker| {
            let on_behalf_of = entered_for.cloned().or_else(|| E::on_behalf_of(&asker, key));
            // Under a key it may have been asked before, and nobody has looked.
            let looked = self.key.as_ref().map(|_| 0);
            (asker, Terms { id, expected: self.expect, on_behalf_of, looked })
        };
        let Some(by) = self.by.as_deref() else {
            return E::unnamed().map(asked_by).context("须用 --by 写明谁在操作");
        };
        let mut askers = as_whom(at.node, by, self.role)?.into_iter();
        let way = match (self.role, E::duty(command)) {
            (Some(_), _) => askers.next().map(asked_by),
            (None, Some(duty)) => askers.find(|asker| asker.role.may(duty)).map(asked_by),
            (None, None) => {
                let entity: E = now(at.node, key)?;
                askers.map(asked_by).find(|way| may(at, &entity, way, command))
            }
        };
        way.with_context(|| format!("`{by}` 没有可以做这件事的身份"))
    }

    fn command_id(&self, of: &str, said: &impl Serialize) -> Result<CommandId> {
        let Some(key) = &self.key else { return Ok(asking::command_id()?) };
        let (by, said) = (self.by.as_deref().unwrap_or(ON_THE_MACHINE), serde_json::to_vec(said)?);
        Ok(asking::on_the_command_line(key, (by, of), &said))
    }
}

/// No case is decided by rules that nobody can look up: the first ones of a store come on record before it, as at the
/// first start of a server, which has done so long ago.
pub(super) async fn rules_on_record(site: &Site, node: &Node, rules: &Rules) -> Result<()> {
    if site.server.is_some() || edition::last(node.journal())?.is_some() {
        return Ok(());
    }
    let sources = config::rules::sources(&site.config.rules_dir)?;
    let machine = Asker::on_the_machine();
    let recorded = edition::put_in_force(node, rules, &sources, &machine).await;
    recorded.map(drop).context("规则目录中的规则没有能够记录下来")
}

/// Whoever has the account `by`: in this role, or in each of theirs.
pub(super) fn as_whom(node: &Node, by: &str, role: Option<Role>) -> Result<Vec<Asker>> {
    let found = persons::find(node.journal(), by)?;
    let (person, _) = found.with_context(|| {
        format!("没有 `{by}` 这个人;`duban person list` 列出,`duban person add` 添加")
    })?;
    let Ok(account) = person.account() else { bail!("`{by}` 已停用") };
    let profile = &account.profile;
    if let Some(role) = role {
        ensure!(profile.holds(role), "`{by}` 没有这个身份");
        return Ok(vec![Asker::of_account(by, profile, role)]);
    }
    Ok(profile.roles.iter().map(|role| Asker::of_account(by, profile, *role)).collect())
}

fn now<E: Entity>(node: &Node, key: &str) -> Result<E> {
    let read = state::read(node.journal(), key)?;
    Ok(read.map_or_else(|| E::initial(&EntityId::new(E::KIND, key)), |(entity, _)| entity))
}

/// Whether this role may ask this; what else the entity may say is for itself to say.
fn may<E: Exposed>(
    at: &Backend<'_>,
    entity: &E,
    (asker, terms): &(Asker, Terms),
    command: &E::Command,
) -> bool {
    let asked = asker.asked(terms.clone(), at.node.clock().now());
    match entity.decide(command, &asked, &at.rules.current().0) {
        Ok(_) => true,
        Err(no) => refusal(no.code(), "null").status != NO,
    }
}
