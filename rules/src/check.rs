//! What only two files together can contradict.

use crate::book::RuleBook;
use crate::diagnostic::Findings;
use crate::source::Sources;

/// Looks for contradictions across files.
pub(crate) fn check(_book: &RuleBook, _sources: &Sources, _findings: &mut Findings) {}
