//! What keeps a server from working as it is configured, found before it is started: secrets, addresses, lengths.
//!
//! One function for `duban config check` and for `duban serve`, so that both say the same: [`settings`] is what the
//! configuration itself says wrong, and the files that it names. Whether there is a store, and whether the rules have
//! errors, is told by [`ground`] besides; a start has its own word for those.

mod cluster;
mod couriers;
mod files;

use std::net::{IpAddr, ToSocketAddrs as _};
use std::path::Path;

use duban_rules::Severity;
use reqwest::Url;

use duban_base::config::couriers::is_loopback;
use duban_base::config::{self, Config, Finding};
use duban_base::store;

/// Everything that is wrong with what is set, errors and warnings. Reads the files that are named; connects nothing.
pub fn settings(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    couriers::look(config, &mut found);
    listen(&config.http_listen, &config.http_public_url, &mut found);
    public_url(&config.http_public_url, &mut found);
    collector(&config.trace_endpoint, &mut found);
    cluster::look(config, &mut found);
    found
}

/// What is wrong with what the configuration stands on: the store's directory and the rules files.
pub fn ground(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let dir = &config.store_dir;
    let is_there = store::exists(dir);
    if !is_there {
        let shown = dir.display();
        found.push(Finding::error(
            "store.dir",
            [format!("`{shown}` 中没有存储"), format!("there is no store in `{shown}`")],
            [
                "用 `duban init` 建立,或用 `duban restore` 由备份恢复;或改正 store.dir",
                "make one with `duban init`, bring one back with `duban restore`, or name another directory",
            ],
        ));
    } else if !is_writable(dir) {
        let shown = dir.display();
        found.push(Finding::error(
            "store.dir",
            [
                format!("当前账户不能写入存储目录 `{shown}`"),
                format!("this account cannot write into `{shown}`"),
            ],
            [
                "用运行服务的账户执行,或用 chown -R 把目录交给它",
                "run this as the account of the service, or give it the directory with chown -R",
            ],
        ));
    }
    if let Err(error) = config::rules::book(&config.rules_dir) {
        // A store remembers the rules that were in force; a new one has none to start with.
        let severity = if is_there { Severity::Warning } else { Severity::Error };
        found.push(Finding {
            field: "rules.dir",
            severity,
            message: [
                format!("{error:#}"),
                format!("the rules in `{}` cannot be used", config.rules_dir.display()),
            ],
            help: [
                "用 `duban rules check` 逐条改正,或改正 rules.dir".to_owned(),
                "mend what `duban rules check` shows, or name another directory".to_owned(),
            ],
        });
    }
    found
}

