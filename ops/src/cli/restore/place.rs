//! The ground of a restore: where it works, what lies there from an earlier attempt, and how it becomes the store.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt as _, lchown};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use duban_runtime::clock::{Clock as _, SystemClock};
use duban_runtime::journal::disk::OsDisk;

use super::super::Call;
use duban_base::partial_copies::{self, Work};
use duban_base::{private, store};

/// The part of a store that makes it one: it gets its place last.
const LEDGER: &str = "ledger";
/// What stays where a store takes another's place.
const KEPT: [&str; 2] = ["blobs", "keys"];
/// What the root of a disk of its own may hold, and is nobody's.
const NOBODYS: [&str; 1] = ["lost+found"];
/// What a directory that was only just made for a restore may hold.
const BARELY_BEGUN: [&str; 2] = ["duban.lock", partial_copies::HALF];
/// The user that may give files away.
const ROOT: u32 = 0;

/// Where a restore works, and where it ends.
#[derive(Debug)]
pub(in crate::cli) struct Ground {
    target: PathBuf,
    place: PathBuf,
}

/// Whose a restored store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Owner {
    /// Whoever restored it, who had it before.
    Kept,
    /// It was given to this user and group.
    Given(u32, u32),
    /// It is the one's who restored it, and was another's.
    Other {
        ours: u32,
        /// Whose it was: user and group.
        theirs: (u32, u32),
    },
}

impl Ground {
    /// The ground for a store in `target`, where nothing is yet.
    pub(in crate::cli) fn at(target: &Path) -> Result<Ground> {
        let shown = target.display();
        if store::exists(target) {
            bail!(
                "`{shown}` 中已有存储,不会覆盖;先把它移走(如 mv {shown} {shown}.旧),或用 --store 指定别的目录"
            );
        }
        let place = partial_copies::place(target);
        let target = &target.canonicalize().unwrap_or_else(|_| target.to_owned());
        let within = place.starts_with(target).then(|| names(&place)).transpose()?;
        let of_an_earlier_attempt = within.is_some_and(|names| !names.is_empty());
        let strangers = strangers(target, &place);
        let strangers = strangers.with_context(|| format!("无法读取 `{shown}`"))?;
        match strangers.first() {
            Some(name) if !of_an_earlier_attempt => bail!(
                "`{shown}` 不是空目录(有 `{name}`),不会写入;先把它移走(如 mv {shown} {shown}.旧),\
                 或用 --store 指定别的目录"
            ),
            Some(_) | None => Ok(Ground { target: target.to_owned(), place }),
        }
    }

    /// The ground for a store that takes the place of what is in `target`.
    pub(in crate::cli) fn of(target: &Path) -> Ground {
        let place = partial_copies::place(target);
        Ground { target: target.canonicalize().unwrap_or_else(|_| target.to_owned()), place }
    }

    /// Where the store is made.
    pub(in crate::cli) fn place(&self) -> &Path {
        &self.place
    }

    /// Takes away what an earlier attempt left, and marks the place.
    pub(in crate::cli) fn cleared(&self, call: &mut Call<'_>) -> Result<()> {
        let shown = self.place.display();
        let left = names(&self.place).with_context(|| format!("无法读取 `{shown}`"))?;
        if !left.is_empty() {
            let marked = partial_copies::work(&self.place);
            let is_ours = matches!(marked, Some(Work::Restore | Work::Restored))
                || left.iter().all(|name| BARELY_BEGUN.contains(&name.as_str()));
            if !is_ours {
                bail!("`{shown}` 已存在,又不是中断的恢复留下的;先把它移走");
            }
            // Whoever holds the lock still works here.
            drop(OsDisk::exclusive(&self.place).map_err(|f| store::in_words(f, &self.place))?);
            call.aside("上次的恢复没有做完,从头做起。\n")?;
            // A whole store that is only half thrown away must not be taken for one.
            self.marked(Work::Restore).with_context(|| format!("无法写入 `{shown}`"))?;
            partial_copies::empty(&self.place).with_context(|| format!("无法清空 `{shown}`"))?;
        }
        let begun = private::dir(&self.place);
        begun
            .and_then(|()| self.marked(Work::Restore))
            .with_context(|| format!("无法写入 `{shown}`"))
    }

