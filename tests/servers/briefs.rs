//! The daily brief (article 7) on a server that was set up as `ops/deploy/README.md` says: nobody is asked to think of
//! it, and it arrives at a mail server that others wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use duban::registry;
use duban_actors::{centre, unit};
use duban_rules::vocabulary::Recipient;
use duban_rules::{RuleBook, Sources, parse};
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Journal, Options};
use duban_tests::child::{NextLine, PATIENCE, Running};
use duban_tests::scratch_dir::ScratchDir;

use crate::foreign_servers::{TestServer, here, python};
use crate::world::{Took, took};

/// Between two looks at what has arrived.
const LOOK: Duration = Duration::from_millis(100);
/// Each minute has a morning here, at this second: no rules come into force that have more.
const MORNINGS: [i64; 2] = [0, 20];

/// A server's place: rules, configuration, and the mail server that it knows.
struct Place {
    ground: ScratchDir,
    rules: PathBuf,
    _mail: TestServer,
}

impl Place {
    fn set_up() -> Place {
        let ground = ScratchDir::new();
        let mut command = Command::new(python());
        command.arg(here("smtp_server.py")).arg(ground.join("took")).args(["0", "none"]);
        let mail = TestServer::start(&mut command);
        let (rules, config) = (ground.rules(), configuration(&ground, mail.port));
        std::fs::write(ground.join("duban.toml"), config).unwrap();
        let place = Place { ground, rules, _mail: mail };
        place.mornings_at(MORNINGS[0]);
        place.done(&["config", "explain"]);
        place.done(&["rules", "check", "rules"]);
        place.done(&["init"]);
        place
    }

    /// Has each minute be a morning, at `second`.
    fn mornings_at(&self, second: i64) {
        let file = self.rules.join("notices.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let schedule = |line: &str| match line.split_once(" = ") {
            Some((name @ ("brief_unit" | "brief_centre"), _)) => {
                format!("{name} = \"{second} * * * * *\"")
            }
            Some(_) | None => line.to_owned(),
        };
        let lines: Vec<String> = text.lines().map(schedule).collect();
        std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    }

    fn duban(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.args(["--config", "duban.toml"]).args(args).current_dir(self.ground.path());
        command
    }

    fn done(&self, args: &[&str]) {
        let ran = self.duban(args).output().unwrap();
        assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    }

    fn serve(&self) -> Running {
        let log = self.ground.join("log");
        let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let server = Running::start(self.duban(&["serve"]).stderr(log));
        let said = server.line_until(PATIENCE);
        assert!(matches!(&said, NextLine::Line(line) if line.contains("已就绪")), "{said:?}");
        server
    }

    /// The briefs that have arrived, by mailbox; a server that runs for minutes may have other letters for its operator.
    fn arrived(&self) -> BTreeMap<String, Vec<Took>> {
        let mut arrived: BTreeMap<String, Vec<Took>> = BTreeMap::new();
        let letters = took(&self.ground.join("took")).into_iter();
        for letter in letters.filter(|letter| letter.subject.contains("简报")) {
            arrived.entry(letter.to.clone()).or_default().push(letter);
        }
        arrived
    }

    /// Waits until every one of these mailboxes has had one more letter than it has now.
    fn one_more_for(&self, mailboxes: &BTreeSet<String>, server: &Running) {
        let before = self.arrived();
        let had =
            |arrived: &BTreeMap<String, Vec<Took>>, to: &str| arrived.get(to).map_or(0, Vec::len);
        let patience = server.age() + PATIENCE;
        loop {
            let now = self.arrived();
            let waiting: Vec<&String> =
                mailboxes.iter().filter(|to| had(&now, to) <= had(&before, to)).collect();
            if waiting.is_empty() {
                return;
            }
            assert!(server.age() < patience, "no brief for {waiting:?}");
            assert_eq!(server.line_until(server.age() + LOOK), NextLine::Nothing);
        }
    }

    /// The slots that were due, by whose they are, in their order.
    fn slots(&self) -> BTreeMap<String, Vec<Timestamp>> {
        let registry = registry::registry(&registry::in_force(parse(&Sources::shipped()).0));
        let options = Options::at(self.ground.join("store"));
        let journal = Journal::open(options, registry, &|_| {}).unwrap();
        let mut slots: BTreeMap<String, Vec<Timestamp>> = BTreeMap::new();
        for kind in [unit::KIND, centre::KIND] {
            for (id, _) in journal.entities(Some(kind.number), None, 1_000).unwrap() {
                for record in journal.history(&id).unwrap() {
                    let due = slots_of(&record.events);
                    slots.entry(id.key.to_string()).or_default().extend(due);
                }
            }
        }
        journal.close().unwrap();
        slots.retain(|_, slots| !slots.is_empty());
        slots
    }
}

