//! `duban node join`: a further machine gets a copy of what the cluster has, and follows its log from there.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use duban_runtime::journal::ledger::{LedgerOptions, Until};
use serde_json::json;

use super::configured;
use crate::cli::backup::copy;
use crate::cli::{Call, Exit};
use duban_base::cluster::joining;
use duban_base::config::Config;
use duban_base::partial_copies::{self, Work};
use duban_base::store;

#[derive(Debug, Args)]
#[command(
    about = "使本机成为集群的一个新节点",
    long_about = "使本机成为集群的一个新节点:先由已有节点的备份(或停止后的存储目录)复制,再由日志补齐。\n\
    存储目录必须还是空的。备份要够新:日志中还留有它之后的每一帧(新近一天的备份总是够的)。\n\
    集群刚刚开始、日志还完整时,可以不给备份。\n\n\
    示例:\n  \
    duban node join --from /mnt/备份盘/duban\n  \
    duban node join"
)]
pub(crate) struct Join {
    /// 已有节点的备份目录
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
}

impl Join {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let node = configured(call)?;
        let dir = call.config.store_dir.clone();
        store::contents::must_be_free(&dir)?;
        let place = joining::before(&node, self.from.as_deref())?;
        if let Some(from) = &self.from {
            let options =
                LedgerOptions { segment_bytes: store::options(&call.config).segment_bytes };
            copy(from, &dir, (&options, Until::End), Work::Restore)?;
            store::make_state(&Config { store_dir: dir.clone(), ..call.config.clone() })?;
            partial_copies::end(&dir).with_context(|| format!("无法写入 `{}`", dir.display()))?;
        }
        let marker = joining::joined(&call.config, &node, &place)?;
        if call.is_for_programs() {
            call.json(&json!({
                "cluster": node.cluster, "node": node.name, "reign": marker.reign,
                "base": marker.base_frame,
            }))?;
        } else {
            call.line(format!("本机已是集群 {} 的节点 {}。", node.cluster, node.name))?;
            call.line("启动:`duban serve`;补齐之后即可负责分区,`duban node list` 显示进度。")?;
        }
        Ok(Exit::Done)
    }
}
