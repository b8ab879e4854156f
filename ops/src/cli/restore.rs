//! `duban restore`: a store made again from a ledger, whole, up to a frame, or up to an instant.
//!
//! ```text
//! from ──copy──► TARGET.restoring (bears a mark) ─► state made ─► muted? ─► owner ─► renamed to TARGET ─► mark gone
//! ```
//! Cut off anywhere, there is no store at the target, and the same command begins again.

mod place;
mod voice;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use chrono::FixedOffset;
use clap::Args;
use duban_rules::book::calendar::Calendar;
use duban_runtime::journal::disk::{Disk as _, OsDisk};
use duban_runtime::journal::ledger::{Copied, LedgerOptions, LedgerReader, Until};
use serde_json::json;

pub(super) use place::Ground;
use place::Owner;
use voice::Voice;

use super::backup::{copy, hex};
use super::{Call, Exit};
use duban_access::seals::Seals;
use duban_base::config::{self, Config};
use duban_base::labels::instant::second;
use duban_base::labels::typed::{self, Typed};
use duban_base::partial_copies::{self, Work};
use duban_base::{muted, store};

/// What a typed instant means when the rules, and with them the county's zone, cannot be read.
const COUNTY_EAST_SECONDS: i32 = 8 * 3600;
/// Who mutes.
const BY: &str = "restore";

#[derive(Debug, Args)]
#[command(
    about = "由备份恢复存储",
    long_about = "由备份(或另一个存储目录)的台账重建一个存储,写入 --store 指定的目录。\n\
    目标目录必须还没有存储;原目录不会改动。可以只恢复到某一时刻或某一帧:\n\
    误操作之后恢复到之前,或台账损坏时恢复到损坏之前。\n\n\
    恢复先写入目标旁边的「目标.restoring」,完成后才改名;中途被打断时,重新运行即从头做起。\n\n\
    备份之后删除过上报人信息时,备份中还有那些密钥;用 --erased-in 给出更新的存储、备份或别的节点的存储目录,\n\
    那里已删除的,恢复出的存储中也一并删除。\n\n\
    恢复到配置中存储目录以外的地方时,恢复出的存储是静音的:不发送任何消息,用 `duban unmute` 放行。\n\
    恢复到配置中的存储目录时,须用 --muted 或 --live 说明,否则会询问。\n\n\
    示例:\n  \
    duban restore /mnt/备份盘/duban --store duban-data\n  \
    duban restore 备份 --store 试看 --at 2026-03-02T09:00\n  \
    duban restore duban-data.坏 --store duban-data --frame 4711 --muted\n  \
    duban restore 备份 --store duban-data --live --erased-in duban-data.坏"
)]
pub(super) struct Restore {
    /// 备份目录,或另一个存储目录
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// 只恢复到这个时刻(含);之后发生的一切不再存在
    #[arg(long, value_name = "INSTANT", value_parser = typed::instant, conflicts_with = "frame")]
    at: Option<Typed>,
    /// 只恢复到台账的这一帧(含)
    #[arg(long, value_name = "N")]
    frame: Option<u64>,
    /// 恢复出的存储先静音:不发送消息,核对之后用 duban unmute 放行
    #[arg(long, conflicts_with = "live")]
    muted: bool,
    /// 恢复出的存储启动后照常发送消息
    #[arg(long)]
    live: bool,
    /// 在这个存储或备份中已删除的上报人信息,在恢复出的存储中也删除;可多次给出
    #[arg(long, value_name = "DIR")]
    erased_in: Vec<PathBuf>,
    /// 备份没有做完、原存储又已不在时,恢复其中已有的部分
    #[arg(long)]
    incomplete: bool,
}

struct Restored {
    copied: Copied,
    blobs: u64,
    /// Keys that were erased after the copy was made.
    keys_erased: u64,
    voice: Voice,
    owner: Owner,
}

