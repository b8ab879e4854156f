//! `duban node join`: a further machine gets a copy of what the cluster has, and follows its log from there.

mod again;
mod fetching;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use duban_runtime::journal::ledger::{LedgerOptions, Until};
use serde_json::json;

use super::configured;
use crate::cli::backup::copy;
use crate::cli::restore::Ground;
use crate::cli::{Call, Exit};
use duban_base::cluster::announcing::{self, Announced};
use duban_base::cluster::forking::{self, Fork};
use duban_base::cluster::joining::{self, Before};
use duban_base::config::Config;
use duban_base::config::cluster::NodeConfig;
use duban_base::partial_copies::Work;
use duban_base::store;
use duban_runtime::journal::marker::Marker;

#[derive(Debug, Args)]
#[command(
    about = "使本机成为集群的一个新节点",
    long_about = "使本机成为集群的一个新节点:由一个运行中的节点经 HTTP 复制全部内容,再由日志补齐。\n\
    存储目录必须还是空的;先写入旁边的「目录.restoring」,完成后才改名,中途被打断时重新运行即从头做起。\n\
    复制期间本机已列在 `duban node list` 中(「正在加入」),日志为它保留,最多十分钟。\n\n\
    带宽很小时用 --from:先由已有节点的备份(或停止后的存储目录)复制。备份要够新:日志中还留有它之后的每一帧。\n\n\
    本机曾是节点,而日志已由别的节点重新开始(或告警 log-differs)时,加 --again:本机的台账若接得上就接上;\n\
    接不上的移到存储目录下的 forked/ 保留,列出只在其中的案件,附件和密钥不动。\n\n\
    示例:\n  \
    duban node join\n  \
    duban node join --from /mnt/备份盘/duban\n  \
    duban node join --again"
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
        let goes_on = self.again && again::goes_on(&call.config, &node)?;
        let (marker, forks) = if goes_on {
            let before = joining::before(&node, Some(&dir))?;
            (joining::joined(&call.config, &node, &before.head)?, Vec::new())
        } else {
            self.copied_into_place(call, &node)?
        };
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
                again::told(call, fork)?;
            }
            call.line("启动:`duban serve`;补齐之后即可负责分区,`duban node list` 显示进度。")?;
        }
        Ok(Exit::Done)
    }

    /// Makes the store from a copy; what was set aside for it, and is known of since now.
    fn copied_into_place(
        &self,
        call: &mut Call<'_>,
        node: &NodeConfig,
    ) -> Result<(Marker, Vec<Fork>)> {
        let dir = call.config.store_dir.clone();
        let ground = if self.again { Ground::of(&dir) } else { Ground::at(&dir)? };
        let before = joining::before(node, self.from.as_deref())?;
        let announced = announcing::announce(&call.config, node, before.had)?;
        ground.cleared(call)?;
        let config = Config { store_dir: ground.place().to_owned(), ..call.config.clone() };
        let made = self.copied((&config, node), &before, &announced).and_then(|()| {
            let marker = joining::joined(&config, node, &before.head)?;
            if self.again {
                again::set_aside(&dir, ground.place())?;
                ground.joined_up()?;
            } else {
                ground.finished(&dir)?;
            }
            Ok(marker)
        });
        let marker = made.inspect_err(|_| ground.given_up())?;
        announced.stays();
        Ok((marker, forking::noted(&dir)?))
    }

    /// Gets the copy that is needed, if one is, and makes its state.
    fn copied(
        &self,
        (config, node): (&Config, &NodeConfig),
        before: &Before,
        announced: &Announced,
    ) -> Result<()> {
        if let Some(from) = &self.from {
            let options = LedgerOptions { segment_bytes: store::options(config).segment_bytes };
            copy(from, &config.store_dir, (&options, Until::End), Work::Restore)?;
        } else if before.copied_from.is_empty() {
            return Ok(());
        } else {
            fetching::fetched((config, node), before, announced)?;
        }
        store::make_state(config)
    }
}