    /// Gives the store its owner and its place.
    pub(in crate::cli) fn finished(&self, from: &Path) -> Result<Owner> {
        let failed = || format!("无法把恢复出的存储放到 `{}`", self.target.display());
        let owner = self.owned_as_before(from).context("无法把文件交给原来的用户")?;
        if self.place.starts_with(&self.target) {
            self.moved_up(&[]).with_context(failed)?;
        } else {
            // Cut off between these, there is a store at the target, or a place that still says whose it is.
            self.marked(Work::Restored).with_context(failed)?;
            fs::rename(&self.place, &self.target).with_context(failed)?;
            let above = self.target.parent().filter(|above| !above.as_os_str().is_empty());
            synced(above.unwrap_or(Path::new("."))).with_context(failed)?;
            partial_copies::end(&self.target).with_context(failed)?;
        }
        Ok(owner)
    }

    /// Gives the store its owner and its place among the blobs and keys that are there, and have those that were made.
    pub(in crate::cli) fn joined_up(&self) -> Result<()> {
        let failed = || format!("无法把恢复出的存储放到 `{}`", self.target.display());
        self.owned_as_before(&self.target).context("无法把文件交给原来的用户")?;
        self.moved_up(&KEPT).with_context(failed)
    }

    fn marked(&self, work: Work) -> io::Result<()> {
        partial_copies::begin(&self.place, work, SystemClock::start().now())
    }

    /// Throws away what was made so far; what cannot be is thrown away by the next attempt.
    pub(in crate::cli) fn given_up(&self) {
        // What has gone up into a disk of its own already is known as ours by the mark alone.
        let has_gone_up = self.place.starts_with(&self.target)
            && strangers(&self.target, &self.place).is_ok_and(|names| !names.is_empty());
        let given_up = if has_gone_up {
            partial_copies::empty(&self.place)
        } else {
            partial_copies::throw_away(&self.place)
        };
        if let Err(error) = given_up {
            tracing::warn!(%error, place = %self.place.display(), "part of a restore stays for now");
        }
    }

    /// Within a disk of its own, and where something stays, nothing can be renamed over the target: what was made goes
    /// there one by one, the ledger last, but for what is `kept` there.
    fn moved_up(&self, kept: &[&str]) -> io::Result<()> {
        let made = names(&self.place)?;
        let goes_up = |name: &&String| {
            *name != LEDGER && *name != partial_copies::FILE && !kept.contains(&name.as_str())
        };
        let parts = made.iter().filter(goes_up);
        for name in parts {
            let to = self.target.join(name);
            // Of an attempt that was cut off here.
            if to.is_dir() {
                fs::remove_dir_all(&to)?;
            }
            fs::rename(self.place.join(name), to)?;
        }
        synced(&self.target)?;
        fs::rename(self.place.join(LEDGER), self.target.join(LEDGER))?;
        synced(&self.target)?;
        fs::remove_dir_all(&self.place)
    }

    /// The store belongs to whoever had it before, as far as this user may give it away.
    fn owned_as_before(&self, from: &Path) -> io::Result<Owner> {
        let made = fs::metadata(&self.place)?;
        let above = self.target.parent().map(Path::to_owned);
        let before = [Some(self.target.clone()), Some(from.join(LEDGER)), above];
        let owners = before.iter().flatten().filter_map(|path| fs::metadata(path).ok());
        let theirs = owners.map(|found| (found.uid(), found.gid())).find(|(uid, _)| *uid != ROOT);
        match theirs {
            Some((uid, gid)) if uid != made.uid() && made.uid() == ROOT => {
                given(&self.place, uid, gid)?;
                Ok(Owner::Given(uid, gid))
            }
            Some(theirs) if theirs.0 != made.uid() => Ok(Owner::Other { ours: made.uid(), theirs }),
            Some(_) | None => Ok(Owner::Kept),
        }
    }
}

fn given(path: &Path, uid: u32, gid: u32) -> io::Result<()> {
    if path.symlink_metadata()?.is_dir() {
        for entry in fs::read_dir(path)? {
            given(&entry?.path(), uid, gid)?;
        }
    }
    lchown(path, Some(uid), Some(gid))
}

fn synced(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// What lies in `target` and is neither the place of a restore nor nobody's.
fn strangers(target: &Path, place: &Path) -> io::Result<Vec<String>> {
    let mut found = names(target)?;
    found.retain(|name| !NOBODYS.contains(&name.as_str()) && target.join(name) != place);
    Ok(found)
}

/// The names in a directory, sorted; none when it is not there.
fn names(dir: &Path) -> io::Result<Vec<String>> {
    let listed = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed?,
    };
    let names = listed.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<String>>>()?;
    names.sort_unstable();
    Ok(names)
}
