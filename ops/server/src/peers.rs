//! Peers: the other nodes of the cluster, of which blobs and keys are had that are not here, and on one of which each is
//! put before anything names it.
//!
//! ```text
//! kept here ─► on one more node ─within two seconds─► named
//!                    └─nobody took it─► named all the same, and owed: an alarm until a copy is made ([`owed`])
//! not here  ─► the first peer that has it ─► kept here, given
//! ```
//! With storage that all nodes share, blobs are put there instead, and had from there; keys are for peers alone.
//!
//! Spoken over HTTP on the address that a node lists, under a secret that all nodes share. What a peer is asked for it
//! gives from its own disk alone, so that nobody asks in circles.

mod copying;
pub mod fetching;
pub(crate) mod owed;

use std::fmt;
use std::future::Future;
use std::sync::mpsc;
use std::sync::{Arc, Weak};
use std::time::Duration;

use actix::Arbiter;
use anyhow::{Context as _, Result};
use compact_str::CompactString;
use duban_base::config::Config;
use duban_base::config::cluster::NodeConfig;
use duban_base::secret;
use duban_runtime::clock::Timestamp;
use duban_runtime::cluster::log::NodeSeen;
use duban_runtime::cluster::placement::is_seen;
use duban_runtime::journal::blob::BlobStore;
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::node::{Node, Standing};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use tokio::task::JoinSet;

use owed::Owed;

/// How long all peers together are waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it may take to reach one.
const CONNECT_PATIENCE: Duration = Duration::from_millis(500);
/// Bytes of rules and of words of letters at most: far more than a county's.
const TEXT_BYTES_MAX: u64 = 16 << 20;

/// How long one may take to say whether it takes commands.
const READY_PATIENCE: Duration = Duration::from_millis(500);

/// What is read of how a peer says it is.
#[derive(Deserialize)]
struct Readiness {
    commands: bool,
}

/// The other nodes of this node's cluster.
pub struct Peers {
    node: Weak<Node>,
    me: CompactString,
    secret: String,
    client: Client,
    /// On which they are spoken to, whoever waits.
    arbiter: Arbiter,
    bytes_max: u64,
    /// Storage that all nodes share: there blobs are put instead of on a peer.
    shared: Option<BlobStore>,
    pub(crate) owed: Owed,
}

/// What a peer has.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Had {
    Content(Vec<u8>),
    /// It was there and is not to be had any more, from nobody.
    Gone,
    Nothing,
}

impl Peers {
    pub(crate) fn of(config: &Config, node: &Arc<Node>, cluster: &NodeConfig) -> Result<Peers> {
        let secret = secret::read(&cluster.secret_file);
        let client = Client::builder()
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .http1_only()
            .connect_timeout(CONNECT_PATIENCE)
            .timeout(PATIENCE);
        let shared = cluster.shared_blobs().map(|dir| BlobStore::open(Box::new(OsDisk::at(dir))));
        Ok(Peers {
            node: Arc::downgrade(node),
            me: cluster.name.as_str().into(),
            secret: secret.context("`cluster.secret_file` 中的密钥无法读取")?,
            client: client.build().context("无法准备与其他节点的连接")?,
            arbiter: Arbiter::new(),
            bytes_max: bytes_max(config),
            shared: shared.transpose().context("`cluster.blobs_dir` 无法使用")?,
            owed: Owed::of(&config.store_dir),
        })
    }

    /// Whether somebody who shows this is a peer. How long the answer takes tells nothing of the secret.
    pub fn is_peer(&self, shown: &str) -> bool {
        blake3::hash(shown.as_bytes()) == blake3::hash(self.secret.as_bytes())
    }

    /// How many blobs and keys no other node is known to have.
    pub fn n_owed(&self) -> u64 {
        self.owed.n()
    }

    /// The first peer's that has something at `path`. Waits on the caller's thread.
    fn fetch(&self, path: &str) -> Had {
        let requests: Vec<RequestBuilder> = self.requests(&Method::GET, path);
        let most = self.bytes_max;
        let fetched = self.wait(async move {
            for request in requests {
                match had(request, most).await {
                    Ok(Had::Nothing) => {}
                    Ok(had) => return had,
                    Err(error) => tracing::debug!(%error, "a peer does not give what it has"),
                }
            }
            Had::Nothing
        });
        fetched.unwrap_or(Had::Nothing)
    }

    /// Puts `content` at `path` on the first peer that takes it; whether one did. Waits on the caller's thread.
    fn put(&self, path: &str, content: &[u8]) -> Taken {
        let (requests, content) = (self.requests(&Method::PUT, path), Arc::new(content.to_vec()));
        let taken = self.wait(async move {
            for request in requests {
                match request.body(content.to_vec()).send().await.map(|answer| answer.status()) {
                    // Where a key was erased there is nothing left to be copied.
                    Ok(status) if status.is_success() || status == StatusCode::GONE => {
                        return Taken::ByOne;
                    }
                    Ok(status) => tracing::warn!(%status, "a peer does not take a copy"),
                    Err(error) => tracing::debug!(%error, "a peer does not take a copy"),
                }
            }
            Taken::ByNobody
        });
        taken.unwrap_or(Taken::ByNobody)
    }

