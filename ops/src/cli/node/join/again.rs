//! Joining again: a machine that was a node, and whose ledger the log does not go on behind.

use std::path::Path;

use anyhow::{Context as _, Result};
use duban_access::seals::Seals;
use duban_base::cluster::forking::{self, Fork};
use duban_base::cluster::{joining, overview};
use duban_base::config::Config;
use duban_base::config::cluster::NodeConfig;
use duban_base::store;
use duban_runtime::journal::blob::BlobStore;
use duban_runtime::journal::disk::{Disk as _, OsDisk};

use crate::cli::Call;

/// Cases that are named on the terminal; all of them are in the file.
const CASES_MAX: usize = 20;

/// Whether the log goes on where the ledger of the store ends, if there is one.
pub(super) fn goes_on(config: &Config, node: &NodeConfig) -> Result<bool> {
    let there = overview(node)?;
    let Some(head) = &there.head else { return Ok(false) };
    let first = there.first.unwrap_or(head.frame + 1);
    Ok(store::exists(&config.store_dir) && joining::goes_on(config, node, (head, first))?)
}

/// Sets the ledger in `dir` aside for the copy in `copy`, whose photos and keys come to those that stay.
pub(super) fn set_aside(dir: &Path, copy: &Path) -> Result<()> {
    let in_words = |failure| store::in_words(failure, dir);
    if store::exists(dir) || forking::is_under_way(dir) {
        forking::set_aside(dir)?;
    }
    let blobs = |dir: &Path| BlobStore::open(OsDisk::at(dir).another()).map_err(in_words);
    blobs(copy)?.copy_into(&blobs(dir)?).map_err(in_words)?;
    let copied = Seals::of(copy).copy_into(&Seals::of(dir));
    copied.map(drop).context("无法复制上报人信息的密钥")
}

/// What was set aside, and what of it is nowhere else.
pub(super) fn told(call: &mut Call<'_>, Fork { place, cases }: &Fork) -> Result<()> {
    let shown = place.display();
    call.line(format!("原来的台账移到 `{shown}` 保留。"))?;
    if cases.is_empty() {
        return call.line("其中的内容日志中都有,可以删除。");
    }
    let named: Vec<&str> = cases.iter().take(CASES_MAX).map(String::as_str).collect();
    let more = if cases.len() > CASES_MAX { " 等" } else { "" };
    call.line(format!("其中 {} 件案件有只在那里的记录:{}{more}。", cases.len(), named.join("、")))?;
    call.line(format!(
        "查看:`duban restore {shown} --store 试看`,再 `duban case show 案件号 --store 试看`;处理完后删除 `{shown}`,告警随之解除。"
    ))
}
