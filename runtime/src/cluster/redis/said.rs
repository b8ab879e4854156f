//! What a node says of itself, as JSON: any release reads what another one wrote.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use super::replies::{instant, unclear};
use crate::cluster::log::{Link, LogFailure, NodeSaid, NodeSeen};

/// What stands there; the name is the field's.
#[derive(Serialize, Deserialize)]
struct Said {
    address: String,
    release: CompactString,
    fitness: CompactString,
    mirrored: u64,
    link: String,
    skew_millis: i64,
}

pub(super) fn written(said: &NodeSaid) -> Result<String, LogFailure> {
    let said = Said {
        address: said.address.clone(),
        release: said.release.clone(),
        fitness: said.fitness.clone(),
        mirrored: said.mirrored,
        link: said.link.to_hex(),
        skew_millis: said.skew_millis,
    };
    serde_json::to_string(&said).map_err(|error| LogFailure::Unclear(error.to_string()))
}

/// Of when it was seen, and what it said.
pub(super) fn read(name: CompactString, text: &str) -> Result<NodeSeen, LogFailure> {
    let strange = || unclear("what a node says of itself");
    let (seen, said) = text.split_once(' ').ok_or_else(strange)?;
    let said: Said = serde_json::from_str(said).map_err(|_| strange())?;
    let Said { address, release, fitness, mirrored, link, skew_millis } = said;
    let link = Link::from_hex(&link).ok_or_else(strange)?;
    let said = NodeSaid { name, address, release, fitness, mirrored, link, skew_millis };
    Ok(NodeSeen { said, seen: instant(seen)? })
}