    /// Puts `content` at `path` on every peer that can be reached. Waits on the caller's thread.
    fn put_on_all(&self, path: &str, content: &[u8]) {
        let (requests, content) = (self.requests(&Method::PUT, path), content.to_vec());
        let put = self.wait(async move {
            let sent = requests.into_iter().map(|request| request.body(content.clone()).send());
            for answer in sent.collect::<JoinSet<_>>().join_all().await {
                if let Err(error) = answer.and_then(reqwest::Response::error_for_status) {
                    tracing::warn!(%error, "a peer is not told what was noted here");
                }
            }
        });
        if put.is_none() {
            tracing::warn!("not every peer is told what was noted here");
        }
    }

    /// Whether any peer takes commands, as far as it can be asked: whoever lacks the log asks them.
    pub async fn any_takes_commands(&self) -> bool {
        // Without the log nobody knows who was seen since.
        for address in self.addresses_of(|_, _| true) {
            let asked = self.client.get(format!("http://{address}/readyz?own=1"));
            let Ok(answer) = asked.timeout(READY_PATIENCE).send().await else { continue };
            if answer.json::<Readiness>().await.is_ok_and(|readiness| readiness.commands) {
                return true;
            }
        }
        false
    }

    /// Has every peer that can be reached erase what is at `path`. Waits on the caller's thread.
    fn erase(&self, path: &str) {
        let requests = self.requests(&Method::DELETE, path);
        let erased = self.wait(async move {
            for request in requests {
                let answer = request.send().await.and_then(reqwest::Response::error_for_status);
                if let Err(error) = answer {
                    tracing::warn!(%error, "a peer erases a key only when it reads of it");
                }
            }
        });
        if erased.is_none() {
            tracing::warn!("peers erase a key only when they read of it");
        }
    }

    fn requests(&self, method: &Method, path: &str) -> Vec<RequestBuilder> {
        let request = |address: String| {
            let url = format!("http://{address}/cluster/{path}");
            self.client.request(method.clone(), url).bearer_auth(&self.secret)
        };
        self.addresses().into_iter().map(request).collect()
    }

    /// Where the others are that were seen lately.
    fn addresses(&self) -> Vec<String> {
        self.addresses_of(is_seen)
    }

    /// Where those of the others are that `is_meant`, which is told of one and what time the log had.
    fn addresses_of(&self, is_meant: impl Fn(&NodeSeen, Timestamp) -> bool) -> Vec<String> {
        let standing = self.node.upgrade().and_then(|node| node.cluster());
        let Some((Some(Standing { overview, .. }), _)) = standing else { return Vec::new() };
        let others = overview.nodes.into_iter().filter(|node| node.said.name != self.me);
        let meant = others.filter(|node| is_meant(node, overview.now));
        meant.map(|node| node.said.address).collect()
    }

    /// What `work` comes to; none when it takes too long. Waits on the caller's thread.
    fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (done, waits) = mpsc::sync_channel(1);
        let working = async move {
            if let Ok(result) = tokio::time::timeout(PATIENCE, work).await
                && done.send(result).is_err()
            {
                tracing::debug!("nobody waits for a peer any more");
            }
        };
        // Whatever becomes of the work, its end is dropped, and nobody waits any longer.
        if self.arbiter.spawn(working) { waits.recv().ok() } else { None }
    }
}

/// Whether a peer took a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    ByOne,
    ByNobody,
}

async fn had(request: RequestBuilder, most: u64) -> Result<Had, reqwest::Error> {
    let mut answer = request.send().await?;
    match answer.status() {
        StatusCode::NOT_FOUND => return Ok(Had::Nothing),
        StatusCode::GONE => return Ok(Had::Gone),
        _ => {}
    }
    answer.error_for_status_ref()?;
    let (mut content, most) = (Vec::new(), usize::try_from(most).unwrap_or(usize::MAX));
    while let Some(piece) = answer.chunk().await? {
        if content.len() + piece.len() > most {
            tracing::warn!(most, "a peer has more under one name than is kept here");
            return Ok(Had::Nothing);
        }
        content.extend_from_slice(&piece);
    }
    Ok(Had::Content(content))
}

/// Bytes that a blob has at most, by what this machine lets in.
pub fn bytes_max(config: &Config) -> u64 {
    let uploaded = config.http_photo_mib.max(config.http_attachment_mib) << 20;
    uploaded.max(TEXT_BYTES_MAX)
}

impl Drop for Peers {
    fn drop(&mut self) {
        self.arbiter.stop();
    }
}

/// Nothing of the secret.
impl fmt::Debug for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peers").field("me", &self.me).finish_non_exhaustive()
    }
}
