//! A world that is watched: a server dies, the operator hears of it the other way, and it shows in the metrics.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use duban::alarm::watcher::Watching;
use duban::asking::Asker;
use duban::config::Config;
use duban::courier::channels::Channels;
use duban::delivery::deliverer;
use duban::reload;
use duban::reload::rounds::Looking;
use duban::rules_in_force::edition;
use duban::server::Server;
use duban::{metrics, registry};
use duban_rules::{Sources, parse};
use duban_runtime::clock::{Clock as _, VirtualClock};
use duban_runtime::journal::backlog::Limits;
use duban_runtime::journal::disk::MemoryDisk;
use duban_runtime::journal::store::MemoryStore;
use duban_runtime::journal::{Journal, Options as JournalOptions};
use duban_runtime::node::{Node, Options, Ticking};
use duban_runtime::record::Fold;
use duban_tests::scratch_dir::ScratchDir;
use serde_json::Value;

use crate::foreign_servers::{TestServer, here, python};
use crate::world::{NOON, channels, took};

/// How often somebody looks, as the watcher does.
const TICK: Duration = duban::alarm::watcher::TICK;
const OPERATOR: [&str; 2] = ["centre.operator@suning.example", "13900000119"];

/// A world in virtual time, and whoever watches it.
struct Watched {
    world: Arc<Server>,
    clock: Arc<VirtualClock>,
    watching: Watching,
}

impl Watched {
    async fn open(dir: &Path, channels: Channels) -> Watched {
        let options = JournalOptions::at(dir.join("data"));
        let journal = |fold| Journal::open(options, fold, &|_| {}).unwrap();
        Watched::over(journal, dir, channels).await
    }

    async fn over(
        journal: impl FnOnce(Arc<dyn Fold>) -> Journal,
        dir: &Path,
        channels: Channels,
    ) -> Watched {
        let clock = Arc::new(VirtualClock::at(NOON));
        let rules = registry::in_force(parse(&Sources::shipped()).0);
        let registry = registry::registry(&rules);
        let journal = journal(registry.clone());
        let options = Options { arbiters: 0, resident_max: 1_000, ticking: Ticking::ByHand };
        let node = Node::start(options, registry, journal, clock.clone()).await.unwrap();
        let rules_dir = Some(dir.join("rules")).filter(|own| own.is_dir()).unwrap_or_default();
        let config = Config { store_dir: dir.join("data"), rules_dir, ..Config::default() };
        let world = Server::of(config, Arc::new(node), rules, channels).unwrap();
        Watched { world, clock, watching: Watching::default() }
    }

    /// Time goes on by one look, with the couriers at work.
    async fn go_on(&mut self) {
        self.clock.advance_to(self.clock.now() + TICK);
        self.watching.look(&self.world).await;
        self.world.node.durable().await;
        deliverer::clear(&self.world.node, &self.world.rules, &self.world.channels).await;
        self.world.node.durable().await;
    }

    /// Time goes on until what is up is this; how long it took.
    async fn until(&mut self, up: &[&str], within: Duration) -> Duration {
        let before = self.clock.now();
        while self.up() != up {
            let so_far = self.clock.now().since(before);
            assert!(so_far < within, "after {so_far:?}: {:?} instead of {up:?}", self.up());
            self.go_on().await;
        }
        self.clock.now().since(before)
    }

    fn up(&self) -> Vec<String> {
        let up = self.world.health.alarms.up().into_iter();
        up.map(|alarm| alarm.code.to_string()).collect()
    }

    async fn metrics(&self) -> Value {
        parsed(&metrics::exposition(&self.world).await.unwrap())
    }
}

