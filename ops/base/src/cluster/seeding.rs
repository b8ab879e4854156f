//! Seeding: the log of a cluster is begun from what one store holds.

use anyhow::{Context as _, Result, anyhow, bail};
use duban_runtime::cluster::log::{Link, Log, LogHead, Seed, Seeded};
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::marker::{Marker, Membership};
use duban_runtime::partition::PARTITIONS;

use super::{log_failed, marker, marker_of};
use crate::config::Config;
use crate::config::cluster::NodeConfig;
use crate::store;

/// Begins the log of `node`'s cluster from the store that `config` names, which becomes that node's.
///
/// # Errors
/// In words: there is a log, and `instead_of` does not name its reign; nodes are at work; the store cannot be opened.
pub fn seed(config: &Config, node: &NodeConfig, instead_of: Option<u64>) -> Result<Marker> {
    let mut log = super::logs(node)?.log();
    let overview = super::looked(log.as_mut())?;
    let there = overview.head.as_ref().map(|head| head.reign);
    may_replace(overview.head.as_ref(), instead_of)?;
    let known = marker(config)?;
    let after = known.as_ref().map(|marker| marker.reign).max(there).unwrap_or(0);
    let membership = match &known {
        Some(_) => super::who(node),
        None => Membership::Alone,
    };
    let reign = after + 1;
    let Held { frame, link, next_lsn } = held(config, membership)?;
    let run = log.run().map_err(log_failed)?;
    let seed = Seed { reign, instead_of: there, frame, link, run, next_lsn };
    begin(log.as_mut(), &seed)?;
    let marker = marker_of(node, reign, (frame, link));
    let mut disk = OsDisk::at(&config.store_dir);
    let put = marker.put(&mut disk).map_err(|failure| store::in_words(failure, &config.store_dir));
    put.context(
        "日志已在 Redis 中开始,而本机的记号没有写成;解决之后再次运行,并用 --instead-of 写出朝代号",
    )?;
    Ok(marker)
}

fn may_replace(there: Option<&LogHead>, instead_of: Option<u64>) -> Result<()> {
    match (there, instead_of) {
        (None, None) => Ok(()),
        (Some(head), Some(named)) if head.reign == named => Ok(()),
        (None, Some(_)) => bail!("Redis 中没有日志可以取代:去掉 --instead-of"),
        (Some(head), _) => bail!(
            "Redis 中已有这个集群的日志(第 {} 朝,到第 {} 帧),没有改动。本机要加入它:`duban node join`;\
             确要以本机的存储取代它:`duban node seed --instead-of {}`",
            head.reign,
            head.frame,
            head.reign
        ),
    }
}

/// What a log begins behind.
struct Held {
    frame: u64,
    link: Link,
    next_lsn: Vec<(u8, u64)>,
}

/// Where the store ends, what it comes to, and the next number of every partition.
fn held(config: &Config, membership: Membership) -> Result<Held> {
    let store = store::open_as(config, membership)?;
    let (hash, frame) = store.journal.head();
    let next = (0..PARTITIONS).map(|no| Ok((no, store.journal.partition(no)?.next_lsn)));
    let next: Result<Vec<(u8, u64)>> = next.collect();
    store.close()?;
    let next_lsn = next?.into_iter().filter(|(_, lsn)| *lsn > 1).collect();
    Ok(Held { frame, link: Link::seed(&hash), next_lsn })
}

fn begin(log: &mut dyn Log, seed: &Seed) -> Result<()> {
    match log.seed(seed).map_err(log_failed)? {
        Seeded::Begun => Ok(()),
        Seeded::Reign(there) => Err(anyhow!(
            "日志在此期间变了({}),没有改动;再次运行",
            there.map_or("已不在".to_owned(), |reign| format!("现在是第 {reign} 朝"))
        )),
        Seeded::AtWork(nodes) => {
            Err(anyhow!("节点 {} 刚刚还在运行;停止全部节点,过几秒再试", nodes.join("、")))
        }
    }
}
