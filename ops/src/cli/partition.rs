//! `duban partition`: which node decides what.

use anyhow::Result;
use clap::Subcommand;
use duban_runtime::cluster::log::{Holding, Lease, Overview};
use serde_json::{Value, json};

use super::node::configured;
use super::{Call, Exit};
use duban_base::{cluster, labels};

#[derive(Debug, Subcommand)]
pub(crate) enum Partition {
    /// 列出各分区和发信由哪个节点负责
    #[command(
        long_about = "由 Redis 中的记录列出 64 个分区和发信各由哪个节点负责:第几任、租约还有多久。\
        租约每 2 秒续一次,6 秒到期;没有节点负责的分区,其中的案件暂不计时。本机的 duban 不必在运行。\n\n\
        示例:\n  duban partition list\n  duban partition list --format json"
    )]
    List,
}

impl Partition {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let Partition::List = self;
        let overview = cluster::overview(&configured(call)?)?;
        if call.is_for_programs() {
            call.json(&as_json(&overview))?;
            return Ok(Exit::Done);
        }
        let rows = overview.leases.iter().map(|lease| row(&overview, lease)).collect();
        call.table(&["分区", "节点", "第几任", "租约"], rows)?;
        let unowned = overview.n_unowned();
        if unowned > 0 {
            call.line(labels::node::unowned(unowned))?;
        }
        Ok(Exit::Done)
    }
}

fn row(overview: &Overview, lease: &Lease) -> Vec<String> {
    let is_held = overview.is_held(lease);
    vec![
        match lease.holding {
            Holding::Partition(no) => no.to_string(),
            Holding::Office => "发信".to_owned(),
        },
        if is_held { lease.node.to_string() } else { "—".to_owned() },
        tenure(lease).to_string(),
        if is_held {
            format!("{:.1} 秒", lease.until.since(overview.now).as_secs_f64())
        } else {
            "没有节点负责".to_owned()
        },
    ]
}

fn as_json(overview: &Overview) -> Value {
    let lease = |lease: &Lease| {
        let (partition, is_office) = match lease.holding {
            Holding::Partition(no) => (Some(no), false),
            Holding::Office => (None, true),
        };
        json!({
            "partition": partition, "is_office": is_office,
            "node": overview.is_held(lease).then_some(&lease.node), "epoch": lease.epoch,
            "until": lease.until,
        })
    };
    json!({
        "now": overview.now, "holdings": overview.leases.iter().map(lease).collect::<Vec<_>>(),
        "partitions_without_owner": overview.n_unowned(),
    })
}

/// The count in an epoch, which begins anew with each reign.
fn tenure(lease: &Lease) -> u64 {
    lease.epoch & u64::from(u32::MAX)
}