/// The samples of an exposition, as somebody else's parser reads them.
fn parsed(text: &str) -> Value {
    let mut command = Command::new(python());
    command.arg(here("openmetrics.py")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut parser = command.spawn().unwrap();
    parser.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let said = parser.wait_with_output().unwrap();
    assert!(said.status.success(), "not OpenMetrics:\n{text}");
    serde_json::from_slice(&said.stdout).unwrap()
}

fn value(metrics: &Value, key: &str) -> f64 {
    metrics["samples"][key].as_f64().unwrap_or_else(|| panic!("no {key} in {metrics:#}"))
}

fn mail_server(dir: &Path, port: u16) -> TestServer {
    let mut command = Command::new(python());
    command.arg(here("smtp_server.py")).arg(dir.join("took")).arg(port.to_string()).arg("none");
    TestServer::start(&mut command)
}

fn by_smtp(dir: &Path, port: u16) -> Channels {
    let toml = format!(
        "[courier]\nsender = \"duban@suning.example\"\n[courier.email]\nby = \"smtp\"\n\
         [courier.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\ntimeout_s = 1\n"
    );
    channels(dir, &toml)
}

/// Every SMS in the folder: to whom, and what it says.
fn sms(dir: &Path) -> Vec<(String, String)> {
    let days = std::fs::read_dir(dir.join("outbox")).into_iter().flatten();
    let lists =
        days.filter_map(|day| std::fs::read_to_string(day.unwrap().path().join("sms.jsonl")).ok());
    let lists: Vec<String> = lists.collect();
    let text = |sms: &Value, key: &str| sms[key].as_str().unwrap().to_owned();
    let all = lists.iter().flat_map(|list| list.lines());
    let all = all.map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.map(|sms| (text(&sms, "to"), text(&sms, "text"))).collect()
}

#[actix::test]
async fn a_template_that_failed_is_an_alarm_until_other_rules_are_in_force() {
    let dir = tempfile::tempdir().unwrap();
    let mut watched = Watched::open(dir.path(), channels(dir.path(), "")).await;
    let rules = Arc::clone(&watched.world.rules);
    watched.world.channels.unfilled.note("dispatched", rules.current().1, &"no filter".into());
    watched.until(&["template-failed"], 2 * TICK).await;
    let up = watched.world.health.alarms.up();
    assert!(up[0].text.contains("dispatched") && up[0].text.contains("no filter"), "{up:?}");
    let other = Sources::shipped().with("x", b"y".to_vec());
    let book = parse(&other).0;
    let hash = registry::short(&book.hash);
    rules.replace(duban_actors::context::Context::new(book), hash);
    watched.until(&[], 10 * TICK).await;
}

#[actix::test]
async fn a_mail_server_that_dies_while_nothing_is_sent_is_told_by_sms_within_a_minute() {
    let dir = tempfile::tempdir().unwrap();
    let server = mail_server(dir.path(), 0);
    let port = server.port;
    let mut watched = Watched::open(dir.path(), by_smtp(dir.path(), port)).await;
    for _ in 0..6 {
        watched.go_on().await;
    }
    assert!(watched.up().is_empty(), "{:?}", watched.up());
    let before = watched.metrics().await;
    assert_eq!(before["samples"]["duban_channel_breaker{channel=email,state=closed}"], 1.0);

    drop(server);
    let minute = Duration::from_mins(1);
    let took_s = watched.until(&["channel-away/email"], minute).await.as_secs();
    watched.go_on().await;
    let told = sms(dir.path());
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, OPERATOR[1]);
    assert!(told[0].1.contains("告警:邮件无法送出"), "{told:?}");
    let away = watched.metrics().await;
    assert_eq!(away["samples"]["duban_channel_breaker{channel=email,state=open}"], 1.0);
    assert_eq!(away["samples"]["duban_alarm{code=channel-away/email}"], 1.0);
    assert_eq!(away["samples"]["duban_hand_overs_total{channel=sms,outcome=taken}"], 1.0);
    assert_eq!(away["samples"]["duban_outbox_messages{standing=claimed}"], 1.0, "the letter waits");

    // An hour without a change: nobody is told more often than that.
    for _ in 0..(50 * 12) {
        watched.go_on().await;
    }
    assert_eq!(sms(dir.path()).len(), 1);

    let _server = mail_server(dir.path(), port);
    watched.until(&[], Duration::from_mins(2)).await;
    // The letter that waited is looked at again within the breaker's longest pause.
    for _ in 0..(5 * 12) {
        watched.go_on().await;
    }
    let told = sms(dir.path());
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].1.contains("恢复"), "{told:?}");
    let letters = took(&dir.path().join("took"));
    let ids: BTreeSet<_> = letters.iter().map(|letter| letter.id.clone()).collect();
    assert_eq!((letters.len(), ids.len()), (2, 2), "once each: {letters:?}");
    assert!(letters.iter().all(|letter| letter.to == OPERATOR[0]), "{letters:?}");
    let after = watched.metrics().await;
    assert_eq!(after["samples"]["duban_channel_breaker{channel=email,state=closed}"], 1.0);
    assert_eq!(after["samples"]["duban_outbox_messages{standing=claimed}"], 0.0);
    assert!(took_s <= 60, "{took_s} s");
}

