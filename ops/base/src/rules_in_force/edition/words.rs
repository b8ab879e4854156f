//! What people read of the rules that are configured and not in force, and of those that wait for their day.

use std::path::Path;

use duban_actors::centre::{Stage, Waiting};

use super::Beside;
use super::known::digits;

/// That there are rules in `dir` which nobody has put in force; an empty name is the rules that come with the program.
pub fn unapplied(dir: &Path) -> &'static str {
    if dir.as_os_str().is_empty() {
        "随程序提供的规则有未生效的改动"
    } else {
        "规则目录有未生效的改动"
    }
}

/// That rules wait for their day, and for which.
pub fn waits(waiting: &Waiting) -> String {
    let Waiting { edition, day, stage } = waiting;
    let (number, hash, day) = (&edition.number, digits(&edition.hash), day.effective);
    match stage {
        Stage::Ahead | Stage::Foretold => {
            format!("手册 {number}(散列 {hash})待生效:{day} 零时起")
        }
        Stage::Come => format!("手册 {number}(散列 {hash})待生效:应于 {day} 零时起,尚未生效"),
    }
}

/// What becomes of rules in force on the day of those that wait: nothing is undone in silence.
pub fn beside(beside: &Beside) -> String {
    let Beside { waiting, files, trouble } = beside;
    let (waits, files) = (waits(waiting), files.join("、"));
    let trouble = trouble.as_ref().map(|why| format!("。以现在的情况它到日不能生效:{why}"));
    format!(
        "{waits}。它与现行规则在这些文件上不同,到日以它为准:{files}{}",
        trouble.unwrap_or_default()
    )
}
