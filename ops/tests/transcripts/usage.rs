//! Slips of the pen on the command line.

use std::path::Path;

use super::{Exit, duban, golden, transcript};

#[test]
fn a_slip_on_the_command_line_is_answered_in_chinese_with_the_way_out() {
    let slips: &[&[&str]] = &[
        &["rules", "chek"],
        &["rules", "check", "--formt", "json"],
        &["--format", "xml", "rules", "check"],
        &["case", "show"],
        &["case", "list", "--stage", "sleeping"],
        &["case", "list", "--unit"],
        &["verify", "--anchor", "abc"],
        &["restore", "x", "--at", "tomorrow"],
        &["restore", "x", "--at", "2026-03-02", "--frame", "7"],
    ];
    golden("usage.txt", &transcript(Path::new("/nowhere"), slips));
}

#[test]
fn help_goes_to_the_output_and_a_missing_command_to_the_error() {
    let help = duban(&["--help"]);
    assert_eq!((help.exit, help.err.as_str()), (Exit::Done, ""));
    assert!(help.out.contains("示例"), "{}", help.out);
    let nothing = duban(&[]);
    assert_eq!((nothing.exit, nothing.out.as_str()), (Exit::Usage, ""));
}
