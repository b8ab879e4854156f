//! `duban restore`: a store made again from a ledger, whole, up to a frame, or up to an instant.

use std::path::PathBuf;

use anyhow::{Result, bail};
use chrono::FixedOffset;
use clap::Args;
use duban_rules::book::calendar::Calendar;
use duban_runtime::journal::ledger::{LedgerOptions, Until};
use serde_json::json;

use super::backup::{copy, hex};
use super::instant::{self, Typed};
use super::{Call, Exit};
use crate::{config, store};

/// What a typed instant means when the rules, and with them the county's zone, cannot be read.
const COUNTY_EAST_SECONDS: i32 = 8 * 3600;

#[derive(Debug, Args)]
#[command(
    about = "由备份恢复存储",
    long_about = "由备份(或另一个存储目录)的台账重建一个存储,写入 --store 指定的目录。\n\
    目标目录必须还没有存储;原目录不会改动。可以只恢复到某一时刻或某一帧:\n\
    误操作之后恢复到之前,或台账损坏时恢复到损坏之前。\n\n\
    示例:\n  \
    duban restore /mnt/备份盘/duban --store duban-data\n  \
    duban restore 备份 --store 试看 --at 2026-03-02T09:00\n  \
    duban restore duban-data.坏 --store duban-data --frame 4711"
)]
pub(super) struct Restore {
    /// 备份目录,或另一个存储目录
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// 只恢复到这个时刻(含);之后发生的一切不再存在
    #[arg(long, value_name = "INSTANT", value_parser = instant::typed, conflicts_with = "frame")]
    at: Option<Typed>,
    /// 只恢复到台账的这一帧(含)
    #[arg(long, value_name = "N")]
    frame: Option<u64>,
}

impl Restore {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let to = call.config.store_dir.clone();
        if store::exists(&to) {
            let to = to.display();
            bail!(
                "`{to}` 中已有存储,不会覆盖;先把它移走(如 mv {to} {to}.旧),或用 --store 指定别的目录"
            );
        }
        let book = config::rules::book(&call.config.rules_dir);
        let until = match (self.at, self.frame) {
            (Some(typed), _) => {
                let east = FixedOffset::east_opt(COUNTY_EAST_SECONDS);
                let usual = || east.map(Calendar::always);
                let calendar = book.as_ref().ok().map(|b| b.calendar.clone()).or_else(usual);
                let Some(calendar) = calendar else {
                    bail!("无法确定本地时区;时刻请带时区书写")
                };
                Until::At(typed.by(&calendar))
            }
            (None, Some(frame)) => Until::Frame(frame),
            (None, None) => Until::End,
        };
        let options = LedgerOptions { segment_bytes: store::options(&call.config).segment_bytes };
        let (copied, blobs) = copy(&self.from, &to, &options, until)?;
        // The state follows from the ledger: opening makes it.
        let opened = store::open_with(&call.config, book?)?;
        let (head, frame) = opened.journal.head();
        opened.close()?;
        if call.is_for_programs() {
            call.json(&json!({
                "frames": copied.frames, "last": frame, "head": hex(head), "blobs": blobs,
            }))?;
        } else {
            call.line(format!("已恢复到 {}:{} 帧、{blobs} 个附件。", to.display(), copied.frames))?;
            call.line(format!("最后一帧 {frame},头部散列 {}", hex(head)))?;
        }
        Ok(Exit::Done)
    }
}
