//! `duban rules apply`: the configured directory is read again, and comes into force if nothing is wrong with it; at
//! once, or on the day it names.

use anyhow::Result;
use clap::Args;
use duban_actors::centre::{RulesEdition, Waiting};
use duban_actors::role::Role;
use duban_rules::diagnostic::Listing;
use duban_rules::{Diagnostic, Sources};
use serde_json::json;

use crate::cli::{Call, Exit};
use duban_base::asking::Asker;
use duban_base::rules_in_force::edition;
use duban_base::rules_in_force::edition::known::digits;
use duban_base::rules_in_force::edition::{Beside, Outcome, Rejected};
use duban_base::{config, store};
use duban_server::offline;
use duban_server::reload;

#[derive(Debug, Args)]
pub(in crate::cli) struct Apply {
    /// 操作人,写入记录
    #[arg(long, value_name = "NAME", default_value = "系统管理员")]
    by: String,
}

impl Apply {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let asker = Asker::system(&self.by, Role::Operator);
        let sources = config::rules::sources(&call.config.rules_dir)?;
        let site = call.site();
        // The way out, too, where the rules in force are lost: what is recorded here does not depend on them.
        let applied = offline::with_store(&site, store::open_existing, async |node, rules| {
            let replaced = edition::waiting(node.journal())?;
            let applied = match &site.server {
                Some(server) => reload::with(server, &sources, &asker).await,
                None => edition::put_in_force(node, rules, &sources, &asker).await,
            };
            let beside = edition::beside(node.journal())?;
            Ok(applied.map(|outcome| Applied { outcome, replaced, beside }))
        })?;
        match applied {
            Ok(applied) => applied.told(call, &sources),
            Err(Rejected::Wrong(diagnostics)) => refused(call, &sources, &diagnostics),
            Err(rejected) => Err(anyhow::anyhow!(rejected).context("规则没有生效,沿用原来的规则")),
        }
    }
}

/// What became of the rules, and of those that waited before and wait now.
struct Applied {
    outcome: Outcome,
    replaced: Option<Waiting>,
    beside: Option<Beside>,
}

impl Applied {
    fn told(&self, call: &mut Call<'_>, sources: &Sources) -> Result<Exit> {
        let (edition, warnings, is_new) = match &self.outcome {
            Outcome::PutInForce(edition, warnings) => (edition, warnings.as_slice(), true),
            Outcome::Waits(waiting, warnings) => (&waiting.edition, warnings.as_slice(), false),
            Outcome::Unchanged(edition) => (edition, [].as_slice(), false),
            Outcome::StillWaits(waiting) => (&waiting.edition, [].as_slice(), false),
        };
        if call.is_for_programs() {
            let warnings = Listing::of(warnings, sources).to_json();
            let waiting = self.beside.as_ref().map(|beside| {
                json!({ "waiting": beside.waiting, "differs_in": beside.files, "trouble": beside.trouble })
            });
            call.json(&json!({
                "changed": is_new, "edition": edition, "warnings": warnings, "ahead": waiting,
            }))?;
            return Ok(Exit::Done);
        }
        aside(call, &Listing::of(warnings, sources))?;
        self.in_words(call, edition)?;
        Ok(Exit::Done)
    }

    fn in_words(&self, call: &mut Call<'_>, edition: &RulesEdition) -> Result<()> {
        let (number, hash) = (&edition.number, &edition.hash);
        match &self.outcome {
            Outcome::PutInForce(..) => {
                call.line(format!("规则已生效:手册 {number},散列 {hash}"))?;
                call.line(
                    "在办案件的时限没有变动;需要时用 `duban rules recalculate --dry-run` 查看。",
                )?;
                if let Some(beside) = &self.beside {
                    call.line(format!("{}。", edition::words::beside(beside)))?;
                }
            }
            Outcome::Unchanged(_) => {
                call.line(format!("规则没有变化:手册 {number},散列 {hash}"))?;
            }
            Outcome::Waits(waiting, _) => {
                let day = waiting.day.effective;
                call.line(format!("规则待生效:手册 {number},散列 {hash}"))?;
                call.line(format!(
                    "{day} 零时起自动生效,前一日告知系统管理员;在此之前沿用现行规则。取消用 `duban rules cancel {} --reason 原因`。",
                    digits(hash)
                ))?;
                if let Some(replaced) = &self.replaced {
                    let (number, hash) = (&replaced.edition.number, digits(&replaced.edition.hash));
                    call.line(format!("原先待生效的手册 {number}(散列 {hash})由它取代。"))?;
                }
            }
            Outcome::StillWaits(waiting) => {
                let day = waiting.day.effective;
                call.line(format!("规则没有变化,仍待 {day} 零时起生效:手册 {number},散列 {hash}"))?;
            }
        }
        Ok(())
    }
}

fn refused(call: &mut Call<'_>, sources: &Sources, found: &[Diagnostic]) -> Result<Exit> {
    if call.is_for_programs() {
        let found = Listing::of(found, sources).to_json();
        call.json(&json!({ "changed": false, "diagnostics": found }))?;
        return Ok(Exit::Failed);
    }
    aside(call, &Listing::of(found, sources))?;
    call.aside("规则有错误,没有生效;沿用原来的规则。")?;
    Ok(Exit::Failed)
}

/// What was found, if anything was.
fn aside(call: &mut Call<'_>, found: &Listing<'_>) -> Result<()> {
    let list = found.render(call.lang);
    if list.is_empty() { Ok(()) } else { call.aside(list.trim_end_matches('\n')) }
}
