//! `duban lab`: a town of several machines on this one, to be watched and broken.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use tokio::sync::watch;

use super::{Call, Exit};
use duban_lab::cluster::{self, Act, Ground, NODES_MAX};

/// Where a laboratory is unless it is said.
const DIR: &str = "duban-lab";

#[derive(Debug, Args)]
#[command(
    about = "在本机开一个有几个节点的实验集群,看它怎样经得起故障",
    long_about = "在本机的回环地址上启动 redis-server 和几个节点,不断有人上报;打印各节点的网页地址。\n\
    在另一个终端里杀掉、冻住、放开其中任何一个,看其余节点怎样接手。按 Ctrl-C 结束,什么也不留下\n\
    (用 --dir 指定了目录时,目录留着)。需要软件包 redis-server。\n\n\
    示例:\n  \
    duban lab --nodes 3\n  \
    duban lab kill node-2\n  \
    duban lab stop node-1 && duban lab cont node-1"
)]
pub(super) struct Lab {
    /// 几个节点
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=i64::from(NODES_MAX)))]
    nodes: u8,
    /// 放在哪个目录,结束后留着;不写则在当前目录的 duban-lab,结束后删除
    #[arg(long, global = true, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(subcommand)]
    act: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 像断电一样杀掉一个:node-1、node-2 …… 或 redis
    #[command(
        long_about = "像断电一样杀掉一个:node-1、node-2 …… 或 redis。\n\n示例:\n  duban lab kill node-2"
    )]
    Kill {
        /// 哪一个
        name: String,
    },
    /// 冻住一个
    #[command(long_about = "冻住一个。\n\n示例:\n  duban lab stop node-1")]
    Stop {
        /// 哪一个
        name: String,
    },
    /// 放开冻住的一个
    #[command(long_about = "放开冻住的一个。\n\n示例:\n  duban lab cont node-1")]
    Cont {
        /// 哪一个
        name: String,
    },
}

impl Lab {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let dir = self.dir.clone().unwrap_or_else(|| PathBuf::from(DIR));
        let (name, act) = match &self.act {
            None => return self.live(&dir, call),
            Some(What::Kill { name }) => (name, Act::Kill),
            Some(What::Stop { name }) => (name, Act::Stop),
            Some(What::Cont { name }) => (name, Act::Continue),
        };
        cluster::act(&dir, name, act)?;
        Ok(Exit::Done)
    }

    fn live(&self, dir: &Path, call: &mut Call<'_>) -> Result<Exit> {
        let ground = Ground::fresh(dir)?;
        let program = std::env::current_exe().context("无法找到 duban 自己")?;
        let (end, stop) = watch::channel(());
        let ran = actix::System::new().block_on(async {
            let mut term =
                tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
                    .context("无法接收停止信号")?;
            let listening = actix::spawn(async move {
                tokio::select! {
                    _ = tokio::signal::ctrl_c() => {}
                    _ = term.recv() => {}
                }
                end.send_replace(());
            });
            let ran = cluster::run((&ground, self.nodes), &program, stop, &mut |line| {
                call.line(line)?;
                Ok(call.out.flush()?)
            })
            .await;
            listening.abort();
            ran
        });
        if self.dir.is_none() {
            std::fs::remove_dir_all(ground.dir()).context("无法删除实验集群的目录")?;
        }
        ran.map(|()| Exit::Done)
    }
}
