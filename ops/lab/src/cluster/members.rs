//! Members of a laboratory: processes, started in order, started again when they end, ended together.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use duban_runtime::clock::{Clock as _, SystemClock};
use rustix::process::{Pid, Signal, kill_process};

use super::ground::{Ground, Node};
use super::{ADMIN, people};

/// Who is which process, for whoever breaks something from another terminal.
const WHO: &str = "lab.json";
/// What Redis goes by.
const REDIS: &str = "redis";
/// How long a member may take to start.
const START_MAX: Duration = Duration::from_mins(1);
/// After so long what has ended is started again.
const AGAIN_AFTER: Duration = Duration::from_secs(15);
/// How long a member may take to end in good order.
const END_MAX: Duration = Duration::from_secs(15);
/// Between two questions whether something is so.
const PAUSE: Duration = Duration::from_millis(50);

/// What is done to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// As a loss of power.
    Kill,
    /// It stands still.
    Stop,
    /// It goes on.
    Continue,
}

/// Does `act` to the member of this name of the laboratory in `dir`.
///
/// # Errors
/// In words: there is no such laboratory, or member.
pub fn act(dir: &Path, name: &str, act: Act) -> Result<()> {
    let shown = dir.display();
    let read = fs::read_to_string(dir.join(WHO));
    let read =
        read.with_context(|| format!("`{shown}` 中没有运行中的实验集群:先运行 `duban lab`"))?;
    let who: BTreeMap<String, u32> = serde_json::from_str(&read).context("lab.json 读不懂")?;
    let Some(id) = who.get(name) else {
        let names: Vec<&str> = who.keys().map(String::as_str).collect();
        bail!("没有名为 `{name}` 的;现在运行的有:{}", names.join("、"))
    };
    let signal = match act {
        Act::Kill => Signal::KILL,
        Act::Stop => Signal::STOP,
        Act::Continue => Signal::CONT,
    };
    signalled(*id, signal).with_context(|| format!("`{name}`(进程 {id})已不在"))
}

fn signalled(id: u32, signal: Signal) -> Result<()> {
    let id = i32::try_from(id).ok().and_then(Pid::from_raw).context("no process")?;
    Ok(kill_process(id, signal)?)
}

/// The processes of one laboratory. Ended when it is dropped.
pub(super) struct Members<'a> {
    ground: &'a Ground,
    program: PathBuf,
    running: BTreeMap<String, Child>,
    /// Who has ended, and when.
    ended: BTreeMap<String, Duration>,
    nodes: Vec<Node>,
    clock: SystemClock,
}

