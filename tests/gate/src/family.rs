//! A child process and all it starts: whoever drops it leaves none of them behind, also when a test panics.
//!
//! A browser starts others, some of which leave its process group, become nobody's children, or write over the memory
//! that `/proc` shows their environment from. So they are found in two ways: by whose children they are, and by a mark
//! that they inherit. The gate takes in every orphan of the tests besides ([`adopt`]), and ends by naming those that
//! are left ([`left`]).

#![expect(clippy::expect_used, reason = "a child that cannot be started fails its test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Child, ChildStdout, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, getpid, kill_process, set_child_subreaper};

use crate::report::tell;

/// The variable that everybody in a family inherits.
const MARK: &str = "DUBAN_TEST_FAMILY";
/// How often it is looked for members that were started while the others were ended: each look ends all it finds.
const LOOKS_MAX: usize = 1_000;

/// Families of this process so far.
static FAMILIES: AtomicU32 = AtomicU32::new(0);

/// A running child and all it starts. Dropped, all of them are killed.
#[derive(Debug)]
pub struct Family {
    head: Child,
    mark: String,
}

/// A process that runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Process {
    pub id: u32,
    pub name: String,
}

impl Family {
    /// Starts `command`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Family {
        adopt();
        let n = FAMILIES.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}.{n}", std::process::id());
        let head = command.env(MARK, &mark).spawn().expect("the child starts");
        Family { head, mark }
    }

    /// The id of its head.
    pub fn head(&self) -> u32 {
        self.head.id()
    }

    /// What its head says; once.
    pub fn output(&mut self) -> Option<ChildStdout> {
        self.head.stdout.take()
    }

    /// Whether its head has ended.
    pub fn has_ended(&mut self) -> bool {
        self.head.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Everybody in it who runs.
    pub fn members(&self) -> Vec<Process> {
        let running = running();
        let mut found = below(&running, self.head.id());
        found.insert(self.head());
        let wanted = format!("{MARK}={}", self.mark);
        found.extend(running.keys().copied().filter(|id| has(*id, &wanted)));
        named(&running, found)
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        for _ in 0..LOOKS_MAX {
            let members = self.members();
            if members.is_empty() {
                break;
            }
            members.iter().for_each(kill);
            // Its head is this process's to bury; the others' turn comes with whoever took them in.
            drop(self.head.try_wait());
            std::thread::yield_now();
        }
        drop(self.head.wait());
    }
}

/// Takes in whoever is orphaned below this process from now on.
pub fn adopt() {
    if let Err(error) = set_child_subreaper(Some(getpid())) {
        tell(&format!("orphans are nobody's: {error}"));
    }
}

/// Everybody below this process who runs.
pub fn left() -> Vec<Process> {
    let running = running();
    let found = below(&running, std::process::id());
    named(&running, found)
}

/// Ends one of [`left`]; one that has ended meanwhile needs nothing.
pub fn kill(process: &Process) {
    let id = i32::try_from(process.id).ok().and_then(Pid::from_raw);
    match id.map(|id| kill_process(id, Signal::KILL)) {
        Some(Err(error)) if error != Errno::SRCH => {
            tell(&format!("{} ({}) cannot be ended: {error}", process.name, process.id));
        }
        Some(Ok(()) | Err(_)) | None => {}
    }
}

/// Whoever runs, with parent and name.
type Running = BTreeMap<u32, (u32, String)>;

fn running() -> Running {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let id: u32 = entry.file_name().to_str()?.parse().ok()?;
            // `7 (a name) S 1 …`: a name may hold anything.
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
            let mut fields = rest.split_whitespace();
            let (state, parent) = (fields.next()?, fields.next()?.parse().ok()?);
            // The dead only wait to be buried.
            (!matches!(state, "Z" | "X")).then(|| (id, (parent, name.to_owned())))
        })
        .collect()
}

/// All who descend from `head`.
fn below(running: &Running, head: u32) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut parents = vec![head];
    while let Some(parent) = parents.pop() {
        let children = running.iter().filter(|(_, (above, _))| *above == parent);
        for (id, _) in children {
            if found.insert(*id) {
                parents.push(*id);
            }
        }
    }
    found
}

fn has(id: u32, wanted: &str) -> bool {
    let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
}

fn named(running: &Running, found: BTreeSet<u32>) -> Vec<Process> {
    let process = |id| running.get(&id).map(|(_, name)| Process { id, name: name.clone() });
    found.into_iter().filter_map(process).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::process::Stdio;

    use super::*;

    /// A child whose own children outlive it and leave its group and session.
    fn wild() -> Family {
        let script = "setsid sleep 1000 & (setsid sleep 1000 &) ; env -i setsid sleep 1000 & echo; exec sleep 1000";
        let mut command = Command::new("sh");
        let mut family = Family::start(command.args(["-c", script]).stdout(Stdio::piped()));
        let mut line = String::new();
        BufReader::new(family.output().unwrap()).read_line(&mut line).unwrap();
        family
    }

    fn runs(process: &Process) -> bool {
        running().get(&process.id).is_some_and(|(_, name)| *name == process.name)
    }

    #[test]
    fn nobody_of_a_family_outlives_the_test_that_started_it_not_even_when_it_panics() {
        for panics in [false, true] {
            let members = std::sync::Mutex::new(Vec::new());
            let test = AssertUnwindSafe(|| {
                let family = wild();
                *members.lock().unwrap() = family.members();
                assert!(!panics, "a test that fails");
            });
            assert_eq!(catch_unwind(test).is_err(), panics);
            let members = members.into_inner().unwrap();
            assert!(members.len() >= 2, "{members:?}");
            assert_eq!(
                members.iter().filter(|one| runs(one)).collect::<Vec<_>>(),
                [&members[0]; 0]
            );
        }
    }

    #[test]
    fn whoever_is_left_is_named() {
        let family = wild();
        let (members, left) = (family.members(), left());
        // One that has become another program, or has ended, meanwhile is not asked for.
        let unnamed = members.iter().filter(|one| runs(one) && !left.contains(one));
        assert_eq!(unnamed.collect::<Vec<_>>(), [&left[0]; 0]);
    }
}
