//! What a unit gets and who of it gets it: a brief is the same each time, a leave is heeded (article 7).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "a test binary's helpers are not `in tests` for clippy"
)]

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use duban::asking::Asker;
use duban::config::Config;
use duban::courier::{Courier, Failure, Rendered};
use duban::delivery::deliver_due;
use duban::registry::Rules;
use duban::rules_in_force::edition::put_in_force;
use duban::store;
use duban_actors::case::command::{Adoption, NewReport};
use duban_actors::case::{Case, CaseId, Channel, Command};
use duban_actors::centre::{self, Centre};
use duban_actors::role::Role;
use duban_actors::unit::{self, Unit};
use duban_rules::Sources;
use duban_rules::book::notices;
use duban_rules::vocabulary::{StepCode, TemplateName, UnitId};
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock, Timestamp, VirtualClock};
use duban_runtime::entity::{Asked, CommandId, Entity};
use duban_runtime::node::{Ask, Node, Options, Ticking};

/// Monday, 2 March 2026, 08:00 local time.
const MONDAY_8AM: Timestamp = Timestamp::from_millis(1_772_409_600_000);
const HOUR: Duration = Duration::from_hours(1);

#[test]
fn a_brief_handed_over_again_after_a_crash_says_what_it_said_before() {
    let dir = tempfile::tempdir().unwrap();
    let (first, again) = actix::System::new().block_on(async {
        let fixture = Fixture::open(dir.path(), MONDAY_8AM - HOUR).await;
        fixture.ask::<Unit>("SW", Role::Operator, unit::Command::Establish).await;
        fixture.adopt("overdue", MONDAY_8AM - 2 * HOUR).await;
        fixture.morning().await;
        // The process dies between handing over and knowing that it was taken.
        let mut courier = Hands { taken: Vec::new(), settles: Settles::Never };
        assert!(deliver_due(&fixture.node, &fixture.rules, &mut courier).await.is_err());
        fixture.close().await;

        let fixture = Fixture::open(dir.path(), MONDAY_8AM + HOUR).await;
        fixture.adopt("another", MONDAY_8AM - 3 * HOUR).await;
        fixture.conclude("overdue").await;
        let mut hands = Hands { taken: Vec::new(), settles: Settles::Always };
        deliver_due(&fixture.node, &fixture.rules, &mut hands).await.unwrap();
        fixture.close().await;
        (courier.taken, hands.taken)
    });
    let brief = |taken: &[Rendered]| {
        let briefs = taken.iter().filter(|message| message.template == unit::BRIEF);
        let [brief] = briefs.cloned().collect::<Vec<_>>().try_into().unwrap();
        brief
    };
    let first = brief(&first);
    assert!(first.subject.contains("超期 1"), "{first:?}");
    assert_eq!(brief(&again), first);
}

#[test]
fn verify_misses_the_words_of_a_brief_that_are_gone() {
    let dir = tempfile::tempdir().unwrap();
    actix::System::new().block_on(async {
        let fixture = Fixture::open(dir.path(), MONDAY_8AM - HOUR).await;
        fixture.ask::<Unit>("SW", Role::Operator, unit::Command::Establish).await;
        fixture.morning().await;
        let mut courier = Hands { taken: Vec::new(), settles: Settles::Never };
        assert!(deliver_due(&fixture.node, &fixture.rules, &mut courier).await.is_err());
        fixture.close().await;
    });
    assert_eq!(verified(dir.path()).0, duban::Exit::Done);
    std::fs::remove_dir_all(dir.path().join("blobs")).unwrap();
    let (exit, out) = verified(dir.path());
    assert_eq!(exit, duban::Exit::Failed);
    assert!(out.contains("的文字"), "{out}");
}

