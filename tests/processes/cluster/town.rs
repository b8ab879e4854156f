//! A town of several nodes and their Redis: real processes, each in a directory of its own, stopped by their own ids.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

use duban_actors::role::Role;
use duban_gate::redis_server::RedisServer;
use duban_runtime::clock::{Clock as _, SystemClock};
use duban_runtime::journal::disk::{Disk as _, OsDisk};
use duban_runtime::journal::ledger::LedgerReader;
use duban_runtime::journal::marker::Membership;
use duban_runtime::journal::{EXIT_TO_START_AGAIN, Options};
use duban_tests::child::{NextLine, PATIENCE, Running};
use duban_tests::machine::{self, CLUSTER, Machine};
use duban_tests::scratch_dir::ScratchDir;
use serde_json::Value;

use super::cut::Way;
use crate::server::token;
use crate::small_disk::SmallDisk;

/// How long a town may take to be whole again after something broke.
const WHOLE_MAX: Duration = Duration::from_mins(1);
/// A file of the rules of all nodes.
const CHANGED: &str = "rules/ladder.toml";
/// What a program asks about the nodes.
const LIST: [&str; 4] = ["node", "list", "--format", "json"];
/// What a node logs whose state has met a full disk.
const NEVER_OPENED: &str = "the store takes nothing until it is opened anew";
/// Where a test says what harm is done to a node.
const HARM: &str = "harm";
/// Of the disk on which the last node has its store, where one can be mounted.
const DISK_MIB: u64 = 512;
/// What is left of it when it is full: a few seconds of frames.
const DISK_LEFT: u64 = 128 << 10;

/// The nodes, their Redis, and a token of somebody at the intake desk.
pub(crate) struct Town {
    pub(crate) redis: RedisServer,
    pub(crate) nodes: Vec<Node>,
    pub(crate) token: String,
    ground: ScratchDir,
}

/// A node, running or not.
pub(crate) struct Node {
    machine: Machine,
    pub(crate) address: String,
    /// To Redis.
    pub(crate) way: Way,
    /// The number of the release to come that its program is of; 0 for this release.
    pub(crate) to_come: u64,
    running: Option<Running>,
    /// Under its store, where it can be filled. Taken away after the process.
    disk: Option<SmallDisk>,
    /// How often its state has met that disk full.
    n_met: usize,
}

impl Town {
    /// With so many nodes, which all run: the log is begun from the first one's store, the others join with a copy.
    pub(crate) fn of(n_nodes: usize) -> Town {
        let ground = ScratchDir::new();
        let redis = machine::redis(ground.path());
        hurried(&ground.rules());
        let names = (1..=n_nodes).map(|n| format!("node-{n}"));
        let mut nodes: Vec<Node> =
            names.map(|name| Node::new(&ground, name, Way::to(&redis.url()))).collect();
        if let Some(last) = nodes.last_mut() {
            last.disk = SmallDisk::mounted(last.store(), DISK_MIB);
        }
        let token = token(nodes[0].dir(), Role::Intake);
        let machines: Vec<&Machine> = nodes.iter().map(|node| &node.machine).collect();
        Machine::bring_together(&machines);
        let mut town = Town { redis, nodes, token, ground };
        for node in &mut town.nodes {
            node.start();
        }
        town
    }

    /// One more machine, with nothing on it: the last of the nodes from now on.
    pub(crate) fn add(&mut self) {
        let name = format!("node-{}", self.nodes.len() + 1);
        self.nodes.push(Node::new(&self.ground, name, Way::to(&self.redis.url())));
    }

    /// Waits until no step is due any more on any of these cases.
    pub(crate) fn until_decided(&self, cases: &BTreeSet<&str>) {
        let clock = SystemClock::start();
        let node = self.nodes.first().unwrap();
        loop {
            let said = node.must(&["timer", "list", "--limit", "500", "--format", "json"]);
            let said: Value = serde_json::from_str(&said).unwrap();
            let timers = said["timers"].as_array().unwrap();
            let of_them = |timer: &&Value| cases.contains(timer["key"].as_str().unwrap());
            let Some(waits) = timers.iter().find(of_them) else { return };
            assert!(clock.monotonic() < PATIENCE, "{waits} is not decided: {}", self.logged());
        }
    }