fn is_writable(dir: &Path) -> bool {
    use rustix::fs::Access;
    rustix::fs::access(dir, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

fn listen(address: &str, public_url: &str, found: &mut Vec<Finding>) {
    let Ok(addresses) = address.to_socket_addrs() else {
        found.push(Finding::error(
            "http.listen",
            [
                format!("`{address}` 不是可以监听的地址和端口"),
                format!("`{address}` is no address and port to listen on"),
            ],
            [
                "写成 \"127.0.0.1:8440\";IPv6 写成 \"[::1]:8440\"",
                "write it as \"127.0.0.1:8440\", or \"[::1]:8440\" for IPv6",
            ],
        ));
        return;
    };
    let is_open = addresses.into_iter().any(|address| !is_here(address.ip()));
    if is_open && !public_url.starts_with("https://") {
        found.push(Finding::warning(
            "http.listen",
            [
                "在外部地址上监听明文 HTTP,密码和会话可能被窃听",
                "plain HTTP on an address that others reach: passwords and sessions can be read on the way",
            ],
            [
                "只在 127.0.0.1 上监听并由反向代理终结 TLS;已有代理时把 http.public_url 写成它的 https 地址",
                "listen on 127.0.0.1 behind a proxy that ends TLS; where there is one, name its https address in http.public_url",
            ],
        ));
    }
}

fn is_here(address: IpAddr) -> bool {
    address.is_loopback()
}

fn public_url(text: &str, found: &mut Vec<Finding>) {
    if text.is_empty() {
        return;
    }
    let url = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    let Some(url) = url else {
        found.push(Finding::error(
            "http.public_url",
            [format!("`{text}` 不是网址"), format!("`{text}` is no web address")],
            [
                "写成 \"https://duban.example.gov.cn/\",不带账号、参数和 #;不需要链接时删去这一行",
                "write it as \"https://duban.example.gov.cn/\", without an account, a query or a #; or remove it",
            ],
        ));
        return;
    };
    if url.scheme() == "http" && !is_loopback(url.host_str().unwrap_or_default()) {
        found.push(Finding::warning(
            "http.public_url",
            [
                "对外的网址是 http,登录的 Cookie 会以明文经过网络",
                "the address is http: the cookie of a session crosses the network unencrypted",
            ],
            ["由反向代理提供 https,并改成 https 地址", "have a proxy offer https, and write that"],
        ));
    }
}

fn collector(endpoint: &str, found: &mut Vec<Finding>) {
    let is_one = endpoint.is_empty()
        || Url::parse(endpoint)
            .is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    if !is_one {
        found.push(Finding::error(
            "trace.endpoint",
            [format!("`{endpoint}` 不是网址"), format!("`{endpoint}` is no web address")],
            [
                "写成 \"http://127.0.0.1:4318/v1/traces\",或删去这一行",
                "write it as \"http://127.0.0.1:4318/v1/traces\", or remove it",
            ],
        ));
    }
}

/// What keeps a server from starting, as one refusal; none when nothing does.
pub fn refusal(found: &[Finding]) -> Option<String> {
    let errors: Vec<String> = found
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|Finding { field, message: [message, _], help: [help, _], .. }| {
            format!("  `{field}`:{message}\n    帮助:{help}")
        })
        .collect();
    (!errors.is_empty())
        .then(|| format!("配置有 {} 处错误,不能启动服务:\n{}", errors.len(), errors.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(config: &Config) -> Vec<(&'static str, Severity)> {
        settings(config).iter().map(|finding| (finding.field, finding.severity)).collect()
    }

    #[test]
    fn the_defaults_are_right() {
        assert_eq!(settings(&Config::default()), []);
    }

    #[test]
    fn a_public_url_is_a_web_address_and_better_https() {
        let found =
            |url: &str| said(&Config { http_public_url: url.to_owned(), ..Config::default() });
        for right in
            ["", "https://duban.example/", "https://duban.example/a/", "http://localhost:1/"]
        {
            assert_eq!(found(right), [], "{right}");
        }
        for wrong in [
            "duban.example",
            "ftp://duban.example",
            "https://",
            "https://a:b@duban.example",
            "https://duban.example/?x=1",
            "javascript:alert(1)",
        ] {
            assert_eq!(found(wrong), [("http.public_url", Severity::Error)], "{wrong}");
        }
        assert_eq!(found("http://duban.example/"), [("http.public_url", Severity::Warning)]);
    }

    #[test]
    fn plain_http_for_everybody_is_warned_of_unless_a_proxy_ends_tls() {
        let found = |listen: &str, url: &str| {
            let (http_listen, http_public_url) = (listen.to_owned(), url.to_owned());
            said(&Config { http_listen, http_public_url, ..Config::default() })
        };
        let warning = [("http.listen", Severity::Warning)];
        for open in ["0.0.0.0:8440", "[::]:8440", "192.0.2.1:80"] {
            assert_eq!(found(open, ""), warning, "{open}");
            assert_eq!(found(open, "https://duban.example/"), [], "{open}");
        }
        assert_eq!(found("[::1]:8440", ""), []);
        for wrong in ["8440", "127.0.0.1", "127.0.0.1:99999", "::1:x"] {
            assert_eq!(found(wrong, ""), [("http.listen", Severity::Error)], "{wrong}");
        }
    }

    #[test]
    fn a_collector_of_traces_has_a_web_address() {
        for (endpoint, n) in
            [("", 0), ("http://127.0.0.1:4318/v1/traces", 0), ("localhost:4318", 1)]
        {
            let config = Config { trace_endpoint: endpoint.to_owned(), ..Config::default() };
            assert_eq!(settings(&config).len(), n, "{endpoint}");
        }
    }
}