#[test]
fn a_unit_that_was_deactivated_by_command_is_seen_to_be_so_on_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let asked = |commands: &[unit::Command]| {
        actix::System::new().block_on(async {
            let fixture = Fixture::open(dir.path(), MONDAY_8AM).await;
            for command in commands {
                fixture.ask::<Unit>("SW", Role::Operator, command.clone()).await;
            }
            fixture.close().await;
        });
        let shown = typed(dir.path(), &["unit", "show", "SW"]).1;
        let listed = typed(dir.path(), &["unit", "list"]).1;
        let row = |name: &str| listed.lines().find(|line| line.contains(name)).unwrap().to_owned();
        let json = typed(dir.path(), &["unit", "list", "--format", "json"]).1;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let rows = json["units"].as_array().unwrap();
        let one = rows.iter().find(|row| row["unit"] == "SW").unwrap().clone();
        (shown, row("水务局"), row("环卫"), one)
    };
    let (shown, row, _, json) = asked(&[unit::Command::Establish]);
    assert!(!shown.contains("已停用") && !row.contains("已停用"), "{shown}{row}");
    assert_eq!((&json["active"], &json["takes_cases"]), (&true.into(), &true.into()));
    let (reason, open_cases, as_of) = ("机构改革".to_owned(), 0, MONDAY_8AM);
    let (shown, row, other, json) =
        asked(&[unit::Command::Deactivate { reason, open_cases, as_of }]);
    assert!(shown.contains("类别:二类,已停用;所属:县水务局"), "{shown}");
    assert!(row.contains("水务局(已停用)") && !other.contains("已停用"), "{row}{other}");
    // What the rules say of it is as it was.
    assert_eq!((&json["active"], &json["takes_cases"]), (&true.into(), &false.into()));
}

#[test]
fn the_classes_that_a_unit_had_are_those_of_the_rules_that_were_in_force() {
    let dir = tempfile::tempdir().unwrap();
    actix::System::new().block_on(async {
        let fixture = Fixture::open(dir.path(), MONDAY_8AM).await;
        let shipped = Sources::shipped();
        let text = shipped.text("units.toml").unwrap();
        let (before, after) = text.split_at(text.find("id = \"SW\"").unwrap());
        let third = before.to_owned() + &after.replacen("class = 2", "class = 3", 1);
        for sources in [shipped.clone(), shipped.with("units.toml", third)] {
            let asker = Asker::on_the_machine();
            put_in_force(&fixture.node, &fixture.rules, &sources, &asker).await.unwrap();
        }
        fixture.close().await;
    });
    let (exit, said) = typed(dir.path(), &["unit", "classes", "SW"]);
    assert_eq!(exit, duban::Exit::Done);
    let classes: Vec<&str> = said.lines().filter(|line| line.contains('类')).collect();
    assert!(
        classes.len() == 3 && classes[1].contains("二类") && classes[2].contains("三类"),
        "{said}"
    );
}

fn verified(dir: &Path) -> (duban::Exit, String) {
    typed(dir, &["verify"])
}

fn typed(dir: &Path, words: &[&str]) -> (duban::Exit, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let store = ["--store", dir.to_str().unwrap()];
    let args = ["duban"].iter().chain(words).chain(&store);
    let exit = duban::run(args, &mut out, &mut err);
    out.extend(err);
    (exit, String::from_utf8(out).unwrap())
}

#[test]
fn a_leave_that_a_unit_has_taken_is_heeded_by_the_next_message_of_a_case() {
    let dir = tempfile::tempdir().unwrap();
    let told = actix::System::new().block_on(async {
        let fixture = Fixture::open(dir.path(), MONDAY_8AM - HOUR).await;
        fixture.ask::<Unit>("SW", Role::Operator, unit::Command::Establish).await;
        let (name, until) = ("岑示例".into(), MONDAY_8AM + 24 * HOUR);
        let leave = unit::Command::TakeLeave { name, from: None, until, deputy: None };
        fixture.ask::<Unit>("SW", Role::Operator, leave).await;
        fixture.adopt("overdue", MONDAY_8AM).await;
        fixture.morning().await;
        let mut hands = Hands { taken: Vec::new(), settles: Settles::Always };
        deliver_due(&fixture.node, &fixture.rules, &mut hands).await.unwrap();
        fixture.close().await;
        hands.taken
    });
    let warning = told.into_iter().find(|message| message.template == "warning").unwrap();
    assert!(warning.addresses.iter().any(|address| address.name == "薛示例"), "{warning:?}");
    assert!(warning.addresses.iter().all(|address| address.name != "岑示例"), "{warning:?}");
}

#[test]
fn the_duty_chief_reads_of_the_ledgers_head_of_late_desks_and_of_messages_that_never_arrived() {
    let dir = tempfile::tempdir().unwrap();
    let told = actix::System::new().block_on(async {
        let friday = MONDAY_8AM - 72 * HOUR;
        let fixture = Fixture::open(dir.path(), friday).await;
        fixture.ask::<Centre>(centre::KEY, Role::Operator, centre::Command::Establish).await;
        fixture.register("call").await;
        fixture.until(friday + 10 * HOUR).await;
        let mut refusing = Hands { taken: Vec::new(), settles: Settles::WithoutLateDesks };
        deliver_due(&fixture.node, &fixture.rules, &mut refusing).await.unwrap();
        fixture.morning().await;
        let mut hands = Hands { taken: Vec::new(), settles: Settles::Always };
        deliver_due(&fixture.node, &fixture.rules, &mut hands).await.unwrap();
        fixture.close().await;
        hands.taken
    });
    let brief = told.into_iter().rfind(|message| message.template == centre::BRIEF).unwrap();
    assert!(brief.text.contains("  立案  c"), "{}", brief.text);
    assert!(brief.text.contains("未能送达的通知:3 条"), "{}", brief.text);
    let head = brief.text.split("账本链头:").nth(1).unwrap_or_default();
    assert_eq!(head.chars().take_while(char::is_ascii_hexdigit).count(), 64, "{}", brief.text);
}

