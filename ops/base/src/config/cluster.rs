//! A cluster of several machines: which one this machine is a node of, and the Redis that holds their log.
//!
//! A machine alone is the rule: without `cluster.name` nothing here is in force. Whoever wants any of it asks
//! [`Cluster::node`], and so has an answer for both.

use std::path::{Path, PathBuf};

use super::couriers::{Choice, Conflict};

/// Where the partitions of a cluster are worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Spread over all nodes.
    Spread,
    /// All on one; the others stand by.
    One,
}

impl Choice for Placement {
    const ALL: &'static [(&'static str, Placement)] =
        &[("spread", Placement::Spread), ("one", Placement::One)];
}

/// When Redis says that something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// When it is safe on its disk (`appendfsync always`).
    Always,
    /// Within about two seconds before it is (`appendfsync everysec`).
    EverySec,
}

impl Choice for Durability {
    const ALL: &'static [(&'static str, Durability)] =
        &[("always", Durability::Always), ("everysec", Durability::EverySec)];
}

/// Whether this machine is alone or a node among several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// As it is written; in force only when it names a cluster.
    pub(super) written: NodeConfig,
}

/// A machine as a node of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeConfig {
    /// The name of the cluster, the same on all its nodes; empty for a machine alone. Default empty.
    pub cluster: String,
    /// The name of this machine in it. Default empty.
    pub name: String,
    /// Where other nodes reach this one's HTTP; empty for where it listens. Default empty.
    pub(super) address: String,
    /// Where partitions are worked on. Default spread over all nodes.
    pub placement: Placement,
    /// The file with the secret that nodes show each other, the same on all of them. Default empty.
    pub secret_file: PathBuf,
    /// Storage for blobs that all nodes share; empty when each keeps its own. Default empty.
    pub(super) blobs_dir: PathBuf,
    /// Who holds the log.
    pub redis: RedisConfig,
}

/// A Redis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedisConfig {
    /// Where it is: `redis://`, or `rediss://` for TLS. Default `redis://127.0.0.1:6379`.
    pub url: String,
    /// Whom to log in as; empty for Redis's default user. Default empty.
    pub user: String,
    /// The file with the password; empty for none. Default empty.
    pub secret_file: PathBuf,
    /// With TLS, the certificate of the authority that vouches for it; empty for those the machine trusts. Default empty.
    pub ca_file: PathBuf,
    /// When it says that something is kept. Default when it is safe on its disk.
    pub durability: Durability,
    /// Size of the log at most, in MiB. Default 512.
    pub log_mib: u64,
}

impl Default for NodeConfig {
    fn default() -> NodeConfig {
        NodeConfig {
            cluster: String::new(),
            name: String::new(),
            address: String::new(),
            placement: Placement::Spread,
            secret_file: PathBuf::new(),
            blobs_dir: PathBuf::new(),
            redis: RedisConfig::default(),
        }
    }
}

impl Default for RedisConfig {
    fn default() -> RedisConfig {
        RedisConfig {
            url: "redis://127.0.0.1:6379".to_owned(),
            user: String::new(),
            secret_file: PathBuf::new(),
            ca_file: PathBuf::new(),
            durability: Durability::Always,
            log_mib: 512,
        }
    }
}

impl Cluster {
    /// What this machine is as a node; none when it is alone.
    pub fn node(&self) -> Option<&NodeConfig> {
        (!self.written.cluster.is_empty()).then_some(&self.written)
    }

    /// Everything that does not go together.
    pub(super) fn conflicts(&self) -> Vec<Conflict> {
        let mut found = Vec::new();
        match self.node() {
            Some(node) => node.conflicts(&mut found),
            None if self.written.name.is_empty() => {}
            None => found.push(Conflict {
                field: "cluster.node",
                message: [
                    "有节点名而没有集群名,本机会单独运行",
                    "there is a node and no cluster: this machine would work alone",
                ],
                help: [
                    "在 [cluster] 中填写 name;只有一台机器时删去 node",
                    "write name under [cluster]; for a machine alone, remove node",
                ],
            }),
        }
        found
    }
}

impl NodeConfig {
    /// Where other nodes reach this one's HTTP, which listens on `listening`.
    pub fn address<'a>(&'a self, listening: &'a str) -> &'a str {
        if self.address.is_empty() { listening } else { &self.address }
    }

