//! Other people's servers, fetched once into the target directory: each a child process that listens on a port the system
//! chose and ends with its owner.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use duban_gate::family::Family;

/// The Python of a virtual environment with everything in `requirements.txt`; made at first use, then kept.
pub(crate) fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let wanted = fs::read_to_string(here("requirements.txt")).unwrap();
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("servers-python");
        let (python, made) = (home.join("bin/python"), home.join("made-of.txt"));
        if fs::read_to_string(&made).is_ok_and(|made| made == wanted) {
            return python;
        }
        run(Command::new("python3").args(["-m", "venv"]).arg(&home));
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "-r"])
            .arg(here("requirements.txt")));
        fs::write(made, wanted).unwrap();
        python
    })
}

/// Where the modules of `package.json` lie; fetched at first use, then kept.
pub(crate) fn node_modules() -> &'static Path {
    static MODULES: OnceLock<PathBuf> = OnceLock::new();
    MODULES.get_or_init(|| {
        let wanted = fs::read_to_string(here("package.json")).unwrap();
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("servers-node");
        let (modules, made) = (home.join("node_modules"), home.join("made-of.txt"));
        if fs::read_to_string(&made).is_ok_and(|made| made == wanted) {
            return modules;
        }
        fs::create_dir_all(&home).unwrap();
        fs::write(home.join("package.json"), &wanted).unwrap();
        run(Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund"])
            .current_dir(&home));
        fs::write(made, wanted).unwrap();
        modules
    })
}

/// A file beside this one.
pub(crate) fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("servers").join(name)
}

/// Runs a command to its end; it must succeed.
pub(crate) fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status} (the first run needs a package index)");
}

/// A server; it ends when this is dropped, with all it started.
pub(crate) struct TestServer {
    family: Family,
    pub(crate) port: u16,
}

impl TestServer {
    /// Starts `command`, which says its port on its first line.
    pub(crate) fn start(command: &mut Command) -> TestServer {
        let mut family = Family::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let mut line = String::new();
        BufReader::new(family.output().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap_or_else(|_| panic!("{command:?} said {line:?}"));
        TestServer { family, port }
    }

    /// Starts `command`, which cannot choose a port, on one that is free: the given one, or any.
    pub(crate) fn start_on(port: u16, command: impl FnOnce(u16) -> Command) -> TestServer {
        let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap().local_addr();
        let port = free().unwrap().port();
        let mut command = command(port);
        let family = Family::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
        let mut server = TestServer { family, port };
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(!server.family.has_ended(), "it ended before it listened");
            std::thread::yield_now();
        }
        server
    }
}
