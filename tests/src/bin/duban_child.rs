//! `duban` as a child of the tests that kill it: cargo hands a test only the programs of its own package.

use std::process::ExitCode;

fn main() -> ExitCode {
    duban::main()
}
