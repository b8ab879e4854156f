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
    let mut open: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in sources.beside() {
        if let Some(file) = opened(name) {
            open.entry(file).or_default().push(name);
        } else if Sources::NAMES.iter().any(|file| name.contains(file)) {
            findings.push(Diagnostic::stray_file(name, like(name)));
        }
    }
    for (name, _) in sources.iter().filter(|(name, _)| !Sources::NAMES.contains(name)) {
        findings.push(Diagnostic::stray_file(name, like(name)));
    }
    for (file, locks) in open {
        findings.push(Diagnostic::open_elsewhere(file, &locks));
    }
}

/// The rules file of which this seems to be a copy: `handbook (1).csv`, `handbook - 副本.csv`, `handbook.xlsx`.
fn like(name: &str) -> Option<&'static str> {
    let stem = |file: &str| file.split('.').next().unwrap_or_default().to_owned();
    let (name, extension) = (name.to_lowercase(), name.rsplit('.').next().unwrap_or_default());
    let mut copied: Vec<&str> =
        Sources::NAMES.into_iter().filter(|file| name.contains(&stem(file))).collect();
    // Of handbook.csv and handbook.toml the one of the same kind; a workbook is saved as a table.
    copied.sort_by_key(|file| !file.ends_with(extension));
    copied.first().copied()
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
    use super::{is_beside, like, opened};

    #[test]
    fn a_copy_is_told_by_the_file_that_it_is_a_copy_of() {
        let table = [
            ("handbook (1).csv", Some("handbook.csv")),
            ("handbook - 副本.toml", Some("handbook.toml")),
            ("Handbook.xlsx", Some("handbook.csv")),
            ("units.toml.bak", Some("units.toml")),
            ("notes.txt", None),
        ];
        for (name, file) in table {
            assert_eq!(like(name), file, "{name}");
        }
    }

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
