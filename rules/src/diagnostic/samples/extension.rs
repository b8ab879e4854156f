//! Samples of diagnostics of extensions.

use super::spot;
use crate::diagnostic::Diagnostic;

pub(super) fn all() -> Vec<Diagnostic> {
    vec![Diagnostic::share_range(&spot(), 101)]
}
