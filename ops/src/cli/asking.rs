//! Who asks on the command line, of which entity, and what became of it.

use anyhow::{Context as _, Result, bail};
use clap::{ArgMatches, Args, FromArgMatches as _};
use duban_actors::person::Profile;
use duban_actors::role::Role;
use duban_runtime::entity::{CommandId, Entity, EntityId, Refusal as _};
use duban_runtime::node::Node;
use serde::Serialize;
use serde_json::json;

use super::case::rules_on_record;
use super::person::role;
use super::{Call, Exit};
use crate::alone::{self, Absent};
use crate::asking::{self, Asker, Done, Terms};
use crate::doors::{persons, secret};
use crate::http::api::text::Key;
use crate::http::api::{NO, refusal};
use crate::operations::exposed::{Backend, Exposed, Operation, Request};

/// Of which entity, and by whom. Whoever can open the store's directory is trusted to say so; the ledger keeps it.
#[derive(Debug, Args)]
pub(crate) struct Asking {
    /// The key.
    #[arg(value_name = "ID")]
    id: Key,
    /// 谁在操作:登录名,`duban person list` 列出
    #[arg(long, value_name = "LOGIN")]
    by: String,
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
        let (sequence, again) = (done.sequence, done.is_again());
        call.json(&json!({ "id": asking.id, "sequence": sequence, "again": again }))?;
    } else {
        let again = if done.is_again() { "(此前已做过)" } else { "" };
        call.line(format!("{}:{},序号 {}{again}", asking.id, O::DONE, done.sequence))?;
    }
    Ok(Exit::Done)
}

impl Asking {
    async fn carry_out<O: Operation>(&self, at: &Backend<'_>, operation: O) -> Result<Done<O::Of>> {
        let (key, profile) = (self.id.as_str(), self.profile(at.node)?);
        let entered_for = operation.on_behalf_of();
        let mut command = operation.command(&at.rules.current().0);
        let id = self.command_id(&command)?;
        let asked_as = |role: Role| {
            let asker = Asker::of_account(&self.by, &profile, role);
            let whom = entered_for.clone().or_else(|| O::Of::on_behalf_of(&asker, key));
            (asker, Terms { id, expected: self.expect, on_behalf_of: whom })
        };
        let (asker, terms) = match self.role {
            Some(role) if !profile.holds(role) => bail!("`{}` 没有这个身份", self.by),
            Some(role) => asked_as(role),
            None => {
                let entity: O::Of = now(at.node, key)?;
                let mut ways = profile.roles.iter().map(|role| asked_as(*role));
                let way = ways.find(|way| may(at, &entity, way, &command));
                way.with_context(|| format!("`{}` 没有可以做这件事的身份", self.by))?
            }
        };
        let request = Request { asker: &asker, key };
        if let Err(no) = O::Of::before(at, &request, &mut command).await {
            bail!("{}:{}({})", no.title, no.detail, no.code);
        }
        let done = asking::ask(at.node, &asker, terms, key, command).await?;
        O::Of::after(at, &request).await;
        Ok(done)
    }

    /// Who has the account of this login name.
    fn profile(&self, node: &Node) -> Result<Profile> {
        let found = persons::find(node.journal(), &self.by)?;
        let (person, _) = found.with_context(|| {
            format!("没有 `{}` 这个人;`duban person list` 列出,`duban person add` 添加", self.by)
        })?;
        let Ok(account) = person.account() else { bail!("`{}` 已停用", self.by) };
        Ok(account.profile.clone())
    }

    fn command_id(&self, command: &impl Serialize) -> Result<CommandId> {
        let Some(key) = &self.key else { return Ok(secret::command_id()?) };
        let said = serde_json::to_vec(command)?;
        Ok(asking::on_the_command_line(key, (&self.by, self.id.as_str()), &said))
    }
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
