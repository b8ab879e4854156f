//! `duban node join`: a further machine gets a copy of what the cluster has, and follows its log from there.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use duban_runtime::journal::ledger::{LedgerOptions, Until};
use serde_json::json;

use super::configured;
use crate::cli::backup::copy;
use crate::cli::{Call, Exit};
use duban_base::cluster::forking::{self, Fork};
use duban_base::cluster::{self, joining};
use duban_base::config::Config;
use duban_base::partial_copies::{self, Work};
use duban_base::store;

/// Cases that are named on the terminal; all of them are in the file.
const CASES_MAX: usize = 20;

#[derive(Debug, Args)]
#[command(
    about = "使本机成为集群的一个新节点",
    long_about = "使本机成为集群的一个新节点:先由已有节点的备份(或停止后的存储目录)复制,再由日志补齐。\n\
    存储目录必须还是空的。备份要够新:日志中还留有它之后的每一帧(新近一天的备份总是够的)。\n\
    集群刚刚开始、日志还完整时,可以不给备份。\n\n\
    本机曾是节点,而日志已由别的节点重新开始(或告警 log-differs)时,加 --again:本机的台账若接得上就接上;\n\
    接不上的移到存储目录下的 forked/ 保留,列出只在其中的案件,附件和密钥不动。\n\n\
    示例:\n  \
    duban node join --from /mnt/备份盘/duban\n  \
    duban node join --again --from /mnt/备份盘/duban\n  \
    duban node join"
)]
pub(crate) struct Join {
    /// 已有节点的备份目录
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// 本机曾是节点:接不上日志的台账移到 forked/ 保留
    #[arg(long)]
    again: bool,
}

impl Join {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let node = configured(call)?;
        let dir = call.config.store_dir.clone();
        // What bears a mark was never anybody's store: the copy goes on.
        let has_store = store::exists(&dir) && partial_copies::work(&dir).is_none();
        let there = cluster::overview(&node)?.head;
        let goes_on = match &there {
            Some(head) if self.again && has_store => joining::goes_on(&call.config, &node, head)?,
            Some(_) | None => false,
        };
        let from = if goes_on { Some(&dir) } else { self.from.as_ref() };
        let place = joining::before(&node, from.map(PathBuf::as_path))?;
        if !self.again {
            store::contents::must_be_free(&dir)?;
        } else if has_store && !goes_on || forking::is_under_way(&dir) {
            forking::set_aside(&dir)?;
        }
        if let (Some(from), false) = (&self.from, goes_on) {
            let options =
                LedgerOptions { segment_bytes: store::options(&call.config).segment_bytes };
            copy(from, &dir, (&options, Until::End), Work::Restore)?;
            store::make_state(&Config { store_dir: dir.clone(), ..call.config.clone() })?;
            partial_copies::end(&dir).with_context(|| format!("无法写入 `{}`", dir.display()))?;
        }
        let marker = joining::joined(&call.config, &node, &place)?;
        let forks = forking::noted(&dir)?;
        if call.is_for_programs() {
            let forks: Vec<_> = forks
                .iter()
                .map(|Fork { place, cases }| json!({"directory": place, "cases": cases}))
                .collect();
            call.json(&json!({
                "cluster": node.cluster, "node": node.name, "reign": marker.reign,
                "base": marker.base_frame, "forks": forks,
            }))?;
        } else {
            call.line(format!("本机已是集群 {} 的节点 {}。", node.cluster, node.name))?;
            for fork in &forks {
                told(call, fork)?;
            }
            call.line("启动:`duban serve`;补齐之后即可负责分区,`duban node list` 显示进度。")?;
        }
        Ok(Exit::Done)
    }
}

/// What was set aside, and what of it is nowhere else.
fn told(call: &mut Call<'_>, Fork { place, cases }: &Fork) -> Result<()> {
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
