//! Doing something with a case from the command line: who asks, with which id, and what became of it.

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use duban_actors::case::{Case, CaseId, Command, Refusal};
use duban_actors::person::{self, Person};
use duban_actors::role::Role;
use duban_rules::vocabulary::UnitId;
use duban_runtime::entity::{CommandId, Entity as _, EntityId, Refusal as _};
use duban_runtime::node::Node;
use serde_json::json;

use super::verbs::Verb;
use crate::alone::{self, Absent, Site};
use crate::asking::{self, Terms};
use crate::cli::person::role as person_role;
use crate::cli::{Call, Exit};
use crate::config;
use crate::doors::secret;
use crate::edition;
use crate::http::api::place::PHOTOS_MAX;
use crate::known;
use crate::seals::Seals;
use crate::uploads::Uploads;
use crate::wiring::Rules;

/// Of which case, and by whom.
#[derive(Debug, Args)]
pub(crate) struct By {
    /// 案件号,或它的开头几位
    #[arg(value_name = "ID")]
    pub(super) id: String,
    #[command(flatten)]
    pub(super) asker: Asker,
}

/// Who asks. Whoever can open the store's directory is trusted to say so; the ledger keeps it.
#[derive(Debug, Args)]
pub(crate) struct Asker {
    /// 谁在操作:登录名,`duban person list` 列出
    #[arg(long, value_name = "LOGIN")]
    by: String,
    /// 以什么身份;不写则取此人第一个可以做这件事的身份
    #[arg(long, value_name = "ROLE", value_parser = person_role)]
    role: Option<Role>,
    /// 代哪个单位录入(代录,第七条)
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<String>,
    /// 幂等键:同一人用同一个键重试同一件事,只做一次;用于别的事则不做
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// 只在案件仍是这个序号时才做
    #[arg(long, value_name = "SEQUENCE")]
    expect: Option<u64>,
}

/// Does it, and says what became of it.
pub(super) fn act(call: &mut Call<'_>, verb: &Verb) -> Result<Exit> {
    let seals = Seals::of(&call.config.store_dir);
    let site = call.site();
    let (id, outcome) = alone::with_node(&site, Absent::Create, async |node, rules| {
        rules_on_record(&site, node, rules).await?;
        let (id, command) = order((node, rules), verb)?;
        let (asker, terms) = asked(node, verb.whom().0, &command, id.as_str())?;
        photos_kept(&site, node, &command)?;
        let command = dated(node, sealed(&id, command, &seals)?);
        let outcome = asking::ask::<Case>(node, &asker, terms, id.as_str(), command).await;
        if matches!(&outcome, Err(no) if no.code() == Some(Refusal::NoReporter.code())) {
            // Erased before: then a key that was left behind by a crash goes now.
            erased(&seals, found(node, &id)?.as_ref())?;
        }
        Ok((id, outcome))
    })?;
    let done = outcome?;
    let case = done.state()?;
    erased(&seals, Some(&case))?;
    let stands = case.life.name();
    let number = case.life.filing().and_then(|filing| filing.number.clone());
    if call.is_for_programs() {
        call.json(&json!({
            "case": id.as_str(), "sequence": done.sequence, "again": done.is_again(),
            "stands": stands, "number": number,
        }))?;
    } else {
        let again = if done.is_again() { "(此前已做过)" } else { "" };
        let number = number.map(|number| format!(" {number}")).unwrap_or_default();
        let (stands, sequence) = (crate::words::case::stage_word(stands), done.sequence);
        call.line(format!("{}{number}:{stands},序号 {sequence}{again}", id.as_str()))?;
    }
    Ok(Exit::Done)
}

/// The case as it stands; none of that id, or none that can be read.
fn found(node: &Node, id: &CaseId) -> Result<Option<Case>> {
    let stored = node.journal().entity(&id.entity())?;
    Ok(stored.and_then(|stored| Case::from_stored(&id.entity(), &stored.state).ok()))
}

/// The key of a case that says so is gone from the disk before anybody is told.
fn erased(seals: &Seals, case: Option<&Case>) -> Result<()> {
    let Some(case) = case else { return Ok(()) };
    seals.heed(case).context("案件已记下删除,但密钥没有销毁;请再执行一次")
}

