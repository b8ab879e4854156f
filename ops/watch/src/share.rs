//! The share of this node in its cluster: what it holds, how far it follows, and how many others there are.

use duban_runtime::cluster::log::Holding;
use duban_runtime::cluster::placement::is_seen;
use duban_runtime::node::Standing;
use duban_server::server::Server;

use crate::alarm::checks::count;

/// As this node has seen it last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub cluster: String,
    pub node: String,
    /// What it says of itself; empty before it has said anything.
    pub fitness: String,
    pub reign: u64,
    /// Where the log ended.
    pub head: u64,
    /// Frames of it that this node had not read.
    pub behind: u64,
    pub n_partitions: u64,
    pub is_office: bool,
    /// By how much its clock is ahead of the log's.
    pub skew_millis: i64,
    /// Nodes on the list, and those of them that were seen lately.
    pub n_nodes: u64,
    pub n_seen: u64,
    /// Partitions that nobody decides.
    pub n_unowned: u64,
    /// Why the log does not answer, if it does not.
    pub away: Option<String>,
}

impl Share {
    /// None on a machine alone.
    pub fn of(server: &Server) -> Option<Share> {
        let config = server.config.cluster.node()?;
        let (standing, away) = server.node.cluster()?;
        let mut share = Share {
            cluster: config.cluster.clone(),
            node: config.name.clone(),
            is_office: server.node.is_office(),
            away,
            ..Share::default()
        };
        if let Some(standing) = standing {
            share.seen(&standing, server.node.journal().head().1);
        }
        Some(share)
    }

    fn seen(&mut self, Standing { overview, held }: &Standing, mirrored: u64) {
        if let Some(head) = &overview.head {
            (self.reign, self.head) = (head.reign, head.frame);
        }
        self.behind = self.head.saturating_sub(mirrored);
        let is_partition = |holding: &&Holding| matches!(holding, Holding::Partition(_));
        self.n_partitions = count(held.keys().filter(is_partition).count());
        self.n_nodes = count(overview.nodes.len());
        let seen = overview.nodes.iter().filter(|node| is_seen(node, overview.now));
        self.n_seen = count(seen.count());
        self.n_unowned = count(overview.n_unowned());
        let me = overview.nodes.iter().find(|node| node.said.name == self.node.as_str());
        if let Some(me) = me {
            self.fitness = me.said.fitness.to_string();
            self.skew_millis = me.said.skew_millis;
        }
    }
}
