//! Peers, as a node that lacks the log asks them whether they have it.

use std::time::Duration;

use duban_runtime::node::Standing;
use duban_server::server::Server;
use serde::Deserialize;

/// How long a peer may take.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is read of a peer's answer.
#[derive(Deserialize)]
struct Readiness {
    commands: bool,
}

/// Whether any other node of the cluster takes commands, as far as it can be asked.
pub(super) async fn any_takes_commands(server: &Server) -> bool {
    let Some((Some(Standing { overview, .. }), _)) = server.node.cluster() else { return false };
    let Some(own) = server.config.cluster.node().map(|node| node.name.as_str()) else {
        return false;
    };
    let Ok(client) = reqwest::Client::builder().timeout(PATIENCE).build() else { return false };
    for peer in overview.nodes.iter().filter(|node| node.said.name != own) {
        let asked = client.get(format!("http://{}/readyz?own=1", peer.said.address)).send().await;
        let Ok(answer) = asked else { continue };
        if answer.json::<Readiness>().await.is_ok_and(|readiness| readiness.commands) {
            return true;
        }
    }
    false
}
