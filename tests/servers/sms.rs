//! SMS: an SMS centre by node-smpp, with every fault that one has.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use duban::courier::Rendered;
use duban::courier::channel::Fate;
use duban::courier::channels::Channels;
use duban_runtime::clock::{Timestamp, VirtualClock};
use duban_runtime::entity::EntityId;
use duban_runtime::outbox::MessageId;
use duban_tests::golden::assert_golden;

use crate::foreign_servers::{TestServer, here, node_modules};
use crate::table::{HEAD, MESSAGES, row};
use crate::world::{NOON, World, address, channels, took};

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

fn centre(dir: &Path, port: u16, fault: &str) -> TestServer {
    TestServer::start(
        Command::new("node")
            .env("NODE_PATH", node_modules())
            .arg(here("smpp_server.js"))
            .arg(dir.join("took"))
            .args([&port.to_string(), fault]),
    )
}

fn bound(dir: &Path, port: u16, secret: &str) -> Channels {
    fs::write(dir.join(secret), secret).unwrap();
    let toml = format!(
        "[courier.sms]\nby = \"smpp\"\n[courier.smpp]\nhost = \"127.0.0.1\"\nport = {port}\n\
         system_id = \"duban\"\nsecret_file = \"{}\"\nsource = \"12319\"\ntimeout_s = 1\nwindow = 1\n",
        dir.join(secret).display()
    );
    channels(dir, &toml)
}

async fn say_all(world: &World) {
    for n in 0..MESSAGES {
        world.say(n as u128, vec![address("sms", &format!("1390000002{n}"))]).await;
    }
}

#[actix::test]
async fn whatever_an_sms_centre_does_nothing_is_lost_and_only_the_declared_comes_twice() {
    let mut table = String::from(HEAD);
    for fault in FAULTS {
        let dir = tempfile::tempdir().unwrap();
        let server = centre(dir.path(), 0, fault);
        let world = World::open(dir.path()).await;
        let channels = bound(dir.path(), server.port, "sesame");
        say_all(&world).await;
        world.work(&channels, Timestamp::NEVER).await;
        table += &row("node-smpp", fault, &world, &took(&dir.path().join("took")));
        channels.close().await;
    }
    table += &away().await;
    table += &bind_refused().await;
    assert_golden("servers-sms.txt", &table);
}

#[actix::test]
async fn an_sms_that_was_taken_and_reached_nobody_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let server = centre(dir.path(), 0, "nobody-there");
    let channels = bound(dir.path(), server.port, "sesame");
    let clock = VirtualClock::at(NOON);
    let channel = channels.channel("sms").unwrap();
    for n in 0..3 {
        let fate = channel.carry(&sms(n, "请查收"), &address("sms", "13900000020"), &clock).await;
        assert_eq!(fate, Fate::Taken);
    }
    let receipts = || channel.receipts().unwrap().counts().filter(|(_, n)| *n > 0);
    while receipts().map(|(_, n)| n).sum::<u64>() < 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(receipts().collect::<Vec<_>>(), [("DELIVRD", 2), ("UNDELIV", 1)]);
    channels.close().await;
}

#[actix::test]
async fn a_long_text_comes_in_parts_that_a_telephone_puts_together() {
    let dir = tempfile::tempdir().unwrap();
    let server = centre(dir.path(), 0, "none");
    let channels = bound(dir.path(), server.port, "sesame");
    let text = "【数字城管】东大街 12 号果皮箱破损,请尽快处置。".repeat(20) + "联系人:𠮷😀。";
    let to = address("sms", "13900000020");
    let channel = channels.channel("sms").unwrap();
    assert_eq!(channel.carry(&sms(1, &text), &to, &VirtualClock::at(NOON)).await, Fate::Taken);
    channels.close().await;

    // The header of a part: 05 00 03 or 06 08 04, the reference, how many there are, which this is.
    let mut parts: Vec<(String, u32, u32, String)> = Vec::new();
    for part in took(&dir.path().join("took")) {
        let header = part.id.rsplit('/').next().unwrap().to_owned();
        let (reference, counts) = header.split_at(header.len() - 4);
        let number = |hex: &str| u32::from_str_radix(hex, 16).unwrap();
        parts.push((reference.to_owned(), number(&counts[..2]), number(&counts[2..]), part.text));
    }
    parts.sort_by_key(|(_, _, place, _)| *place);
    let n = u32::try_from(parts.len()).unwrap();
    assert!(n > 5, "{n} parts");
    let places: Vec<u32> = parts.iter().map(|(_, _, place, _)| *place).collect();
    assert_eq!(places, (1..=n).collect::<Vec<_>>());
    assert!(parts.iter().all(|(one, of, ..)| (one, *of) == (&parts[0].0, n)), "{parts:?}");
    let whole: String = parts.into_iter().map(|(.., text)| text).collect();
    // UCS-2 has neither the surname nor the face.
    assert_eq!(whole, text.replace(['𠮷', '😀'], "〓"));
}

fn sms(n: u64, text: &str) -> Rendered {
    let entity = EntityId { kind: 1, key: "c0abc".into() };
    Rendered {
        id: MessageId { entity, sequence: n, index: 0 },
        template: "level-1".to_owned(),
        step: String::new(),
        at: NOON,
        addresses: Vec::new(),
        subject: String::new(),
        text: String::new(),
        sms: text.to_owned(),
        appointment: None,
        unfilled: None,
    }
}

/// Nobody listens for an hour.
async fn away() -> String {
    let dir = tempfile::tempdir().unwrap();
    let port = centre(dir.path(), 0, "none").port;
    let world = World::open(dir.path()).await;
    let channels = bound(dir.path(), port, "sesame");
    say_all(&world).await;
    world.work(&channels, NOON + Duration::from_hours(1)).await;
    assert_eq!(world.rows().len(), MESSAGES);
    let _server = centre(dir.path(), port, "none");
    world.work(&channels, Timestamp::NEVER).await;
    row("node-smpp", "away-an-hour", &world, &took(&dir.path().join("took")))
}

/// A password that is refused, until it is right.
async fn bind_refused() -> String {
    let dir = tempfile::tempdir().unwrap();
    let server = centre(dir.path(), 0, "none");
    let world = World::open(dir.path()).await;
    say_all(&world).await;
    let wrong = bound(dir.path(), server.port, "simsim");
    world.work(&wrong, NOON + Duration::from_mins(10)).await;
    assert_eq!((world.rows().len(), world.dead().len()), (MESSAGES, 0));
    let right = bound(dir.path(), server.port, "sesame");
    world.work(&right, Timestamp::NEVER).await;
    row("node-smpp", "bind-refused", &world, &took(&dir.path().join("took")))
}
