//! Opening a store: the journal in its directory, the kinds that live there, the rules they go by.
//!
//! Shared by every command that looks into a store. Failures of the runtime become sentences with a way out here, so
//! that a locked or damaged directory is explained the same way everywhere. What is shown of it is for [`crate::cli`].

pub mod place;
pub mod private;
mod ruling;

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use duban_actors::case::Case;
use duban_actors::context::Context;
use duban_rules::{RuleBook, Sources};
use duban_runtime::entity::{Entity, EntityId};
use duban_runtime::journal::recovery::{Progress, Step};
use duban_runtime::journal::{Failure, Journal, Options};
use duban_runtime::record::Stored;
use duban_runtime::registry::Registry;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::{self, Config};
use crate::roster;
use crate::wiring::{self, Rules};

/// Frames that are read back in a moment; only more are worth a display.
const FRAMES_UNSEEN: u64 = 20_000;

/// An open store.
pub struct Store {
    /// What was accepted, and what follows from it.
    pub journal: Journal,
    /// The kinds that live in it.
    pub registry: Arc<Registry>,
    /// What they decide by.
    pub rules: Rules,
    /// Whose it is.
    pub tenure: Tenure,
}

/// Whether closing a store closes its journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenure {
    /// It was opened for this command.
    Own,
    /// A running server works on it.
    Shared,
}

/// Opens the store that `config` names, created if it is missing; how far it has come is shown on standard error. A
/// store that has rules on record is worked on by those; a new one takes the directory's.
///
/// # Errors
/// In words: there are no rules to work by, the directory is in use, damaged, or cannot be read.
pub fn open(config: &Config) -> Result<Store> {
    if exists(&config.store_dir) {
        ruled(config, ruling::to_work_by)
    } else {
        // Before anything is made: a store without rules is of no use.
        open_with(config, config::rules::book(&config.rules_dir)?)
    }
}

/// Opens a store that must be there, to look into it: looking at a directory does not make a store of it, and the
/// directory of the rules is not needed.
///
/// # Errors
/// As [`open_with`], and when there is no store.
pub fn open_existing(config: &Config) -> Result<Store> {
    must_exist(&config.store_dir)?;
    ruled(config, |journal, dir| Ok(ruling::to_look_by(journal, dir)))
}

/// Opens a store by the rules that are found once it is open: what is read back from the ledger needs none.
fn ruled(config: &Config, find: impl FnOnce(&Journal, &Path) -> Result<RuleBook>) -> Result<Store> {
    let (nothing, _) = duban_rules::parse(&Sources::default());
    let store = open_with(config, nothing)?;
    let found = find(&store.journal, &config.rules_dir);
    let put = found.and_then(|book| {
        let hash = wiring::short(&book.hash);
        let under = |context: &Context, _| Ok(Some((context.under(book), hash)));
        store.rules.change(under)
    });
    match put {
        Ok(()) => Ok(store),
        Err(error) => {
            store.close()?;
            Err(error)
        }
    }
}

/// Opens the store that `config` names, created if it is missing, with a rule book at hand.
///
/// # Errors
/// In words: the directory is in use, damaged, or cannot be read.
pub fn open_with(config: &Config, book: RuleBook) -> Result<Store> {
    let rules = wiring::in_force(book);
    let registry = wiring::registry(&rules);
    let display = Display::default();
    let fold = Arc::clone(&registry);
    private::keep(&config.store_dir)
        .with_context(|| format!("无法设置存储目录 `{}` 的权限", config.store_dir.display()))?;
    let opened = Journal::open(options(config), fold, &|progress| display.show(progress));
    display.end();
    let journal = opened.map_err(|failure| in_words(failure, &config.store_dir))?;
    roster::heed(&journal, &rules).map_err(|failure| in_words(failure, &config.store_dir))?;
    Ok(Store { journal, registry, rules, tenure: Tenure::Own })
}

/// Whether a store lies in `dir`.
pub fn exists(dir: &Path) -> bool {
    dir.join("ledger").is_dir()
}

/// Refuses a directory without a store.
///
/// # Errors
/// The refusal, with the way out.
pub fn must_exist(dir: &Path) -> Result<()> {
    if exists(dir) {
        return Ok(());
    }
    let near = ["data", "demo/data"].map(|below| dir.join(below));
    let dir = dir.display();
    match near.iter().find(|below| exists(below)) {
        Some(below) => bail!("`{dir}` 中没有存储;`--store {}` 中有一个", below.display()),
        None => bail!("`{dir}` 中没有存储;用 --store 指定目录,或先运行 `duban demo` 建立一个"),
    }
}

