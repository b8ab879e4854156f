//! `duban backup`: a copy of a store's truth, taken while it is in use.
//!
//! Up to where the ledger is copied is settled first; then the blobs and the keys of sealed reports are copied, and the
//! ledger last. Both are kept before the commit that needs them, so every one that the copied ledger needs is among
//! them, and also a backup that was cut off lacks nothing that its frames need. It bears a mark until it is whole. The
//! state is not copied; `duban restore` makes it again. Nor is the marker of a node: what is restored is a machine alone.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use duban_runtime::clock::{Clock as _, SystemClock};
use duban_runtime::journal::blob::BlobStore;
use duban_runtime::journal::disk::{Disk, OsDisk};
use duban_runtime::journal::ledger::{Copied, Copying, LedgerOptions, LedgerReader, Until};
use duban_runtime::journal::marker::{self, Membership};
use serde_json::json;

use super::{Call, Exit};
use duban_access::seals::Seals;
use duban_base::partial_copies::{self, Work};
use duban_base::{private, store};

#[derive(Debug, Args)]
#[command(
    about = "备份存储",
    long_about = "把台账、附件和上报人信息的密钥复制到另一个目录;duban 正在运行时也可以备份。\n\
    再次备份到同一目录时只复制新增的部分,已删除的上报人信息在备份中也随之删除。\n\
    没有做完的备份带有标记文件 INCOMPLETE,再运行一次即可补齐。\n\
    打印的头部散列可记在纸上,供 `duban verify --anchor` 核对。\n\n\
    示例:\n  \
    duban backup /mnt/备份盘/duban\n  \
    duban backup 备份 --store duban-data --format json"
)]
pub(super) struct Backup {
    /// 备份目录;没有则建立
    #[arg(value_name = "DIR")]
    to: PathBuf,
}

impl Backup {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let from = call.config.store_dir.clone();
        let options = store::options(&call.config);
        let options = LedgerOptions { segment_bytes: options.segment_bytes };
        store::must_exist(&from)?;
        partial_copies::refuse(&from)?;
        if is_same(&from, &self.to) {
            bail!("`{}` 就是存储目录本身;备份须放到别的目录", self.to.display());
        }
        let (copied, blobs) = copy(&from, &self.to, (&options, Until::End), Work::Backup)?;
        partial_copies::end(&self.to).context("无法去掉备份的未完成标记")?;
        let head = hex(copied.head);
        if call.is_for_programs() {
            call.json(&json!({
                "frames": copied.frames, "bytes": copied.bytes, "last": copied.last,
                "head": head, "blobs": blobs,
            }))?;
        } else {
            call.line(format!(
                "已备份到 {}:新增 {} 帧({} 字节)、{blobs} 个附件。",
                self.to.display(),
                copied.frames,
                copied.bytes
            ))?;
            call.line(format!("最后一帧 {},头部散列 {head}", copied.last))?;
        }
        Ok(Exit::Done)
    }
}

/// Copies ledger, blobs and keys of the store in `from` into `to`, which bears the mark of `work` from then on; how many
/// frames and blobs were added.
pub(super) fn copy(
    from: &Path,
    to: &Path,
    (options, until): (&LedgerOptions, Until),
    work: Work,
) -> Result<(Copied, u64)> {
    let source = OsDisk::at(from);
    let reader = LedgerReader::over(source.reader()).map_err(|f| store::in_words(f, from))?;
    private::keep(to).with_context(|| format!("无法设置 `{}` 的权限", to.display()))?;
    let target = OsDisk::exclusive(to).map_err(|f| store::in_words(f, to))?;
    // A node's ledger grows by the log of its cluster alone.
    marker::admit(&target, to, &Membership::Alone).map_err(|f| store::in_words(f, to))?;
    let blobs_at = target.another();
    let copying = Copying::begin(&reader, target, options, until);
    let copying = copying.map_err(|failure| store::in_words(failure, to))?;
    // Only now is it certain that `to` is not somebody else's.
    partial_copies::begin(to, work, SystemClock::start().now())
        .with_context(|| format!("无法写入 `{}`", to.display()))?;
    let there = BlobStore::open(source.another()).map_err(|f| store::in_words(f, from))?;
    let here = BlobStore::open(blobs_at).map_err(|f| store::in_words(f, to))?;
    let blobs = there.copy_into(&here).map_err(|failure| store::in_words(failure, from))?;
    let keys = || Seals::of(from).copy_into(&Seals::of(to)).context("无法复制上报人信息的密钥");
    keys()?;
    let copied = copying.finish().map_err(|failure| store::in_words(failure, from))?;
    if let (Until::End, Some(beyond)) = (until, reader.beyond()) {
        let failure = store::in_words(beyond.clone(), from);
        return Err(failure.context(format!("只复制到第 {} 帧:其后的台账已损坏", copied.last)));
    }
    // What was erased meanwhile is said in the ledger already.
    keys()?;
    Ok((copied, blobs))
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some() && real(one) == real(other)
}

/// A hash as it is printed and typed.
pub(super) fn hex(hash: [u8; 32]) -> String {
    blake3::Hash::from_bytes(hash).to_hex().to_string()
}