impl Restore {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        store::must_exist(&self.from)?;
        self.is_whole()?;
        for dir in &self.erased_in {
            store::must_exist(dir)?;
        }
        let to = call.config.store_dir.clone();
        let ground = Ground::at(&to)?;
        let book = config::rules::book(&call.config.rules_dir);
        let calendar = book.ok().map(|book| book.calendar).or_else(usual);
        let until = self.until(calendar.as_ref())?;
        let voice = Voice::of(self.wish(), call)?;
        ground.cleared(call)?;
        let made = self.make(call, &ground, until).and_then(|(copied, blobs)| {
            if copied.last == 0 {
                return Err(self.nothing(calendar.as_ref()));
            }
            let keys_erased = self.erased_since(ground.place())?;
            if voice == Voice::Muted {
                muted::mute(ground.place(), BY, call.now())?;
            }
            let owner = ground.finished(&self.from)?;
            Ok(Restored { copied, blobs, keys_erased, voice, owner })
        });
        match made {
            Ok(restored) => told(call, &restored, &to),
            Err(error) => {
                ground.given_up();
                Err(error)
            }
        }
    }

    /// Refuses a source that was never finished, unless somebody knows.
    fn is_whole(&self) -> Result<()> {
        match partial_copies::work(&self.from) {
            None | Some(Work::Restored) => Ok(()),
            Some(Work::Backup) if self.incomplete => Ok(()),
            Some(Work::Restore) => partial_copies::refuse(&self.from),
            Some(Work::Backup) => {
                let from = self.from.display();
                let reader = LedgerReader::over(OsDisk::at(&self.from).reader());
                let last = reader.map_or(0, |reader| reader.last_frame());
                bail!(
                    "`{from}` 是一份没有做完的备份(或正在备份):其中只有到第 {last} 帧为止的内容。\
                     原存储还在时,先运行 `duban backup {from}` 补齐;已不在时,加 --incomplete 恢复其中已有的部分"
                )
            }
        }
    }

    fn wish(&self) -> Option<Voice> {
        match (self.muted, self.live) {
            (true, _) => Some(Voice::Muted),
            (_, true) => Some(Voice::Live),
            (false, false) => None,
        }
    }

    fn until(&self, calendar: Option<&Calendar>) -> Result<Until> {
        match (self.at, self.frame) {
            (Some(typed), _) => match calendar {
                Some(calendar) => Ok(Until::At(typed.by(calendar))),
                None => bail!("无法确定本地时区;时刻请带时区书写"),
            },
            (None, Some(frame)) => Ok(Until::Frame(frame)),
            (None, None) => Ok(Until::End),
        }
    }

    /// Copies, and makes the state, which follows from the ledger.
    fn make(&self, call: &Call<'_>, ground: &Ground, until: Until) -> Result<(Copied, u64)> {
        let options = LedgerOptions { segment_bytes: store::options(&call.config).segment_bytes };
        let made = copy(&self.from, ground.place(), (&options, until), Work::Restore)?;
        let config = Config { store_dir: ground.place().to_owned(), ..call.config.clone() };
        store::make_state(&config)?;
        Ok(made)
    }

    /// Erases in the store at `place` what was erased elsewhere since it was copied.
    fn erased_since(&self, place: &Path) -> Result<u64> {
        let keys = Seals::of(place);
        self.erased_in.iter().try_fold(0, |n, dir| {
            let more = keys.erase_what_is_erased_in(&Seals::of(dir));
            Ok(n + more.context("无法删除已删除的上报人信息的密钥")?)
        })
    }

    /// Why a store without a single frame is not what anybody wants.
    fn nothing(&self, calendar: Option<&Calendar>) -> anyhow::Error {
        let from = self.from.display();
        let reader = LedgerReader::over(OsDisk::at(&self.from).reader());
        let first = reader.and_then(|reader| reader.read(reader.first_frame())).ok();
        let first = first.and_then(|frame| frame.latest().ok().flatten()).zip(calendar);
        match first {
            Some((at, calendar)) => anyhow::anyhow!(
                "`{from}` 中那时还没有任何记录;第一条记录在 {},请给出不早于它的时刻或帧号",
                second(at, calendar)
            ),
            None => anyhow::anyhow!("`{from}` 中没有任何记录,无可恢复"),
        }
    }
}

fn usual() -> Option<Calendar> {
    FixedOffset::east_opt(COUNTY_EAST_SECONDS).map(Calendar::always)
}

fn told(call: &mut Call<'_>, restored: &Restored, to: &Path) -> Result<Exit> {
    let Restored { copied, blobs, keys_erased, voice, owner } = restored;
    let head = hex(copied.head);
    if call.is_for_programs() {
        call.json(&json!({
            "frames": copied.frames, "last": copied.last, "head": head, "blobs": blobs,
            "keys_erased": keys_erased, "muted": *voice == Voice::Muted,
        }))?;
        return Ok(Exit::Done);
    }
    let to = to.display();
    call.line(format!("已恢复到 {to}:{} 帧、{blobs} 个附件。", copied.frames))?;
    call.line(format!("最后一帧 {},头部散列 {head}", copied.last))?;
    if *keys_erased > 0 {
        call.line(format!("备份之后删除的 {keys_erased} 份上报人信息,在这里也已删除。"))?;
    }
    if *voice == Voice::Muted {
        call.line(format!(
            "这个存储是静音的:照常计时,但不发送任何消息;核对之后用 `duban unmute --store {to}` 放行。"
        ))?;
    }
    match owner {
        Owner::Kept => {}
        Owner::Given(uid, gid) => {
            call.line(format!("文件已归原来的用户所有(uid {uid},gid {gid})。"))?;
        }
        Owner::Other { ours, theirs: (uid, gid) } => {
            call.line(format!(
                "文件归当前用户(uid {ours})所有,而原来归 uid {uid}:服务若以后者运行,\
                 启动之前由管理员运行 `chown -R {uid}:{gid} {to}`。"
            ))?;
        }
    }
    Ok(Exit::Done)
}