/// The configuration of `ops/deploy`, with what is this machine's.
fn configuration(ground: &ScratchDir, port: u16) -> String {
    let shipped = here("../../ops/deploy/duban.toml");
    let text = std::fs::read_to_string(shipped).unwrap();
    let own = |path: &str| format!("dir = \"{}\"", ground.join(path).display());
    let (sms, _) = text.split_once("[courier.sms]").unwrap();
    sms.replace("dir = \"/var/lib/duban/store\"", &own("store"))
        .replace("dir = \"/etc/duban/rules\"", &own("rules"))
        .replace("listen = \"127.0.0.1:8440\"", "listen = \"127.0.0.1:0\"")
        .replace("[courier]\n", &format!("[courier]\n{}\n", own("outbox")))
        .replace("host = \"mail.suning.example\"", "host = \"127.0.0.1\"")
        .replace("port = 587", &format!("port = {port}"))
        .replace("security = \"starttls\"", "security = \"none\"")
        .replace("user = \"duban\"\n", "")
        .replace("secret_file = \"smtp\"\n", "")
}

fn slots_of(events: &str) -> Vec<Timestamp> {
    if let Ok(events) = serde_json::from_str::<Vec<unit::Event>>(events) {
        let slot = |event| {
            if let unit::Event::BriefDue(due) = event { Some(due.slot) } else { None }
        };
        return events.into_iter().filter_map(slot).collect();
    }
    let events: Vec<centre::Event> = serde_json::from_str(events).unwrap();
    let slot = |event| match event {
        centre::Event::BriefDue(due) => Some(due.slot),
        centre::Event::Established { .. }
        | centre::Event::Rescheduled { .. }
        | centre::Event::RulesPutInForce { .. }
        | centre::Event::RulesScheduled { .. }
        | centre::Event::RulesForetold { .. }
        | centre::Event::RulesDayCome { .. }
        | centre::Event::RulesGivenUp { .. }
        | centre::Event::AlarmRaised(_)
        | centre::Event::AlarmCleared(_) => None,
    };
    events.into_iter().filter_map(slot).collect()
}

/// Where briefs go, and how many of a morning: to the heads of departments, one for each, and to the duty chiefs.
fn mailboxes(rules: &RuleBook) -> BTreeMap<String, usize> {
    let departments = rules.units.iter().filter(|unit| unit.active && unit.class().is_some());
    let heads = departments.flat_map(|unit| unit.contacts(Recipient::UnitHead));
    let people = heads.chain(rules.officials.contacts(Recipient::DutyChief));
    let mut mailboxes = BTreeMap::new();
    for mailbox in people.filter_map(|person| person.email.clone()) {
        *mailboxes.entry(mailbox).or_default() += 1;
    }
    mailboxes
}

/// The second of its minute at which a slot is.
fn phase(slot: Timestamp) -> i64 {
    slot.as_millis() / 1_000 % 60
}

#[test]
fn heads_and_duty_chiefs_have_their_briefs_from_a_server_that_nobody_told_to_think_of_them() {
    let place = Place::set_up();
    let briefs = mailboxes(&parse(&Sources::shipped()).0);
    assert_eq!(briefs.values().sum::<usize>(), 26, "24 departments and two duty chiefs");
    assert_eq!(briefs.len(), 23, "four of the departments have one head");
    let everybody: BTreeSet<String> = briefs.keys().cloned().collect();
    let server = place.serve();
    place.one_more_for(&everybody, &server);

    // Another hour, and a machine that falls: for everybody it goes on by the new one.
    place.mornings_at(MORNINGS[1]);
    place.done(&["rules", "apply"]);
    place.one_more_for(&everybody, &server);
    server.kill();
    let server = place.serve();
    place.one_more_for(&everybody, &server);
    server.signal("TERM");
    let (said, status) = server.wait(PATIENCE);
    assert!(status.success(), "{said:?}");

    let slots = place.slots();
    assert_eq!(slots.len(), 25, "24 departments and the centre: {:?}", slots.keys());
    for (whose, slots) in &slots {
        assert!(slots.is_sorted_by(|one, next| one < next), "{whose}: a slot twice: {slots:?}");
        let (before, after) = slots.split_at(slots.partition_point(|slot| phase(*slot) == 0));
        assert!(!before.is_empty() && !after.is_empty(), "{whose}: {slots:?}");
        assert!(after.iter().all(|slot| phase(*slot) == MORNINGS[1]), "{whose}: {slots:?}");
    }
    for (mailbox, letters) in place.arrived() {
        // One that was on its way when the machine fell may come again: with its id, byte for byte.
        let ids: BTreeSet<&str> = letters.iter().map(|letter| letter.id.as_str()).collect();
        let copies: BTreeSet<(&str, &str)> =
            letters.iter().map(|letter| (letter.id.as_str(), letter.hash.as_str())).collect();
        assert_eq!(ids.len(), copies.len(), "{mailbox}: {letters:?}");
        let slots_max = slots.values().map(Vec::len).max().unwrap_or(0);
        assert!(
            ids.len() <= slots_max * briefs[&mailbox],
            "{mailbox} has more letters than there were mornings"
        );
    }
    assert!(place.arrived().keys().all(|to| everybody.contains(to)), "nobody else gets one");
}