#[actix::test]
async fn an_sms_centre_that_is_away_is_told_by_mail() {
    let dir = tempfile::tempdir().unwrap();
    // A port on which somebody listened a moment ago, and nobody does.
    let port = mail_server(dir.path(), 0).port;
    std::fs::write(dir.path().join("secret"), "sesame").unwrap();
    let toml = format!(
        "[courier.sms]\nby = \"smpp\"\n[courier.smpp]\nhost = \"127.0.0.1\"\nport = {port}\n\
         system_id = \"duban\"\nsecret_file = \"{}\"\ntimeout_s = 1\n",
        dir.path().join("secret").display()
    );
    let mut watched = Watched::open(dir.path(), channels(dir.path(), &toml)).await;
    watched.until(&["channel-away/sms"], Duration::from_mins(1)).await;
    watched.go_on().await;
    let day = std::fs::read_dir(dir.path().join("outbox")).unwrap().next().unwrap().unwrap();
    let letters = std::fs::read_dir(day.path()).unwrap().map(|file| file.unwrap().path());
    let letters: Vec<_> =
        letters.filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = std::fs::read_to_string(&letters[0]).unwrap();
    assert!(letter.contains(OPERATOR[0]), "{letter}");
}

#[actix::test]
async fn a_full_disk_is_told_past_the_outbox_by_every_way_and_again_only_after_an_hour() {
    let dir = tempfile::tempdir().unwrap();
    let server = mail_server(dir.path(), 0);
    let (disk, store) = (MemoryDisk::new(), Arc::new(MemoryStore::new()));
    let own = disk.clone();
    let journal = |fold| Journal::over(own, store, fold, Limits::default()).unwrap();
    let mut watched = Watched::over(journal, dir.path(), by_smtp(dir.path(), server.port)).await;
    watched.go_on().await;
    assert!(watched.up().is_empty(), "{:?}", watched.up());

    disk.leave_space(Some(0));
    // Somebody asks for something, and it cannot be written down.
    watched.world.health.rules.refuse("grid.toml:3");
    let minute = Duration::from_mins(1);
    watched.until(&["rules-refused", "journal"], minute).await;
    for _ in 0..(50 * 12) {
        watched.go_on().await;
    }
    let of_the_disk = |text: &str| text.contains("台账无法写入") && text.contains("磁盘已满");
    let told: Vec<_> = sms(dir.path()).into_iter().filter(|(_, text)| of_the_disk(text)).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, OPERATOR[1]);
    let letters = took(&dir.path().join("took"));
    assert!(letters.iter().all(|letter| letter.to == OPERATOR[0]), "{letters:?}");
    assert_eq!(letters.len(), 2, "of the rules and of the disk: {letters:?}");

    disk.leave_space(None);
    watched.world.health.rules.take();
    watched.until(&[], minute).await;
}

#[actix::test]
async fn the_metrics_are_read_by_others_and_move_when_things_happen() {
    let dir = tempfile::tempdir().unwrap();
    let mut watched = Watched::open(dir.path(), channels(dir.path(), "")).await;
    let before = watched.metrics().await;
    let route = ("GET", Some("/api/v1/cases/{id}"));
    watched.world.health.served.count(route, 404, Duration::from_millis(7));
    watched.world.health.served.count(("BREW", None), 404, Duration::from_millis(7));
    watched.world.health.rules.refuse("grid.toml:3");
    watched.go_on().await;
    let after = watched.metrics().await;
    let moved = |key: &str| value(&after, key) - before["samples"][key].as_f64().unwrap_or(0.0);
    for (key, by) in [
        ("duban_commands_total{outcome=accepted}", 1.0),
        ("duban_commit_latency_seconds_count", 1.0),
        ("duban_journal_records_total", 1.0),
        ("duban_hand_overs_total{channel=email,outcome=taken}", 1.0),
        ("duban_hand_overs_total{channel=sms,outcome=taken}", 1.0),
        ("duban_http_requests_total{method=GET,route=/api/v1/cases/{id},status=404}", 1.0),
        ("duban_http_requests_total{method=other,route=none,status=404}", 1.0),
        ("duban_http_request_duration_seconds_count{route=/api/v1/cases/{id}}", 1.0),
        ("duban_rules_reload_failed", 1.0),
        ("duban_alarm{code=rules-refused}", 1.0),
    ] {
        assert!(moved(key) >= by, "{key} moved by {}", moved(key));
    }
    for family in [
        "duban_timer_lateness_seconds",
        "duban_timers_overdue",
        "duban_timers_overdue_oldest_seconds",
        "duban_outbox_messages",
        "duban_outbox_oldest_due_seconds",
        "duban_mailbox_rejects",
        "duban_entities_resident",
        "duban_entities_quarantined",
        "duban_tells_parked",
        "duban_clock_held_seconds",
        "duban_rules",
        "duban_build",
        "duban_auditor_heartbeat_age_seconds",
        "duban_auditor_findings",
    ] {
        let help = after["helps"][family].as_str();
        assert!(help.is_some_and(|help| !help.is_empty()), "no {family} in {after:#}");
    }
}

