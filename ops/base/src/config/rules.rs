//! A directory of rules files as [`Sources`]: bounded, whatever somebody put there.
//!
//! What the files say is for `duban_rules`; this only reads them.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use duban_rules::check::is_beside;
use duban_rules::{RuleBook, Severity, Sources};

/// More of a file is not read; the rules refuse it as too large long before.
const READ_MAX: u64 = 16 * 1024 * 1024;
/// More names of a directory are not looked at: rules are ten files.
const NAMES_MAX: usize = 1_000;

/// The rules files of `dir`; the shipped ones when it is empty.
///
/// # Errors
/// When the directory or one of its rules files cannot be read.
pub fn sources(dir: &Path) -> Result<Sources> {
    if dir.as_os_str().is_empty() {
        return Ok(Sources::shipped());
    }
    let entries =
        fs::read_dir(dir).with_context(|| format!("无法读取规则目录 {}", dir.display()))?;
    let (mut files, mut beside) = (Vec::new(), Vec::new());
    for entry in entries.take(NAMES_MAX) {
        let entry = entry.with_context(|| format!("无法读取规则目录 {}", dir.display()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_file = fs::metadata(entry.path()).is_ok_and(|about| about.is_file());
        if !is_file {
            continue;
        }
        if is_beside(&name) {
            beside.push(name);
            continue;
        }
        // A stray file is reported by its name; what is in it does not matter.
        let bytes = if Sources::NAMES.contains(&name.as_str()) {
            bounded(&entry.path())?
        } else {
            Vec::new()
        };
        files.push((name, bytes));
    }
    Ok(Sources::from_files(files).with_beside(beside))
}

/// The rules in force for commands that need them: read, checked, and refused when they have errors.
///
/// # Errors
/// When they cannot be read or have errors; the error says how to see them.
pub fn book(dir: &Path) -> Result<RuleBook> {
    edition(dir).map(|(_, book)| book)
}

/// The same with the files it was read from.
pub fn edition(dir: &Path) -> Result<(Sources, RuleBook)> {
    let sources = sources(dir)?;
    let (book, diagnostics) = duban_rules::parse(&sources);
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    if errors > 0 {
        let dir = dir.display();
        bail!("规则目录 {dir} 有 {errors} 个错误,不能使用;用 `duban rules check {dir}` 查看");
    }
    Ok((sources, book))
}

fn bounded(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).with_context(|| format!("无法打开 {}", path.display()))?;
    let read = file.take(READ_MAX).read_to_end(&mut bytes);
    read.with_context(|| format!("无法读取 {}", path.display()))?;
    Ok(bytes)
}