    /// Waits until every node is fit and every partition has an owner.
    pub(crate) fn until_whole(&self) {
        let clock = SystemClock::start();
        let mut said = String::new();
        while !self.is_whole(&mut said) {
            assert!(clock.monotonic() < WHOLE_MAX, "{said} is not whole: {}", self.logged());
        }
    }

    /// Lets the node die from which the next message that comes to this point leaves; which it was.
    pub(crate) fn one_dies_at(&mut self, point: &str) -> usize {
        let harms: Vec<PathBuf> =
            self.nodes.iter().map(|node| node.dir().join(HARM).join(point)).collect();
        for harm in &harms {
            fs::write(harm, "die\n").unwrap();
        }
        let dead = Cell::new(None);
        self.until("whoever has a message in hand dies", |town| {
            dead.set(town.nodes.iter().position(Node::has_ended));
            dead.get().is_some()
        });
        for harm in harms {
            fs::remove_file(harm).unwrap();
        }
        let dead = dead.get().unwrap();
        let (_, status) = self.nodes[dead].running.take().unwrap().wait(PATIENCE);
        assert_eq!(status.code(), None, "{status}: {}", self.logged());
        dead
    }

    /// Whether a node says that it cannot follow.
    pub(crate) fn is_stuck(&self, node: usize) -> bool {
        let list = self.nodes[0].list();
        let name = self.nodes[node].name();
        let mut nodes = list["nodes"].as_array().into_iter().flatten();
        nodes.any(|said| said["name"] == name && said["fitness"] == "stuck")
    }

    /// Waits until `is_so`, which is `what`.
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&Town) -> bool) {
        let clock = SystemClock::start();
        while !is_so(self) {
            assert!(clock.monotonic() < WHOLE_MAX, "{what}: not so: {}", self.logged());
        }
    }

    /// Changes a file of the rules by a remark; gives its text.
    pub(crate) fn change_rules(&self) -> String {
        let text = fs::read_to_string(self.ground.join(CHANGED)).unwrap() + "# a remark\n";
        self.write_rules(&text);
        text
    }

    /// Writes that file of the rules.
    pub(crate) fn write_rules(&self, text: &str) {
        fs::write(self.ground.join(CHANGED), text).unwrap();
    }

    fn is_whole(&self, said: &mut String) -> bool {
        let is_said: bool;
        (is_said, *said) = self.nodes[0].run(&LIST);
        let list: Value = serde_json::from_str(said).unwrap_or_default();
        let no_nodes = Vec::new();
        let nodes = list["nodes"].as_array().unwrap_or(&no_nodes);
        let is_fit = |node: &Value| node["is_seen"] == true && node["fitness"] == "fit";
        // Whoever has something from the others is known to them.
        let has_some = |node: &Value| node["partitions"].as_u64().is_some_and(|n| n > 0);
        is_said
            && nodes.len() == self.nodes.len()
            && nodes.iter().all(|node| is_fit(node) && has_some(node))
            && list["partitions_without_owner"] == 0
    }

    /// The place of the node that messages leave from; while they leave from nowhere it is waited for.
    pub(crate) fn office(&self) -> usize {
        let found = Cell::new(None);
        self.until("messages leave from somewhere", |town| {
            found.set(town.office_now());
            found.get().is_some()
        });
        found.get().unwrap()
    }

    fn office_now(&self) -> Option<usize> {
        let list = self.nodes[0].list();
        let is_office = |node: &Node| {
            let mut nodes = list["nodes"].as_array().into_iter().flatten();
            nodes.any(|said| said["name"] == node.name() && said["is_office"] == true)
        };
        self.nodes.iter().position(is_office)
    }

    /// Begins the log anew, which is gone, from the node that has the most; the others join again, and all run.
    pub(crate) fn begin_anew(&mut self) {
        self.nodes.iter_mut().for_each(Node::stop);
        let most = self.nodes.iter().max_by_key(|node| node.last_frame()).unwrap();
        most.must(&["node", "seed"]);
        let copy = self.ground.join("copy").display().to_string();
        most.must(&["backup", &copy]);
        for node in self.nodes.iter().filter(|node| node.name() != most.name()) {
            let said = node.must(&["node", "join", "--again", "--from", &copy, "--format", "json"]);
            let said: Value = serde_json::from_str(&said).unwrap();
            for fork in said["forks"].as_array().unwrap() {
                assert_eq!(fork["cases"], Value::Array(Vec::new()), "{}: {said}", node.name());
            }
        }
        self.nodes.iter_mut().for_each(Node::start);
    }

    /// What the nodes have logged last.
    pub(crate) fn logged(&self) -> String {
        let tail = |node: &Node| format!("── {}\n{}", node.name(), node.logged());
        self.nodes.iter().map(tail).collect::<Vec<_>>().join("\n")
    }

    /// Where the nodes are asked.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.address.clone()).collect()
    }
}

