//! What is wrong with the settings of a cluster's node and the files they name: neither Redis nor a node is called.

use std::net::IpAddr;

use duban_base::config::cluster::{NodeConfig, RedisConfig};
use duban_base::config::couriers::is_loopback;
use duban_base::config::{Config, Finding};
use reqwest::Url;

use super::files::secret_of;

pub(super) fn look(config: &Config, found: &mut Vec<Finding>) {
    let Some(node) = config.cluster.node() else { return };
    secret_of("cluster.secret_file", &node.secret_file, found);
    redis(&node.redis, found);
    address(node, &config.http_listen, found);
    blobs(node, found);
}

fn redis(redis: &RedisConfig, found: &mut Vec<Finding>) {
    secret_of("redis.secret_file", &redis.secret_file, found);
    let text = &redis.url;
    let Some(url) = Url::parse(text).ok().filter(is_redis) else {
        found.push(Finding::error(
            "redis.url",
            [format!("`{text}` 不是 Redis 的地址"), format!("`{text}` is no address of a Redis")],
            [
                "写成 \"redis://主机:6379\" 或 \"rediss://主机:6379\"(TLS);账号和密码写在 user 和 secret_file",
                "write it as \"redis://host:6379\" or \"rediss://host:6379\" (TLS); account and password go into user and secret_file",
            ],
        ));
        return;
    };
    if url.scheme() == "redis" && !is_here(&url) {
        found.push(Finding::warning(
            "redis.url",
            [
                "到 Redis 的连接不加密,密码和案情以明文经过网络",
                "the way to Redis is not encrypted: the password and all cases cross the network as they are",
            ],
            [
                "在 Redis 上启用 TLS 并改为 rediss://;不能时只走专用的内网",
                "have Redis offer TLS and write rediss://; where that cannot be, keep to a network of its own",
            ],
        ));
    }
}

/// A host, at most with a port and the number of a database; an account stands elsewhere.
fn is_redis(url: &Url) -> bool {
    let database = url.path().trim_start_matches('/');
    matches!(url.scheme(), "redis" | "rediss")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.port() != Some(0)
        && database.bytes().all(|byte| byte.is_ascii_digit())
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

fn is_here(url: &Url) -> bool {
    is_loopback(url.host_str().unwrap_or_default().trim_matches(['[', ']']))
}

/// Whether other nodes can find the way to this one.
fn address(node: &NodeConfig, listening: &str, found: &mut Vec<Finding>) {
    let address = node.address(listening);
    let (written, port) = address.rsplit_once(':').unwrap_or((address, ""));
    let host = written.trim_matches(['[', ']']);
    let is_anywhere = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified());
    // A port that the system chooses is known once it listens.
    let has_port = port.parse::<u16>().is_ok_and(|port| port > 0 || address == listening);
    // An address with colons stands in brackets, or nobody knows where its port begins.
    let is_named = !host.is_empty()
        && !host.contains(['/', '@', ' '])
        && (written.starts_with('[') || !host.contains(':'));
    if is_anywhere || !has_port || !is_named {
        found.push(Finding::error(
            "cluster.address",
            [
                format!("其他节点不能用 `{address}` 访问本机"),
                format!("other nodes do not reach this one by `{address}`"),
            ],
            [
                "写成 \"10.0.0.1:8440\":其他节点访问本机 HTTP 的主机和端口,不带 http://",
                "write it as \"10.0.0.1:8440\": host and port by which other nodes reach this one's HTTP, without http://",
            ],
        ));
    } else if is_loopback(host) && !Url::parse(&node.redis.url).is_ok_and(|url| is_here(&url)) {
        found.push(Finding::warning(
            "cluster.address",
            [
                "只有本机能访问这个地址,而 Redis 在别的机器上:其他节点到不了本机",
                "only this machine reaches this address, and Redis is on another: no other node will",
            ],
            [
                "填写 cluster.address,或在其他节点能访问的地址上监听",
                "set cluster.address, or listen where other nodes can come",
            ],
        ));
    }
}

