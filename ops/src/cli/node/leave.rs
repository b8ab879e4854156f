//! `duban node leave`: this machine goes out of its cluster.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::configured;
use crate::cli::{Call, Exit};
use duban_base::cluster::leaving::{self, Left};

#[derive(Debug, Args)]
#[command(
    about = "使本机退出集群",
    long_about = "使本机退出集群:从节点名单中除名。本机的 duban 须先停止。\n\
    没有其他节点在运行时,存储目录变回单机的存储,内容一条不少;删去配置中的 [cluster] 和 [redis] 后照常启动。\n\
    还有其他节点在运行时,只除名:集群继续往前,这个目录不再跟随,也不能单独使用,可以删除。\n\n\
    示例:\n  \
    duban node leave"
)]
pub(crate) struct Leave {}

impl Leave {
    #[expect(clippy::unused_self, reason = "the shape of every command")]
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let node = configured(call)?;
        let left = leaving::leave(&call.config, &node)?;
        let dir = call.config.store_dir.display().to_string();
        if call.is_for_programs() {
            call.json(&json!({ "alone": left == Left::Alone }))?;
            return Ok(Exit::Done);
        }
        match left {
            Left::Alone => {
                call.line(format!(
                    "`{dir}` 已是单机的存储;删去配置中的 [cluster] 和 [redis] 后启动。"
                ))?;
            }
            Left::Behind => {
                call.line(format!("本机已从集群 {} 的名单中除名。", node.cluster))?;
                call.line(format!(
                    "其他节点还在运行:`{dir}` 不再跟随集群,也不能单独使用,可以删除。"
                ))?;
            }
        }
        Ok(Exit::Done)
    }
}
