//! What a script is asked of all that stands beside the frames, and what it answers.

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::leasing::named;
use super::replies::{Words as Reply, instant, unclear};
use super::said;
use super::scripts::Words;
use crate::clock::Timestamp;
use crate::cluster::log::{Lease, LogFailure, Looking, NodeSeen, Overview};

pub(super) fn asked(looking: &Looking) -> Result<Words<'_>, LogFailure> {
    let words = Words::default();
    Ok(match looking {
        Looking::Look => words.text("look"),
        Looking::Say(node, run) => {
            words.text("say").text(&node.name).owned(said::written(node)?).text(run)
        }
        Looking::Strike(name) => words.text("strike").text(name),
        Looking::Trim(first) => words.text("trim").number(*first),
    })
}

pub(super) fn answered(mut reply: Reply) -> Result<Overview, LogFailure> {
    let now = reply.next_instant()?;
    let mut head = reply.next_list()?;
    let head = if head.is_over() { None } else { Some(head.next_head()?) };
    let first = reply.next_maybe_frame()?;
    let leases = leases(reply.next_list()?)?;
    let nodes = nodes(reply.next_list()?)?;
    Ok(Overview { now, head, first, leases, nodes })
}

/// Every holding that was taken once; fields of one that was not are those of its frames.
fn leases(mut fields: Reply) -> Result<Vec<Lease>, LogFailure> {
    let mut found = BTreeMap::new();
    while !fields.is_over() {
        let (field, value) = (fields.next_text()?, fields.next_text()?);
        let (holding, what) = field.split_once('.').ok_or_else(|| unclear("a holding"))?;
        let holding = named(holding)?;
        let (node, until) = (CompactString::default(), Timestamp::default());
        let fresh = || Lease { holding, epoch: 0, node, until };
        let lease = found.entry(holding).or_insert_with(fresh);
        match what {
            "epoch" => lease.epoch = value.parse().map_err(|_| unclear("an epoch"))?,
            "node" => lease.node = value.into(),
            "until" => lease.until = instant(&value)?,
            "lsn" | "group" | "frame" => {}
            _ => return Err(unclear("a holding")),
        }
    }
    Ok(found.into_values().filter(|lease| lease.epoch > 0).collect())
}

fn nodes(fields: Reply) -> Result<Vec<NodeSeen>, LogFailure> {
    let read = |fields: &mut Reply| {
        said::read(CompactString::from(fields.next_text()?), &fields.next_text()?)
    };
    let mut nodes = fields.rest(read)?;
    nodes.sort_unstable_by(|one, other| one.said.name.cmp(&other.said.name));
    Ok(nodes)
}
