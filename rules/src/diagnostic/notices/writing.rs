//! Diagnostics of how a template writes its variables.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::source::Spot;

impl Diagnostic {
    /// A variable in other braces than two on each side, or a brace too many; and what is meant, where that is plain.
    pub(crate) fn variable_written(
        spot: &Spot,
        written: &str,
        meant: Option<&str>,
        declared: &BTreeSet<String>,
    ) -> Diagnostic {
        let Some(meant) = meant else {
            return Diagnostic::error(("R0730", "brace"), spot, &[("written", &written)]);
        };
        let name = meant.trim_matches(['{', ' ', '}']);
        if !name.is_ascii() && name.chars().all(char::is_alphanumeric) {
            let names = declared.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
            return Diagnostic::error(
                ("R0730", "no-name"),
                spot,
                &[("written", &written), ("name", &name), ("names", &names)],
            );
        }
        Diagnostic::error("R0730", spot, &[("written", &written), ("meant", &meant)])
    }

    /// A template that prints what a machine calls nothing.
    pub(crate) fn template_prints(spot: &Spot, word: &str) -> Diagnostic {
        Diagnostic::error("R0731", spot, &[("word", &word)])
    }

    /// A template that names nothing, to compare with it or to print it.
    pub(crate) fn template_names_nothing(spot: &Spot, word: &str) -> Diagnostic {
        Diagnostic::error("R0732", spot, &[("word", &word)])
    }
}
