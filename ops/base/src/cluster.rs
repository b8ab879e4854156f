//! The cluster that this machine is a node of: the way to its log, and the store as a node opens it.

pub mod announcing;
pub mod forking;
pub mod joining;
pub mod leaving;
pub mod seeding;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use duban_runtime::clock::Timestamp;
use duban_runtime::cluster::log::{Link, Log, LogFailure, Logs, Looking, Overview};
use duban_runtime::cluster::placement::{self, Release};
use duban_runtime::cluster::redis::{Durability, Password, RedisLogs, Settings};
use duban_runtime::cluster::tenancy::Identity;
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::marker::{self, Marker, Membership};
use duban_runtime::journal::{Failure, Joining};
use duban_runtime::node::ClusterMember;

use crate::config::Config;
use crate::config::cluster::{self, NodeConfig, Placement};
use crate::{secret, store};

/// By how much a node's clock and the log's may differ at a start.
const SKEW_MAX: Duration = Duration::from_secs(5);

/// The release of this program.
const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// With what a node opens its store and takes its part.
pub struct Entry {
    pub joining: Joining,
    pub member: ClusterMember,
    /// Who opens the store.
    pub who: Membership,
}

/// The way to the log of the cluster that `node` is in; nothing is connected yet.
///
/// # Errors
/// In words: the address or the password cannot be used.
pub fn logs(node: &NodeConfig) -> Result<Arc<dyn Logs>> {
    crate::tls::ready();
    let redis = &node.redis;
    let has_password = !redis.secret_file.as_os_str().is_empty();
    let password = has_password.then(|| secret::read(&redis.secret_file)).transpose();
    let password = password.context("`redis.secret_file` 中的密码无法读取")?.map(Password);
    let has_authority = !redis.ca_file.as_os_str().is_empty();
    let authority = has_authority.then(|| std::fs::read_to_string(&redis.ca_file)).transpose();
    let settings = Settings {
        url: redis.url.clone(),
        authority: authority.context("`redis.ca_file` 的证书无法读取")?,
        user: (!redis.user.is_empty()).then(|| redis.user.clone()),
        password,
        cluster: node.cluster.clone(),
        durability: match redis.durability {
            cluster::Durability::Always => Durability::Always,
            cluster::Durability::EverySec => Durability::EverySecond,
        },
        cap_bytes: redis.log_mib << 20,
    };
    let logs = RedisLogs::new(&settings).context("`[redis]` 的设置无法使用")?;
    Ok(Arc::new(logs))
}

/// What `node` needs to open the store that `config` names.
///
/// # Errors
/// In words: the store is not yet that of a node, or the way to the log cannot be used.
pub fn entry(config: &Config, node: &NodeConfig) -> Result<Entry> {
    let marker = marker(config)?.ok_or_else(|| {
        let directory = config.store_dir.display().to_string();
        let (cluster, node) = (node.cluster.as_str().into(), node.name.as_str().into());
        store::in_words(Failure::NotJoined { directory, cluster, node }, &config.store_dir)
    })?;
    let logs = logs(node)?;
    let joining = Joining {
        logs: Arc::clone(&logs),
        reign: marker.reign,
        base: (marker.base_frame, marker.base_link),
        release: Release::told(RELEASE),
    };
    let me = Identity {
        name: node.name.as_str().into(),
        address: node.address(&config.http_listen).to_owned(),
        release: Release::told(RELEASE),
        reign: marker.reign,
        log_bytes: node.redis.log_mib << 20,
        placement: match node.placement {
            Placement::Spread => placement::Placement::Spread,
            Placement::One => placement::Placement::One,
        },
    };
    let who = who(node);
    // Until it is known that what is in force here is what is on record.
    let held = Some("rules");
    Ok(Entry { joining, member: ClusterMember { me, logs, held }, who })
}

