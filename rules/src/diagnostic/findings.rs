//! Where diagnostics gather while rules are read: bounded, so that a file of garbage cannot fill memory or a screen.

use std::collections::BTreeMap;

use super::{Diagnostic, Severity};

/// More than this many of one file are counted, not kept.
pub(crate) const PER_FILE_MAX: usize = 200;

/// Absent, too large, no text.
const UNREAD: [&str; 3] = ["R0001", "R0002", "R0003"];

/// What has been found up to here.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<Diagnostic>,
    files: BTreeMap<String, Tally>,
}

/// How many diagnostics one file has had.
#[derive(Debug, Default)]
struct Tally {
    kept: usize,
    left_out: usize,
    errors_left_out: usize,
    stopped: bool,
}

impl Findings {
    /// Keeps a diagnostic, or counts it when its file has had enough.
    ///
    /// What stands where the text is not even TOML says nothing new and is left out.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.kept.iter().any(|found| found.is_no_toml_around(&diagnostic)) {
            return;
        }
        let tally = self.files.entry(diagnostic.file.clone()).or_default();
        if tally.kept < PER_FILE_MAX {
            tally.kept += 1;
            self.kept.push(diagnostic);
            return;
        }
        tally.left_out += 1;
        if diagnostic.severity == Severity::Error {
            tally.errors_left_out += 1;
        }
    }

    /// Notes that the rest of a file was not read, because it has had enough diagnostics.
    pub(crate) fn stopped_reading(&mut self, file: &str) {
        let tally = self.files.entry(file.to_owned()).or_default();
        tally.stopped = true;
        tally.errors_left_out += 1;
    }

    /// Whether more about this file would only be counted.
    pub(crate) fn is_full(&self, file: &str) -> bool {
        self.files.get(file).is_some_and(|tally| tally.kept >= PER_FILE_MAX)
    }

    /// Whether nothing of this file could be read, so that what it lacks is no news.
    pub(crate) fn is_unread(&self, file: &str) -> bool {
        self.kept.iter().any(|found| found.file == file && UNREAD.contains(&found.code))
    }

    /// Whether an error about this file has been found.
    pub(crate) fn has_error(&self, file: &str) -> bool {
        self.kept.iter().any(|found| found.file == file && found.is_error())
    }

    /// All that was kept, file by file in the order of the text, each followed by how many were left out.
    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        for (file, tally) in &self.files {
            if tally.left_out > 0 || tally.stopped {
                let severity = match tally.errors_left_out {
                    0 => Severity::Warning,
                    _ => Severity::Error,
                };
                let more = Diagnostic::and_more(file, tally.left_out);
                self.kept.push(Diagnostic { severity, ..more });
            }
        }
        let place =
            |found: &Diagnostic| (found.file.clone(), found.code == "R0009", found.span.start);
        self.kept.sort_by_cached_key(place);
        self.kept
    }
}

impl Diagnostic {
    /// Whether this says that the text is not TOML where `other` says something else.
    fn is_no_toml_around(&self, other: &Diagnostic) -> bool {
        self.code == "R0004"
            && self.file == other.file
            && other.code != self.code
            && self.span.start <= other.span.start
            && other.span.end <= self.span.end + 1
    }
}
