//! TLS between a node and Redis, with an authority of the house.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;

use duban_gate::redis_server::RedisServer;
use duban_runtime::cluster::log::{Log, LogFailure, Logs as _, Looking};
use duban_runtime::cluster::redis::{RedisLogs, Settings};

use crate::world::{SAFE, settings_of};

#[test]
fn a_server_is_reached_by_tls_if_its_authority_is_known_and_by_nobody_else() {
    // Others of this process may have been first, with the same choice.
    drop(rustls::crypto::ring::default_provider().install_default());
    let dir = tempfile::tempdir().unwrap();
    certify(dir.path());
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let port = format!("tls-port {free}");
    let tls = [
        port.as_str(),
        "tls-cert-file server.pem",
        "tls-key-file server.key",
        "tls-ca-cert-file house.pem",
        "tls-auth-clients no",
    ];
    let server = RedisServer::start(dir.path(), &[&SAFE[..], &tls].concat());
    let authority = fs::read_to_string(dir.path().join("house.pem")).unwrap();
    let way = |host: &str, authority: Option<&String>| -> Box<dyn Log> {
        let (url, authority) = (format!("rediss://{host}:{free}"), authority.cloned());
        RedisLogs::new(&Settings { url, authority, ..settings_of(&server) }).unwrap().log()
    };
    let mut known = way("127.0.0.1", Some(&authority));
    assert!(known.look(&Looking::Look).is_ok());
    assert_eq!(known.read(0, 1, 1), Ok(Vec::new()));
    let away = |mut log: Box<dyn Log>| {
        let looked = log.look(&Looking::Look);
        assert!(matches!(looked, Err(LogFailure::Away(_))), "{looked:?}");
    };
    away(way("127.0.0.1", None));
    away(way("127.0.0.2", Some(&authority)));
    server.freeze();
    away(known);
    away(way("127.0.0.1", Some(&authority)));
    server.thaw();
}

/// An authority, and a server's certificate by it.
fn certify(dir: &Path) {
    let openssl = |words: &str| {
        let made = Command::new("openssl").args(words.split(' ')).current_dir(dir).output();
        let made = made.expect("openssl (package `openssl`)");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    let new = "req -x509 -nodes -days 2 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1";
    openssl(&format!("{new} -keyout house.key -out house.pem -subj /CN=house"));
    openssl(&format!(
        "{new} -keyout server.key -out server.pem -subj /CN=server -CA house.pem -CAkey house.key \
         -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=IP:127.0.0.1"
    ));
}
