//! A town served in earnest: `duban serve` by a clock that the test moves, a real mail server, a real SMS gateway, and
//! people who work over HTTP.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use chrono::{FixedOffset, NaiveDateTime, TimeZone as _};
use duban_runtime::clock::Timestamp;
use duban_tests::child::{NextLine, PATIENCE, Running};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::foreign_servers::{TestServer, here, python};

/// The smallest picture there is: one white point.
const PHOTO: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T',
    0x08, 0xd7, 0x63, 0xf8, 0xff, 0xff, 0x3f, 0, 0x05, 0xfe, 0x02, 0xfe, 0xdc, 0xcc, 0x59, 0xe7, 0,
    0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// Whoever works there: login name, role, and the unit or collector it speaks for.
const PEOPLE: [(&str, &str, &str); 5] = [
    ("admin", "operator", ""),
    ("intake", "intake", ""),
    ("dispatcher", "dispatcher", ""),
    ("chief", "duty-chief", ""),
    ("collector", "collector", "collector"),
];

/// An instant of the town's own time, e.g. `2026-11-30 08:00`.
pub(crate) fn local(text: &str) -> Timestamp {
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    zone().from_local_datetime(&naive).unwrap().to_utc().into()
}

/// How an instant is told in the town, e.g. `11-30 08:00`.
pub(crate) fn told(instant: Timestamp) -> String {
    let utc: chrono::DateTime<chrono::Utc> = instant.into();
    utc.with_timezone(&zone()).format("%m-%d %H:%M").to_string()
}

fn zone() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).unwrap()
}

/// Something that arrived on the other side.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrived {
    /// When, by the town's clock.
    pub(crate) at: Timestamp,
    pub(crate) channel: &'static str,
    /// As the other side knows it: one for each address of a message.
    pub(crate) id: String,
    /// As a letter's head names it; an SMS has none.
    pub(crate) template: String,
    pub(crate) to: String,
    /// The subject of a letter, the text of an SMS.
    pub(crate) says: String,
}

pub(crate) struct Town {
    dir: tempfile::TempDir,
    server: Option<Running>,
    mail: Option<TestServer>,
    ports: (u16, u16),
    _gateway: TestServer,
    base: String,
    client: Client,
    tokens: BTreeMap<String, String>,
    photo: String,
    now: Timestamp,
    /// Everything that arrived, in its order.
    pub(crate) arrived: Vec<Arrived>,
}