impl Node {
    fn new(ground: &ScratchDir, name: String, way: Way) -> Node {
        let dir = ground.join(&name);
        let rules = format!("[rules]\ndir = \"{}\"\n", ground.join("rules").display());
        let (program, place) = (env!("CARGO_BIN_EXE_duban-child"), (ground.path(), name.as_str()));
        let store = dir.join("data");
        let mut machine = Machine::set_up(program, place, store, (&way.url(), rules.as_str()));
        fs::create_dir(dir.join(HARM)).unwrap();
        machine.set("DUBAN_HARM", dir.join(HARM).display().to_string());
        let address = machine.address().to_owned();
        Node { machine, address, way, to_come: 0, running: None, disk: None, n_met: 0 }
    }

    /// Where its ledger ends while it does not run.
    fn last_frame(&self) -> u64 {
        LedgerReader::over(OsDisk::at(self.store()).reader()).unwrap().last_frame()
    }

    /// How its store is opened while it does not run.
    pub(crate) fn options(&self) -> Options {
        let (cluster, node) = (CLUSTER.into(), self.name().into());
        Options { membership: Membership::Node { cluster, node }, ..Options::at(self.store()) }
    }

    /// Starts it, and waits until it says that it is ready.
    pub(crate) fn start(&mut self) {
        let running = Running::start(&mut self.serving());
        self.until_ready(&running);
        self.running = Some(running);
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.running.take().unwrap().kill();
    }

    /// Its program is of this release to come from its next start on.
    pub(crate) fn upgrade(&mut self, to_come: u64) {
        self.to_come = to_come;
        self.machine.set("DUBAN_TO_COME", to_come.to_string());
    }

    /// Whether its disk can be filled.
    pub(crate) fn has_disk(&self) -> bool {
        self.disk.is_some()
    }

    pub(crate) fn fill_disk(&self) {
        self.disk.as_ref().unwrap().fill(DISK_LEFT);
    }

    /// Makes room again. Where its state has met the full disk it ends, to be started again, as by whoever keeps services.
    pub(crate) fn make_room(&mut self) {
        let has_met = self.times_said(NEVER_OPENED) > self.n_met;
        self.disk.as_ref().unwrap().make_room();
        if has_met {
            let (_, status) = self.running.take().unwrap().wait(PATIENCE);
            assert_eq!(status.code(), Some(EXIT_TO_START_AGAIN), "{status}: {}", self.logged());
            self.n_met += 1;
            self.start();
        }
    }

    fn has_ended(&self) -> bool {
        let running = self.running.as_ref().unwrap();
        running.line_until(Duration::ZERO) == NextLine::End
    }

    /// Tells it to end, and waits until it has, in good order.
    pub(crate) fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.signal("TERM");
        let (said, status) = running.wait(PATIENCE);
        assert!(status.success(), "{}: {status}: {said:?}\n{}", self.name(), self.logged());
    }

    /// Sends it a signal, e.g. `STOP`.
    pub(crate) fn signal(&self, signal: &str) {
        self.running.as_ref().unwrap().signal(signal);
    }

    /// The nodes as this one sees them.
    pub(crate) fn list(&self) -> Value {
        let (_, said) = self.run(&["node", "list", "--format", "json"]);
        serde_json::from_str(&said).unwrap_or_default()
    }
}

impl Deref for Node {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        &self.machine
    }
}

/// Whoever reports something urgent is heard within seconds, or steps come due: at 5, 7 and 14 of them.
fn hurried(rules: &Path) {
    let file = rules.join("stages.toml");
    let text = fs::read_to_string(&file).unwrap();
    let hurried =
        text.replacen("urgent = \"0.25 urgent_hour\"", "urgent = \"0.002 urgent_hour\"", 1);
    assert_ne!(hurried, text);
    fs::write(file, hurried).unwrap();
}
