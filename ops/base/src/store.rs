//! Opening a store: the journal in its directory, the kinds that live there, the rules they go by.
//!
//! Shared by every command that looks into a store. Failures of the runtime become sentences with a way out here, so
//! that a locked or damaged directory is explained the same way everywhere. What is shown of it is for the command line.

pub mod contents;
pub mod mark;
mod membership;
pub mod place;
mod ruling;
pub mod shadow;
pub mod timers;

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use duban_actors::case::Case;
use duban_actors::context::Context;
use duban_rules::{RuleBook, Sources};
use duban_runtime::clock::{Clock as _, SystemClock, Timestamp};
use duban_runtime::entity::{Entity, EntityId};
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::ledger;
use duban_runtime::journal::marker::Membership;
use duban_runtime::journal::recovery::{Progress, Step};
use duban_runtime::journal::witness::{Loss, Witness};
use duban_runtime::journal::{Failure, Founding, Joining, Journal, Options};
use duban_runtime::record::Stored;
use duban_runtime::registry::Registry;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::{self, Config};
use crate::partial_copies;
use crate::private;
use crate::registry::{self, Rules};
use crate::rules_in_force::{absences, accounts, handbooks, shifts};

use contents::Contents;
pub use contents::must_exist;
use shadow::Shadow;

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

/// Opens the store that `config` names, to work on it by the rules it has on record; how far it has come is shown on
/// standard error. A directory without a store is not made one.
///
/// # Errors
/// In words: there is no store, there are no rules to work by, the directory is in use, damaged, or cannot be read; the
/// ledger is not the one that was seen.
pub fn open(config: &Config) -> Result<Store> {
    open_at(config, SystemClock::start().now())
}

/// The same at `now`, by a clock that may be another than the system's.
pub fn open_at(config: &Config, now: Timestamp) -> Result<Store> {
    must_bear_one(config)?;
    ruled(config, open_with(config, no_rules())?, |journal, dir| {
        ruling::to_work_by(journal, dir, now)
    })
}

/// Opens a store to look into it: the directory of the rules is not needed.
///
/// # Errors
/// As [`open_with`], and when there is no store.
pub fn open_existing(config: &Config) -> Result<Store> {
    must_bear_one(config)?;
    ruled(config, open_with(config, no_rules())?, |journal, dir| {
        Ok(ruling::to_look_by(journal, dir))
    })
}

/// A store, or what is left of one: then the runtime knows which frames are missing.
fn must_bear_one(config: &Config) -> Result<()> {
    match contents::contents(&config.store_dir)? {
        Contents::Nothing => Err(contents::no_store(&config.store_dir)),
        Contents::Store | Contents::Remains(_) => Ok(()),
    }
}

fn no_rules() -> RuleBook {
    duban_rules::parse(&Sources::default()).0
}

/// Puts an open store under the rules that are found in it: what is read back from the ledger needs none.
fn ruled(
    config: &Config,
    store: Store,
    find: impl FnOnce(&Journal, &Path) -> Result<RuleBook>,
) -> Result<Store> {
    let found = find(&store.journal, &config.rules_dir);
    let put = found.and_then(|book| {
        let hash = registry::short(&book.hash);
        let under = |context: &Context, _| Ok(Some((context.under(book), hash)));
        store.rules.change(under)
    });
    match put {
        Ok(()) => {
            if let Err(failure) = handbooks::recall(&store.journal, &store.rules) {
                tracing::warn!(%failure, "handbooks of earlier rules cannot be had");
            }
            Ok(store)
        }
        Err(error) => {
            store.close()?;
            Err(error)
        }
    }
}

/// Opens the store that `config` names with a rule book at hand.
///
/// # Errors
/// In words: the directory is in use, damaged, or cannot be read; the ledger is not the one that was seen; the store is a
/// copy that was never finished.
pub fn open_with(config: &Config, book: RuleBook) -> Result<Store> {
    partial_copies::refuse(&config.store_dir)?;
    opened(config, book, Founding::Refused)
}

/// Opens the store that `config` names as `who`, to see what it holds: by no rules, and nothing is decided.
pub fn open_as(config: &Config, who: Membership) -> Result<Store> {
    must_bear_one(config)?;
    let options = Options { membership: who, ..options(config) };
    opened_by(config, no_rules(), Way::Alone(Options { founding: Founding::Refused, ..options }))
}

