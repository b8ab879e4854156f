//! `duban node seed`: the log of a cluster is begun from the store of this machine.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::configured;
use crate::cli::{Call, Exit};
use duban_base::cluster::seeding;

#[derive(Debug, Args)]
#[command(
    about = "以本机的存储为准,在 Redis 中开始集群的日志",
    long_about = "以本机的存储为准,在 Redis 中开始集群的日志;本机随即成为集群的第一个节点。\n\
    本机和其他节点都须先停止。单机改为集群时运行一次;Redis 的内容丢失或变少后,也用它由一个节点重建。\n\n\
    Redis 中已有日志时拒绝;确要以本机取代它,写出它的朝代号(`duban node list` 显示):只在那份日志之中、\
    本机没有的内容会从此不算数。\n\n\
    示例:\n  \
    duban node seed\n  \
    duban node seed --instead-of 3"
)]
pub(crate) struct Seed {
    /// 取代 Redis 中这一朝的日志
    #[arg(long, value_name = "REIGN")]
    instead_of: Option<u64>,
}

impl Seed {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let node = configured(call)?;
        let begun = seeding::seed(&call.config, &node, self.instead_of)?;
        if call.is_for_programs() {
            call.json(&json!({
                "cluster": node.cluster, "node": node.name, "reign": begun.reign,
                "frame": begun.base_frame, "link": begun.base_link.to_hex(),
            }))?;
        } else {
            call.line(format!(
                "集群 {} 的日志由第 {} 帧之后开始,第 {} 朝;本机是节点 {}。",
                node.cluster, begun.base_frame, begun.reign, node.name
            ))?;
            call.line("启动本机:`duban serve`。其余节点:`duban node join`。")?;
        }
        Ok(Exit::Done)
    }
}
