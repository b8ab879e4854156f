//! Words for nodes of a cluster.

use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;
use duban_runtime::cluster::placement::{FIT, JOINING};
use duban_runtime::cluster::tenancy::{BEHIND, DRAINING, STUCK};
use duban_runtime::journal::{Difference, Failure};

use super::instant;

/// What to do when Redis has lost what nodes have.
const SEED_ANEW: &str =
    "先找回 Redis 的数据;找不回来时,停止全部节点,在最后一帧最大的节点上运行 `duban node seed`";
/// What to do with a node whose history is not the cluster's.
const JOIN_ANEW: &str = "停止本节点,`duban node join --again`,再启动";

/// How a node says it is, as people read it; what a newer release says stays as it is.
pub fn fitness(word: &str) -> &str {
    match word {
        FIT => "可用",
        DRAINING => "正在移交",
        BEHIND => "落后",
        STUCK => "不能跟随",
        JOINING => "正在加入",
        other => other,
    }
}

/// That so many partitions are nobody's.
pub fn unowned(n: usize) -> String {
    format!("{n} 个分区没有节点负责:其中的案件暂不计时,也不能办理。")
}

/// The one line that everybody reads on a node that is cut off from its cluster.
pub fn cut_off(since: Timestamp, calendar: &Calendar) -> String {
    let since = instant::second(since, calendar);
    format!("这台机器与其他机器失去联系:显示的是 {since} 为止的内容,暂时不能办理")
}

/// Why nothing is committed, as an operator reads it.
pub fn trouble(failure: &Failure) -> String {
    if let Failure::Differs(different) = failure {
        difference(different)
    } else if failure.is_full() {
        "磁盘已满".to_owned()
    } else {
        failure.to_string()
    }
}

/// How the log of a cluster and this node's ledger are not one history, and the way out.
fn difference(difference: &Difference) -> String {
    match difference {
        Difference::Reign { theirs: None, .. } => {
            format!("Redis 中没有这个集群的日志了:{SEED_ANEW}")
        }
        Difference::Reign { ours, theirs: Some(theirs) } => {
            format!("日志已是第 {theirs} 朝,本节点还在第 {ours} 朝:{JOIN_ANEW}")
        }
        Difference::Behind { ours, theirs } => {
            format!("日志只到第 {theirs} 帧,本节点有第 {ours} 帧,Redis 丢了内容:{SEED_ANEW}")
        }
        Difference::Gap { expected, found } => {
            format!("日志中第 {expected} 帧已不在,最早的是第 {found} 帧,本节点落后太多:{JOIN_ANEW}")
        }
        Difference::Newer { frame, release } => {
            format!("第 {frame} 帧由较新的版本 {release} 写成,本版本读不懂:把本节点也升级")
        }
        Difference::Unreadable { frame, flaw } => {
            format!("日志的第 {frame} 帧读不懂({flaw}):记下这条告警,联系维护人员")
        }
        Difference::NamedTwice { address } => format!(
            "另一个运行中的节点(地址 {address})与本节点同名:在其中一个的配置中给 [cluster] 另一个 node 名"
        ),
        Difference::Other { frame } => {
            format!("日志的第 {frame} 帧与本节点台账中的不同:{JOIN_ANEW}")
        }
    }
}
