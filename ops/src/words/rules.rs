//! What people read of the rules that are configured and not in force.

use std::path::Path;

/// That there are rules in `dir` which nobody has put in force; an empty name is the rules that come with the program.
pub fn unapplied(dir: &Path) -> &'static str {
    if dir.as_os_str().is_empty() {
        "随程序提供的规则有未生效的改动"
    } else {
        "规则目录有未生效的改动"
    }
}
