//! `duban node`: machines of a cluster: which there are, how one comes in and how one goes.

mod drain;
mod join;
mod leave;
mod list;
mod seed;

use anyhow::{Result, bail};
use clap::Subcommand;

use super::{Call, Exit};
use duban_base::config::cluster::NodeConfig;

#[derive(Debug, Subcommand)]
pub(crate) enum Node {
    /// 列出集群的节点:是否可用、落后多少、负责多少分区
    #[command(long_about = "由 Redis 中的记录列出集群的节点:地址、版本、是否可用、记到第几帧、\
        落后多少、时钟偏差、负责多少分区、消息由谁发出。本机的 duban 不必在运行。\n\n\
        示例:\n  duban node list\n  duban node list --format json")]
    List,
    Seed(seed::Seed),
    Join(join::Join),
    Leave(leave::Leave),
    Drain(drain::Drain),
}

impl Node {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        match self {
            Node::List => list::run(call),
            Node::Seed(seed) => seed.run(call),
            Node::Join(join) => join.run(call),
            Node::Leave(leave) => leave.run(call),
            Node::Drain(drain) => drain.run(call),
        }
    }

    /// Whether the server that works on the store carries it out.
    pub(super) fn is_about_a_store(&self) -> bool {
        match self {
            Node::Drain(_) => true,
            Node::List | Node::Seed(_) | Node::Join(_) | Node::Leave(_) => false,
        }
    }
}

/// What this machine is as a node by the configuration.
pub(super) fn configured(call: &Call<'_>) -> Result<NodeConfig> {
    match call.config.cluster.node() {
        Some(node) => Ok(node.clone()),
        None => bail!(
            "配置中没有集群:在 duban.toml 中写好 [cluster](name、node、secret_file)和 [redis](url)两组,再试。\
             `duban config explain` 说明每一项"
        ),
    }
}
