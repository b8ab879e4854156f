//! Rules that came into force when weekdays could be numbers, on a server that takes names only.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::process::Command;
use std::sync::Arc;

use duban::asker::Asker;
use duban::wiring;
use duban_actors::centre::{self, Centre, RulesEdition};
use duban_rules::Sources;
use duban_runtime::answer::Answer;
use duban_runtime::clock::SystemClock;
use duban_runtime::entity::CommandId;
use duban_runtime::journal::{Journal, Options as JournalOptions};
use duban_runtime::node::{Ask, Node, Options};
use duban_tests::child::{PATIENCE, Running, Said};
use duban_tests::ground::Ground;
use serde_json::Value;

/// Thursday, 2026-12-03 09:00 by the county's clock; and the mornings of the Sunday and the Monday after it.
const THURSDAY_9AM: i64 = 1_796_259_600_000;
const SUNDAY_8AM: (i64, &str) = (1_796_515_200_000, "2026-12-06T00:00:00");
const MONDAY_8AM: &str = "2026-12-07T00:00:00";

#[test]
fn rules_in_force_that_name_weekdays_by_numbers_go_on_as_ever_and_say_which_days_those_are() {
    let place = Place::with_rules_of_before();
    let (code, said) = place.run(&["rules", "check", "rules"]);
    assert!(code == Some(1) && said.contains("R0711") && said.contains("Mon-Fri"), "{said}");

    let mut server = place.serve();
    let expected = "单位简报“0 0 8 * * 1-5”按旧读法:周日至周四";
    let (_, said) = place.run(&["status"]);
    assert!(said.contains(expected), "{said}");
    let (_, said) = place.run(&["status", "--format", "json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["schedules_by_number"][0]["days"], "Sun-Thu", "{said}");

    // Not on Friday, not on Saturday: on Sunday, and on Monday.
    let (sunday, told) = SUNDAY_8AM;
    assert_eq!(place.briefs(), BTreeSet::from([told.to_owned()]));
    server.tell(&sunday.to_string());
    let until = server.age() + PATIENCE;
    while place.briefs() != BTreeSet::from([MONDAY_8AM.to_owned()]) {
        assert!(server.age() < until, "{:?}: {}", place.briefs(), place.logged());
    }

    // Nobody can put them in force anew, and that changes nothing.
    let (code, said) = place.run(&["rules", "apply"]);
    assert!(code == Some(1) && said.contains("R0711"), "{said}");
    assert_eq!(place.briefs(), BTreeSet::from([MONDAY_8AM.to_owned()]));
    server.signal("TERM");
    let (said, status) = server.wait(PATIENCE);
    assert!(status.success(), "{said:?}");
}

/// A store whose rules in force and whose directory are the same, with weekdays by numbers.
struct Place {
    ground: Ground,
}

impl Place {
    fn with_rules_of_before() -> Place {
        let ground = Ground::new();
        let rules = ground.rules();
        let config = format!(
            "[store]\ndir = \"{}\"\n[rules]\ndir = \"{}\"\n[http]\nlisten = \"127.0.0.1:0\"\n",
            ground.join("data").display(),
            rules.display()
        );
        fs::write(ground.join("duban.toml"), config).unwrap();
        let place = Place { ground };
        let (code, said) = place.run(&["init"]);
        assert_eq!(code, Some(0), "{said}");
        let file = rules.join("notices.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("\"0 0 8 * * *\"", "\"0 0 8 * * 1-5\"")).unwrap();
        place.put_in_force();
        place
    }

    /// Puts the directory's rules in force as a program did that took them.
    fn put_in_force(&self) {
        let files = fs::read_dir(self.ground.join("rules")).unwrap().map(|file| {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            (name, fs::read_to_string(file.path()).unwrap())
        });
        let files: BTreeMap<String, String> = files.collect();
        let bytes = files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes()));
        let sources = Sources::from_files(bytes);
        let book = duban_rules::parse(&sources).0;
        let hash = book.hash.iter().fold(String::new(), |hash, byte| hash + &format!("{byte:02x}"));
        actix::System::new().block_on(async {
            let registry = wiring::registry(&wiring::in_force(book.clone()));
            let options = JournalOptions::at(self.ground.join("data"));
            let journal = Journal::open(options, registry.clone(), &|_| {}).unwrap();
            let blob = journal.blobs().put(&serde_json::to_vec_pretty(&files).unwrap()).unwrap();
            let clock = Arc::new(SystemClock::start());
            let node = Node::start(Options::default(), registry, journal, clock).await.unwrap();
            let edition = RulesEdition {
                hash: hash.into(),
                blob: blob.to_string().into(),
                number: book.handbook.number.as_str().into(),
            };
            let id = CommandId::derived(&[b"rules of before"]);
            let asked = Asker::on_the_machine().asks(id, node.clock().now());
            let command = centre::Command::PutRulesInForce(edition);
            let answer = node.ask(Ask::of::<Centre>(centre::KEY, command, asked)).await;
            assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
            let journal = node.journal().clone();
            node.stop().await;
            journal.close().unwrap();
        });
    }

    fn serve(&self) -> Running {
        let log = File::options().create(true).append(true).open(self.ground.join("log"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_clocked-server"));
        command.arg(self.ground.join("duban.toml")).arg(THURSDAY_9AM.to_string());
        let server = Running::start(command.stderr(log.unwrap()));
        let said = server.line_until(PATIENCE);
        let is_ready = matches!(&said, Said::Line(line) if line.contains("http://"));
        assert!(is_ready, "{said:?}: {}", self.logged());
        server
    }

    fn run(&self, args: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.args(["--config", "duban.toml"]).args(args).current_dir(self.ground.path());
        let ran = command.output().unwrap();
        let said = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
        (ran.status.code(), said)
    }

    fn logged(&self) -> String {
        fs::read_to_string(self.ground.join("log")).unwrap_or_default()
    }

    /// When the next briefs are due.
    fn briefs(&self) -> BTreeSet<String> {
        let (code, said) = self.run(&["timer", "list", "--limit", "500", "--format", "json"]);
        assert_eq!(code, Some(0), "{said}");
        let said: Value = serde_json::from_str(&said).unwrap();
        let timers = said["timers"].as_array().unwrap().iter();
        let briefs = timers.filter(|timer| timer["timer"] == "brief");
        briefs.map(|timer| timer["due"].as_str().unwrap()[..19].to_owned()).collect()
    }
}
