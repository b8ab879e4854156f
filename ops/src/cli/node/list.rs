//! `duban node list`: the nodes that the log knows.

use anyhow::Result;
use duban_runtime::cluster::log::{Holding, NodeSeen, Overview};
use duban_runtime::cluster::placement::is_seen;
use serde_json::{Value, json};

use super::configured;
use crate::cli::{Call, Exit};
use duban_base::cluster;
use duban_base::labels;

pub(super) fn run(call: &mut Call<'_>) -> Result<Exit> {
    let node = configured(call)?;
    let overview = cluster::overview(&node)?;
    if call.is_for_programs() {
        call.json(&as_json(&overview))?;
        return Ok(Exit::Done);
    }
    let Some(head) = &overview.head else {
        call.line(format!(
            "Redis 中还没有集群 `{}` 的日志;在第一个节点上运行 `duban node seed`。",
            node.cluster
        ))?;
        return Ok(Exit::Failed);
    };
    call.line(format!("集群 {}:日志到第 {} 帧,第 {} 朝。", node.cluster, head.frame, head.reign))?;
    let rows = overview.nodes.iter().map(|node| row(&overview, node)).collect();
    let headings =
        ["节点", "地址", "版本", "状态", "记到", "落后", "时钟差(ms)", "分区", "发信", "最近"];
    call.table(&headings, rows)?;
    let unowned = overview.n_unowned();
    if unowned > 0 {
        call.line(labels::node::unowned(unowned))?;
    }
    Ok(Exit::Done)
}

fn row(overview: &Overview, node: &NodeSeen) -> Vec<String> {
    let said = &node.said;
    let standing = if is_seen(node, overview.now) {
        labels::node::fitness(&said.fitness).to_owned()
    } else {
        "失联".to_owned()
    };
    vec![
        said.name.to_string(),
        said.address.clone(),
        said.release.to_string(),
        standing,
        said.mirrored.to_string(),
        behind(overview, node).to_string(),
        said.skew_millis.to_string(),
        partitions(overview, &said.name).to_string(),
        if is_office(overview, &said.name) { "是" } else { "" }.to_owned(),
        format!("{} 秒前", overview.now.since(node.seen).as_secs()),
    ]
}

fn as_json(overview: &Overview) -> Value {
    let node = |node: &NodeSeen| {
        json!({
            "name": node.said.name, "address": node.said.address, "release": node.said.release,
            "fitness": node.said.fitness, "is_seen": is_seen(node, overview.now),
            "seen": node.seen, "mirrored": node.said.mirrored, "behind": behind(overview, node),
            "skew_millis": node.said.skew_millis,
            "partitions": partitions(overview, &node.said.name),
            "is_office": is_office(overview, &node.said.name),
        })
    };
    let head = overview.head.as_ref().map(|head| {
        json!({
            "reign": head.reign, "frame": head.frame, "link": head.link.to_hex(),
            "base": head.base, "run": head.run,
        })
    });
    json!({
        "now": overview.now, "head": head, "first": overview.first,
        "nodes": overview.nodes.iter().map(node).collect::<Vec<_>>(),
        "partitions_without_owner": overview.n_unowned(),
    })
}

fn behind(overview: &Overview, node: &NodeSeen) -> u64 {
    let head = overview.head.as_ref().map_or(0, |head| head.frame);
    head.saturating_sub(node.said.mirrored)
}

/// How many partitions a node holds.
fn partitions(overview: &Overview, name: &str) -> usize {
    let held = overview.held().filter(|lease| lease.node == name);
    held.filter(|lease| matches!(lease.holding, Holding::Partition(_))).count()
}

fn is_office(overview: &Overview, name: &str) -> bool {
    overview.held().any(|lease| lease.holding == Holding::Office && lease.node == name)
}
