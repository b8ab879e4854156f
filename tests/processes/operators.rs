//! The reservation of the last operator, on the server itself: killed between a release and the dismissal that it is
//! for, the account is counted again in time, and somebody is always left who may let the others in.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use duban::registry;
use duban_actors::operators::{self, Operators, RELEASE_FOR};
use duban_actors::person::{Hidden, Person, Profile};
use duban_actors::role::Role;
use duban_gate::report::tell;
use duban_rules::Sources;
use duban_runtime::clock::{SystemClock, Timestamp};
use duban_runtime::entity::{Entity, EntityId};
use duban_runtime::journal::{Journal, Options as JournalOptions};
use duban_runtime::node::{Node, Options};
use duban_tests::child::{NextLine, PATIENCE, Running};
use duban_tests::people;
use duban_tests::scratch_dir::ScratchDir;

/// Wednesday, 4 March 2026, 20:00 local time.
const EVENING: Timestamp = Timestamp::from_millis(1_772_625_600_000);
/// Kills until one falls between the two commits; nearly every one does on a machine that is not busy.
const ATTEMPTS_MAX: usize = 12;

#[test]
fn an_operator_released_by_a_server_that_is_killed_before_the_dismissal_is_counted_again_in_time() {
    let place = Place::new();
    let logins: Vec<String> = (0..=ATTEMPTS_MAX).map(|n| format!("operator-{n:0>2}")).collect();
    place.enrol(&logins);
    let released = place.killed_after_releasing(&logins);

    let mut server = place.serve();
    let mut others: Vec<&str> = place.operators(&logins);
    assert!(others.contains(&released), "the dismissal was never decided");
    others.retain(|login| *login != released);
    let last = others.pop().unwrap();
    for login in others {
        place.dismiss(login).unwrap();
    }
    let no = place.dismiss(last).unwrap_err();
    assert!(no.contains("最后一名"), "{no}");

    server.tell(&(EVENING + RELEASE_FOR).as_millis().to_string());
    let patience = server.age() + Duration::from_mins(1);
    while let Err(no) = place.dismiss(last) {
        assert!(server.age() < patience, "{released} is not counted: {no}; {}", place.logged());
    }
    place.dismiss(released).unwrap_err();
    assert_eq!(place.operators(&logins), [released]);
    server.signal("TERM");
    assert!(server.wait(PATIENCE).1.success());
    let reservation = place.reservation();
    assert!(reservation.counted.iter().eq([released]), "{reservation:?}");
    assert_eq!(reservation.released, []);
}

/// A store, and a clock that is moved.
struct Place {
    ground: ScratchDir,
}

impl Place {
    fn new() -> Place {
        let ground = ScratchDir::new();
        let config = format!(
            "[store]\ndir = \"{}\"\n[rules]\ndir = \"{}\"\n[http]\nlisten = \"127.0.0.1:0\"\n",
            ground.join("data").display(),
            ground.rules().display()
        );
        fs::write(ground.join("duban.toml"), config).unwrap();
        let place = Place { ground };
        place.run(&["init"]).unwrap();
        place
    }

    /// Each of them becomes operator, at rest.
    fn enrol(&self, logins: &[String]) {
        actix::System::new().block_on(async {
            let rules = registry::in_force(duban_rules::parse(&Sources::shipped()).0);
            let registry = registry::registry(&rules);
            let at = JournalOptions::at(self.ground.join("data"));
            let journal = Journal::open(at, registry.clone(), &|_| {}).unwrap();
            let clock = Arc::new(SystemClock::start());
            let node = Node::start(Options::default(), registry, journal, clock).await.unwrap();
            for login in logins {
                let roles = vec![Role::Operator];
                let profile = Profile { name: "赵敏".into(), roles, unit: None, collector: None };
                people::enrol(&node, login, profile).await;
                // Nobody comes in by it.
                people::give_password(&node, login, Hidden::new("$argon2id$")).await;
            }
            let journal = node.journal().clone();
            node.stop().await;
            journal.close().unwrap();
        });
    }

    /// Who is still on record as released, because the server was killed before it could dismiss them.
    fn killed_after_releasing<'a>(&self, logins: &'a [String]) -> &'a str {
        for (n, login) in logins.iter().take(ATTEMPTS_MAX).enumerate() {
            let server = self.serve();
            let before = self.n_said_of(login);
            let mut asking = self.spawn(&["person", "dismiss", login, "--reason", "调离"]);
            // A release is there as soon as it is written, and is then synced before anybody hears of it.
            while self.n_said_of(login) == before && asking.try_wait().unwrap().is_none() {
                std::hint::spin_loop();
            }
            server.kill();
            asking.wait().unwrap();
            if self.hangs(login) {
                tell(&format!("the kill number {} fell between the two", n + 1));
                return login;
            }
        }
        panic!("no kill fell between release and dismissal");
    }

    /// How often somebody is named in the ledger, as it is written.
    fn n_said_of(&self, login: &str) -> usize {
        let files = fs::read_dir(self.ground.join("data/ledger")).unwrap();
        let said = files.map(|file| fs::read(file.unwrap().path()).unwrap());
        said.map(|bytes| String::from_utf8_lossy(&bytes).matches(login).count()).sum()
    }

    /// Whether somebody who may go has not gone. They may have gone, and the reservation not know of it yet.
    fn hangs(&self, login: &str) -> bool {
        let is_operator = self.at_rest::<Person>(login).is_operator();
        self.reservation().release_of(login).is_some() && is_operator
    }

    fn reservation(&self) -> Operators {
        self.at_rest(operators::KEY)
    }

    /// As it stands in the store that nobody has open.
    fn at_rest<E: Entity>(&self, key: &str) -> E {
        let rules = registry::in_force(duban_rules::parse(&Sources::shipped()).0);
        let at = JournalOptions::at(self.ground.join("data"));
        let journal = Journal::open(at, registry::registry(&rules), &|_| {}).unwrap();
        let id = EntityId::new(E::KIND, key);
        let stored = journal.entity(&id).unwrap().expect("it is on record");
        journal.close().unwrap();
        stored.state.decode(&id).unwrap()
    }

    /// Those of `logins` who are on record as operator.
    fn operators<'a>(&self, logins: &'a [String]) -> Vec<&'a str> {
        let said = self.run(&["person", "list", "--format", "json", "--limit", "100"]).unwrap();
        let is_there = |login: &&String| said.contains(&format!("\"{login}\""));
        logins.iter().filter(is_there).map(String::as_str).collect()
    }

    fn dismiss(&self, login: &str) -> Result<String, String> {
        self.run(&["person", "dismiss", login, "--reason", "调离"])
    }

    /// What a command said, in whichever way it ended.
    fn run(&self, args: &[&str]) -> Result<String, String> {
        let ran = self.spawn(args).wait_with_output().unwrap();
        let said = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
        if ran.status.success() { Ok(said) } else { Err(said) }
    }

    fn spawn(&self, args: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.arg("--config").arg(self.ground.join("duban.toml")).args(args);
        command.current_dir(self.ground.path()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn serve(&self) -> Running {
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_clocked-server"));
        command.arg(self.ground.join("duban.toml")).arg(EVENING.as_millis().to_string());
        let server = Running::start(command.stderr(log));
        let said = server.line_until(PATIENCE);
        let is_ready = matches!(&said, NextLine::Line(line) if line.contains("http://"));
        assert!(is_ready, "{said:?}: {}", self.logged());
        server
    }

    fn log(&self) -> PathBuf {
        self.ground.join("log")
    }

    fn logged(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }
}
