//! `duban accept-loss`: a person's word that a part of the ledger is lost, and that the rest is gone on with.

use anyhow::{Result, bail};
use clap::Args;
use duban_runtime::journal::loss::{self, Losses};
use duban_runtime::journal::witness::{Loss, Witness};
use serde_json::json;

use super::backup::hex;
use super::{Call, Exit, hash};
use duban_base::store::{self, mark};

#[derive(Debug, Args)]
#[command(
    about = "确认台账的一部分已经丢失,由余下的继续",
    long_about = "台账比从前见过的短,或不是见过的那一份时,duban 拒绝启动,并给出见过的头部散列。\n\
    把台账放回,或由备份恢复,总是更好。只有确实找不回来时,才用这条命令放弃丢失的帧:\n\
    其中已经受理的案件不再存在,它们的编号会再次发出。什么都不删除:见过那些帧的文件移入 lost-帧号 子目录。\n\
    要写出丢失的头部散列(没有散列时写帧号),写错则什么也不做。\n\n\
    示例:\n  \
    duban accept-loss --head 3fa8…(64 位)\n  \
    duban accept-loss --frame 4711"
)]
pub(super) struct AcceptLoss {
    /// 丢失的头部散列,64 位十六进制
    #[arg(long, value_name = "HASH", value_parser = hash, required_unless_present = "frame")]
    head: Option<[u8; 32]>,
    /// 丢失的最后一帧;只在没有散列时用
    #[arg(long, value_name = "N", conflicts_with = "head")]
    frame: Option<u64>,
}

impl AcceptLoss {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let dir = call.config.store_dir.clone();
        let shown = dir.display().to_string();
        if store::contents::contents(&dir)? == store::contents::Contents::Nothing {
            return Err(store::contents::no_store(&dir));
        }
        let options = store::options(&call.config);
        let losses = Losses::of(&options).map_err(|failure| store::in_words(failure, &dir))?;
        let Some(lost) = losses.lost().first().copied() else {
            bail!("`{shown}` 的台账没有丢失见过的内容,不需要放弃什么");
        };
        if !self.names(&lost) {
            bail!("写出的不是丢失的那一帧,什么也没有做。{}", store::lost(&lost, &shown));
        }
        let by_auditor = losses.lost().iter().any(|loss| loss.seen.by == Witness::Auditor);
        let left = losses.left();
        let aside = losses.accept().map_err(|failure| store::in_words(failure, &dir))?;
        if by_auditor {
            loss::put_aside(&dir, &aside, mark::FILE)
                .map_err(|failure| store::in_words(failure, &dir))?;
        }
        tracing::warn!(lost = lost.seen.frame, left = left.frame, "a loss was accepted");
        if call.is_for_programs() {
            call.json(&json!({
                "lost": lost.seen.frame, "left": left.frame, "head": hex(left.hash),
                "aside": aside.display().to_string(),
            }))?;
        } else {
            call.line(format!("由第 {} 帧继续,头部散列 {}。", left.frame, hex(left.hash)))?;
            call.line(format!("见过丢失部分的文件在 `{}`,没有删除。", aside.display()))?;
            call.line("找到备份或纸上的记录后,把丢失的案件重新登记。")?;
        }
        Ok(Exit::Done)
    }

    fn names(&self, lost: &Loss) -> bool {
        match lost.seen.hash {
            Some(hash) => self.head == Some(hash),
            None => self.frame == Some(lost.seen.frame),
        }
    }
}
