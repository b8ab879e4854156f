//! Diagnostics of `notices.toml` (articles 15–18, 28). Codes R0701–R0749.

mod schedule;
mod writing;

use super::{Diagnostic, Text};
use crate::source::Spot;

pub(crate) use schedule::Pace;

impl Diagnostic {
    /// A template that the program asks for is not there.
    pub(crate) fn template_missing(name: &str) -> Diagnostic {
        Diagnostic::error("R0701", &Spot::of_file("notices.toml"), &[("name", &name)])
    }

    pub(crate) fn template_syntax(spot: &Spot, line: usize, why: &str) -> Diagnostic {
        Diagnostic::error("R0702", spot, &[("line", &line), ("why", &why)])
    }

    /// A template uses a variable that it does not declare.
    pub(crate) fn undeclared_variable(spot: &Spot, name: &str) -> Diagnostic {
        Diagnostic::error("R0703", spot, &[("name", &name)])
    }

    /// A declared variable that the program never gives.
    pub(crate) fn variable_never_given(spot: &Spot, name: &str, known: &[&str]) -> Diagnostic {
        Diagnostic::error("R0704", spot, &[("name", &name), ("known", &known.join(" "))])
    }

    /// A channel that does not exist.
    pub(crate) fn unknown_channel(spot: &Spot, word: &str) -> Diagnostic {
        Diagnostic::error("R0705", spot, &[("word", &word)])
    }

    /// A template that goes no way.
    pub(crate) fn no_channel(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0706", spot, &[])
    }

    /// A filter, test or function that nobody has.
    pub(crate) fn template_calls(spot: &Spot, kind: &str, name: &str) -> Diagnostic {
        let kind = Text::word("called", kind, &[]);
        Diagnostic::error("R0708", spot, &[("kind", &kind), ("name", &name)])
    }

    pub(crate) fn template_reads_another(spot: &Spot, tag: &str) -> Diagnostic {
        Diagnostic::error("R0709", spot, &[("tag", &tag)])
    }

    /// A template that cannot be filled in.
    pub(crate) fn template_fails(spot: &Spot, line: usize, given: Given, why: &str) -> Diagnostic {
        let key = match given {
            Given::Usual => "usual",
            Given::Blank => "blank",
            Given::Nothing => "nothing",
            Given::Long => "long",
        };
        let given = Text::word("given", key, &[]);
        Diagnostic::error("R0710", spot, &[("given", &given), ("line", &line), ("why", &why)])
    }

    pub(crate) fn sms_long(spot: &Spot, characters: usize, messages: usize) -> Diagnostic {
        Diagnostic::warning("R0720", spot, &[("characters", &characters), ("messages", &messages)])
    }
}

/// What a template is given when it is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    /// What a usual message has.
    Usual,
    /// Texts without a character, lists without an item.
    Blank,
    /// No text at all.
    Nothing,
    /// Texts and lists as long as they can be.
    Long,
}
