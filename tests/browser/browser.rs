//! A browser as somebody uses it: opens pages, types, clicks, looks.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use duban_gate::family::Family;
use duban_runtime::clock::{Clock as _, SystemClock};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long a page may take to become as it is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

/// How large the window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    /// 1280 wide.
    Desk,
    /// 390 wide, as a phone shows it.
    Phone,
}

/// A browser with a profile of its own. Dropped, it is closed: its driver, and the dozen processes that a browser is.
pub(crate) struct Browser {
    /// Ended before the profile goes, in which they write.
    _driver: Family,
    session: String,
    http: Client,
    clock: SystemClock,
    _profile: TempDir,
}

impl Browser {
    pub(crate) async fn open(screen: Screen) -> Browser {
        duban::tls::ready();
        // `cargo ci` installs it.
        let mut command = Command::new("chromedriver");
        let command = command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut driver = Family::start(command);
        let output = driver.output().unwrap();
        let mut lines = BufReader::new(output).lines().map(Result::unwrap);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once("successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        // What it says later is for nobody, but somebody has to take it.
        std::thread::spawn(move || lines.for_each(drop));
        let base =
            format!("http://127.0.0.1:{}/session", port.expect("chromedriver names its port"));
        let profile = tempfile::tempdir().unwrap();
        let http = Client::builder().no_proxy().build().unwrap();
        let wanted = json!({"capabilities": {"alwaysMatch": capabilities(screen, &profile)}});
        let answer = said(http.post(&base).json(&wanted).send().await.unwrap()).await;
        let session = format!("{base}/{}", answer["sessionId"].as_str().unwrap());
        let browser = Browser {
            _driver: driver,
            session,
            http,
            clock: SystemClock::start(),
            _profile: profile,
        };
        browser.ask(Method::POST, "/timeouts", json!({"script": PATIENCE.as_millis()})).await;
        browser
    }

    /// Opens a page.
    pub(crate) async fn go(&self, address: &str) {
        self.ask(Method::POST, "/url", json!({"url": address})).await;
    }

    /// Where the browser is.
    pub(crate) async fn address(&self) -> String {
        self.ask(Method::GET, "/url", Value::Null).await.as_str().unwrap().to_owned()
    }

    /// Types into the field of this name.
    pub(crate) async fn type_into(&self, name: &str, text: &str) {
        let field = self.element(&format!("input[name={name}]")).await;
        self.ask(Method::POST, &format!("/element/{field}/clear"), json!({})).await;
        self.ask(Method::POST, &format!("/element/{field}/value"), json!({"text": text})).await;
    }

    /// Clicks on a link or button that leads to another page, and waits until that is there.
    pub(crate) async fn click(&self, selector: &str) {
        self.look("window.left = false").await;
        let element = self.element(selector).await;
        self.ask(Method::POST, &format!("/element/{element}/click"), json!({})).await;
        let begun = self.clock.monotonic();
        let is_there = "return window.left === undefined && document.readyState === 'complete'";
        while self.look(is_there).await != true {
            assert!(
                self.clock.monotonic().saturating_sub(begun) < PATIENCE,
                "{selector} leads nowhere"
            );
        }
    }

    /// Clicks on something that leads to no other page.
    pub(crate) async fn tap(&self, selector: &str) {
        let element = self.element(selector).await;
        self.ask(Method::POST, &format!("/element/{element}/click"), json!({})).await;
    }

    /// Types into what this selects; into a field for files, where the file lies.
    pub(crate) async fn put(&self, selector: &str, text: &str) {
        let field = self.element(selector).await;
        self.ask(Method::POST, &format!("/element/{field}/value"), json!({"text": text})).await;
    }

    /// What stands on the page, as people see it.
    pub(crate) async fn text(&self, selector: &str) -> String {
        let element = self.element(selector).await;
        let text = self.ask(Method::GET, &format!("/element/{element}/text"), Value::Null).await;
        text.as_str().unwrap().to_owned()
    }

    /// What a script says of the page.
    pub(crate) async fn look(&self, script: &str) -> Value {
        self.ask(Method::POST, "/execute/sync", json!({"script": script, "args": []})).await
    }

    /// Waits until this expression is true of the page, looking whenever the page changes.
    pub(crate) async fn until(&self, is_so: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1]; \
             const look = () => {{ if ({is_so}) {{ observer.disconnect(); done(true); }} }}; \
             const observer = new MutationObserver(look); \
             observer.observe(document, {{subtree: true, childList: true, characterData: true, \
             attributes: true}}); look();"
        );
        self.ask(Method::POST, "/execute/async", json!({"script": script, "args": []})).await;
    }

    /// What the page has complained of since this was last asked: errors of scripts, and what the policy kept out.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.ask(Method::POST, "/se/log", json!({"type": "browser"})).await;
        let entries = log.as_array().unwrap().iter();
        entries.map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    /// Signs in on the login page.
    pub(crate) async fn sign_in(&self, house: &str, login: &str, password: &str) {
        self.go(&format!("{house}login")).await;
        self.type_into("login", login).await;
        self.type_into("password", password).await;
        self.click("main form button").await;
    }

    async fn element(&self, selector: &str) -> String {
        let wanted = json!({"using": "css selector", "value": selector});
        let found = self.ask(Method::POST, "/element", wanted).await;
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.session));
        let request = if body.is_null() { request } else { request.json(&body) };
        said(request.send().await.unwrap()).await
    }
}

async fn said(response: reqwest::Response) -> Value {
    let answer: Value = response.json().await.unwrap();
    let value = answer["value"].clone();
    assert!(value["error"].is_null(), "{value:#}");
    value
}

fn capabilities(screen: Screen, profile: &TempDir) -> Value {
    let mut arguments = vec![
        "--headless".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--window-size=1280,900".to_owned(),
    ];
    arguments.push(format!("--user-data-dir={}", profile.path().display()));
    let mut options = json!({"args": arguments});
    if screen == Screen::Phone {
        let metrics = json!({"width": 390, "height": 844, "pixelRatio": 2.0});
        options["mobileEmulation"] = json!({"deviceMetrics": metrics});
    }
    json!({"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}})
}
