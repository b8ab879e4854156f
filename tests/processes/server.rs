//! `duban serve` under test: who may come in, what it answers over HTTP, what it logs.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::time::Duration;

use duban::registry;
use duban_actors::person::Profile;
use duban_actors::role::Role;
use duban_rules::Sources;
use duban_runtime::clock::SystemClock;
use duban_runtime::journal::{Journal, Options as JournalOptions};
use duban_runtime::node::{Node, Options};

use duban_tests::child::{NextLine, PATIENCE, Running};
use duban_tests::people;

/// A running server over the store `data` in a directory.
pub(crate) struct Server {
    running: Running,
    pub(crate) address: String,
    log: PathBuf,
}

impl Server {
    /// Starts `duban serve` in `dir`, where it makes a store if nothing of one is there, with these variables of its environment.
    pub(crate) fn start(dir: &Path, variables: &[(&str, String)]) -> Server {
        let log = dir.join("log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command
            .current_dir(dir)
            .args(["serve", "--init", "--listen", "127.0.0.1:0", "--store", "data"])
            .env("DUBAN_HTTP_PER_MINUTE", "1000000")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stderr(File::options().create(true).append(true).open(&log).unwrap());
        let running = Running::start(&mut command);
        let address = match running.line_until(PATIENCE) {
            NextLine::Line(line) => {
                let (_, rest) = line.split_once("http://").expect("it says where it listens");
                rest.trim_end_matches('/').to_owned()
            }
            said => panic!("{said:?}: {}", std::fs::read_to_string(&log).unwrap_or_default()),
        };
        Server { running, address, log }
    }

    pub(crate) fn signal(&self, name: &str) {
        self.running.signal(name);
    }

    pub(crate) fn running(&self) -> &Running {
        &self.running
    }

    /// Everything it said until it ended by itself, and how it ended.
    pub(crate) fn wait(self) -> (Vec<String>, ExitStatus) {
        self.running.wait(PATIENCE)
    }

    /// `kill -9`.
    pub(crate) fn kill(self) {
        self.running.kill();
    }

    /// What it has logged so far, by this and earlier servers of the directory.
    pub(crate) fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

/// A connection that is kept for request after request.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Client {
    pub(crate) fn connect(address: &str, token: &str) -> std::io::Result<Client> {
        Client::connect_for(PATIENCE, address, token)
    }

    /// One that waits for at most `patience` for each answer.
    pub(crate) fn connect_for(
        patience: Duration,
        address: &str,
        token: &str,
    ) -> std::io::Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(patience))?;
        stream.set_nodelay(true)?;
        Ok(Client { stream: BufReader::new(stream), token: token.to_owned() })
    }

    /// The status and the body of the answer.
    ///
    /// # Errors
    /// When the server goes away before the answer is whole.
    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
    ) -> std::io::Result<(u16, String)> {
        self.ask_with("", method, path, body)
    }

    /// The same under a key: asked again under it, it is done once.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub(crate) fn ask_under(
        &mut self,
        key: &str,
        (path, body): (&str, &str),
    ) -> std::io::Result<(u16, String)> {
        self.ask_with(&format!("Idempotency-Key: {key}\r\n"), "POST", path, body)
    }

    fn ask_with(
        &mut self,
        header: &str,
        method: &str,
        path: &str,
        body: &str,
    ) -> std::io::Result<(u16, String)> {
        let (token, n) = (&self.token, body.len());
        write!(
            self.stream.get_mut(),
            "{method} {path} HTTP/1.1\r\nHost: duban\r\nAuthorization: Bearer {token}\r\n{header}\
             Content-Type: application/json\r\nContent-Length: {n}\r\n\r\n{body}"
        )?;
        let gone = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let (mut status, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(gone());
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if status.is_none() {
                status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
            } else if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| gone())?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status.ok_or_else(gone)?, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// A token for somebody in `role`, made in the closed store of `dir` as an operator makes the first one.
pub(crate) fn token(dir: &Path, role: Role) -> String {
    actix::System::new().block_on(async {
        let rules = registry::in_force(duban_rules::parse(&Sources::shipped()).0);
        let registry = registry::registry(&rules);
        let journal =
            Journal::open(JournalOptions::at(dir.join("data")), registry.clone(), &|_| {}).unwrap();
        let clock = Arc::new(SystemClock::start());
        let node = Node::start(Options::default(), registry, journal, clock).await.unwrap();
        let roles = vec![role];
        let profile = Profile { name: "赵敏".into(), roles, unit: None, collector: None };
        people::enrol(&node, "zhao.min", profile).await;
        let text = people::token(&node, "zhao.min", role, Duration::from_hours(24)).await;
        let journal = node.journal().clone();
        node.stop().await;
        journal.close().unwrap();
        text
    })
}
