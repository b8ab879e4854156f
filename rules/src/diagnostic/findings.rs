//! Findings: diagnostics as they gather while rules are read, bounded, so that a file of garbage cannot fill memory or
//! a screen.

use std::collections::BTreeMap;

use super::{Diagnostic, Severity};

/// More than this many of one file are counted, not kept; every row of a county's handbook may have several.
pub(crate) const PER_FILE_MAX: usize = 2_000;

/// Absent, too large, no text.
const UNREAD: [&str; 3] = ["R0001", "R0002", "R0003"];
/// A value that the parser could not read: what else is said of it follows from that.
const UNPARSED: [&str; 6] = ["R0004", "R0015", "R0016", "R0017", "R0018", "R0022"];

/// What has been found up to here.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<Diagnostic>,
    /// Where in `kept` those stand that say a value could not be parsed.
    unparsed: Vec<usize>,
    files: BTreeMap<String, Tally>,
}

/// How many diagnostics one file has had.
#[derive(Debug, Default)]
struct Tally {
    kept: usize,
    left_out: usize,
    errors_left_out: usize,
    stopped: bool,
    spoilt: bool,
    /// Errors, whether they were news or not.
    errors: usize,
}

impl Findings {
    /// Keeps a diagnostic, or counts it when its file has had enough.
    ///
    /// What stands where the text is not even TOML says nothing new and is left out, and so is all that follows from
    /// a slip that spoils its whole file.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        let mut unparsed = self.unparsed.iter().filter_map(|at| self.kept.get(*at));
        let follows = unparsed.any(|found| found.is_unparsed_around(&diagnostic));
        let tally = self.files.entry(diagnostic.file.clone()).or_default();
        tally.errors += usize::from(diagnostic.is_error());
        if follows || tally.spoilt {
            return;
        }
        if tally.kept < PER_FILE_MAX {
            tally.kept += 1;
            if UNPARSED.contains(&diagnostic.code) {
                self.unparsed.push(self.kept.len());
            }
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

    /// Notes that a slip has spoilt a file from there on: what it seems to lack may stand in it.
    pub(crate) fn spoil(&mut self, file: &str) {
        self.files.entry(file.to_owned()).or_default().spoilt = true;
    }

    /// Whether more about this file would only be counted.
    pub(crate) fn is_full(&self, file: &str) -> bool {
        self.files.get(file).is_some_and(|tally| tally.kept >= PER_FILE_MAX)
    }

    /// Whether so little of this file could be read that what it lacks is no news.
    pub(crate) fn is_unread(&self, file: &str) -> bool {
        self.files.get(file).is_some_and(|tally| tally.spoilt)
            || self.kept.iter().any(|found| found.file == file && UNREAD.contains(&found.code))
    }

    /// How many errors of a file there have been, told or not: when more have come by the end of an entry than there
    /// were at its start, what the entry seems to lack may be what could not be read.
    pub(crate) fn n_errors(&self, file: &str) -> usize {
        self.files.get(file).map_or(0, |tally| tally.errors)
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
    /// Whether this says that the text cannot be parsed where `other` says something else.
    fn is_unparsed_around(&self, other: &Diagnostic) -> bool {
        UNPARSED.contains(&self.code)
            && self.file == other.file
            && (!UNPARSED.contains(&other.code) || self.span == other.span)
            && self.span.start <= other.span.start
            && other.span.end <= self.span.end + 1
    }
}