#[actix::test]
async fn a_directory_is_judged_when_nobody_writes_to_it_any_more_and_anew_when_it_has_changed() {
    let ground = ScratchDir::new();
    let (rules, asker) = (ground.rules(), Asker::on_the_machine());
    let channels = channels(ground.path(), "");
    let mut watched = Watched::open(ground.path(), channels).await;
    reload::again(&watched.world, &asker).await.unwrap();
    let notices = rules.join("notices.toml");
    let right = std::fs::read_to_string(&notices).unwrap();
    let world = Arc::clone(&watched.world);
    let mut looking = Looking::default();
    let mut twice = async |text: &str| {
        std::fs::write(&notices, text).unwrap();
        let mut seen = Vec::new();
        for _ in 0..2 {
            looking.round(&world, &asker).await;
            let rules = &world.health.rules;
            seen.push((rules.refused().is_some(), rules.is_unapplied()));
        }
        seen
    };
    assert_eq!(twice(&right).await, [(false, false), (false, false)]);
    assert_eq!(twice(&right.replace("[warning]", "[warn")).await, [(false, false), (true, false)]);
    watched.until(&["rules-refused"], Duration::from_mins(1)).await;
    assert_eq!(twice(&right.replace("催收:", "请签收:")).await, [(true, false), (false, true)]);
    watched.until(&[], Duration::from_mins(1)).await;
    // What is in force is known at sight.
    assert_eq!(twice(&right).await, [(false, false), (false, false)]);

    std::fs::rename(&rules, ground.join("away")).unwrap();
    looking.round(&watched.world, &asker).await;
    assert_eq!(watched.world.health.rules.refused(), None, "it may be on its way");
    looking.round(&watched.world, &asker).await;
    assert!(watched.world.health.rules.refused().is_some());
    std::fs::rename(ground.join("away"), &rules).unwrap();
    looking.round(&watched.world, &asker).await;
    assert_eq!(watched.world.health.rules.refused(), None);
}

#[actix::test]
async fn a_brief_that_cannot_be_set_is_an_alarm_until_a_later_round_has_set_it() {
    let dir = tempfile::tempdir().unwrap();
    let (disk, store) = (MemoryDisk::new(), Arc::new(MemoryStore::new()));
    let own = disk.clone();
    let journal = |fold| Journal::over(own, store, fold, Limits::default()).unwrap();
    let mut watched = Watched::over(journal, dir.path(), channels(dir.path(), "")).await;
    let (world, asker) = (Arc::clone(&watched.world), Asker::on_the_machine());
    edition::put_in_force(&world.node, &world.rules, &Sources::shipped(), &asker).await.unwrap();
    disk.leave_space(Some(0));
    reload::at_start(&world, &asker).await.unwrap();
    assert!(world.health.rules.unset().len() > 20, "{:?}", world.health.rules.unset());
    watched.until(&["briefs-unset", "journal"], Duration::from_mins(1)).await;
    disk.leave_space(None);
    let mut looking = Looking::default();
    looking.round(&world, &asker).await;
    assert_eq!(world.health.rules.unset(), Vec::<String>::new());
    watched.until(&[], Duration::from_mins(1)).await;
}
