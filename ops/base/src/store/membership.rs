//! Refusals of a store that is a node's, or is not yet one, in words with the way out.

use std::fmt::Display;

use duban_runtime::journal::marker::OtherNode;

/// The store is a node's, and whoever opens it is none.
pub(super) fn clustered(dir: &dyn Display, cluster: &str, node: &str) -> String {
    format!(
        "`{dir}` 是集群 `{cluster}` 中节点 `{node}` 的存储,单独写入会使它与其他节点分叉;没有改动任何文件。\
         先以节点启动(配置中写好 [cluster] 和 [redis] 两组,运行 `duban serve`),再执行这条命令;\
         不再需要集群时,停止全部节点,用 `duban node leave --store {dir}` 使它退出集群"
    )
}

/// The store is one node's, and another one opens it.
pub(super) fn of_another(dir: &dyn Display, other: &OtherNode) -> String {
    let OtherNode { of: (cluster, node), by: (by_cluster, by_node), .. } = other;
    format!(
        "`{dir}` 是集群 `{cluster}` 中节点 `{node}` 的存储,而配置中是集群 `{by_cluster}` 的节点 `{by_node}`;\
         没有改动任何文件。核对 store.dir 和 [cluster] 中的 name、node;由别的节点复制来的目录不能使用,\
         把它移走,再用 `duban node join` 加入"
    )
}

/// A node opens a store that has not joined its cluster.
pub(super) fn not_joined(dir: &dyn Display, cluster: &str, node: &str) -> String {
    format!(
        "`{dir}` 还不是集群 `{cluster}` 中节点 `{node}` 的存储;没有改动任何文件。第一个节点用 `duban node seed` \
         把已有的存储放进集群;其余节点用 `duban node join` 由已有的节点复制;只有一台机器时,删去 [cluster] 和 [redis] 两组"
    )
}

/// Nobody can tell whose the store is.
pub(super) fn unclear(dir: &dyn Display, flaw: &str) -> String {
    format!(
        "`{dir}/cluster.json`(集群的记号)无法读懂:{flaw};不能当作单机的存储使用,没有改动任何文件。\
         有其他节点时,把 `{dir}` 移走,再用 `duban node join` 加入;没有时,`duban restore {dir} --store 新目录` \
         由其中的台账恢复一个单机的存储"
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use duban_runtime::journal::Failure;

    use super::super::in_words;
    use super::*;

    #[test]
    fn every_refusal_says_whose_the_store_is_and_the_way_out() {
        let directory = || "data".to_owned();
        let (cluster, node) = ("suning".into(), "node-1".into());
        let other = OtherNode {
            directory: directory(),
            of: ("xianxian".into(), "node-9".into()),
            by: ("suning".into(), "node-1".into()),
        };
        let not_joined = Failure::NotJoined { directory: directory(), cluster, node };
        let (cluster, node) = ("suning".into(), "node-1".into());
        let refusals = [
            (Failure::Clustered { directory: directory(), cluster, node }, "duban node leave"),
            (Failure::OtherNode(Box::new(other)), "`xianxian` 中节点 `node-9`"),
            (not_joined, "duban node seed"),
            (Failure::Marker { flaw: "node-1 of suning".to_owned() }, "duban node join"),
        ];
        for (failure, way_out) in refusals {
            let text = in_words(failure, Path::new("data")).to_string();
            for part in ["`data", "suning", "node-1", way_out] {
                assert!(text.contains(part), "{part}: {text}");
            }
        }
    }
}
