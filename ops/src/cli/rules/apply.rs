//! `duban rules apply`: the configured directory is read again, and comes into force if nothing is wrong with it.

use anyhow::Result;
use clap::Args;
use duban_actors::role::Role;
use duban_rules::{Diagnostic, Sources};
use serde_json::json;

use crate::alone;
use crate::asker::Asker;
use crate::cli::{Call, Exit};
use crate::edition::{Outcome, Rejected};
use crate::{config, edition, reload, store};

#[derive(Debug, Args)]
pub(in crate::cli) struct Apply {
    /// 操作人,写入记录
    #[arg(long, value_name = "NAME", default_value = "系统管理员")]
    by: String,
}

impl Apply {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let asker = Asker { by: self.by.as_str().into(), role: Role::Operator };
        let sources = config::rules::sources(&call.config.rules_dir)?;
        let site = call.site();
        // The way out, too, where the rules in force are lost: what is recorded here does not depend on them.
        let applied = alone::with_store(&site, store::open_existing, async |node, rules| {
            Ok(match &site.house {
                Some(house) => reload::with(house, &sources, &asker).await,
                None => edition::put_in_force(node, rules, &sources, &asker).await,
            })
        })?;
        match applied {
            Ok(outcome) => told(call, &sources, &outcome),
            Err(Rejected::Wrong(diagnostics)) => refused(call, &sources, &diagnostics),
            Err(rejected) => Err(anyhow::anyhow!(rejected).context("规则没有生效,沿用原来的规则")),
        }
    }
}

fn told(call: &mut Call<'_>, sources: &Sources, outcome: &Outcome) -> Result<Exit> {
    let (edition, warnings, is_new) = match outcome {
        Outcome::PutInForce(edition, warnings) => (edition, warnings.as_slice(), true),
        Outcome::Unchanged(edition) => (edition, [].as_slice(), false),
    };
    if call.is_for_programs() {
        let warnings: Vec<_> = warnings.iter().map(|d| d.to_json(sources)).collect();
        call.json(&json!({ "changed": is_new, "edition": edition, "warnings": warnings }))?;
        return Ok(Exit::Done);
    }
    for warning in warnings {
        call.aside(&warning.render(sources, call.lang))?;
    }
    if is_new {
        call.line(format!("规则已生效:手册 {},散列 {}", edition.number, edition.hash))?;
        call.line("在办案件的时限没有变动;需要时用 `duban rules recalculate --dry-run` 查看。")?;
    } else {
        call.line(format!("规则没有变化:手册 {},散列 {}", edition.number, edition.hash))?;
    }
    Ok(Exit::Done)
}

fn refused(call: &mut Call<'_>, sources: &Sources, found: &[Diagnostic]) -> Result<Exit> {
    if call.is_for_programs() {
        let found: Vec<_> = found.iter().map(|d| d.to_json(sources)).collect();
        call.json(&json!({ "changed": false, "diagnostics": found }))?;
        return Ok(Exit::Failed);
    }
    for diagnostic in found {
        call.aside(&diagnostic.render(sources, call.lang))?;
    }
    call.aside("规则有错误,没有生效;沿用原来的规则。")?;
    Ok(Exit::Failed)
}
