//! Coming in with a password: cookie, the word that forms must bring, roles.

use duban_tests::scratch_dir::ScratchDir;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::people::PASSWORD;
use crate::server::{Reply, Server, report, run, sent};

#[test]
fn a_session_needs_its_word_for_everything_that_changes_something() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let session = Session::of(&server, "chief", PASSWORD).await;
        session.get("/api/v1/session").await.is(200);
        session.get("/api/v1/cases").await.problem(403, "password-temporary");
        let own = "another long password";
        let change = json!({"old": PASSWORD, "new": own});
        session.put("/api/v1/session/password", &change).await.is(204);
        session.get("/api/v1/session").await.problem(401, "unauthorized");

        let session = Session::of(&server, "chief", own).await;
        session.get("/api/v1/cases").await.is(200);
        session.post("/api/v1/cases", &report(1)).await.is(201);
        let bare = session.request(Method::POST, "/api/v1/cases");
        sent(bare.json(&report(2))).await.problem(403, "csrf");
        let wrong = session.request(Method::POST, "/api/v1/cases").header("X-CSRF-Token", "x");
        sent(wrong.json(&report(2))).await.problem(403, "csrf");
        let out = session.request(Method::DELETE, "/api/v1/session");
        sent(out.header("X-CSRF-Token", &session.csrf)).await.is(204);
        session.get("/api/v1/cases").await.problem(401, "unauthorized");
    });
}

#[test]
fn whoever_holds_two_posts_says_in_which_they_ask() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let session = Session::of(&server, "deputy", PASSWORD).await;
        let own = "another long password";
        let change = json!({"old": PASSWORD, "new": own});
        session.put("/api/v1/session/password", &change).await.is(204);
        let session = Session::of(&server, "deputy", own).await;
        session.get("/api/v1/cases").await.problem(400, "role-needed");
        let as_role = |role: &str| {
            sent(session.request(Method::GET, "/api/v1/cases").header("X-Duban-Role", role))
        };
        as_role("intake").await.is(200);
        as_role("operator").await.problem(403, "role-not-held");
        as_role("door").await.problem(403, "role-not-held");
    });
}

#[test]
fn a_token_is_shown_once_and_ends_when_it_is_revoked_and_no_hash_is_ever_shown() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let wish = json!({"label": "脚本", "role": "unit-staff", "days": 1});
        let path = "/api/v1/persons/water/tokens";
        let issued = server.post("operator", path, &wish).await.is(201);
        let (id, token) = (issued.body["id"].clone(), issued.body["token"].as_str().unwrap());
        assert!(token.starts_with("dbn_"));
        let mut program = server.clone();
        program.tokens.insert("new", token.to_owned());
        program.get("new", "/api/v1/session").await.is(200);
        let shown = server.get("operator", "/api/v1/persons/water").await.is(200);
        let text = shown.body.to_string();
        assert!(
            text.contains("脚本") && !text.contains("argon2") && !text.contains("digest"),
            "{text}"
        );
        let path = format!("{path}/{}", id.as_str().unwrap());
        sent(server.request("operator", Method::DELETE, &path)).await.is(200);
        program.get("new", "/api/v1/session").await.problem(401, "unauthorized");
    });
}

/// The password that everybody chooses.
pub(crate) const OWN: &str = "another long password";

/// Somebody with a cookie.
pub(crate) struct Session<'a> {
    server: &'a Server,
    cookie: String,
    csrf: String,
}

impl Session<'_> {
    pub(crate) async fn of<'a>(server: &'a Server, login: &str, password: &str) -> Session<'a> {
        let reply = sign_in(server, &json!({"login": login, "password": password})).await.is(200);
        let cookie = reply.cookie("duban_session");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let csrf = reply.body["csrf"].as_str().unwrap().to_owned();
        Session { server, cookie, csrf }
    }

    /// Somebody who has chosen their own password.
    pub(crate) async fn chosen<'a>(server: &'a Server, login: &str) -> Session<'a> {
        let session = Session::of(server, login, PASSWORD).await;
        let change = json!({"old": PASSWORD, "new": OWN});
        session.put("/api/v1/session/password", &change).await.is(204);
        Session::of(server, login, OWN).await
    }

    /// Somebody who came in by the page.
    pub(crate) fn entered<'a>(server: &'a Server, cookie: &str, csrf: &str) -> Session<'a> {
        Session { server, cookie: cookie.to_owned(), csrf: csrf.to_owned() }
    }

    /// The word that a form must bring.
    pub(crate) fn csrf(&self) -> &str {
        &self.csrf
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.request("", method, path).header("Cookie", &self.cookie)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        sent(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        let request = self.request(Method::POST, path).header("X-CSRF-Token", &self.csrf);
        sent(request.json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Reply {
        let request = self.request(Method::PUT, path).header("X-CSRF-Token", &self.csrf);
        sent(request.json(body)).await
    }
}

async fn sign_in(server: &Server, body: &Value) -> Reply {
    sent(server.request("", Method::POST, "/api/v1/session").json(body)).await
}
