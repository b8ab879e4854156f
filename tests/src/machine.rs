//! Machines of a cluster: each is a directory with its configuration, its store and what it logs.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a machine that cannot be set up fails its test"
)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};

use duban_gate::redis_server::RedisServer;

use crate::child::{NextLine, PATIENCE, Running};

/// What the machines call themselves together.
pub const CLUSTER: &str = "suning";
/// A Redis that loses nothing.
const SAFE: [&str; 3] = ["appendonly yes", "appendfsync always", "maxmemory-policy noeviction"];
/// Lines of a log that a failure shows.
const TAIL: usize = 25;

/// Machines of this process so far.
static MACHINES: AtomicU8 = AtomicU8::new(0);

/// A machine, whether its program runs or not.
#[derive(Debug)]
pub struct Machine {
    name: String,
    dir: PathBuf,
    store: PathBuf,
    address: String,
    program: &'static str,
    /// Variables of its program.
    variables: BTreeMap<&'static str, String>,
}

impl Machine {
    /// A machine of this name in a directory of its own in `ground`, with its store at `store`, that reaches Redis at
    /// `redis`; `settings` are further lines of its configuration, those of `[redis]` first.
    pub fn set_up(
        program: &'static str,
        (ground, name): (&Path, &str),
        store: PathBuf,
        (redis, settings): (&str, &str),
    ) -> Machine {
        let dir = ground.join(name);
        fs::create_dir(&dir).unwrap();
        let secret = ground.join("secret");
        fs::write(&secret, "a secret of the nodes\n").unwrap();
        let address = free_address();
        let config = format!(
            "[store]\ndir = \"{}\"\n[http]\nlisten = \"{address}\"\n\
             [cluster]\nname = \"{CLUSTER}\"\nnode = \"{name}\"\nsecret_file = \"{}\"\n\
             [redis]\nurl = \"{redis}\"\nlog_mib = 64\n{settings}",
            store.display(),
            secret.display(),
        );
        fs::write(dir.join("duban.toml"), config).unwrap();
        Machine { name: name.to_owned(), dir, store, address, program, variables: BTreeMap::new() }
    }

    /// The log is begun from the first one's store, and the others join with a copy of it.
    pub fn bring_together(machines: &[&Machine]) {
        let (first, others) = machines.split_first().unwrap();
        first.must(&["node", "seed"]);
        let copy = first.store.display().to_string();
        for machine in others {
            machine.must(&["node", "join", "--from", &copy]);
        }
    }

    /// Its name as a node.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its own directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where its store is.
    pub fn store(&self) -> &Path {
        &self.store
    }

    /// Where it is asked, e.g. `127.44.0.1:4711`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its program with these words.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command.args(["--config", "duban.toml"]).args(words).current_dir(&self.dir);
        command.envs(&self.variables);
        command
    }

    /// Sets a variable of its program from now on.
    pub fn set(&mut self, variable: &'static str, value: String) {
        self.variables.insert(variable, value);
    }

    /// Runs a command of its program to its end: whether it did what it was told, and what it said.
    pub fn run(&self, words: &[&str]) -> (bool, String) {
        let ran = self.command(words).output().unwrap();
        let said = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
        (ran.status.success(), said)
    }

    /// The same of one that must do it; what it said.
    ///
    /// # Panics
    /// When it does not.
    pub fn must(&self, words: &[&str]) -> String {
        let (is_done, said) = self.run(words);
        assert!(is_done, "{}: {words:?}: {said}", self.name);
        said
    }

    /// Its server as it is started; what it logs goes behind what is in its log.
    pub fn serving(&self) -> Command {
        let log = File::options().create(true).append(true).open(self.dir.join("log"));
        let mut command = self.command(&["serve"]);
        command.env("DUBAN_HTTP_PER_MINUTE", "10000000").stderr(Stdio::from(log.unwrap()));
        command
    }

    /// Waits until a server that was started says that it is ready.
    ///
    /// # Panics
    /// When it says something else.
    pub fn until_ready(&self, running: &Running) {
        match running.line_until(PATIENCE) {
            NextLine::Line(line) if line.contains("http://") => {}
            said @ (NextLine::Line(_) | NextLine::Nothing | NextLine::End) => {
                panic!("{} says {said:?}: {}", self.name, self.logged())
            }
        }
    }

    /// Whether it has logged this, in any of its lives.
    pub fn has_said(&self, words: &str) -> bool {
        self.times_said(words) > 0
    }

    /// How often.
    pub fn times_said(&self, words: &str) -> usize {
        fs::read_to_string(self.dir.join("log")).unwrap().matches(words).count()
    }

    /// What it has logged last, in all its lives.
    pub fn logged(&self) -> String {
        let log = fs::read_to_string(self.dir.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default().join("\n")
    }
}

/// A Redis of the machines in `ground`.
pub fn redis(ground: &Path) -> RedisServer {
    let dir = ground.join("redis");
    fs::create_dir(&dir).unwrap();
    RedisServer::start(&dir, &SAFE)
}

/// A port on an address that is nobody else's: on the common one, somebody's way out may take the port before the server
/// that is to listen there does.
fn free_address() -> String {
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let own = Ipv4Addr::new(127, high | 128, low, MACHINES.fetch_add(1, Ordering::Relaxed));
    TcpListener::bind((IpAddr::from(own), 0)).unwrap().local_addr().unwrap().to_string()
}
