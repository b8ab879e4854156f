//! What stands in a directory: a store, what is left of one, or nothing; and the words for whoever expected a store.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use anyhow::{Result, anyhow};
use duban_runtime::journal::Failure;
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::ledger;
use duban_runtime::journal::marker;
use duban_runtime::journal::witness::MARK_FILE;

use super::mark;
use crate::{muted, partial_copies};

/// What a store leaves behind when its ledger is gone, and what people call it.
const MARKS: [(&str, &str); 9] = [
    ("store", "状态库"),
    ("store.aside", "移开的状态库"),
    ("blobs", "附件"),
    ("keys", "密钥"),
    ("snapshots", "基础快照"),
    (MARK_FILE, "台账的记号"),
    (mark::FILE, "审计的记号"),
    (marker::FILE, "集群的记号"),
    (muted::FILE, "静音的记号"),
];

/// What stands in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    Store,
    /// These parts of one, by what people call them; its ledger is gone.
    Remains(Vec<&'static str>),
    /// Nothing of a store.
    Nothing,
}

/// There is no store, and nothing of one: a person says whether a new one is meant.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoStore(String);

/// What stands in `dir`.
///
/// # Errors
/// In words: the directory cannot be read, which is no sign that nothing is there.
pub fn contents(dir: &Path) -> Result<Contents> {
    if ledger::is_there(&OsDisk::at(dir)).map_err(|failure| unreadable(dir, failure))? {
        return Ok(Contents::Store);
    }
    let mut marks = Vec::new();
    for (name, called) in MARKS {
        if is_marked(&dir.join(name)).map_err(|error| unreadable(dir, error))? {
            marks.push(called);
        }
    }
    Ok(if marks.is_empty() { Contents::Nothing } else { Contents::Remains(marks) })
}

/// Whether something is there: a file, or a directory that is not empty.
fn is_marked(path: &Path) -> io::Result<bool> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    Ok(found.is_file() || fs::read_dir(path)?.next().is_some())
}

/// Refuses a directory without a ledger.
///
/// # Errors
/// [`NoStore`], or what is left there, with the way out.
pub fn must_exist(dir: &Path) -> Result<()> {
    match contents(dir)? {
        Contents::Store => Ok(()),
        Contents::Remains(marks) => {
            partial_copies::refuse(dir)?;
            Err(anyhow!(remains(dir, &marks)))
        }
        Contents::Nothing => Err(no_store(dir)),
    }
}

/// Whether nothing of a store is in `dir`, so that one may be put there.
///
/// # Errors
/// What is there, with the way out.
pub fn must_be_free(dir: &Path) -> Result<()> {
    partial_copies::refuse(dir)?;
    let shown = dir.display();
    match contents(dir)? {
        Contents::Nothing => match partial_copies::restoring(dir) {
            None => Ok(()),
            Some(_) => Err(no_store(dir)),
        },
        Contents::Store => Err(anyhow!(
            "`{shown}` 中已有存储,不会覆盖;先把它移走(如 mv {shown} {shown}.旧),或用 --store 指定别的目录"
        )),
        Contents::Remains(marks) => Err(anyhow!(remains(dir, &marks))),
    }
}

/// That nothing of a store is in `dir`, and the ways out.
pub fn no_store(dir: &Path) -> anyhow::Error {
    if let Err(unfinished) = partial_copies::refuse(dir) {
        return NoStore(unfinished.to_string()).into();
    }
    let shown = dir.display();
    let near = ["data", "demo/data"].map(|below| dir.join(below));
    let is_store =
        |below: &&std::path::PathBuf| contents(below).is_ok_and(|at| at == Contents::Store);
    if let Some(place) = partial_copies::restoring(dir) {
        let place = place.display();
        let sentence = format!(
            "`{shown}` 的恢复没有做完(做了一半的在 `{place}`);重新运行同一条 `duban restore`,它会从头做起"
        );
        return NoStore(sentence).into();
    }
    let sentence = match near.iter().find(is_store) {
        Some(below) => format!("`{shown}` 中没有存储;`--store {}` 中有一个", below.display()),
        None => format!(
            "`{shown}` 中没有存储。原来有存储的,先查看磁盘是否挂载、--store 是否写对,\
             或用 `duban restore 备份 --store {shown}` 恢复;新装的用 `duban init --store {shown}` 建立"
        ),
    };
    NoStore(sentence).into()
}

/// That `marks` of a store are in `dir` and its ledger is not, and the ways out.
pub fn remains(dir: &Path, marks: &[&str]) -> String {
    let (dir, marks) = (dir.display(), marks.join("、"));
    format!(
        "`{dir}` 中有一个存储的{marks},却没有台账;不会在这里另建一个空的存储。先查看台账所在的磁盘是否挂载、\
         ledger 子目录是否被移走,放回原处;找不回来时,把 `{dir}` 移走,再用 `duban restore 备份 --store {dir}` 恢复"
    )
}

/// That `dir` cannot be read: with its owner, where that is the reason.
fn unreadable(dir: &Path, error: impl Into<anyhow::Error>) -> anyhow::Error {
    let error = error.into();
    let shown = dir.display();
    let is_denied = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    let is_denied = is_denied.into_iter().any(|e| e.kind() == io::ErrorKind::PermissionDenied);
    if !is_denied {
        return error.context(format!("存储目录 `{shown}` 无法读取"));
    }
    let owner = owner(dir).map(|name| format!(",如 `sudo -u {name} duban …`")).unwrap_or_default();
    error.context(format!("没有权限读取存储目录 `{shown}`;以存储所属的用户运行{owner}"))
}

/// The name of whoever owns `dir`, or what is above it if that cannot be seen either.
fn owner(dir: &Path) -> Option<String> {
    let owner = dir.ancestors().find_map(|dir| fs::metadata(dir).ok())?.uid();
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let user = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, uid) = (fields.next()?, fields.next()?, fields.next()?);
        (uid.parse() == Ok(owner)).then(|| name.to_owned())
    });
    user.or_else(|| Some(format!("'#{owner}'")))
}

/// Whether a person must act before a server can start here: no use in trying again.
pub fn needs_a_person(error: &anyhow::Error) -> Option<Need> {
    error.chain().find_map(|cause| {
        if cause.is::<NoStore>() {
            return Some(Need::Store);
        }
        let failure = cause.downcast_ref::<Failure>()?;
        failure.needs_a_person().then_some(Need::Ledger)
    })
}

/// What a person must see to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Store,
    /// The ledger is not the one that was seen, or not that of whoever opens it.
    Ledger,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_with_any_mark_of_a_store_is_never_taken_for_an_empty_one() {
        for (name, called) in MARKS {
            let dir = tempfile::tempdir().unwrap();
            assert_eq!(contents(dir.path()).unwrap(), Contents::Nothing);
            assert!(must_be_free(dir.path()).is_ok());
            if name.contains(['.', 'm']) {
                fs::write(dir.path().join(name), "x").unwrap();
            } else {
                fs::create_dir_all(dir.path().join(name).join("ab")).unwrap();
            }
            assert_eq!(contents(dir.path()).unwrap(), Contents::Remains(vec![called]));
            let refused = must_be_free(dir.path()).unwrap_err().to_string();
            assert!(refused.contains(called) && refused.contains("duban restore"), "{refused}");
        }
    }

    #[test]
    fn directories_that_are_empty_are_no_marks() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["ledger", "blobs", "keys", "control"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        assert_eq!(contents(dir.path()).unwrap(), Contents::Nothing);
        assert_eq!(contents(&dir.path().join("missing")).unwrap(), Contents::Nothing);
    }
}
