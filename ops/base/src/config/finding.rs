//! Findings about a configuration: a field, what is wrong with it, and the way out.

use duban_rules::Severity;

/// Something that keeps a server from working, or from working safely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The field that must change, e.g. `http.public_url`.
    pub field: &'static str,
    /// Whether a server starts all the same.
    pub severity: Severity,
    /// What is wrong, in Chinese and English.
    pub message: [String; 2],
    /// The way out, in Chinese and English.
    pub help: [String; 2],
}

impl Finding {
    /// A server does not start with it.
    pub fn error(field: &'static str, message: [String; 2], help: [&str; 2]) -> Finding {
        let help = help.map(str::to_owned);
        Finding { field, severity: Severity::Error, message, help }
    }

    /// A server starts with it all the same.
    pub fn warning(field: &'static str, message: [&str; 2], help: [&str; 2]) -> Finding {
        let severity = Severity::Warning;
        Finding {
            field,
            severity,
            message: message.map(str::to_owned),
            help: help.map(str::to_owned),
        }
    }
}
