//! `duban serve` as a service manager sees it: what it says of itself, and how it stops.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use duban_tests::child::{NextLine, PATIENCE, Running};
use duban_tests::scratch_dir::ScratchDir;

/// How often the manager of these tests wants to hear that all is well.
const WATCHDOG: Duration = Duration::from_millis(600);

/// A manager that writes down what it is told.
struct Manager {
    socket: UnixDatagram,
    said: Vec<String>,
}

impl Manager {
    fn in_dir(dir: &Path) -> Manager {
        let socket = UnixDatagram::bind(dir.join("notify")).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Manager { socket, said: Vec::new() }
    }

    /// Waits until it is told this; what else it was told is kept.
    #[track_caller]
    fn hears(&mut self, word: &str) {
        let mut message = [0; 4_096];
        loop {
            let n = self.socket.recv(&mut message).unwrap_or_else(|why| {
                panic!("{why} while waiting for {word}; heard {:?}", self.said)
            });
            let lines = String::from_utf8_lossy(&message[..n]).into_owned();
            let is_it = lines.lines().any(|line| line == word);
            self.said.extend(lines.lines().map(str::to_owned));
            if is_it {
                return;
            }
        }
    }
}

/// Starts `duban serve` over a store in `dir`; its address once it is ready.
fn serve(dir: &Path) -> (Running, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
    command
        .current_dir(dir)
        .args(["serve", "--init", "--listen", "127.0.0.1:0", "--store"])
        .arg(dir.join("data"))
        .env("NOTIFY_SOCKET", dir.join("notify"))
        .env("WATCHDOG_USEC", WATCHDOG.as_micros().to_string());
    let server = Running::start(&mut command);
    let address = match server.line_until(PATIENCE) {
        NextLine::Line(line) => {
            let (_, rest) = line.split_once("http://").expect("it says where it listens");
            rest.trim_end_matches('/').to_owned()
        }
        said => panic!("{said:?}"),
    };
    (server, address)
}

/// The answer to `GET path`, head and body.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: duban\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_service_manager_hears_when_the_doors_are_open_that_all_is_well_and_when_they_close() {
    let ground = ScratchDir::new();
    let mut manager = Manager::in_dir(ground.path());
    let (server, address) = serve(ground.path());
    manager.hears("READY=1");
    assert!(manager.said.iter().any(|line| line.starts_with("STATUS=")), "{:?}", manager.said);
    assert!(get(&address, "/healthz").starts_with("HTTP/1.1 200"));
    let ready = get(&address, "/readyz");
    assert!(ready.starts_with("HTTP/1.1 200") && ready.contains("\"ready\":true"), "{ready}");
    manager.hears("WATCHDOG=1");
    manager.hears("WATCHDOG=1");
    server.signal("HUP");
    manager.hears("RELOADING=1");
    manager.hears("READY=1");
    server.signal("TERM");
    manager.hears("STOPPING=1");
    let (said, status) = server.wait(PATIENCE);
    assert!(status.success(), "{status}: {said:?}");
    assert_eq!(said.last().map(String::as_str), Some("已停止。"));
}

#[test]
fn a_second_signal_ends_a_server_at_once_that_waits_for_a_slow_client() {
    let ground = ScratchDir::new();
    let _manager = Manager::in_dir(ground.path());
    let (server, address) = serve(ground.path());
    // A command that is never typed to its end keeps the control socket waiting.
    let mut slow = UnixStream::connect(ground.join("data/control/socket")).unwrap();
    let head = "POST /run HTTP/1.1\r\nHost: duban\r\nContent-Type: application/json";
    write!(slow, "{head}\r\nContent-Length: 10\r\n\r\n{{").unwrap();
    get(&address, "/healthz");
    server.signal("TERM");
    match server.line_until(PATIENCE) {
        NextLine::Line(line) => assert_eq!(line, "正在停止……"),
        said => panic!("{said:?}"),
    }
    server.signal("TERM");
    let until = server.age() + Duration::from_secs(5);
    assert_eq!(server.line_until(until), NextLine::End, "it goes on after a second signal");
    let (_, status) = server.wait(PATIENCE);
    assert_eq!(status.code(), Some(1));
}
