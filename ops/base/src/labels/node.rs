//! Words for nodes of a cluster.

use duban_runtime::cluster::placement::FIT;
use duban_runtime::cluster::tenancy::{BEHIND, DRAINING, STUCK};

/// How a node says it is, as people read it; what a newer release says stays as it is.
pub fn fitness(word: &str) -> &str {
    match word {
        FIT => "可用",
        DRAINING => "正在移交",
        BEHIND => "落后",
        STUCK => "不能跟随",
        other => other,
    }
}