impl Town {
    /// Makes a store and starts everything at `now`.
    pub(crate) async fn found(now: Timestamp) -> Town {
        duban::tls::ready();
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("secret"), "open sesame\n").unwrap();
        let mut gateway = Command::new(python());
        gateway.arg(here("sms_gateway.py")).arg(dir.path().join("sms")).args(["0", "none", "json"]);
        let gateway = TestServer::start(&mut gateway);
        let mail = mail_server(dir.path(), 0);
        let ports = (mail.port, gateway.port);
        let client = Client::builder().timeout(PATIENCE).build().unwrap();
        let mut town = Town {
            dir,
            server: None,
            mail: Some(mail),
            ports,
            _gateway: gateway,
            base: String::new(),
            client,
            tokens: BTreeMap::new(),
            photo: String::new(),
            now,
            arrived: Vec::new(),
        };
        fs::write(town.dir.path().join("duban.toml"), town.config()).unwrap();
        town.duban(&["init"]);
        town.open();
        for (login, role, unit) in PEOPLE {
            town.enrol(login, role, unit);
        }
        let photo = town.client.post(format!("{}/api/v1/photos", town.base)).body(PHOTO);
        let photo = photo.bearer_auth(&town.tokens["collector"]).send().await.unwrap();
        let photo: Value = photo.json().await.unwrap();
        photo["photo"].as_str().unwrap().clone_into(&mut town.photo);
        town
    }

    fn config(&self) -> String {
        let (dir, (smtp, sms)) = (self.dir.path().display(), self.ports);
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/suning");
        format!(
            "[store]\ndir = \"{dir}/store\"\n[rules]\ndir = \"{}\"\n\
             [http]\nlisten = \"127.0.0.1:0\"\nper_minute = 1000000\n\
             [courier]\nsender = \"duban@suning.example\"\n[courier.email]\nby = \"smtp\"\n\
             [courier.smtp]\nhost = \"127.0.0.1\"\nport = {smtp}\nsecurity = \"none\"\ntimeout_s = 5\n\
             [courier.sms]\nby = \"http\"\n[courier.gateway]\nurl = \"http://127.0.0.1:{sms}/send\"\n\
             content = \"json\"\nsender = \"12319\"\nauth = \"bearer\"\n\
             secret_file = \"{dir}/secret\"\ncode_pointer = \"/result/code\"\n",
            rules.display()
        )
    }

    /// Opens the server at the town's instant.
    pub(crate) fn open(&mut self) {
        let log = File::options().create(true).append(true).open(self.dir.path().join("log"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_clocked-server"));
        command.arg(self.dir.path().join("duban.toml")).arg(self.now.as_millis().to_string());
        let server = Running::start(command.stderr(log.unwrap()));
        let NextLine::Line(line) = server.line_until(PATIENCE) else {
            panic!("{}", fs::read_to_string(self.dir.path().join("log")).unwrap_or_default())
        };
        let (_, rest) = line.split_once("http://").unwrap_or_else(|| panic!("{line}"));
        self.base = format!("http://{}", rest.trim_end_matches('/'));
        self.server = Some(server);
    }

    /// Stops the server in good order.
    pub(crate) fn close(&mut self) -> ExitStatus {
        let server = self.server.take().unwrap();
        server.signal("TERM");
        server.wait(PATIENCE).1
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        drop(self.server.take().unwrap().kill());
        self.look();
    }

    /// The mail server goes away, or comes back on its port.
    pub(crate) fn mail_is_away(&mut self) {
        self.mail = None;
    }

    pub(crate) fn mail_is_back(&mut self) {
        self.mail = Some(mail_server(self.dir.path(), self.ports.0));
    }

    /// Runs `duban` as a person at the machine does; it must succeed.
    pub(crate) fn duban(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.arg("--config").arg(self.dir.path().join("duban.toml")).args(arguments);
        command.current_dir(self.dir.path()).stdin(Stdio::null());
        let ran = command.output().unwrap();
        let said = String::from_utf8(ran.stdout).unwrap();
        assert!(
            ran.status.success(),
            "{arguments:?}: {said}{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        said
    }

    /// Enrols somebody, with a token in that role.
    pub(crate) fn enrol(&mut self, login: &str, role: &str, unit: &str) {
        let password = self.dir.path().join("password");
        fs::write(&password, "a good long password\n").unwrap();
        let password = password.display().to_string();
        let mut add = vec!["person", "add", login, "--role", role, "--password-file", &password];
        let collector = duban_tests::case_path::collector();
        match unit {
            "" => {}
            "collector" => add.extend(["--collector", collector.as_str()]),
            unit => add.extend(["--unit", unit]),
        }
        self.duban(&add);
        let label = ["--label", "week", "--days", "30", "--format", "json"];
        let token = [&["token", "create", login, "--role", role][..], &label].concat();
        let token: Value = serde_json::from_str(&self.duban(&token)).unwrap();
        self.tokens.insert(login.to_owned(), token["token"].as_str().unwrap().to_owned());
    }

    /// Asks over HTTP; what came back must be a success.
    pub(crate) async fn ask(&self, who: &str, path: &str, body: Option<&Value>) -> Value {
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let request = self.client.request(method, format!("{}/api/v1/{path}", self.base));
        let request = body.into_iter().fold(request, reqwest::RequestBuilder::json);
        let response = request.bearer_auth(&self.tokens[who]).send().await.unwrap();
        let status = response.status();
        let answer = response.text().await.unwrap();
        assert!(status.is_success(), "{who} {path}: {status} {answer}");
        serde_json::from_str(&answer).unwrap()
    }

    /// A case that a collector has reported and the centre has filed and dispatched.
    pub(crate) async fn dispatched(&self, about: &str, condition: &str, unit: &str) -> String {
        let place = duban_tests::case_path::place();
        let report = json!({
            "channel": "handset", "source": "week", "external_id": about, "text": about,
            "address": "靖宁街", "place": {"lon": place.lon, "lat": place.lat}, "photos": [self.photo],
        });
        let case = self.ask("collector", "cases", Some(&report)).await;
        let case = case["case"].as_str().unwrap().to_owned();
        let filing = json!({"condition": condition, "checklist": "confirmed"});
        self.change("intake", &case, "filing", filing).await;
        self.change("dispatcher", &case, "dispatch", json!({"unit": unit})).await;
        case
    }

    pub(crate) async fn change(&self, who: &str, case: &str, what: &str, body: Value) -> Value {
        self.ask(who, &format!("cases/{case}/{what}"), Some(&body)).await
    }

    /// The unit says that it is done.
    pub(crate) async fn fed_back(&self, who: &str, case: &str) {
        let body = json!({"result": "已处理", "photos": [self.photo]});
        self.change(who, case, "feedback", body).await;
    }

    /// The collector has looked.
    pub(crate) async fn verified(&self, case: &str, outcome: &str) {
        let place = duban_tests::case_path::place();
        let body = json!({
            "outcome": outcome, "photo": self.photo, "note": "看过",
            "place": {"lon": place.lon, "lat": place.lat},
        });
        self.change("collector", case, "verification", body).await;
    }

    /// Time goes on until `instant`, from one thing that is due to the next.
    pub(crate) async fn until(&mut self, instant: &str) {
        let instant = local(&format!("2026-{instant}"));
        assert!(instant >= self.now, "{} is over", told(instant));
        self.settle().await;
        while let Some(next) = self.next().await.filter(|next| *next < instant) {
            self.to(next).await;
        }
        self.to(instant).await;
    }

    /// The clock comes to `instant`, and whatever is due then comes to its end.
    async fn to(&mut self, instant: Timestamp) {
        self.clock(instant);
        self.settle().await;
    }

    /// The clock comes to `instant`; nobody waits for what is due.
    pub(crate) fn clock(&mut self, instant: Timestamp) {
        self.now = instant.max(self.now);
        let Some(server) = &mut self.server else { return };
        let instant = self.now.as_millis().to_string();
        server.tell(&instant);
        loop {
            match server.line_until(server.age() + PATIENCE) {
                NextLine::Line(line) if line == format!("at {instant}") => return,
                NextLine::Line(_) => {}
                said @ (NextLine::Nothing | NextLine::End) => panic!("{said:?}"),
            }
        }
    }

    /// Waits until nothing is due: no timer, no message.
    async fn settle(&mut self) {
        let until = self.server.as_ref().unwrap().age() + PATIENCE;
        while self.next().await.is_some_and(|next| next <= self.now) {
            let age = self.server.as_ref().unwrap().age();
            assert!(age < until, "{}: it does not end", told(self.now));
        }
        self.look();
    }

    /// When something is due next.
    async fn next(&self) -> Option<Timestamp> {
        let timers = self.ask("admin", "timers?limit=1", None).await;
        let outbox = self.ask("admin", "outbox?limit=200", None).await;
        let timer = timers["timers"].as_array().unwrap().iter().map(|timer| &timer["due"]);
        let letters = outbox["messages"].as_array().unwrap().iter().map(|letter| &letter["next"]);
        let next = timer.chain(letters).filter(|next| !next.is_null());
        next.map(|next| serde_json::from_value(next.clone()).unwrap()).min()
    }

    /// Looks at what has arrived since the last look.
    fn look(&mut self) {
        for (channel, file) in [("email", "mail"), ("sms", "sms")] {
            let text = fs::read_to_string(self.dir.path().join(file)).unwrap_or_default();
            let known = self.arrived.iter().filter(|one| one.channel == channel).count();
            for line in text.lines().skip(known) {
                let one: Value = serde_json::from_str(line).unwrap();
                let word = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
                let says = if channel == "email" { word("subject") } else { word("text") };
                let (at, id, template, to) = (self.now, word("id"), word("template"), word("to"));
                self.arrived.push(Arrived { at, channel, id, template, to, says });
            }
        }
    }

    /// Where the store lies.
    pub(crate) fn store(&self) -> std::path::PathBuf {
        self.dir.path().join("store")
    }
}

fn mail_server(dir: &Path, port: u16) -> TestServer {
    let mut command = Command::new(python());
    command.arg(here("smtp_server.py")).arg(dir.join("mail"));
    TestServer::start(command.args([&port.to_string(), "none"]))
}
