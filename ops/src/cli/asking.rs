//! Who asks on the command line, of which entity, and what became of it.

use anyhow::{Context as _, Result, bail, ensure};
use clap::{ArgMatches, Args, FromArgMatches as _};
use duban_actors::role::Role;
use duban_runtime::entity::{CommandId, Entity, EntityId, Refusal as _};
use duban_runtime::node::Node;
use serde::Serialize;

use super::case::rules_on_record;
use super::person::role;
use super::{Call, Exit};
use crate::alone::{self, Absent};
use crate::asking::{self, Asker, Done, Terms};
use crate::doors::persons::ON_THE_MACHINE;
use crate::doors::{persons, secret};
use crate::http::api::text::Key;
use crate::http::api::{NO, refusal};
use crate::operations::exposed::{Backend, Exposed, Operation, Request};

/// What is said of `--by` where it may be left out.
pub(super) const BY_OR_MACHINE: &str = "谁在操作:登录名;不写则为本机的系统管理员";

/// Of which entity, and by whom. Whoever can open the store's directory is trusted to say so; the ledger keeps it.
#[derive(Debug, Args)]
pub(crate) struct Asking {
    /// The key.
    #[arg(value_name = "ID")]
    id: Key,
    /// 谁在操作:登录名,`duban person list` 列出
    #[arg(long, value_name = "LOGIN")]
    by: Option<String>,
    /// 以什么身份;不写则取此人第一个可以做这件事的身份
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Option<Role>,
    /// 幂等键:同一人用同一个键重试同一件事,只做一次;用于别的事则不做
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// 只在仍是这个序号时才做
    #[arg(long, value_name = "SEQUENCE")]
    expect: Option<u64>,
}

/// Asks it, and says what became of it.
pub(super) fn ask<O: Operation + Args>(matches: &ArgMatches, call: &mut Call<'_>) -> Result<Exit> {
    let (asking, operation) = (Asking::from_arg_matches(matches)?, O::from_arg_matches(matches)?);
    let site = call.site();
    let done = alone::with_node(&site, Absent::Refuse, async |node, rules| {
        rules_on_record(&site, node, rules).await?;
        let at = Backend { node, rules };
        asking.carry_out(&at, operation).await
    })?;
    if call.is_for_programs() {
        call.json(&O::Of::said(asking.id.as_str(), &done)?)?;
    } else {
        let again = if done.is_again() { "(此前已做过)" } else { "" };
        call.line(format!("{}:{},序号 {}{again}", asking.id, O::SAID, done.sequence))?;
    }
    Ok(Exit::Done)
}

impl Asking {
    async fn carry_out<O: Operation>(&self, at: &Backend<'_>, operation: O) -> Result<Done<O::Of>> {
        let key = self.id.as_str();
        let entered_for = operation.on_behalf_of();
        let mut command = operation.command(&at.rules.current().0);
        let id = self.command_id(&command)?;
        let asked_by = |asker: Asker| {
            let whom = entered_for.clone().or_else(|| O::Of::on_behalf_of(&asker, key));
            (asker, Terms { id, expected: self.expect, on_behalf_of: whom })
        };
        let (asker, terms) = match (self.by.as_deref(), O::Of::unnamed()) {
            (Some(by), _) => {
                let entity: O::Of = now(at.node, key)?;
                let mut ways = as_whom(at.node, by, self.role)?.into_iter().map(asked_by);
                let way = ways.find(|way| self.role.is_some() || may(at, &entity, way, &command));
                way.with_context(|| format!("`{by}` 没有可以做这件事的身份"))?
            }
            (None, Some(asker)) => asked_by(asker),
            (None, None) => bail!("须用 --by 写明谁在操作"),
        };
        let request = Request { asker: &asker, key };
        if let Err(no) = O::Of::before(at, &request, &mut command).await {
            bail!("{}:{}({})", no.title, no.detail, no.code);
        }
        let done = O::Of::ask(at, &asker, terms, key, command).await?;
        O::Of::after(at, &request).await;
        Ok(done)
    }

    fn command_id(&self, command: &impl Serialize) -> Result<CommandId> {
        let Some(key) = &self.key else { return Ok(secret::command_id()?) };
        let (by, said) = (self.by.as_deref(), serde_json::to_vec(command)?);
        let of = (by.unwrap_or(ON_THE_MACHINE), self.id.as_str());
        Ok(asking::on_the_command_line(key, of, &said))
    }
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

/// The entity as it is.
fn now<E: Entity>(node: &Node, key: &str) -> Result<E> {
    let id = EntityId::new(E::KIND, key);
    let stored = node.journal().entity(&id)?;
    Ok(stored.map_or_else(|| Ok(E::initial(&id)), |stored| E::from_stored(&id, &stored.state))?)
}

/// Whether this role may ask this; what else the entity may say is for itself to say.
fn may<E: Exposed>(
    at: &Backend<'_>,
    entity: &E,
    (asker, terms): &(Asker, Terms),
    command: &E::Command,
) -> bool {
    let asked = asker.asked(E::KIND, terms.clone(), at.node.clock().now());
    match entity.decide(command, &asked, &at.rules.current().0) {
        Ok(_) => true,
        Err(no) => refusal(no.code(), "null").status != NO,
    }
}
