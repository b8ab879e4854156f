//! Fields of a cluster: `[cluster]`, `[redis]`.

use super::{Field, NONE, Slot, choice};
use crate::config::cluster::{Durability, Placement};

/// This machine as a node.
pub(super) const CLUSTER: &[Field] = &[
    Field {
        table: "cluster",
        key: "name",
        unit: NONE,
        about: [
            "集群名,各节点相同;省略则只有这一台机器,[cluster] 和 [redis] 的其余各项不起作用",
            "the cluster's name, the same on all nodes; a machine alone without it, and then nothing else of [cluster] and [redis] counts",
        ],
        slot: Slot::Name(|c| &mut c.cluster.written.cluster),
    },
    Field {
        table: "cluster",
        key: "node",
        unit: NONE,
        about: [
            "本机在集群中的名称,各机不同,以后不变;有集群名时必填",
            "the name of this machine in the cluster, another on each, never changed; a cluster wants it",
        ],
        slot: Slot::Name(|c| &mut c.cluster.written.name),
    },
    Field {
        table: "cluster",
        key: "address",
        unit: ["主机:端口", "host:port"],
        about: [
            "其他节点访问本机 HTTP 的地址;省略则用 http.listen",
            "where other nodes reach this one's HTTP; http.listen without it",
        ],
        slot: Slot::Text(|c| &mut c.cluster.written.address),
    },
    Field {
        table: "cluster",
        key: "placement",
        unit: NONE,
        about: [
            "案件由谁处理:spread 分给各节点,one 集中在一个节点、其余待命",
            "who works on cases: spread over all nodes, or one while the others stand by",
        ],
        slot: choice!(Placement, |c| &mut c.cluster.written.placement),
    },
    Field {
        table: "cluster",
        key: "secret_file",
        unit: ["文件", "file"],
        about: [
            "存放节点之间相认的密钥的文件,取第一行,各节点相同;密钥不写在配置里",
            "the file with the secret that nodes show each other, its first line, the same on all; no secret stands in the configuration",
        ],
        slot: Slot::Path(|c| &mut c.cluster.written.secret_file),
    },
    Field {
        table: "cluster",
        key: "blobs_dir",
        unit: ["目录", "directory"],
        about: [
            "各节点共用的附件目录(共享存储);留空则各节点自己保存",
            "a directory for blobs that all nodes share; empty when each keeps its own",
        ],
        slot: Slot::Path(|c| &mut c.cluster.written.blobs_dir),
    },
];

/// Who holds the cluster's log.
pub(super) const REDIS: &[Field] = &[
    Field {
        table: "redis",
        key: "url",
        unit: ["网址", "URL"],
        about: [
            "集群所用 Redis 的地址;rediss:// 为 TLS;密码不写在这里",
            "where the cluster's Redis is; rediss:// for TLS; no password stands here",
        ],
        slot: Slot::Text(|c| &mut c.cluster.written.redis.url),
    },
    Field {
        table: "redis",
        key: "user",
        unit: NONE,
        about: [
            "登录用户名(ACL);省略则用 Redis 的默认用户",
            "whom to log in as (ACL); Redis's default user without it",
        ],
        slot: Slot::Text(|c| &mut c.cluster.written.redis.user),
    },
    Field {
        table: "redis",
        key: "secret_file",
        unit: ["文件", "file"],
        about: [
            "存放登录密码的文件,取第一行;留空则不用密码",
            "the file with the password, its first line; none when it is empty",
        ],
        slot: Slot::Path(|c| &mut c.cluster.written.redis.secret_file),
    },
    Field {
        table: "redis",
        key: "ca_file",
        unit: ["文件", "file"],
        about: [
            "rediss:// 时验证 Redis 证书的根证书(PEM);留空则用系统信任的",
            "with rediss://, the PEM of the authority that vouches for Redis; empty for those the machine trusts",
        ],
        slot: Slot::Path(|c| &mut c.cluster.written.redis.ca_file),
    },
    Field {
        table: "redis",
        key: "durability",
        unit: NONE,
        about: [
            "Redis 何时算已保存:always 写盘后,everysec 最多丢约两秒(与 Redis 的 appendfsync 一致)",
            "when Redis has kept something: always when it is on its disk, everysec may lose about two seconds (as its appendfsync)",
        ],
        slot: choice!(Durability, |c| &mut c.cluster.written.redis.durability),
    },
    Field {
        table: "redis",
        key: "log_mib",
        unit: ["MiB", "MiB"],
        about: [
            "Redis 中日志的上限;落后更多的节点须重新加入",
            "the log in Redis at most; a node farther behind must join anew",
        ],
        slot: Slot::Count(64, 65_536, |c| &mut c.cluster.written.redis.log_mib),
    },
];
