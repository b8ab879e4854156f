//! `duban rules cancel`: rules that wait for their day are taken back.

use anyhow::{Result, anyhow, bail};
use clap::Args;
use duban_actors::role::Role;
use serde_json::json;

use crate::cli::{Call, Exit};
use duban_api::http::api::text::Reason;
use duban_base::asking::Asker;
use duban_base::rules_in_force::edition::known::digits;
use duban_base::rules_in_force::edition::{self, NotCancelled};
use duban_base::store;
use duban_server::offline;
use duban_server::reload::days;

#[derive(Debug, Args)]
pub(in crate::cli) struct Cancel {
    /// 待生效的规则的散列,可以只写前几位
    #[arg(value_name = "HASH")]
    hash: String,
    /// 取消的原因,写入记录
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
    /// 操作人,写入记录
    #[arg(long, value_name = "NAME", default_value = "系统管理员")]
    by: String,
}

impl Cancel {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let reason = self.reason.as_ref().trim();
        if reason.is_empty() {
            bail!("--reason 要写明取消的原因");
        }
        let asker = Asker::system(&self.by, Role::Operator);
        let site = call.site();
        let cancelled = offline::with_store(&site, store::open_existing, async |node, _| {
            let cancelled = edition::cancel(node, (self.hash.trim(), reason), &asker).await;
            if let Some(server) = &site.server {
                days::settled(server);
            }
            Ok(cancelled)
        })?;
        let waiting = match cancelled {
            Ok(waiting) => waiting,
            Err(NotCancelled::Nothing) => {
                bail!("没有待生效的规则;已生效的用 `duban rules history` 查看");
            }
            Err(NotCancelled::Another(waiting)) => {
                let waits = edition::words::waits(&waiting);
                bail!("散列 `{}` 不是待生效的规则;{waits}", self.hash);
            }
            Err(NotCancelled::Rejected(rejected)) => {
                return Err(anyhow!(rejected).context("没有取消,规则仍待生效"));
            }
        };
        if call.is_for_programs() {
            call.json(&json!({ "cancelled": waiting }))?;
        } else {
            let (number, hash) = (&waiting.edition.number, digits(&waiting.edition.hash));
            call.line(format!("已取消:手册 {number}(散列 {hash})不再待生效,现行规则不变。"))?;
        }
        Ok(Exit::Done)
    }
}