    /// Storage for blobs that all nodes share; none when each keeps its own.
    pub fn shared_blobs(&self) -> Option<&Path> {
        (!self.blobs_dir.as_os_str().is_empty()).then_some(&self.blobs_dir)
    }

    fn conflicts(&self, found: &mut Vec<Conflict>) {
        if self.name.is_empty() {
            found.push(Conflict {
                field: "cluster.name",
                message: ["有集群名而没有节点名", "there is a cluster and no name of this node"],
                help: [
                    "在 [cluster] 中填写 node:本机在集群中的名称,各机不同,以后不变",
                    "write node under [cluster]: the name of this machine, another on each, and never changed",
                ],
            });
        }
        if self.secret_file.as_os_str().is_empty() {
            found.push(Conflict {
                field: "cluster.name",
                message: [
                    "有集群名而没有密钥文件,节点之间无法相认",
                    "there is a cluster and no secret by which its nodes know each other",
                ],
                help: [
                    "把同一个随机密钥单独写入各节点上一个只有 duban 可读的文件,并在 [cluster] 中填写 secret_file",
                    "put one random secret into a file on each node that only duban can read and name it in secret_file under [cluster]",
                ],
            });
        }
        if !self.redis.user.is_empty() && self.redis.secret_file.as_os_str().is_empty() {
            found.push(Conflict {
                field: "redis.user",
                message: ["有用户名而没有密码文件", "there is a user and no file with the password"],
                help: [
                    "把密码单独写入一个只有 duban 可读的文件,并填写 secret_file",
                    "put the password into a file that only duban can read and name it in secret_file",
                ],
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn read(text: &str) -> (Cluster, Vec<&'static str>) {
        let reading = parse("duban.toml", text.as_bytes());
        let codes = reading.problems.iter().map(super::super::Problem::code).collect();
        (reading.config.cluster, codes)
    }

    #[test]
    fn a_machine_is_alone_unless_it_names_its_cluster_and_itself() {
        let (alone, codes) = read("[redis]\nurl = \"redis://192.0.2.1:6379\"\nlog_mib = 64\n");
        assert_eq!((alone.node(), codes), (None, vec![]));
        let said = "[cluster]\nname = \"suning\"\nnode = \"node-1\"\nsecret_file = \"cluster\"\n";
        let (several, codes) = read(said);
        let node = several.node().unwrap();
        assert_eq!(
            (node.cluster.as_str(), node.name.as_str(), codes),
            ("suning", "node-1", vec![])
        );
        assert_eq!((node.placement, node.shared_blobs()), (Placement::Spread, None));
        assert_eq!(node.redis, RedisConfig::default());
    }

    #[test]
    fn half_a_cluster_is_none() {
        let halves = [
            "[cluster]\nnode = \"node-1\"\n",
            "[cluster]\nname = \"suning\"\nsecret_file = \"cluster\"\n",
            "[cluster]\nname = \"suning\"\nnode = \"node-1\"\n",
            "[cluster]\nname = \"a\"\nnode = \"b\"\nsecret_file = \"c\"\n[redis]\nuser = \"duban\"\n",
        ];
        for half in halves {
            assert_eq!(read(half).1, ["C0010"], "{half}");
        }
    }

    #[test]
    fn names_are_plain_and_short() {
        for wrong in ["肃宁", "a b", "{a}", "a/b", "a.b", &"a".repeat(33)] {
            for key in ["name", "node"] {
                let text = format!("[cluster]\n{key} = \"{wrong}\"\n");
                assert_eq!(read(&text).1, ["C0014"], "{text}");
            }
        }
        let longest = "aZ09-_".repeat(5) + "ab";
        let text = format!("[cluster]\nname = \"{longest}\"\nnode = \"b\"\nsecret_file = \"c\"\n");
        assert_eq!(read(&text).1, [""; 0]);
    }

    #[test]
    fn a_node_is_reached_where_it_listens_unless_it_says_otherwise() {
        let mut node = NodeConfig::default();
        assert_eq!(node.address("127.0.0.1:8440"), "127.0.0.1:8440");
        node.address = "10.0.0.1:8440".to_owned();
        assert_eq!(node.address("0.0.0.0:8440"), "10.0.0.1:8440");
    }
}
