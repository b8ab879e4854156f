//! `duban node drain`: a running node gives what it holds to the others, and takes nothing until it is told.

use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;

use super::configured;
use crate::cli::{Call, Exit};

/// How long handing over may take: eight partitions at a time.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
#[command(
    about = "使运行中的本节点交出全部分区,或重新接手",
    long_about = "使运行中的本节点把负责的分区和发信交给其余节点,之后不再接手;页面照常查看,办理由其余节点进行。\n\
    维护之前先交出,可以看清其余节点是否撑得住;`systemctl stop` 也会先交出,不必先运行本命令。\n\
    没有别的节点可以接手时,仍由本节点负责。用 --end 重新接手;重启之后也会。\n\n\
    示例:\n  \
    duban node drain\n  \
    duban node drain --end"
)]
pub(crate) struct Drain {
    /// 重新接手
    #[arg(long)]
    end: bool,
}

impl Drain {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let node = configured(call)?;
        let Some(server) = call.server.clone() else {
            bail!("`{}` 上没有运行中的 duban,没有可交出的", call.config.store_dir.display())
        };
        if self.end {
            server.node.stand_up();
            return told(call, "taking-part", &format!("节点 {} 重新接手。", node.name));
        }
        if !server.node.stand_down(PATIENCE) {
            bail!("没有在 {} 秒内交完,仍在继续;用 `duban partition list` 查看", PATIENCE.as_secs())
        }
        let left = server.node.cluster().and_then(|(standing, _)| standing);
        match left.map_or(0, |standing| standing.held.len()) {
            0 => told(call, "drained", &format!("节点 {} 已交出全部分区。", node.name)),
            _ => told(
                call,
                "nobody-else",
                &format!("没有别的节点可以接手,仍由节点 {} 负责;有节点可用时即交出。", node.name),
            ),
        }
    }
}

fn told(call: &mut Call<'_>, code: &str, words: &str) -> Result<Exit> {
    if call.is_for_programs() {
        call.json(&json!({ "outcome": code }))?;
    } else {
        call.line(words)?;
    }
    Ok(Exit::Done)
}
