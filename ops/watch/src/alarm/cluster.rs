//! Checks of the cluster: nodes that are not seen, partitions without an owner, clocks that differ, ledgers set aside.
//!
//! What is the same from everywhere is said by one node, the one that sends messages.

use std::time::Duration;

use duban_runtime::cluster::log::{NodeSeen, Overview};
use duban_runtime::cluster::placement::{JOINING, is_seen};
use duban_runtime::node::Standing;

use super::checks::{count, sight};
use duban_server::health::alarm::{Kind, Sighting};
use duban_server::server::Server;

/// How long nodes may take after a start until somebody has every partition.
const BEGINS_WITHIN: Duration = Duration::from_secs(20);
/// Nodes that are named in one line.
const NAMES_MAX: usize = 5;
/// By how much a node's clock may differ from the log's, in milliseconds.
const SKEW_MAX: i64 = 500;

/// Ledgers that were set aside here, with cases of which something stands nowhere else.
pub(super) fn forks(forked: (usize, usize), seen: &mut Vec<Sighting>) {
    let (cases, forks) = forked;
    if cases > 0 {
        let text = format!(
            "{cases} 件案件有只在移开的台账中的记录(forked/ 中 {forks} 份,案件号见 only-here.txt);核对、补登之后删除那里的目录"
        );
        sight(seen, Kind::Forked, count(cases), text);
    }
}

pub(super) fn look(server: &Server, seen: &mut Vec<Sighting>) {
    let Some((Some(Standing { overview, .. }), None)) = server.node.cluster() else { return };
    if !server.node.is_office() {
        return;
    }
    // One that broke off while it joined comes anew, or not at all.
    let is_node = |node: &NodeSeen| node.said.fitness != JOINING;
    let missing = names(&overview, |node| is_node(node) && !is_seen(node, overview.now));
    if !missing.is_empty() {
        let text = format!(
            "{} 个节点失联({});不再使用的用 `duban node leave` 除名",
            missing.len(),
            first(&missing)
        );
        sight(seen, Kind::NodesMissing, count(missing.len()), text);
    }
    let unowned = overview.n_unowned();
    // A town that has just begun takes a moment to share itself out.
    let has_begun = server.node.clock().monotonic() > BEGINS_WITHIN;
    if unowned > 0 && has_begun {
        let text = format!("{unowned} 个分区没有节点负责,其中的定时器等待;看 `duban node list`");
        sight(seen, Kind::Unowned, count(unowned), text);
    }
    let skewed = names(&overview, |node| node.said.skew_millis.abs() > SKEW_MAX);
    if !skewed.is_empty() {
        let text = format!(
            "{} 个节点的时钟与 Redis 相差超过半秒({});检查 NTP",
            skewed.len(),
            first(&skewed)
        );
        sight(seen, Kind::ClockSkew, count(skewed.len()), text);
    }
}

fn names(overview: &Overview, is_so: impl Fn(&NodeSeen) -> bool) -> Vec<String> {
    let nodes = overview.nodes.iter().filter(|node| is_so(node));
    nodes.map(|node| node.said.name.to_string()).collect()
}

fn first(names: &[String]) -> String {
    names.iter().take(NAMES_MAX).cloned().collect::<Vec<_>>().join("、")
}
