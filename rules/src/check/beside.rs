//! Files beside the rules: what programs leave there while a file is open, and what hides behind a dot.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;

/// What stands before and behind a file's name in the name of its lock: Excel, LibreOffice, WPS, Emacs, vim.
const LOCKS: [(&str, &str); 6] =
    [("~$", ""), (".~lock.", "#"), (".~", ""), (".#", ""), (".", ".swp"), (".", ".swo")];

/// Whether a name of a rules directory is that of no rules file and of no edition: hidden, or the lock of an open file.
#[must_use]
pub fn is_beside(name: &str) -> bool {
    name.starts_with('.') || opened(name).is_some()
}

/// Says which files are open, each once, and which hidden ones look like rules and are not read; what programs keep for
/// themselves (`.DS_Store`, `.gitignore`) is no news.
pub(super) fn check(sources: &Sources, findings: &mut Findings) {
    let mut open: BTreeMap<&str, &str> = BTreeMap::new();
    for name in sources.beside() {
        if let Some(file) = opened(name) {
            open.entry(file).or_insert(name);
        } else if Sources::NAMES.iter().any(|file| name.contains(file)) {
            findings.push(Diagnostic::stray_file(name));
        }
    }
    for (file, lock) in open {
        findings.push(Diagnostic::open_elsewhere(file, lock));
    }
}

/// The file whose lock this is.
fn opened(name: &str) -> Option<&str> {
    let file = |(before, behind): &(&str, &str)| -> Option<&'_ str> {
        let file = name.strip_prefix(before)?.strip_suffix(behind)?;
        (file.contains('.') && !file.starts_with('.')).then_some(file)
    };
    LOCKS.iter().find_map(file)
}

#[cfg(test)]
mod tests {
    use super::{is_beside, opened};

    #[test]
    fn the_lock_of_an_open_file_is_told_by_its_name() {
        for lock in [
            "~$handbook.csv",
            ".~lock.handbook.csv#",
            ".~handbook.csv",
            ".#handbook.csv",
            ".handbook.csv.swp",
        ] {
            assert_eq!(opened(lock), Some("handbook.csv"), "{lock}");
            assert!(is_beside(lock));
        }
        assert_eq!(opened("~$handbook.xlsx"), Some("handbook.xlsx"));
        for other in ["handbook.csv", "handbook (1).csv", ".handbook.csv.bak", ".gitignore"] {
            assert_eq!(opened(other), None, "{other}");
        }
        assert!(is_beside(".gitignore") && !is_beside("handbook (1).csv"));
    }
}
