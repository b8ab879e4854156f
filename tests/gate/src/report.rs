//! What a person who runs the gate is told even when every test passes: figures, and what was left out.

use std::io::Write as _;

/// Tells `line` past the harness, which keeps to itself what a passing test prints.
pub fn tell(line: &str) {
    // A test does not fail because nobody listens.
    drop(writeln!(std::io::stderr(), "{line}"));
}