/// Opens the store that `config` names as that of a node, by the rules it has on record as far as their files can be had:
/// it decides nothing before those on record are in force.
///
/// # Errors
/// As [`open`], and when the store is not this node's.
pub fn open_node(config: &Config, joining: &Joining, who: Membership) -> Result<Store> {
    must_bear_one(config)?;
    let options = Options { membership: who, founding: Founding::Refused, ..options(config) };
    let store = opened_by(config, no_rules(), Way::Node(options, joining))?;
    ruled(config, store, |journal, dir| Ok(ruling::to_look_by(journal, dir)))
}

/// Makes an empty store, for a node that reads all it holds from the log.
pub fn make_empty(config: &Config) -> Result<()> {
    opened(config, no_rules(), Founding::Allowed)?.close()
}

/// How a journal is opened.
enum Way<'a> {
    Alone(Options),
    Node(Options, &'a Joining),
}

/// Makes the state in a copy that is about to be finished: it follows from the ledger, and needs no rules.
pub fn make_state(config: &Config) -> Result<()> {
    let (nothing, _) = duban_rules::parse(&Sources::default());
    opened(config, nothing, Founding::Refused)?.close()
}

/// Makes a new store where nothing of one is.
///
/// # Errors
/// As [`open`], and what is there.
pub fn make(config: &Config) -> Result<Store> {
    contents::must_be_free(&config.store_dir)?;
    opened(config, config::rules::book(&config.rules_dir)?, Founding::Allowed)
}

/// Opens the store, made if nothing of one is there.
pub fn open_or_make(config: &Config) -> Result<Store> {
    match contents::contents(&config.store_dir)? {
        Contents::Nothing => make(config),
        Contents::Store | Contents::Remains(_) => open(config),
    }
}

fn opened(config: &Config, book: RuleBook, founding: Founding) -> Result<Store> {
    opened_by(config, book, Way::Alone(Options { founding, ..options(config) }))
}

fn opened_by(config: &Config, book: RuleBook, way: Way<'_>) -> Result<Store> {
    let rules = registry::in_force(book);
    let registry = registry::registry(&rules);
    let display = Display::default();
    let fold = Arc::clone(&registry);
    private::keep(&config.store_dir)
        .with_context(|| format!("无法设置存储目录 `{}` 的权限", config.store_dir.display()))?;
    let show = |progress| display.show(progress);
    let opened = match way {
        Way::Alone(options) => Journal::open(options, fold, &show),
        Way::Node(options, joining) => Journal::join(&options, joining, fold, &show),
    };
    display.end();
    let journal = opened.map_err(|failure| in_words(failure, &config.store_dir))?;
    settled(config, journal, (registry, rules))
}

/// Opens the store to look at it: its state in `shadow`, a copy of what `disk` holds; nothing of the store is changed.
pub fn look(config: &Config, shadow: &Shadow) -> Result<Store> {
    let rules = registry::in_force(no_rules());
    let registry = registry::registry(&rules);
    let display = Display::default();
    let fold = Arc::clone(&registry);
    let looked =
        Journal::look(&options(config), shadow.dir(), fold, &|progress| display.show(progress));
    display.end();
    let journal = looked.map_err(|failure| in_words(failure, &config.store_dir))?;
    let store = settled(config, journal, (registry, rules))?;
    ruled(config, store, |journal, dir| Ok(ruling::to_look_by(journal, dir)))
}

fn settled(
    config: &Config,
    journal: Journal,
    (registry, rules): (Arc<Registry>, Rules),
) -> Result<Store> {
    let heeded = absences::heed(&journal, &rules)
        .and_then(|()| shifts::heed(&journal, &rules))
        .and_then(|()| accounts::heed(&journal, &rules));
    heeded.map_err(|failure| in_words(failure, &config.store_dir))?;
    Ok(Store { journal, registry, rules, tenure: Tenure::Own })
}

/// Whether a store lies in `dir`, as far as can be seen.
pub fn exists(dir: &Path) -> bool {
    ledger::is_there(&OsDisk::at(dir)).unwrap_or(false)
}

