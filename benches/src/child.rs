//! A process of its own for each run: memory figures are its own, and it can be killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, bail};

use crate::arguments::Arguments;
use crate::figures::Figures;

/// A run under way in another process.
#[derive(Debug)]
pub struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

/// Starts this program again with `arguments`.
pub fn start(arguments: &Arguments) -> anyhow::Result<Running> {
    let program = std::env::current_exe().context("find this program")?;
    let mut command = Command::new(program);
    command.args(arguments.to_args()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().context("start a run of its own")?;
    let lines = child.stdout.take().context("hear the run")?;
    Ok(Running { child, lines: BufReader::new(lines) })
}

impl Running {
    /// The next line of figures it tells.
    ///
    /// # Errors
    /// When it ended without one, or says something else.
    pub fn figures(&mut self) -> anyhow::Result<Figures> {
        let mut line = String::new();
        if self.lines.read_line(&mut line)? == 0 {
            bail!("the run ended without figures: {}", self.child.wait()?);
        }
        Figures::from_json(&line).with_context(|| format!("figures expected, not `{line}`"))
    }

    /// Ends it as a loss of power would, as far as processes go (`kill -9`).
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When it ended badly.
    pub fn end(mut self) -> anyhow::Result<()> {
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the run ended with {status}");
        }
        Ok(())
    }
}

/// One whole run.
///
/// # Errors
/// When it fails.
pub fn run(arguments: &Arguments) -> anyhow::Result<Figures> {
    let mut running = start(arguments)?;
    let figures = running.figures()?;
    running.end()?;
    Ok(figures)
}
