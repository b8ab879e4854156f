//! Joining: a machine with a copy of a node's store, or with none, becomes a further node.

use std::cmp::Reverse;
use std::path::Path;

use anyhow::{Result, bail};
use duban_runtime::cluster::log::{Link, LogHead};
use duban_runtime::cluster::placement::{JOINING, is_fit, is_seen};
use duban_runtime::journal::disk::{Disk as _, OsDisk};
use duban_runtime::journal::ledger::{LedgerReader, hash_of};
use duban_runtime::journal::marker::Marker;

use super::{log_failed, looked, marker_of};
use crate::config::Config;
use crate::config::cluster::NodeConfig;
use crate::store;

/// What a machine joins.
#[derive(Clone, Debug)]
pub struct Before {
    /// Where the log is.
    pub head: LogHead,
    /// The last frame that the machine has before it copies anything.
    pub had: u64,
    /// Where the nodes are reached of which it has to be given a copy, the one that has most first; nobody where the log
    /// has all that is needed.
    pub copied_from: Vec<String>,
}

/// Whether `node` may join with a copy of the ledger in `from`, or one that it is given.
///
/// # Errors
/// In words: there is no log, the name is taken, frames between the copy and the log are missing, or nobody can give one.
pub fn before(node: &NodeConfig, from: Option<&Path>) -> Result<Before> {
    let mut log = super::logs(node)?.log();
    let overview = looked(log.as_mut())?;
    let Some(head) = overview.head else {
        bail!("Redis 中还没有集群 `{}` 的日志:先在第一个节点上运行 `duban node seed`", node.cluster)
    };
    let taken = overview.nodes.iter().find(|seen| seen.said.name == node.name);
    match taken.filter(|seen| is_seen(seen, overview.now)) {
        Some(seen) if seen.said.fitness == JOINING => {
            bail!("另一个进程正以 `{}` 这个名字加入,或刚刚中断:过 6 秒再试", node.name)
        }
        Some(_) => bail!("名为 `{}` 的节点正在运行;在 [cluster] 中给本机另一个 node 名", node.name),
        None => {}
    }
    let had = match from {
        None => 0,
        Some(from) => reader(from)?.last_frame(),
    };
    let first = overview.first.unwrap_or(head.frame + 1);
    let mut copied_from = Vec::new();
    if had + 1 < first || had < head.base {
        if let Some(from) = from {
            bail!(
                "`{}` 只到第 {had} 帧,而日志中最早的是第 {first} 帧:中间的已不在。\
                 不要备份,直接运行 `duban node join`:由运行中的节点复制,复制期间日志为本机保留",
                from.display()
            )
        }
        let others = overview.nodes.iter().filter(|seen| seen.said.name != node.name);
        let mut others: Vec<_> = others.filter(|seen| is_fit(seen, overview.now)).collect();
        others.sort_by_key(|seen| Reverse(seen.said.mirrored));
        copied_from = others.into_iter().map(|seen| seen.said.address.clone()).collect();
        if copied_from.is_empty() {
            bail!(
                "日志由第 {first} 帧开始,之前的内容在已有的节点上,而没有可用的节点可供复制:\
                 先启动一个(`duban node list` 显示),或用它的备份 `duban node join --from 备份目录`"
            )
        }
    }
    if had > head.frame {
        bail!("备份到第 {had} 帧,比日志(到第 {} 帧)还长:它不是这个集群的", head.frame)
    }
    Ok(Before { head, had, copied_from })
}

/// Whether the log goes on where the ledger in `dir` ends: then it needs no copy.
///
/// # Errors
/// In words: the ledger cannot be read, or the log does not answer.
pub fn goes_on(config: &Config, node: &NodeConfig, (head, first): (&LogHead, u64)) -> Result<bool> {
    let reader = reader(&config.store_dir)?;
    let hash = match head.base {
        0 => Some([0; 32]),
        base => {
            hash_of(&reader, base).map_err(|failure| store::in_words(failure, &config.store_dir))?
        }
    };
    let last = reader.last_frame();
    match hash {
        // What lies before the first frame of the log cannot be compared with it.
        Some(hash) if (head.base..=head.frame).contains(&last) && last + 1 >= first => {
            is_same_history(config, node, (head.base, Link::seed(&hash)))
        }
        Some(_) | None => Ok(false),
    }
}

/// The store that `config` names is now that of `node`; made if nothing is there.
///
/// # Errors
/// In words: the copy is not of this history, or the disk's failure.
pub fn joined(config: &Config, node: &NodeConfig, head: &LogHead) -> Result<Marker> {
    let dir = &config.store_dir;
    let in_words = |failure| store::in_words(failure, dir);
    if !store::exists(dir) {
        store::make_empty(config)?;
    }
    let base_hash = match head.base {
        0 => [0; 32],
        base => match hash_of(&reader(dir)?, base).map_err(in_words)? {
            Some(hash) => hash,
            None => bail!("副本中没有第 {base} 帧:日志由那里开始"),
        },
    };
    let marker = marker_of(node, head.reign, (head.base, Link::seed(&base_hash)));
    if !is_same_history(config, node, (marker.base_frame, marker.base_link))? {
        bail!("副本不是这个集群的历史:第 {} 帧与日志不同", reader(dir)?.last_frame())
    }
    marker.put(&mut OsDisk::at(dir)).map_err(in_words)?;
    Ok(marker)
}

/// Whether the ledger comes to what the log comes to at its last frame; its links are reckoned from `base` on.
fn is_same_history(config: &Config, node: &NodeConfig, base: (u64, Link)) -> Result<bool> {
    let reader = reader(&config.store_dir)?;
    let ours = duban_runtime::journal::link_of(&reader, base);
    let ours = ours.map_err(|failure| store::in_words(failure, &config.store_dir))?;
    let last = reader.last_frame();
    let mut log = super::logs(node)?.log();
    let overview = looked(log.as_mut())?;
    if let Some(first) = overview.first.filter(|first| last + 1 < *first) {
        bail!(
            "复制期间日志超过了上限,第 {first} 帧之前的已被截去,而副本只到第 {last} 帧:再次运行 `duban node join`;\
             仍然来不及时,先在各节点的 [redis] 中调大 log_mib(Redis 的 maxmemory 随之调大)"
        )
    }
    Ok(match overview.head {
        Some(head) if head.frame == last => head.link == ours,
        // The link of the next frame names this one's.
        Some(_) => {
            let next = log.read(last, 1, 0).map_err(log_failed)?;
            next.first()
                .is_some_and(|next| next.frame == last + 1 && ours.then(next.group) == next.link)
        }
        None => false,
    })
}

fn reader(dir: &Path) -> Result<LedgerReader> {
    let reader = LedgerReader::over(OsDisk::at(dir).reader());
    reader.map_err(|failure| store::in_words(failure, dir))
}
