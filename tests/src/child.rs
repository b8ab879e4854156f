//! A child process that speaks line by line, and is killed or asked to stop.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a child that cannot be started or heard fails its test"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use duban_runtime::clock::{Clock as _, SystemClock};

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(5);

/// A running child. Dropped, it is killed.
#[derive(Debug)]
pub struct Running {
    process: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    clock: SystemClock,
}

/// The next line of a child, as far as there is one.
#[derive(Debug, PartialEq, Eq)]
pub enum NextLine {
    /// A line, without its end.
    Line(String),
    /// Nothing within the time.
    Nothing,
    /// It has ended, or closed its output.
    End,
}

impl Running {
    /// Starts `command`, its output and input piped.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Running {
        let clock = SystemClock::start();
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the child starts");
        let input = process.stdin.take();
        let output = process.stdout.take().unwrap();
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = String::new();
            // Half a line at the end was cut off by a kill: nobody has been told anything by it.
            while output.read_line(&mut line).is_ok_and(|n| n > 0) && line.ends_with('\n') {
                if sender.send(line.trim_end().to_owned()).is_err() {
                    return;
                }
                line.clear();
            }
        });
        Running { process, input, lines, clock }
    }

    /// How long it has been running.
    pub fn age(&self) -> Duration {
        self.clock.monotonic()
    }

    /// The next line, waiting until the child has this age.
    pub fn line_until(&self, age: Duration) -> NextLine {
        match self.lines.recv_timeout(age.saturating_sub(self.age())) {
            Ok(line) => NextLine::Line(line),
            Err(RecvTimeoutError::Timeout) => NextLine::Nothing,
            Err(RecvTimeoutError::Disconnected) => NextLine::End,
        }
    }

    /// Sends it a signal, e.g. `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().unwrap();
        assert!(sent.success(), "kill -s {name} {id}");
    }

    /// Writes a line to its input.
    ///
    /// # Panics
    /// When it does not listen any more.
    pub fn tell(&mut self, line: &str) {
        let input = self.input.as_mut().expect("its input is open");
        writeln!(input, "{line}").expect("it listens");
    }

    /// `kill -9`; then everything it had said before.
    pub fn kill(mut self) -> Vec<String> {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.lines.iter().collect()
    }

    /// Closes its input; then everything it says until it ends by itself, and how it ended.
    pub fn stop(mut self) -> (Vec<String>, ExitStatus) {
        drop(self.input.take());
        self.wait(PATIENCE)
    }

    /// Everything it says until it ends by itself, and how it ended.
    pub fn wait(mut self, patience: Duration) -> (Vec<String>, ExitStatus) {
        let until = self.age() + patience;
        let mut said = Vec::new();
        loop {
            match self.line_until(until) {
                NextLine::Line(line) => said.push(line),
                NextLine::End => return (said, self.process.wait().unwrap()),
                NextLine::Nothing => {
                    panic!("it did not end within {patience:?}: {:?}", said.last())
                }
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only on a child that has ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
