//! Passwords on the command line: typed without an echo, from a file, or from a pipe; never an argument. And a yes or
//! no before what cannot be taken back.

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Bytes of a password that are read at most.
const BYTES_MAX: u64 = 1_024;
/// The file name that means standard input.
const STDIN: &str = "-";

/// The password in `file`, or the one that somebody types twice.
pub(super) fn new_password(file: Option<&Path>) -> Result<String> {
    match file {
        Some(path) if path == Path::new(STDIN) => first_line(&mut io::stdin().lock()),
        Some(path) => {
            let opened = std::fs::File::open(path);
            let opened = opened.with_context(|| format!("无法读取密码文件 {}", path.display()))?;
            first_line(&mut io::BufReader::new(opened))
        }
        None if io::stdin().is_terminal() => {
            let password = typed("新密码:")?;
            ensure!(typed("再输一遍:")? == password, "两次输入的密码不同");
            Ok(password)
        }
        None => {
            bail!("没有终端可以输入密码;用 --password-file 文件,或 --password-file - 从标准输入读")
        }
    }
}

/// Whether somebody at the terminal says yes; nobody there says nothing, and is told how to.
pub fn confirmed(question: &str) -> Result<bool> {
    let mut terminal = io::stderr();
    if !io::stdin().is_terminal() {
        writeln!(terminal, "没有终端可以询问;确定时加 --yes")?;
        return Ok(false);
    }
    write!(terminal, "{question} [y/N] ")?;
    terminal.flush()?;
    let said = first_line(&mut io::stdin().lock())?;
    Ok(matches!(said.trim().to_lowercase().as_str(), "y" | "yes" | "是"))
}

fn first_line(from: &mut dyn BufRead) -> Result<String> {
    let mut line = String::new();
    from.take(BYTES_MAX).read_line(&mut line).context("读取密码")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Asks on the terminal; what is typed is not shown.
fn typed(question: &str) -> Result<String> {
    let mut terminal = io::stderr();
    write!(terminal, "{question}")?;
    terminal.flush()?;
    let quiet = Quiet::begin()?;
    let line = first_line(&mut io::stdin().lock());
    drop(quiet);
    writeln!(terminal)?;
    line
}

/// A terminal that shows nothing of what is typed until this is dropped.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> Result<Quiet> {
        let before = tcgetattr(io::stdin()).context("终端")?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet).context("终端")?;
        Ok(Quiet(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Err(error) = tcsetattr(io::stdin(), OptionalActions::Now, &self.0) {
            tracing::debug!(%error, "the terminal is gone, and shows nothing any more");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_first_line_with_its_blanks_and_no_end_of_line() {
        let read = |text: &str| first_line(&mut text.as_bytes()).unwrap();
        assert_eq!(read("correct horse \r\nsecond"), "correct horse ");
        assert_eq!(read(""), "");
    }
}
