//! The canary's keeper at work in a server; how the canary fares is shown at every entry point.

use std::sync::Arc;
use std::time::Duration;

use duban_runtime::loops::{Kept, Life, Loop};
use duban_runtime::seldom::Seldom;

use duban_server::server::Server;
use duban_watch::canary::{Keeper, PAUSE};

/// Dead when one look takes so long.
const CANARY: Loop = Loop { name: "canary", silent_max: Duration::from_mins(5) };

/// "the canary cannot be looked at": it is tried each second.
static UNSEEN: Seldom = Seldom::new();

/// Begins to send a canary each morning. One under way when it is told to stop goes on after the next start.
pub(super) fn open(server: &Arc<Server>) -> Kept {
    server.keep(CANARY, keep)
}

async fn keep(server: Arc<Server>, life: Life) {
    let (mut keeper, told) = Keeper::new(&server.rules, server.now());
    server.health.canary.watch(told);
    let mut turns = life.every(PAUSE);
    while turns.next().await {
        // One crosses the whole house: of several nodes, the one from which messages leave sends it.
        // Its message would wait like all others while the server is muted: that says nothing of the chain.
        if server.node.is_office()
            && !server.channels.muted().is_on()
            && let Err(failure) = keeper.advance(&server.node).await
            && let Some(n_left_out) = UNSEEN.turn()
        {
            tracing::error!(%failure, n_left_out, "the canary cannot be looked at");
        }
    }
}
