//! The gate: every check, in the order in which a mistake is cheapest to find. `cargo ci` runs it; so does the CI.
#![expect(clippy::print_stdout, reason = "a list of steps is what this program says")]

use std::num::NonZero;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use duban_gate::family::{self, Process};

/// A step: what it proves, and the command.
struct Step {
    proves: &'static str,
    command: &'static [&'static str],
}

/// What needs nothing of somebody else's.
const LOOKING: &[Step] = &[
    Step { proves: "every file is formatted", command: &["cargo", "fmt", "--all", "--check"] },
    Step {
        proves: "no lint complains",
        command: &[
            "cargo",
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ],
    },
    // Every other step builds with what only the tests switch on.
    Step {
        proves: "the product is built as it is shipped, without what the tests add",
        command: &[
            "cargo",
            "clippy",
            "--quiet",
            "--lib",
            "--bins",
            "--package=duban",
            "--package=duban-access",
            "--package=duban-actors",
            "--package=duban-api",
            "--package=duban-base",
            "--package=duban-core",
            "--package=duban-lab",
            "--package=duban-messages",
            "--package=duban-rules",
            "--package=duban-runtime",
            "--package=duban-server",
            "--package=duban-watch",
            "--package=duban-web",
            "--",
            "-D",
            "warnings",
        ],
    },
];

/// What needs the programs of others, or compiles what others need.
const RUNNING: &[Step] = &[
    Step {
        proves: "every test passes: units, properties, scenarios, golden tables, the house",
        command: &["cargo", "test", "--workspace", "--all-features", "--exclude", "duban-benches"],
    },
    Step {
        proves: "several nodes behind a round-robin are asked as one server is: the tests over HTTP once more",
        command: &[
            "env",
            "DUBAN_NODES=3",
            "cargo",
            "test",
            "--workspace",
            "--all-features",
            "--exclude=duban-benches",
            "--test=http",
        ],
    },
    Step {
        proves: "the documentation's links lead somewhere",
        command: &["cargo", "doc", "--quiet", "--workspace", "--no-deps"],
    },
];

/// A program of somebody else's that the tests start.
struct Need {
    /// Succeeds where it is there.
    probe: &'static [&'static str],
    /// The Debian packages that bring it.
    packages: &'static [&'static str],
}

const NEEDS: &[Need] = &[
    // A mail server; it is fetched into an environment of its own.
    Need { probe: &["python3", "-c", "import ensurepip, venv"], packages: &["python3-venv"] },
    // Another mail server, that nobody starts as a service: `smtp-sink`.
    Need {
        probe: &["sh", "-c", "PATH=$PATH:/usr/sbin command -v smtp-sink"],
        packages: &["postfix"],
    },
    // What the nodes of a cluster share, and who vouches for it.
    Need {
        probe: &["sh", "-c", "redis-server --version && openssl version"],
        packages: &["redis-server", "openssl"],
    },
    // An SMS centre.
    Need { probe: &["npm", "--version"], packages: &["npm"] },
    // A browser, what drives it, and letters to show Chinese with.
    Need {
        probe: &[
            "sh",
            "-c",
            "chromium --version && chromedriver --version && fc-list :lang=zh-cn | grep -q .",
        ],
        packages: &["chromium", "chromium-driver", "fonts-noto-cjk", "fontconfig"],
    },
];

/// How long a process that was told to end may take.
const GRACE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    // The network is slow and the processor is not: what is missing comes while the code is looked at.
    let installing = std::thread::spawn(install);
    let mut times = Times::new();
    if !all_pass(LOOKING, &mut times) {
        // Nobody breaks off an installation: what is half installed is in the way of the next one.
        drop(installing.join());
        return ExitCode::FAILURE;
    }
    let installed = installing.join().unwrap_or_else(|_| Err("── failed: installing".to_owned()));
    if let Err(said) = installed {
        println!("{said}");
        return ExitCode::FAILURE;
    }
    // Whoever a test leaves behind becomes this process's own.
    family::adopt();
    let passed = all_pass(RUNNING, &mut times);
    let left = all_ended();
    for Process { id, name } in &left {
        println!("── left behind: {name} ({id})");
    }
    if !passed {
        return ExitCode::FAILURE;
    }
    if !left.is_empty() {
        println!("── failed: a test left {} processes behind", left.len());
        return ExitCode::FAILURE;
    }
    println!("── all checks passed");
    for (proves, time) in times {
        println!("{:>6.1} s  {proves}", time.as_secs_f64());
    }
    ExitCode::SUCCESS
}

/// How long each step took.
type Times = Vec<(&'static str, Duration)>;

/// Whether all of these steps pass; when one fails, none after it is begun.
fn all_pass(steps: &[Step], times: &mut Times) -> bool {
    for step in steps {
        println!("── {}: {}", step.proves, step.command.join(" "));
        let started = now();
        let Some((program, arguments)) = step.command.split_first() else { continue };
        let status = Command::new(program)
            .args(arguments)
            .env("DUBAN_SLOW_TESTS", "1")
            .env("RUST_TEST_THREADS", tests_at_a_time().to_string())
            .env("RUSTDOCFLAGS", "-D warnings")
            .status();
        match status {
            Ok(status) if status.success() => times.push((step.proves, started.elapsed())),
            Ok(status) => {
                println!("── failed ({status}): {}", step.proves);
                return false;
            }
            Err(error) => {
                println!("── could not start `{program}`: {error}");
                return false;
            }
        }
    }
    true
}

/// Tests spend half of their time waiting for disks, servers and other processes: for each processor two of them.
fn tests_at_a_time() -> usize {
    2 * std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// Who is left of all that was started, once they had time to end by themselves; they are ended then.
fn all_ended() -> Vec<Process> {
    let until = now() + GRACE;
    let mut left = family::left();
    while !left.is_empty() && now() < until {
        std::thread::yield_now();
        left = family::left();
    }
    left.iter().for_each(family::kill);
    left
}

/// Whether a command succeeds; what it says is for nobody.
fn succeeds(command: &[&str]) -> bool {
    let Some((program, arguments)) = command.split_first() else { return true };
    let quiet = Command::new(program).args(arguments).output();
    quiet.is_ok_and(|output| output.status.success())
}

/// Installs what is needed and is not there.
///
/// # Errors
/// What the package manager said.
fn install() -> Result<(), String> {
    for Need { packages, .. } in NEEDS.iter().filter(|need| !succeeds(need.probe)) {
        let names = packages.join(", ");
        println!("── installing {names}, meanwhile");
        installed(packages).map_err(|said| {
            format!("{said}── failed: {names} is needed and could not be installed")
        })?;
    }
    Ok(())
}

/// Installs Debian packages, as root or by `sudo`; fails with what was said.
fn installed(packages: &[&str]) -> Result<(), String> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    // Nobody is there to answer what a package would ask.
    let own = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    let (program, skipped) = if root { ("env", 1) } else { ("sudo", 0) };
    let apt = |arguments: &[&str]| {
        let own = own.into_iter().skip(skipped);
        let output = Command::new(program).args(own).args(arguments).output();
        let output = output.map_err(|error| format!("could not start `{program}`: {error}\n"))?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        if output.status.success() { Ok(()) } else { Err(said) }
    };
    let install = ["install", "--yes", "--no-install-recommends"];
    // A list of packages that is out of date is not yet a reason to give up.
    drop(apt(&["update"]));
    apt(&[&install[..], packages].concat())
}

#[expect(clippy::disallowed_methods, reason = "how long a step took is no decision of the product")]
fn now() -> Instant {
    Instant::now()
}
