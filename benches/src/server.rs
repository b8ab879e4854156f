//! A node behind the real HTTP server, with a token for each post that works there.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use duban::access::persons::{self, Issued, TokenWish};
use duban::asking::{self, Asker, Terms};
use duban::config::Config;
use duban::courier::channels::Channels;
use duban::http::WebServer;
use duban::registry;
use duban::server::{Server, left_alone};
use duban_actors::person::{Command, Person, Profile};
use duban_actors::role::Role;
use duban_runtime::clock::Clock;
use duban_runtime::journal::Journal;
use duban_runtime::node::{Node, Options};
use serde::{Deserialize, Serialize};

use crate::workload::{PHOTO_CONTENT, Post, Workload};

/// More requests a minute than any machine makes: the bound is not what is measured.
const PER_MINUTE: u64 = 10_000_000;

/// Longer than any clock of a benchmark runs.
const LIFETIME: Duration = Duration::from_hours(24 * 30);
/// The file in which tokens are left.
const LEFT: &str = "tokens.json";

/// A town that answers.
pub struct Served {
    server: Arc<Server>,
    http: WebServer,
    pub address: SocketAddr,
    /// What each post comes in by.
    pub tokens: Tokens,
}

/// A bearer token for each post.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tokens([String; 3]);

impl Tokens {
    /// Enrols somebody at each post of `node`'s town, with a token.
    ///
    /// # Errors
    /// When one of them is refused.
    pub async fn issue(node: &Node) -> anyhow::Result<Tokens> {
        let mut tokens = Tokens::default();
        for (post, token) in Post::ALL.iter().zip(&mut tokens.0) {
            let role = match post {
                Post::Desk => Role::Intake,
                Post::Dispatcher => Role::Dispatcher,
                Post::Chief => Role::DutyChief,
            };
            let login = role.as_str();
            let profile =
                Profile { name: login.into(), roles: vec![role], unit: None, collector: None };
            let asker = Asker::on_the_machine();
            // A store that was served before has its people already.
            drop(asking::ask_once::<Person>(node, &asker, login, Command::Enrol(profile)).await);
            let wish = TokenWish { label: "bench".into(), role, lifetime: LIFETIME };
            match persons::issue_token(node, &asker, Terms::once()?, login, wish).await? {
                Issued::Token { text, .. } => *token = text,
                Issued::Not(answer) => bail!("no token for {login}: {answer:?}"),
            }
        }
        Ok(tokens)
    }

    /// Leaves them beside the store in `dir`, for another process.
    pub fn leave(&self, dir: &Path) -> anyhow::Result<()> {
        Ok(std::fs::write(dir.join(LEFT), serde_json::to_vec(self)?)?)
    }

    /// Those that were left beside the store in `dir`.
    pub fn left(dir: &Path) -> anyhow::Result<Tokens> {
        Ok(serde_json::from_slice(&std::fs::read(dir.join(LEFT))?)?)
    }

    /// The token of a post.
    pub fn of(&self, post: Post) -> &str {
        self.0.get(post as usize).map_or("", String::as_str)
    }
}

/// Starts a node over `journal` that knows everything a server knows.
pub async fn start(
    journal: Journal,
    workload: &Workload,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Node> {
    let registry = registry::registry(workload.rules());
    Ok(Node::start(Options::default(), registry, journal, clock).await?)
}

/// Opens the journal in `dir` for everything that a server knows.
pub fn journal(dir: &Path, workload: &Workload) -> anyhow::Result<Journal> {
    let options = duban_runtime::journal::Options::at(dir);
    Ok(Journal::open(options, registry::registry(workload.rules()), &|_| {})?)
}

impl Served {
    /// Starts a node over `journal`, issues tokens and opens its HTTP server; no couriers.
    ///
    /// # Errors
    /// The journal's, and those of the HTTP server.
    pub async fn open(
        journal: Journal,
        dir: &Path,
        workload: &Workload,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Served> {
        let node = start(journal, workload, clock).await?;
        let tokens = Tokens::issue(&node).await?;
        Served::over(node, dir, workload, tokens)
    }

    /// Opens the HTTP server of a node at work, to those who have these tokens.
    ///
    /// # Errors
    /// Those of the HTTP server.
    pub fn over(
        node: Node,
        dir: &Path,
        workload: &Workload,
        tokens: Tokens,
    ) -> anyhow::Result<Served> {
        node.journal().blobs().put(PHOTO_CONTENT)?;
        let rules = Arc::clone(workload.rules());
        let config = Config {
            store_dir: dir.to_owned(),
            http_listen: "127.0.0.1:0".to_owned(),
            http_per_minute: PER_MINUTE,
            ..Config::default()
        };
        let zone = rules.current().0.rules.calendar.offset();
        let channels = Channels::open(&config, zone)?;
        let server = Server::of(config, Arc::new(node), rules, channels)?;
        let http = WebServer::open(&server, duban::pages::open)?;
        let address = http.address();
        let address = address.trim_start_matches("http://").trim_end_matches('/').parse()?;
        Ok(Served { server, http, address, tokens })
    }

    /// The node behind the HTTP server.
    pub fn node(&self) -> &Node {
        &self.server.node
    }

    /// Closes the HTTP server, the node and the journal.
    pub async fn close(self) -> anyhow::Result<()> {
        self.http.close().await;
        let journal = self.server.node.journal().clone();
        let server = left_alone(self.server).await.context("somebody is still inside")?;
        let Server { node, guard, .. } = server;
        drop(guard);
        left_alone(node).await.context("somebody is still at work")?.stop().await;
        Ok(journal.close()?)
    }
}