impl<'a> Members<'a> {
    /// Redis alone.
    pub(super) fn begun(ground: &'a Ground, program: &Path) -> Result<Members<'a>> {
        let (program, clock) = (program.to_owned(), SystemClock::start());
        let (running, ended, nodes) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let mut members = Members { ground, program, running, ended, nodes, clock };
        members.start(REDIS)?;
        let port = ground.redis_port();
        members.until(REDIS, || TcpStream::connect(("127.0.0.1", port)).is_ok())?;
        Ok(members)
    }

    /// A log from the first node's store, in which two people are, and every node on it.
    pub(super) fn settle(
        &mut self,
        nodes: &[Node],
        say: &mut dyn FnMut(&str) -> Result<()>,
    ) -> Result<()> {
        self.nodes = nodes.to_vec();
        let Some((first, others)) = nodes.split_first() else { bail!("没有节点") };
        self.must(first, &["init"])?;
        let password = self.ground.password()?;
        for (login, role) in [(people::LOGIN, "intake"), (ADMIN, "operator")] {
            self.must(
                first,
                &["person", "add", login, "--role", role, "--password-file", &password],
            )?;
        }
        self.must(first, &["node", "seed"])?;
        let copy = first.store();
        for node in others {
            self.must(node, &["node", "join", "--from", &copy])?;
        }
        for node in nodes {
            say(&format!("正在启动 {}……", node.name))?;
            self.start(&node.name)?;
        }
        Ok(())
    }

    /// Starts whoever has ended a while ago.
    pub(super) fn look_after(&mut self, say: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        let now = self.clock.monotonic();
        let gone: Vec<String> = self.running.iter_mut().filter_map(ended).collect();
        for name in gone {
            self.running.remove(&name);
            say(&format!("{name} 已停;{} 秒后重新启动", AGAIN_AFTER.as_secs()))?;
            self.ended.insert(name, now);
            self.written()?;
        }
        let again = self.ended.iter().filter(|(_, at)| now.saturating_sub(**at) >= AGAIN_AFTER);
        let again: Vec<String> = again.map(|(name, _)| name.clone()).collect();
        for name in again {
            self.ended.remove(&name);
            self.start(&name)?;
            say(&format!("{name} 又启动了"))?;
        }
        Ok(())
    }

    /// Ends all of them in good order, nodes first; whoever takes too long is killed.
    fn end(&mut self) {
        let (redis, nodes): (Vec<String>, Vec<String>) =
            self.running.keys().cloned().partition(|name| name == REDIS);
        for these in [nodes, redis] {
            for child in these.iter().filter_map(|name| self.running.get(name)) {
                // One that stands still hears nothing.
                for signal in [Signal::CONT, Signal::TERM] {
                    drop(signalled(child.id(), signal));
                }
            }
            let began = self.clock.monotonic();
            for mut child in these.iter().filter_map(|name| self.running.remove(name)) {
                while matches!(child.try_wait(), Ok(None))
                    && self.clock.monotonic().saturating_sub(began) < END_MAX
                {
                    pause();
                }
                drop(child.kill());
                drop(child.wait());
            }
        }
        drop(fs::remove_file(self.ground.dir().join(WHO)));
    }

    fn start(&mut self, name: &str) -> Result<()> {
        let mut command = if name == REDIS {
            let mut command = Command::new("redis-server");
            command.arg(self.ground.dir().join(REDIS).join("redis.conf"));
            command
        } else {
            let node = self.nodes.iter().find(|node| node.name == name);
            self.command(node.context("no such node")?, &["serve"])
        };
        let log = File::options().create(true).append(true).open(self.log_of(name))?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().map_err(|error| missing(name, error))?;
        if name != REDIS {
            ready(&mut child)
                .with_context(|| format!("{name} 没有启动,看 {}", self.log_of(name).display()))?;
        }
        self.running.insert(name.to_owned(), child);
        self.written()
    }

    fn log_of(&self, name: &str) -> PathBuf {
        self.ground.dir().join(format!("{name}.log"))
    }

    fn command(&self, node: &Node, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(node.dir.join("duban.toml")).args(words);
        command
    }

    fn must(&self, node: &Node, words: &[&str]) -> Result<()> {
        let ran = self.command(node, words).output().context("无法运行 duban")?;
        if ran.status.success() {
            return Ok(());
        }
        bail!("{}:{}", words.join(" "), String::from_utf8_lossy(&ran.stderr))
    }

    fn until(&mut self, name: &str, is_so: impl Fn() -> bool) -> Result<()> {
        let began = self.clock.monotonic();
        while !is_so() {
            let has_ended = self
                .running
                .get_mut(name)
                .is_none_or(|child| child.try_wait().is_ok_and(|it| it.is_some()));
            if has_ended || self.clock.monotonic().saturating_sub(began) > START_MAX {
                bail!("{name} 没有启动,看 {}", self.log_of(name).display())
            }
            pause();
        }
        Ok(())
    }

    fn written(&self) -> Result<()> {
        let who: BTreeMap<&str, u32> =
            self.running.iter().map(|(name, child)| (name.as_str(), child.id())).collect();
        let path = self.ground.dir().join(WHO);
        fs::write(&path, serde_json::to_string(&who)?).context("无法写入 lab.json")
    }
}

impl Drop for Members<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// Waits for its first line, and goes on reading the others away.
fn ready(child: &mut Child) -> Result<()> {
    let out = child.stdout.take().context("no output")?;
    let (first, heard) = mpsc::channel();
    std::thread::Builder::new().name("lab-output".to_owned()).spawn(move || {
        for line in BufReader::new(out).lines().map_while(io::Result::ok) {
            drop(first.send(line));
        }
    })?;
    heard.recv_timeout(START_MAX).map(drop).map_err(|_| {
        drop(child.kill());
        drop(child.wait());
        anyhow!("它什么也没有说")
    })
}

fn ended((name, child): (&String, &mut Child)) -> Option<String> {
    matches!(child.try_wait(), Ok(Some(_))).then(|| name.clone())
}

fn missing(name: &str, error: io::Error) -> anyhow::Error {
    if name == REDIS && error.kind() == io::ErrorKind::NotFound {
        return anyhow!(
            "没有找到 redis-server:安装软件包 redis-server(`apt-get install redis-server`)后再试"
        );
    }
    anyhow!(error).context(format!("无法启动 {name}"))
}

fn pause() {
    std::thread::park_timeout(PAUSE);
}