struct Fixture {
    node: Node,
    clock: Arc<VirtualClock>,
    rules: Rules,
}

impl Fixture {
    async fn open(dir: &Path, now: Timestamp) -> Fixture {
        let config = Config { store_dir: dir.to_owned(), ..Config::default() };
        let store = store::open_or_make(&config).unwrap();
        let clock = Arc::new(VirtualClock::at(now));
        let options = Options { arbiters: 0, ticking: Ticking::ByHand, ..Options::default() };
        let ticking: Arc<dyn Clock> = clock.clone();
        let node = Node::start(options, store.registry, store.journal, ticking).await.unwrap();
        Fixture { node, clock, rules: store.rules }
    }

    async fn close(self) {
        let journal = self.node.journal().clone();
        self.node.stop().await;
        journal.close().unwrap();
    }

    /// It is eight o'clock on Monday, and everything that is due fires.
    async fn morning(&self) {
        self.until(MONDAY_8AM).await;
    }

    async fn until(&self, instant: Timestamp) {
        while let Some(due) = self.node.next_due().filter(|due| *due <= instant) {
            self.clock.advance_to(due);
            self.node.fire_due().await;
            self.node.durable().await;
        }
        self.clock.advance_to(instant);
    }

    /// Somebody calls, and nobody examines it.
    async fn register(&self, name: &str) {
        let report = NewReport {
            channel: Channel::Hotline,
            source: "test".into(),
            external_id: name.into(),
            text: "井盖松动".to_owned(),
            address: "光明路 1 号".to_owned(),
            place: None,
            reporter: None,
            photos: Vec::new(),
            collector: None,
            urgent: None,
            clock_ahead_s: None,
        };
        let id = CaseId::from_intake("test", name);
        self.ask::<Case>(id.as_str(), Role::Intake, Command::Register(Box::new(report))).await;
    }

    /// A case of the unit that is due at `due`.
    async fn adopt(&self, name: &str, due: Timestamp) {
        let adoption = Adoption {
            source: "test".into(),
            external_id: name.into(),
            unit: UnitId::new("SW"),
            opened: due - HOUR,
            due: Some(due),
            steps: vec![(StepCode::new("warning"), due)],
            place: None,
            summary: "井盖松动".to_owned(),
        };
        let id = CaseId::from_intake("test", name);
        let command = Command::Adopt(Box::new(adoption));
        self.ask::<Case>(id.as_str(), Role::Importer, command).await;
    }

    async fn conclude(&self, name: &str) {
        let id = CaseId::from_intake("test", name);
        let finished = self.clock.now();
        self.ask::<Case>(id.as_str(), Role::Importer, Command::Conclude { finished }).await;
    }

    async fn ask<E: Entity>(&self, key: &str, role: Role, command: E::Command) {
        let id = CommandId::derived(&[key.as_bytes(), format!("{command:?}").as_bytes()]);
        let asked = Asked::of(id, (role.as_str(), role.as_str()), self.clock.now());
        let answer = self.node.ask(Ask::of::<E>(key, command, asked)).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        self.node.durable().await;
    }
}

/// A courier that remembers what it was given.
struct Hands {
    taken: Vec<Rendered>,
    settles: Settles,
}

#[derive(PartialEq)]
enum Settles {
    Always,
    Never,
    /// Always, but what a late desk hears is not taken.
    WithoutLateDesks,
}

impl Courier for Hands {
    fn hand_over(&mut self, message: &Rendered) -> Result<(), Failure> {
        if self.settles == Settles::WithoutLateDesks && message.template == "stage-late" {
            let source = notices::Error::Unknown(TemplateName::new("stage-late"));
            return Err(Failure::Words { id: message.id.to_string(), source });
        }
        self.taken.push(message.clone());
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Failure> {
        if self.settles != Settles::Never {
            return Ok(());
        }
        let (path, source) = (PathBuf::from("mail"), io::Error::other("the power went"));
        Err(Failure::File { action: "sync", path, source })
    }
}
