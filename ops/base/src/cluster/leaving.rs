//! Leaving: a node goes out of its cluster.

use anyhow::{Result, bail};
use duban_runtime::cluster::log::Looking;
use duban_runtime::cluster::placement::is_seen;
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::marker;

use super::{log_failed, looked};
use crate::config::Config;
use crate::config::cluster::NodeConfig;
use crate::store;

/// What is left of the store of a node that left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// It is that of a machine alone.
    Alone,
    /// The cluster goes on without it.
    Behind,
}

/// Strikes `node` off the list; the store is that of a machine alone if nobody else is at work.
///
/// # Errors
/// In words: this node is at work, or the log does not answer.
pub fn leave(config: &Config, node: &NodeConfig) -> Result<Left> {
    if super::marker(config)?.is_none() {
        bail!("`{}` 本来就是单机的存储,没有改动", config.store_dir.display())
    }
    let mut log = super::logs(node)?.log();
    let overview = looked(log.as_mut())?;
    let at_work = |seen: &&_| is_seen(seen, overview.now);
    let (own, others): (Vec<_>, Vec<_>) =
        overview.nodes.iter().filter(at_work).partition(|seen| seen.said.name == node.name);
    if !own.is_empty() {
        bail!("本机的 duban 刚刚还在运行:先停止它,过几秒再试")
    }
    log.look(&Looking::Strike(node.name.as_str().into())).map_err(log_failed)?;
    if !others.is_empty() {
        return Ok(Left::Behind);
    }
    let mut disk = OsDisk::exclusive(&config.store_dir)
        .map_err(|failure| store::in_words(failure, &config.store_dir))?;
    marker::remove(&mut disk).map_err(|failure| store::in_words(failure, &config.store_dir))?;
    Ok(Left::Alone)
}
