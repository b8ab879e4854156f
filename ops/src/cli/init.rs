//! `duban init`: a new store, where nothing of an earlier one is.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::{Call, Exit};
use duban_base::store;

#[derive(Debug, Args)]
#[command(
    about = "建立一个新的存储",
    long_about = "在 --store 指定的目录建立一个新的、空的存储。只在安装时运行一次:\n\
    目录中已有存储,或有一个存储留下的任何东西(状态库、附件、密钥等),都拒绝,不会覆盖。\n\n\
    示例:\n  \
    duban init\n  \
    sudo -u duban duban --config /etc/duban/duban.toml init"
)]
pub(super) struct Init {}

impl Init {
    #[expect(clippy::unused_self, reason = "the shape of every command")]
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        store::make(&call.config)?.close()?;
        let dir = call.config.store_dir.display().to_string();
        if call.is_for_programs() {
            call.json(&json!({ "store": dir }))?;
        } else {
            call.line(format!("已在 `{dir}` 建立存储。"))?;
        }
        Ok(Exit::Done)
    }
}