/// No case is decided by rules that nobody can look up: the first ones of a store come on record before it, as at the
/// first start of a server, which has done so long ago.
pub(in crate::cli) async fn rules_on_record(site: &Site, node: &Node, rules: &Rules) -> Result<()> {
    if site.house.is_some() || edition::last(node.journal())?.is_some() {
        return Ok(());
    }
    let sources = config::rules::sources(&site.config.rules_dir)?;
    let machine = asking::Asker::on_the_machine();
    let recorded = edition::put_in_force(node, rules, &sources, &machine).await;
    recorded.map(drop).context("规则目录中的规则没有能够记录下来")
}

/// The case and what it is asked.
fn order((node, rules): (&Node, &Rules), verb: &Verb) -> Result<(CaseId, Command)> {
    let command = verb.command();
    ensure!(command.photos().len() <= PHOTOS_MAX, "照片最多 {PHOTOS_MAX} 张");
    if let Command::Register(report) = &command {
        let rules = rules.current();
        if let Some(id) = &report.collector
            && !known::collector(node.journal(), &rules.0.rules, id)?
        {
            bail!("没有采集员 `{id}`");
        }
        return Ok((CaseId::from_intake(&report.source, &report.external_id), command));
    }
    let (_, text) = verb.whom();
    let (id, _) = super::find(node.journal(), text.unwrap_or_default())?;
    Ok((CaseId(id.key), command))
}

/// Every photo that a command names is kept here; none is swept while the command is decided.
fn photos_kept(site: &Site, node: &Node, command: &Command) -> Result<()> {
    let (journal, now) = (node.journal(), node.clock().now());
    let missing = match &site.house {
        Some(house) => house.uploads.missing(journal, command, now)?,
        None => Uploads::of(&site.config.store_dir).missing(journal, command, now)?,
    };
    match missing {
        None => Ok(()),
        Some(named) => bail!("没有照片 `{named}`;照片用接口 POST /api/v1/photos 上传"),
    }
}

/// What a reporter says of themselves is sealed before the case hears it, and only once it is known who asks.
fn sealed(id: &CaseId, mut command: Command, seals: &Seals) -> Result<Command> {
    if let Command::Register(report) = &mut command
        && let Some(reporter) = &mut report.reporter
    {
        *reporter = seals.sealed(id, reporter).context("无法封存上报人信息")?;
    }
    Ok(command)
}

/// A report that is registered while the clock is in doubt says so.
fn dated(node: &Node, mut command: Command) -> Command {
    if let Command::Register(report) = &mut command {
        report.clock_ahead_s = node.clock_jump().map(|ahead| ahead.as_secs());
    }
    command
}

/// The id of what is asked under a key. Of a reporter nothing is kept, no hash either.
fn keyed(key: &str, asker: &Asker, case: &str, command: &Command) -> Result<CommandId> {
    let mut command = command.clone();
    if let Command::Register(report) = &mut command {
        report.reporter = None;
    }
    let said = serde_json::to_vec(&command)?;
    Ok(asking::on_the_command_line(key, (&asker.by, case), &said))
}

fn asked(
    node: &Node,
    asker: &Asker,
    command: &Command,
    case: &str,
) -> Result<(asking::Asker, Terms)> {
    let id = EntityId::new(person::KIND, &asker.by);
    let stored = node.journal().entity(&id)?;
    let person = stored.map(|stored| Person::from_stored(&id, &stored.state)).transpose()?;
    let person = person.with_context(|| {
        format!("没有 `{}` 这个人;`duban person list` 列出,`duban person add` 添加", asker.by)
    })?;
    let account = person.account();
    let Ok(account) = account else { bail!("`{}` 已停用", asker.by) };
    let duty = command.duty();
    let roles = &account.profile.roles;
    let role = asker.role.or_else(|| roles.iter().copied().find(|role| role.may(duty)));
    let Some(role) = role.filter(|role| roles.contains(role)) else {
        bail!("`{}` 没有可以做这件事的身份", asker.by)
    };
    let id = match &asker.key {
        Some(key) => keyed(key, asker, case, command)?,
        None => secret::command_id()?,
    };
    let on_behalf_of = asker.on_behalf_of.as_deref().map(UnitId::new);
    let terms = Terms { id, expected: asker.expect, on_behalf_of };
    Ok((asking::Asker::of_account(&asker.by, &account.profile, role), terms))
}
