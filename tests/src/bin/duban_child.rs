//! `duban` as a child of the tests that kill it: cargo hands a test only the programs of its own package.
//!
//! Where `DUBAN_HARM` names a directory, a file there with the name of a loop, or of a point that messages pass, says what
//! is done there: `fall` once for each line, `hush` for as long as the file is there, or `die`, and the process ends as by
//! `kill -9`. Where `DUBAN_TO_COME` is a number, it is a program of the release to come with that number.

use std::path::Path;
use std::process::ExitCode;

use duban_runtime::loops::{Harm, harmed_by};
use duban_runtime::record::to_come;

fn main() -> ExitCode {
    if let Some(dir) = std::env::var_os("DUBAN_HARM") {
        harmed_by(move |name| harm(Path::new(&dir), name));
    }
    let to_come = std::env::var("DUBAN_TO_COME").ok();
    if let Some(no) = to_come.and_then(|no| no.parse().ok()) {
        to_come::play(no);
    }
    duban::main()
}

fn harm(dir: &Path, name: &str) -> Harm {
    let file = dir.join(name);
    let Ok(said) = std::fs::read_to_string(&file) else { return Harm::Nothing };
    match said.split_once('\n') {
        Some(("hush", _)) => Harm::Hush,
        Some(("die", _)) => std::process::abort(),
        Some(("fall", rest)) => {
            let left = if rest.is_empty() {
                std::fs::remove_file(&file)
            } else {
                std::fs::write(&file, rest)
            };
            if left.is_ok() { Harm::Fall } else { Harm::Nothing }
        }
        Some(_) | None => Harm::Nothing,
    }
}