/// How the journal is opened by this configuration.
pub fn options(config: &Config) -> Options {
    let mut options = Options::at(&config.store_dir);
    options.store.cache_bytes = config.store_cache_mib << 20;
    options.segment_bytes = config.store_segment_mib << 20;
    options.snapshot_every_bytes = config.store_snapshot_gib << 30;
    options.seen = mark::seen(&config.store_dir).into_iter().collect();
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
        Failure::Damaged { segment, offset, .. } if segment.starts_with("blobs/") => format!(
            "附件文件 `{dir}/{segment}` 在第 {offset} 字节处损坏;从备份复制同名文件:\
             `cp 备份/{segment} {dir}/{segment}`"
        ),
        Failure::Damaged { segment, offset, .. } => format!(
            "台账文件 `{segment}` 在第 {offset} 字节处损坏。`duban verify --store {dir}` 列出全部损坏之处和\
             每一处的出路;有备份时 `duban restore 备份 --store 新目录`"
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
        Failure::Lost(loss) => lost(loss, &dir.to_string()),
        Failure::NoLedger { .. } => format!(
            "`{dir}` 中没有台账;先查看台账所在的磁盘是否挂载、ledger 子目录是否被移走,放回原处;\
             找不回来时,把 `{dir}` 移走,再用 `duban restore 备份 --store {dir}` 恢复"
        ),
        Failure::Clustered { cluster, node, .. } => membership::clustered(&dir, cluster, node),
        Failure::OtherNode(other) => membership::of_another(&dir, other),
        Failure::NotJoined { cluster, node, .. } => membership::not_joined(&dir, cluster, node),
        Failure::Marker { flaw } => membership::unclear(&dir, flaw),
        Failure::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
            format!("没有权限使用存储目录 `{dir}`;以存储所属的用户运行,如 `sudo -u duban duban …`")
        }
        Failure::Log(_) => "集群的日志(Redis)没有应答".to_owned(),
        Failure::Differs(_) => {
            format!("集群的日志与 `{dir}` 的台账不是同一段历史;`duban node list` 显示日志到哪里")
        }
        Failure::Io { .. }
        | Failure::OtherOwner
        | Failure::TooLarge { .. }
        | Failure::Encode { .. }
        | Failure::Store { .. }
        | Failure::Corrupt { .. }
        | Failure::Fell { .. }
        | Failure::Stopped => format!("存储目录 `{dir}` 无法使用"),
    };
    anyhow!(failure).context(sentence)
}

/// What is lost of the ledger, with every way out: what is missing is put back, or given up by a person's word.
pub fn lost(loss: &Loss, dir: &str) -> String {
    let by = match loss.seen.by {
        Witness::Mark => "台账旁的记号",
        Witness::Store => "状态库",
        Witness::Snapshot => "基础快照",
        Witness::Auditor => "审计",
    };
    let frame = loss.seen.frame;
    let what = match loss.missing() {
        Some((from, to)) => {
            format!("台账缺第 {from} 至第 {to} 帧:它到第 {} 帧为止,而{by}见过第 {to} 帧", loss.last)
        }
        None => format!("台账的第 {frame} 帧不是{by}见过的那一帧:它是旧的副本,或另一个存储的台账"),
    };
    let named = match loss.seen.hash {
        Some(hash) => format!("--head {}", blake3::Hash::from_bytes(hash).to_hex()),
        None => format!("--frame {frame}"),
    };
    format!(
        "{what}。没有改动任何文件。先查看磁盘是否挂载、台账文件是否被截短或换成旧的副本,把原来的放回 `{dir}/ledger`;\
         找不回来时,由备份恢复到另一个目录:`duban restore 备份 --store 新目录`。\
         确认要放弃这些帧(其中已受理的案件不再存在,其编号会再次发出)时:\
         `duban accept-loss {named} --store {dir}`"
    )
}

impl Store {
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
pub fn case(id: &EntityId, stored: &Stored) -> Result<Case> {
    let case = Case::from_stored(id, &stored.state);
    case.with_context(|| format!("案件 `{}` 的状态无法读取", id.key))
}

/// Shows how far a start has come, when it takes long enough to wonder.
#[derive(Default)]
struct Display {
    bar: RefCell<Option<ProgressBar>>,
    /// The last tenth that was logged.
    logged: Cell<u64>,
}

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
        // Where nobody looks at a bar, a log that grows says that it is at work.
        let tenth = progress.done.saturating_mul(10).checked_div(progress.total).unwrap_or(0);
        if self.logged.replace(tenth) != tenth {
            let (done, total) = (progress.done, progress.total);
            tracing::info!(step = ?progress.step, done, total, "opening the store");
        }
        let mut shown = self.bar.borrow_mut();
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
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}
