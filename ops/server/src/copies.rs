//! Copies of what this node keeps: put on a peer, and tried again as long as none took them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use duban_base::aside;
use duban_runtime::loops::{Kept, Life, Loop};

use crate::peers::owed::Thing;
use crate::peers::{Peers, Taken};
use crate::server::Server;

/// Between two times that what is owed is tried again.
const EVERY: Duration = Duration::from_secs(5);
/// Of how much each time.
const AT_ONCE: usize = 64;
/// Dead when one time takes so long: a peer is waited for two seconds at most, and the first failure ends it.
const COPIES: Loop = Loop { name: "copies", silent_max: Duration::from_mins(5) };

/// Has everything that `server` keeps from now on put on a peer, too; on a machine alone there are none.
///
/// # Errors
/// In words: the secret of the nodes cannot be read.
pub fn open(server: &Arc<Server>) -> Result<Option<Kept>> {
    let Some(node) = server.config.cluster.node() else { return Ok(None) };
    let peers = Arc::new(Peers::of(&server.config, &server.node, node)?);
    server.node.journal().blobs().beside(Arc::clone(&peers) as _);
    server.seals.beside(Arc::clone(&peers) as _);
    server.channels.seals().beside(Arc::clone(&peers) as _);
    server.uploads.beside(Arc::clone(&peers) as _);
    server.reaches(peers);
    Ok(Some(server.keep(COPIES, keep)))
}

async fn keep(server: Arc<Server>, life: Life) {
    let mut turns = life.every(EVERY);
    while turns.next().await {
        let shared = Arc::clone(&server);
        turns.at(aside::done(move || pay(&shared))).await;
    }
}

/// Copies what is owed, as far as somebody takes it.
fn pay(server: &Server) {
    let Some(peers) = server.peers() else { return };
    let mut last = None;
    loop {
        let owed = peers.owed.after(last.as_ref(), AT_ONCE);
        for thing in &owed {
            let taken = match content(server, thing) {
                Some(content) => peers.copied(thing, &content),
                // Swept or erased meanwhile.
                None => Taken::ByOne,
            };
            match taken {
                Taken::ByOne => peers.owed.settle(thing),
                Taken::ByNobody => return,
            }
        }
        match owed.last() {
            Some(thing) => last = Some(thing.clone()),
            None => return,
        }
    }
}

/// What is to be copied; none when it is not here any more.
fn content(server: &Server, thing: &Thing) -> Option<Vec<u8>> {
    match thing {
        Thing::Blob(id) => server.node.journal().blobs().get_here(id).ok(),
        Thing::Key(case) => server.seals.here(case).ok().map(|key| key.to_vec()),
    }
}