/// How the journal is opened by this configuration.
pub fn options(config: &Config) -> Options {
    let mut options = Options::at(&config.store_dir);
    options.store.cache_bytes = config.store_cache_mib << 20;
    options.segment_bytes = config.store_segment_mib << 20;
    options.snapshot_every_bytes = config.store_snapshot_gib << 30;
    options
}

/// A failure of the journal as its operator reads it, with the way out.
pub fn in_words(failure: Failure, dir: &Path) -> anyhow::Error {
    let dir = dir.display();
    let sentence = match &failure {
        Failure::Locked { .. } => format!(
            "存储目录 `{dir}` 正被另一个 duban 进程使用。先停止那个进程;不能停止时,\
             用 `duban backup 副本目录 --store {dir}` 复制一份,再用 `duban restore` 恢复后查看"
        ),
        Failure::Damaged { segment, offset, .. } => format!(
            "台账文件 `{segment}` 在第 {offset} 字节处损坏。`duban verify --store {dir}` 列出全部损坏之处;\
             `duban restore` 从备份重建,或恢复到损坏之前的最后一帧"
        ),
        Failure::Full { file, .. } => {
            format!("磁盘已满,无法写入 `{file}`;没有丢失任何内容,腾出空间后重试")
        }
        Failure::Unsynced { file, .. } => {
            format!("无法确认 `{file}` 已安全写入磁盘;检查磁盘后重新启动")
        }
        Failure::NoFrame { frame, first, last } => {
            format!("台账中没有第 {frame} 帧;现有第 {first} 至第 {last} 帧")
        }
        Failure::NoBlob { name } => format!("附件 `{name}` 不在存储中"),
        Failure::OtherLedger { .. } => {
            format!("`{dir}` 中是另一个存储的台账;备份和恢复请用空目录,或原来的备份目录")
        }
        Failure::Io { .. }
        | Failure::TooLarge { .. }
        | Failure::Encode { .. }
        | Failure::Store { .. }
        | Failure::Corrupt { .. }
        | Failure::Fell { .. }
        | Failure::Stopped => format!("存储目录 `{dir}` 无法使用"),
    };
    anyhow!(failure).context(sentence)
}

impl Store {
    /// As [`case`].
    ///
    /// # Errors
    /// As [`case`].
    pub fn case(&self, id: &EntityId, stored: &Stored) -> Result<Case> {
        case(id, stored)
    }

    /// Closes the store in good order, if it was opened for this.
    ///
    /// # Errors
    /// The journal's; nothing is lost, the next start reads the rest from the ledger.
    pub fn close(self) -> Result<()> {
        match self.tenure {
            Tenure::Own => Ok(self.journal.close()?),
            Tenure::Shared => Ok(()),
        }
    }
}

/// The case in a stored value.
///
/// # Errors
/// When the value is no case's.
pub fn case(id: &EntityId, stored: &Stored) -> Result<Case> {
    let case = Case::from_stored(id, &stored.state);
    case.with_context(|| format!("案件 `{}` 的状态无法读取", id.key))
}

/// Shows how far a start has come, when it takes long enough to wonder.
#[derive(Default)]
struct Display(RefCell<Option<ProgressBar>>);

impl Display {
    fn show(&self, progress: Progress) {
        let words = match progress.step {
            Step::Ledger => "检查台账",
            Step::Store => "打开状态库",
            Step::Snapshot => "读入基础快照",
            Step::Fold => "由台账补齐状态",
        };
        tracing::debug!(step = ?progress.step, progress.done, progress.total, "opening the store");
        if progress.total < FRAMES_UNSEEN {
            return;
        }
        let mut shown = self.0.borrow_mut();
        let bar = shown.get_or_insert_with(|| {
            let bar = ProgressBar::new(progress.total);
            let style =
                ProgressStyle::with_template("{msg} {bar:40} {human_pos}/{human_len} {eta}");
            style.map(|style| bar.clone().with_style(style)).unwrap_or(bar)
        });
        bar.set_message(words);
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    }

    fn end(&self) {
        if let Some(bar) = self.0.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}
