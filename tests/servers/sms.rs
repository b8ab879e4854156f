//! SMS: an SMS centre by node-smpp, with every fault that one has.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use duban::courier::exchange::Exchange;
use duban_runtime::clock::Timestamp;

use crate::ground::{Server, here, node_modules};
use crate::house::{House, NOON, address, exchange, took};
use crate::table::{HEAD, MESSAGES, compare, row};

/// Faults that meet each telephone once.
const FAULTS: [&str; 8] = [
    "none",
    "throttled",
    "queue-full",
    "wrong-number",
    "submit-failed",
    "drop-before-taking",
    "take-then-drop",
    "take-then-silent",
];

fn centre(dir: &Path, port: u16, fault: &str) -> Server {
    Server::start(
        Command::new("node")
            .env("NODE_PATH", node_modules())
            .arg(here("smpp_server.js"))
            .arg(dir.join("took"))
            .args([&port.to_string(), fault]),
    )
}

fn bound(dir: &Path, port: u16, secret: &str) -> Exchange {
    fs::write(dir.join(secret), secret).unwrap();
    let toml = format!(
        "[courier.sms]\nby = \"smpp\"\n[courier.smpp]\nhost = \"127.0.0.1\"\nport = {port}\n\
         system_id = \"duban\"\nsecret_file = \"{}\"\nsource = \"12319\"\ntimeout_s = 1\nwindow = 1\n",
        dir.join(secret).display()
    );
    exchange(dir, &toml)
}

async fn say_all(house: &House) {
    for n in 0..MESSAGES {
        house.say(n as u128, vec![address("sms", &format!("1390000002{n}"))]).await;
    }
}

#[actix::test]
async fn whatever_an_sms_centre_does_nothing_is_lost_and_only_the_declared_comes_twice() {
    let mut table = String::from(HEAD);
    for fault in FAULTS {
        let dir = tempfile::tempdir().unwrap();
        let server = centre(dir.path(), 0, fault);
        let house = House::open(dir.path()).await;
        let exchange = bound(dir.path(), server.port, "sesame");
        say_all(&house).await;
        house.work(&exchange, Timestamp::NEVER).await;
        table += &row("node-smpp", fault, &house, &took(&dir.path().join("took")));
        exchange.close().await;
    }
    table += &away().await;
    table += &bind_refused().await;
    compare("servers-sms.txt", &table);
}

/// Nobody listens for an hour.
async fn away() -> String {
    let dir = tempfile::tempdir().unwrap();
    let port = centre(dir.path(), 0, "none").port;
    let house = House::open(dir.path()).await;
    let exchange = bound(dir.path(), port, "sesame");
    say_all(&house).await;
    house.work(&exchange, NOON + Duration::from_hours(1)).await;
    assert_eq!(house.rows().len(), MESSAGES);
    let _server = centre(dir.path(), port, "none");
    house.work(&exchange, Timestamp::NEVER).await;
    row("node-smpp", "away-an-hour", &house, &took(&dir.path().join("took")))
}

/// A password that is refused, until it is right.
async fn bind_refused() -> String {
    let dir = tempfile::tempdir().unwrap();
    let server = centre(dir.path(), 0, "none");
    let house = House::open(dir.path()).await;
    say_all(&house).await;
    let wrong = bound(dir.path(), server.port, "simsim");
    house.work(&wrong, NOON + Duration::from_mins(10)).await;
    assert_eq!((house.rows().len(), house.dead().len()), (MESSAGES, 0));
    let right = bound(dir.path(), server.port, "sesame");
    house.work(&right, Timestamp::NEVER).await;
    row("node-smpp", "bind-refused", &house, &took(&dir.path().join("took")))
}