fn blobs(node: &NodeConfig, found: &mut Vec<Finding>) {
    let Some(dir) = node.shared_blobs() else { return };
    if !dir.is_dir() || !super::is_writable(dir) {
        let shown = dir.display();
        found.push(Finding::error(
            "cluster.blobs_dir",
            [
                format!("`{shown}` 不是当前账户可写的目录"),
                format!("`{shown}` is no directory that this account can write into"),
            ],
            [
                "核对共享存储是否挂载,并把目录交给运行服务的账户;各节点自己保存附件时删去这一行",
                "look whether the shared storage is mounted and belongs to the account of the service; remove the line when each node keeps its own",
            ],
        ));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use duban_base::config;
    use duban_rules::Severity;

    use super::super::settings;

    /// What is found of a node whose secret is in order, with these lines beside.
    fn said(cluster: &str, redis: &str, listen: &str) -> Vec<(&'static str, Severity)> {
        let dir = tempfile::tempdir().unwrap();
        let secret = dir.path().join("secret");
        private(&secret, "open sesame\n");
        let text = format!(
            "[http]\nlisten = \"{listen}\"\npublic_url = \"https://duban.example\"\n\
             [cluster]\nname = \"suning\"\nnode = \"node-1\"\nsecret_file = \"{}\"\n{cluster}\n[redis]\n{redis}\n",
            secret.display()
        );
        found(&text)
    }

    fn found(text: &str) -> Vec<(&'static str, Severity)> {
        let reading = config::parse("duban.toml", text.as_bytes());
        assert_eq!(reading.problems, [], "{text}");
        settings(&reading.config).iter().map(|found| (found.field, found.severity)).collect()
    }

    fn private(file: &Path, text: &str) {
        std::fs::write(file, text).unwrap();
        std::fs::set_permissions(file, PermissionsExt::from_mode(0o600)).unwrap();
    }

    const HERE: &str = "127.0.0.1:8440";

    #[test]
    fn a_redis_is_reached_by_its_own_schemes_and_no_account_stands_in_its_address() {
        let by = |url: &str| said("address = \"10.0.0.1:8440\"", &format!("url = \"{url}\""), HERE);
        for right in ["redis://localhost", "redis://[::1]:6379/1", "rediss://redis.example:6380"] {
            assert_eq!(by(right), [], "{right}");
        }
        for wrong in [
            "http://127.0.0.1:6379",
            "127.0.0.1:6379",
            "unix:///run/redis.sock",
            "redis://",
            "redis://duban:open@127.0.0.1",
            "redis://127.0.0.1/cases",
            "redis://127.0.0.1?protocol=resp3",
        ] {
            assert_eq!(by(wrong), [("redis.url", Severity::Error)], "{wrong}");
        }
        assert_eq!(by("redis://10.0.0.9:6379"), [("redis.url", Severity::Warning)]);
    }

    #[test]
    fn a_node_has_an_address_that_others_can_use() {
        let at = |address: &str| said(&format!("address = \"{address}\""), "", HERE);
        for right in ["10.0.0.1:8440", "node-1.suning.example:80", "[fd00::1]:8440"] {
            assert_eq!(at(right), [], "{right}");
        }
        let error = [("cluster.address", Severity::Error)];
        for wrong in [
            "10.0.0.1",
            "10.0.0.1:0",
            "http://10.0.0.1:8440",
            ":8440",
            "fd00::1:8440",
            "0.0.0.0:8440",
        ] {
            assert_eq!(at(wrong), error, "{wrong}");
        }
        assert_eq!(said("", "", "0.0.0.0:8440"), error);
        assert_eq!(said("", "", "127.0.0.1:0"), []);
        let apart = said("", "url = \"rediss://redis.example\"", HERE);
        assert_eq!(apart, [("cluster.address", Severity::Warning)]);
    }

    #[test]
    fn secrets_and_shared_storage_of_a_node_are_there() {
        let dir = tempfile::tempdir().unwrap();
        let there = dir.path().join("there");
        private(&there, "\n");
        let nothing = dir.path().join("nothing");
        let shared = |dir: &Path| said(&format!("blobs_dir = \"{}\"", dir.display()), "", HERE);
        assert_eq!(shared(dir.path()), []);
        for wrong in [&there, &nothing] {
            assert_eq!(shared(wrong), [("cluster.blobs_dir", Severity::Error)]);
            let secret = format!("secret_file = \"{}\"", wrong.display());
            assert_eq!(said("", &secret, HERE), [("redis.secret_file", Severity::Error)]);
            let node = format!("[cluster]\nname = \"a\"\nnode = \"b\"\n{secret}\n");
            assert_eq!(found(&node), [("cluster.secret_file", Severity::Error)]);
        }
    }

    #[test]
    fn of_a_machine_alone_nothing_is_asked() {
        assert_eq!(found("[cluster]\naddress = \"-\"\n[redis]\nurl = \"http://x\"\n"), []);
    }
}
