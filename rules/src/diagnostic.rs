//! Diagnostics: what an admin sees when a rules file is wrong, with a code, a sentence, the spot, a way out.
//!
//! Each rules file has its own constructors in a file beside this one, which hold codes and typed values alone. What is
//! said, and the page that [`explain`] prints, is data: a file in `texts/` for each rules file, both languages side by
//! side. A diagnostic decides nothing: [`crate::parse`] hands out a rule book whatever it found, and its caller looks
//! for errors.

mod calendar;
mod committee;
mod cross;
mod edition;
mod extension;
mod file;
mod findings;
mod fold;
mod grid;
mod handbook;
mod heads;
mod ladder;
mod limits;
mod listing;
mod notices;
mod order;
mod page;
mod phones;
mod place;
mod render;
mod retired;
mod slips;
mod stages;
mod texts;
mod units;
mod worded;

#[cfg(test)]
mod samples;

use std::fmt;
use std::ops::Range;

use crate::source::{Sources, Spot};

pub(crate) use calendar::Lacks;
pub(crate) use file::Wanted;
pub(crate) use findings::Findings;
pub(crate) use limits::Unsaid;
pub use listing::{Listing, Tally, sentences};
pub(crate) use notices::{Given, Pace};
pub(crate) use order::Instants;
pub use page::Page;
use texts::{PAGES, Saying, Values};

/// Whether the rules can be used all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rules must not come into force.
    Error,
    /// Worth a look; the rules may come into force.
    Warning,
}

/// The language an admin reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// 中文.
    #[default]
    Zh,
    En,
}

/// One thing said in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    zh: String,
    en: String,
}

impl Text {
    /// The same sentence twice: Chinese, then English.
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Text {
        Text { zh: bounded(zh.into()), en: bounded(en.into()) }
    }

    /// What is said, in this language.
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    fn is_empty(&self) -> bool {
        self.zh.is_empty()
    }
}

/// A text short enough to be read: what it quotes may be a whole file of garbage.
fn bounded(text: String) -> String {
    const CHARS_MAX: usize = 900;
    const END_CHARS: usize = 100;
    if text.len() <= CHARS_MAX || text.chars().count() <= CHARS_MAX {
        return text;
    }
    let start: String = text.chars().take(CHARS_MAX - END_CHARS).collect();
    let end: Vec<char> = text.chars().rev().take(END_CHARS).collect();
    start + "…" + &end.into_iter().rev().collect::<String>()
}

/// One problem of a rules file; built by the named constructors of the files beside this one, worded by the catalogue.
#[derive(Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name, e.g. `R0103`; [`explain`] has its page.
    pub code: &'static str,
    /// Whether the rules can be used all the same.
    pub severity: Severity,
    /// The file it is about.
    pub file: String,
    /// The offending value, in bytes of the file's text after a byte order mark; empty when the file as a whole is meant.
    pub span: Range<usize>,
    /// One sentence, no full stop.
    pub message: Text,
    /// A few words under the value.
    pub label: Text,
    /// What to do about it.
    pub help: Text,
}

impl Diagnostic {
    /// A problem that keeps the rules from coming into force.
    pub(crate) fn error(saying: impl Into<Saying>, spot: &Spot, values: Values<'_>) -> Diagnostic {
        let saying = saying.into();
        let [message, label, help] = saying.texts(values);
        Diagnostic {
            code: saying.code,
            severity: Severity::Error,
            file: spot.file.to_string(),
            span: spot.span.clone(),
            message,
            label,
            help,
        }
    }

    /// A problem that does not.
    pub(crate) fn warning(
        saying: impl Into<Saying>,
        spot: &Spot,
        values: Values<'_>,
    ) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(saying, spot, values) }
    }

    /// Line and column of the value, both from one; a column is a character.
    pub fn position(&self, sources: &Sources) -> (usize, usize) {
        sources.position(&self.file, self.span.start)
    }

    /// Whether the rules must not come into force.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Debug for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic { code, file, span, message, .. } = self;
        write!(f, "{code} {file}:{}..{}: {}", span.start, span.end, message.en)
    }
}

/// The page of every code of the rules files, in the order of codes.
pub fn catalogue() -> impl Iterator<Item = &'static Page> {
    PAGES.iter()
}

/// Every code there is, in order.
pub fn codes() -> Vec<&'static str> {
    catalogue().map(|page| page.code.as_str()).collect()
}

/// The page of a code, as it is read.
pub fn explain(code: &str, lang: Lang) -> Option<String> {
    catalogue().find(|page| page.is_of(code)).map(|page| page.told(lang))
}
