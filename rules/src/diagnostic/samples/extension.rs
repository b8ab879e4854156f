//! Samples of diagnostics of extensions.

use super::spot;
use crate::diagnostic::Diagnostic;

pub(super) fn all() -> Vec<Diagnostic> {
    vec![
        Diagnostic::share_range(&spot(), "101"),
        Diagnostic::quota_large(&spot(), 11, 10),
        Diagnostic::at_least_range(&spot(), -1, 100),
        Diagnostic::deferral_range(&spot(), 0, 12),
        Diagnostic::announced_again_earlier(&spot(), 30, 30),
    ]
}