/// Looks at the log before a node starts by a clock that says `now`. One that does not answer may come back while the
/// node runs, and pages are read meanwhile.
///
/// # Errors
/// In words: the log cannot be relied on, or holds something else, or the clocks differ by more than five seconds.
pub fn before_start(entry: &Entry, now: Timestamp) -> Result<()> {
    let look = entry.member.logs.log().look(&Looking::Look);
    let overview = match look {
        Ok(overview) => overview,
        Err(failure @ (LogFailure::Unfit(_) | LogFailure::Unclear(_))) => {
            return Err(log_failed(failure));
        }
        Err(failure @ (LogFailure::Away(_) | LogFailure::Full(_))) => {
            tracing::warn!(%failure, "the log does not answer: this node begins without it, to be read from");
            return Ok(());
        }
    };
    on_time(now, overview.now)
}

fn on_time(now: Timestamp, by_the_log: Timestamp) -> Result<()> {
    let skew = now.since(by_the_log).max(by_the_log.since(now));
    if skew <= SKEW_MAX {
        return Ok(());
    }
    bail!(
        "本机的时钟与 Redis 所在机器相差 {} 秒,超过 {} 秒,没有启动:用 NTP 校准两台机器的时钟(`timedatectl status`)",
        skew.as_secs(),
        SKEW_MAX.as_secs()
    )
}

/// The marker of `node`'s store, whose ledger the log of this `reign` goes on behind `base`.
fn marker_of(node: &NodeConfig, reign: u64, base: (u64, Link)) -> Marker {
    let (cluster, name) = (node.cluster.as_str().into(), node.name.as_str().into());
    Marker { cluster, node: name, reign, base_frame: base.0, base_link: base.1 }
}

/// As whom `node` opens its store.
pub fn who(node: &NodeConfig) -> Membership {
    let (cluster, name) = (node.cluster.as_str(), node.name.as_str());
    Membership::Node { cluster: cluster.into(), node: name.into() }
}

/// All that stands beside the frames of the log of `node`'s cluster.
///
/// # Errors
/// In words: Redis does not answer, or cannot be used.
pub fn overview(node: &NodeConfig) -> Result<Overview> {
    looked(logs(node)?.log().as_mut())
}

fn looked(log: &mut dyn Log) -> Result<Overview> {
    log.look(&Looking::Look).map_err(log_failed)
}

/// A failure of the log as its operator reads it.
fn log_failed(failure: LogFailure) -> anyhow::Error {
    let sentence = match &failure {
        LogFailure::Away(_) => "Redis 没有应答:检查 `redis.url`、网络和 Redis 是否在运行",
        LogFailure::Full(_) => "Redis 的内存已满:调大 `maxmemory`,没有丢失任何内容",
        LogFailure::Unfit(_) => "Redis 的设置不能保证日志安全:按下面的原因修改",
        LogFailure::Unclear(_) => "Redis 中这个集群名下是别的内容:换一个 `cluster.name`",
    };
    anyhow!(failure).context(sentence)
}

/// Whose the store is that `config` names; none when it is that of a machine alone.
///
/// # Errors
/// In words: it cannot be told.
pub fn marker(config: &Config) -> Result<Option<Marker>> {
    let read = marker::read(&OsDisk::at(&config.store_dir));
    read.map_err(|failure| store::in_words(failure, &config.store_dir))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_whose_clock_differs_from_the_logs_by_more_than_five_seconds_does_not_start() {
        let noon = Timestamp::from_millis(1_772_420_400_000);
        for (early, late, may) in [(0, 0, true), (0, 5_000, true), (0, 5_001, false)] {
            let [one, other] = [early, late].map(|millis| noon + Duration::from_millis(millis));
            assert_eq!(on_time(one, other).is_ok(), may, "{late}");
            assert_eq!(on_time(other, one).is_ok(), may, "{late}");
        }
        let said = on_time(noon, noon + Duration::from_mins(1)).unwrap_err().to_string();
        assert!(said.contains("60 秒") && said.contains("NTP"), "{said}");
    }
}
