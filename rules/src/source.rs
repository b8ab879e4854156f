//! The texts that rules are read from: files by name, as bytes, with where in them something stands.
//!
//! A file is looked at as UTF-8, with or without the mark that spreadsheet programs put in front; every span counts
//! bytes after that mark. Other encodings are recognised and explained, not guessed at. No file system here:
//! who has a directory makes [`Sources`] of it.

pub(crate) mod document;
pub(crate) mod sheet;
mod slip;
pub(crate) mod spelling;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Findings};

/// A larger file is refused unread: the rules of a whole city fit many times.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The mark that spreadsheet programs put in front of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The rules files of one directory, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    files: BTreeMap<Arc<str>, Arc<[u8]>>,
    beside: BTreeSet<Arc<str>>,
}

impl Sources {
    /// The files that rules are read from.
    pub const NAMES: [&str; 11] = [
        "calendar.toml",
        "committee.toml",
        "extension.toml",
        "grid.toml",
        "handbook.csv",
        "handbook.toml",
        "holidays.csv",
        "ladder.toml",
        "notices.toml",
        "stages.toml",
        "units.toml",
    ];

    /// The rules of Suning as shipped.
    pub fn shipped() -> Sources {
        Sources::from_files(SHIPPED.iter().map(|(name, bytes)| (*name, bytes.to_vec())))
    }

    /// Takes files as they are; a later one of the same name wins.
    pub fn from_files<N: Into<String>>(files: impl IntoIterator<Item = (N, Vec<u8>)>) -> Sources {
        let files = files.into_iter().map(|(name, bytes)| (name.into().into(), bytes.into()));
        Sources { files: files.collect(), beside: BTreeSet::new() }
    }

    /// The same files, and names that lie beside them and belong to no edition: lock files and the like.
    #[must_use]
    pub fn with_beside<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Sources {
        self.beside = names.into_iter().map(|name| name.into().into()).collect();
        self
    }

    /// What lies beside the files, in the order of names.
    pub(crate) fn beside(&self) -> impl Iterator<Item = &str> {
        self.beside.iter().map(|name| &**name)
    }

    /// The same files with one replaced or added.
    #[must_use]
    pub fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Sources {
        self.files.insert(name.into(), bytes.into().into());
        self
    }

    /// The same files without this one.
    #[must_use]
    pub fn without(mut self, name: &str) -> Sources {
        self.files.remove(name);
        self
    }

    /// The files of these names alone.
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Sources {
        let files = self.files.iter().filter(|(name, _)| names.contains(&&***name));
        let files = files.map(|(name, bytes)| (Arc::clone(name), Arc::clone(bytes)));
        Sources { files: files.collect(), beside: BTreeSet::new() }
    }

    /// Names and bytes, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (&**name, &**bytes))
    }

    /// The bytes of a file.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(|bytes| &**bytes)
    }

    /// The text of a file without its byte order mark; nothing when it is absent or not UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(unmarked(self.bytes(name)?)).ok()
    }

    /// What every file together is known by: names and bytes, hashed.
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for (name, bytes) in self.iter() {
            for part in [name.as_bytes(), bytes] {
                // The length in front keeps `ab`+`c` and `a`+`bc` apart.
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
        *hasher.finalize().as_bytes()
    }

    /// Line and column of a byte of a file, both from one; a column is a character.
    pub fn position(&self, name: &str, at: usize) -> (usize, usize) {
        let bytes = self.bytes(name).map(unmarked).unwrap_or_default();
        let before = bytes.get(..at.min(bytes.len())).unwrap_or_default();
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let line = before.split(|b| *b == b'\n').count();
        let in_line = before.get(line_start..).unwrap_or_default();
        (line, String::from_utf8_lossy(in_line).chars().count() + 1)
    }

    /// The text of a file, or a diagnostic that says why there is none.
    pub(crate) fn read(&self, name: &str, findings: &mut Findings) -> Option<(Arc<str>, &str)> {
        let Some((name, bytes)) = self.files.get_key_value(name) else {
            findings.push(Diagnostic::file_missing(name));
            return None;
        };
        if bytes.len() > FILE_BYTES_MAX {
            findings.push(Diagnostic::file_too_large(name, bytes.len()));
            return None;
        }
        match std::str::from_utf8(unmarked(bytes)) {
            Ok(text) => Some((Arc::clone(name), text)),
            Err(err) => {
                let spot = Spot::new(name, err.valid_up_to()..err.valid_up_to() + 1);
                findings.push(Diagnostic::wrong_encoding(&spot, Encoding::guess(bytes)));
                None
            }
        }
    }
}

/// Where a value stands: a file and the bytes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) file: Arc<str>,
    /// Bytes of its text, after a byte order mark.
    pub(crate) span: Range<usize>,
}

impl Spot {
    pub(crate) fn new(file: &Arc<str>, span: Range<usize>) -> Spot {
        Spot { file: Arc::clone(file), span }
    }

    /// A file as a whole, when no value in it is to blame.
    pub(crate) fn of_file(name: &str) -> Spot {
        Spot { file: name.into(), span: 0..0 }
    }
}

/// What a file that is not UTF-8 probably is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// What older spreadsheet programs write by default.
    Gbk,
    /// "Unicode text" of spreadsheet programs.
    Utf16,
    /// A workbook, a picture, an archive.
    Binary,
}

impl Encoding {
    fn guess(bytes: &[u8]) -> Encoding {
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            return Encoding::Utf16;
        }
        let start = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes);
        let zeros = start.split(|b| *b == 0).count() - 1;
        if start.starts_with(b"PK") || start.starts_with(b"\xD0\xCF\x11\xE0") {
            Encoding::Binary
        } else if zeros * 4 > start.len() {
            Encoding::Utf16
        } else if zeros > 0 {
            Encoding::Binary
        } else {
            Encoding::Gbk
        }
    }
}

fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// The files of `rules/suning/`, built in.
const SHIPPED: &[(&str, &[u8])] = &[
    ("calendar.toml", include_bytes!("../suning/calendar.toml")),
    ("committee.toml", include_bytes!("../suning/committee.toml")),
    ("extension.toml", include_bytes!("../suning/extension.toml")),
    ("grid.toml", include_bytes!("../suning/grid.toml")),
    ("handbook.csv", include_bytes!("../suning/handbook.csv")),
    ("handbook.toml", include_bytes!("../suning/handbook.toml")),
    ("holidays.csv", include_bytes!("../suning/holidays.csv")),
    ("ladder.toml", include_bytes!("../suning/ladder.toml")),
    ("notices.toml", include_bytes!("../suning/notices.toml")),
    ("stages.toml", include_bytes!("../suning/stages.toml")),
    ("units.toml", include_bytes!("../suning/units.toml")),
];
