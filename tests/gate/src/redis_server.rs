//! A redis-server of a test: it listens on this machine alone, on a port that was free, keeps its files where it is told,
//! and ends with whoever started it.

#![expect(clippy::panic, reason = "a server that cannot be started fails its test")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::family::Family;

/// Somebody else may take a free port before the server does: then another one is tried.
const PORTS_TRIED: usize = 10;
/// How long one question whether it answers may take.
const QUESTION: Duration = Duration::from_secs(1);

/// Where in its directory it keeps everything.
const KEPT: &str = "appendonlydir";

/// A running server.
#[derive(Debug)]
pub struct RedisServer {
    /// None while it is killed.
    family: Option<Family>,
    port: u16,
    dir: PathBuf,
    settings: Vec<String>,
}

impl RedisServer {
    /// Starts one that keeps its files in `dir`; each of `settings` is a line as in `redis.conf`.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(dir: &Path, settings: &[&str]) -> RedisServer {
        let settings = settings.iter().map(|line| (*line).to_owned()).collect();
        let mut server = RedisServer { family: None, port: 0, dir: dir.to_owned(), settings };
        for _ in 0..PORTS_TRIED {
            server.port = free_port();
            if server.try_run() {
                return server;
            }
        }
        panic!("redis-server (package `redis-server`) does not start: {}", server.log());
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it as a loss of power does; its disk is as it stands.
    pub fn kill(&mut self) {
        self.family = None;
    }

    /// Starts it again after [`RedisServer::kill`], on the same port, with the same files.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&mut self) {
        assert!(self.try_run(), "redis-server does not start again: {}", self.log());
    }

    /// Ends it, and starts it again with nothing.
    ///
    /// # Panics
    /// When what it kept cannot be taken away, or it does not start.
    pub fn lose_everything(&mut self) {
        self.kill();
        let kept = self.dir.join(KEPT);
        if let Err(error) = fs::remove_dir_all(&kept) {
            panic!("{}: {error}", kept.display());
        }
        self.start_again();
    }

    /// Lets it stand still: it takes connections and answers nothing.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Changes a setting of the running server.
    ///
    /// # Panics
    /// When it does not take it.
    pub fn set(&self, setting: &str, value: &str) {
        let said = asked::<5>(self.port, &format!("CONFIG SET {setting} {value}\r\n"));
        assert!(said.is_ok_and(|said| &said == b"+OK\r\n"), "redis-server takes {setting} {value}");
    }

    /// How much it holds in memory.
    ///
    /// # Panics
    /// When it does not say so.
    pub fn memory_bytes(&self) -> u64 {
        let said = asked::<128>(self.port, "INFO memory\r\n").unwrap_or([0; 128]);
        let said = String::from_utf8_lossy(&said);
        let used = said.lines().find_map(|line| line.strip_prefix("used_memory:"));
        match used.and_then(|used| used.parse().ok()) {
            Some(bytes) => bytes,
            None => panic!("redis-server does not say what it holds: {said}"),
        }
    }

    fn signal(&self, signal: Signal) {
        let head = self.family.as_ref().map(Family::head);
        let id = head.and_then(|head| i32::try_from(head).ok()).and_then(Pid::from_raw);
        let sent = id.map(|id| kill_process(id, signal));
        assert_eq!(sent, Some(Ok(())), "the server runs");
    }

    /// Starts it and waits until it answers; false if it ended before.
    fn try_run(&mut self) -> bool {
        let mut command = Command::new("redis-server");
        let port = format!("port {}", self.port);
        let dir = format!("dir \"{}\"", self.dir.display());
        let lines = ["bind 127.0.0.1", "save \"\"", "logfile log", &port, &dir];
        let lines: Vec<&str> =
            lines.into_iter().chain(self.settings.iter().map(String::as_str)).collect();
        let config = self.dir.join("redis.conf");
        if let Err(error) = fs::write(&config, lines.join("\n")) {
            panic!("{}: {error}", config.display());
        }
        command.arg(config).stdout(Stdio::null()).stderr(Stdio::null());
        let mut family = Family::start(&mut command);
        while !answers(self.port) {
            if family.has_ended() {
                return false;
            }
            std::thread::yield_now();
        }
        // Else somebody else's answered.
        let is_ours = !family.has_ended();
        self.family = Some(family);
        is_ours
    }

    fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
    match free {
        Ok(address) => address.port(),
        Err(error) => panic!("no free port: {error}"),
    }
}

/// Whether the server has read its files and takes commands; one that asks for a password does so, too.
fn answers(port: u16) -> bool {
    asked(port, "PING\r\n").is_ok_and(|said| matches!(&said, b"+PONG" | b"-NOAU"))
}

/// The first bytes of what the server answers.
fn asked<const N: usize>(port: u16, command: &str) -> std::io::Result<[u8; N]> {
    let mut to = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    to.set_read_timeout(Some(QUESTION))?;
    to.write_all(command.as_bytes())?;
    let mut said = [0; N];
    to.read_exact(&mut said)?;
    Ok(said)
}
