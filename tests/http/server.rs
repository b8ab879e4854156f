//! A running server, and requests to it.

use std::fs::File;
use std::ops::Deref;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use duban_runtime::clock::Timestamp;
use duban_runtime::journal::blob::BlobId;
use duban_tests::case_path;
use duban_tests::child::{NextLine, PATIENCE, Running};
use duban_tests::scratch_dir::ScratchDir;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::people::{self, Tokens};
use crate::town::{self, Servers};

/// How long a server may take to end that was told to.
const END_MAX: Duration = Duration::from_mins(1);

/// The smallest photo there is: one black point.
pub(crate) const PHOTO: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\
    \0\0\0\x0aIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71\0\0\0\0IEND\xae\x42\x60\x82";

/// A server at work on a store of its own, or several nodes that are asked as one.
pub(crate) struct Server {
    at_work: AtWork,
    caller: Caller,
}

/// Who answers.
enum AtWork {
    Alone(Running),
    Several(Servers),
}

/// Whoever asks a server.
#[derive(Clone)]
pub(crate) struct Caller {
    base: String,
    pub(crate) tokens: Tokens,
    client: Client,
}

impl Deref for Server {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    /// The same, if it has this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Reply {
        assert_eq!(self.status, status, "{} {:?}", self.body, self.headers);
        if status >= 400 {
            assert_eq!(self.header("content-type"), "application/problem+json");
            assert_eq!(self.body["status"], status);
        }
        self
    }

    /// The same, if it is the problem of this code.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Reply {
        let reply = self.is(status);
        assert_eq!(reply.body["code"], code, "{}", reply.body);
        let title = reply.body["title"].as_str().unwrap();
        assert!(!title.is_ascii(), "people read Chinese: {title}");
        reply
    }

    /// The cookie whose name begins so, as it was set; nothing if none was.
    pub(crate) fn cookie(&self, name: &str) -> &str {
        let cookies = self.headers.get_all("set-cookie").iter();
        let mut cookies = cookies.map(|value| value.to_str().unwrap());
        cookies.find(|cookie| cookie.starts_with(name)).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Server {
    /// Starts a server on a new store with everybody enrolled.
    pub(crate) fn new(ground: &ScratchDir) -> Server {
        let store = ground.join("store");
        let tokens = people::enrol(&store);
        Server::start(&store, tokens, &[])
    }

    pub(crate) fn start(store: &Path, tokens: Tokens, settings: &[(&str, &str)]) -> Server {
        if town::n_nodes() > 1 {
            return Server::several(Servers::start(store, settings, None), tokens);
        }
        Server::of(serving(store).envs(settings.iter().copied()), tokens)
    }

    /// Starts a server that writes its log to a file.
    pub(crate) fn logging(store: &Path, tokens: Tokens, log: &Path) -> Server {
        let log = File::options().create(true).append(true).open(log).unwrap();
        if town::n_nodes() > 1 {
            return Server::several(Servers::start(store, &[], Some(&log)), tokens);
        }
        Server::of(serving(store).stderr(log), tokens)
    }

    /// Starts a server on a new store with everybody enrolled, by a clock that stands at `at` until it is moved.
    pub(crate) fn clocked(ground: &ScratchDir, at: Timestamp) -> Server {
        let (store, config) = (ground.join("store"), ground.join("duban.toml"));
        let tokens = people::enrol(&store);
        let text = format!(
            "[store]\ndir = \"{}\"\n[http]\nlisten = \"127.0.0.1:0\"\nper_minute = 10000000\n",
            store.display()
        );
        std::fs::write(&config, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_clocked-server"));
        Server::of(command.arg(config).arg(at.as_millis().to_string()), tokens)
    }

    /// Moves the clock on; the server has said that it stands there.
    pub(crate) fn move_clock(&mut self, to: Timestamp) {
        let AtWork::Alone(child) = &mut self.at_work else { panic!("several go by Redis's clock") };
        child.tell(&to.as_millis().to_string());
        let moved = format!("at {}", to.as_millis());
        loop {
            match child.line_until(PATIENCE) {
                NextLine::Line(line) if line.trim() == moved => return,
                NextLine::Line(_) => {}
                said @ (NextLine::Nothing | NextLine::End) => {
                    panic!("the clock did not move: {said:?}")
                }
            }
        }
    }

    fn of(command: &mut Command, tokens: Tokens) -> Server {
        duban::tls::ready();
        let child = Running::start(command);
        let NextLine::Line(line) = child.line_until(PATIENCE) else {
            panic!("the server said nothing")
        };
        let (_, base) = line.split_once(':').unwrap();
        let base = base.trim_end_matches('/').to_owned();
        Server { at_work: AtWork::Alone(child), caller: Caller::at(base, tokens) }
    }

    fn several(servers: Servers, tokens: Tokens) -> Server {
        duban::tls::ready();
        let caller = Caller::at(servers.url(), tokens);
        Server { at_work: AtWork::Several(servers), caller }
    }

    /// `kill -9`.
    pub(crate) fn kill(self) {
        match self.at_work {
            AtWork::Alone(child) => drop(child.kill()),
            AtWork::Several(servers) => servers.kill(),
        }
    }

    /// SIGTERM.
    pub(crate) fn ask_to_stop(&self) {
        match &self.at_work {
            AtWork::Alone(child) => child.signal("TERM"),
            AtWork::Several(servers) => servers.signal("TERM"),
        }
    }

    /// How it ends by itself.
    pub(crate) fn ended(self) -> ExitStatus {
        match self.at_work {
            AtWork::Alone(child) => child.wait(END_MAX).1,
            AtWork::Several(servers) => servers.ended(END_MAX),
        }
    }
}

impl Caller {
    fn at(base: String, tokens: Tokens) -> Caller {
        Caller { base, tokens, client: town::client().build().unwrap() }
    }

    /// Where the server is, e.g. `http://127.0.0.1:4711`.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// A request of a person with a token; of nobody in particular with an empty name.
    pub(crate) fn request(&self, who: &str, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match self.tokens.get(who) {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, who: &str, path: &str) -> Reply {
        sent(self.request(who, Method::GET, path)).await
    }

    /// The same under a key.
    pub(crate) async fn keyed(&self, (who, key): (&str, &str), path: &str, body: &Value) -> Reply {
        let request = self.request(who, Method::POST, path).header("Idempotency-Key", key);
        sent(request.json(body)).await
    }

    pub(crate) async fn post(&self, who: &str, path: &str, body: &Value) -> Reply {
        sent(self.request(who, Method::POST, path).json(body)).await
    }

    /// Asks a change of a case; it must be made.
    pub(crate) async fn change(&self, who: &str, case: &str, what: &str, body: &Value) -> Reply {
        self.post(who, &format!("/api/v1/cases/{case}/{what}"), body).await.is(200)
    }

    /// Registers the report of this number; the id of its case.
    pub(crate) async fn register(&self, n: usize) -> String {
        let reply = self.post("chief", "/api/v1/cases", &report(n)).await.is(201);
        reply.body["case"].as_str().unwrap().to_owned()
    }

    /// Enrols `qian`, operator besides the one who asks.
    pub(crate) async fn second_operator(&self) {
        let profile = json!({"name": "钱示例", "roles": ["operator"]});
        let new = json!({"login": "qian", "profile": profile});
        self.post("operator", "/api/v1/persons", &new).await.is(200);
    }

    /// A case of this number that is with the water bureau.
    pub(crate) async fn dispatched(&self, n: usize) -> String {
        let case = self.register(n).await;
        self.change("intake", &case, "filing", &filing()).await;
        self.change("dispatcher", &case, "dispatch", &json!({"unit": "SW"})).await;
        case
    }

    /// A case of this number that the water bureau has received, and says is not its own.
    pub(crate) async fn disputed(&self, n: usize) -> String {
        let case = self.dispatched(n).await;
        self.change("water", &case, "receipt", &json!({})).await;
        let dispute = json!({"ground": "ownership", "reason": "x"});
        self.change("water", &case, "dispute", &dispute).await;
        case
    }

    /// Keeps a photo; its name.
    pub(crate) async fn photo(&self, who: &str) -> String {
        let reply =
            sent(self.request(who, Method::POST, "/api/v1/photos").body(PHOTO)).await.is(201);
        reply.body["photo"].as_str().unwrap().to_owned()
    }
}

fn serving(store: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--store"]).arg(store);
    command.env("DUBAN_HTTP_PER_MINUTE", "10000000");
    command
}

/// A leader's order, whose filing needs no validation where it says why ([`filing`]).
pub(crate) fn report(n: usize) -> Value {
    let place = case_path::place();
    json!({
        "channel": "leadership", "source": "test", "external_id": format!("{n}"),
        "text": format!("第 {n} 个井盖松动"), "address": "靖宁街",
        "place": {"lon": place.lon, "lat": place.lat},
        "reporter": {"name": "冯某", "phone": "13911112222", "reply": "wanted"},
        "photos": [BlobId::of(PHOTO).to_string()],
    })
}

/// The same as a collector reports it.
pub(crate) fn by_handset(n: usize) -> Value {
    let mut report = report(n);
    report["channel"] = json!("handset");
    report
}

/// Filed as a loose cover: the water bureau's.
pub(crate) fn filing() -> Value {
    json!({"condition": case_path::LOOSE_COVER, "checklist": "confirmed", "reason": "领导指派"})
}

/// Sends a request and reads everything that comes back.
pub(crate) async fn sent(request: RequestBuilder) -> Reply {
    try_sent(request).await.unwrap()
}

/// The same where nothing may come back.
pub(crate) async fn try_sent(request: RequestBuilder) -> Result<Reply, reqwest::Error> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.bytes().await?;
    Ok(Reply { status, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) })
}

/// Runs a test's requests.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}
