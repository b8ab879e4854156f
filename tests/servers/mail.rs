//! E-mail: aiosmtpd, with every fault that a mail server has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use duban::delivery::revival::{self, Revival};
use duban_runtime::clock::Timestamp;
use duban_tests::golden::assert_golden;

use crate::foreign_servers::{TestServer, here, python, run};
use crate::sink;
use crate::table::{HEAD, MESSAGES, row};
use crate::world::{NOON, Took, World, address, channels, took};

/// Faults that meet each mailbox once.
const FAULTS: [&str; 11] = [
    "none",
    "4xx",
    "5xx",
    "4xx-after-data",
    "5xx-after-data",
    "421",
    "drop-before-data",
    "drop-in-data",
    "accept-then-drop",
    "slow-before-data",
    "accept-then-slow",
];

/// A mail server with its files.
pub(crate) struct ScratchDir {
    dir: tempfile::TempDir,
    certificates: Option<PathBuf>,
}

impl ScratchDir {
    pub(crate) fn new() -> ScratchDir {
        ScratchDir { dir: tempfile::tempdir().unwrap(), certificates: None }
    }

    fn with_certificates() -> ScratchDir {
        let ground = ScratchDir::new();
        run(Command::new(python()).arg(here("certificates.py")).arg(ground.path()));
        fs::write(ground.path().join("secret"), "open sesame\n").unwrap();
        ScratchDir { certificates: Some(ground.path().to_owned()), ..ground }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A server with a fault, on this port or one the system chooses; with this certificate, where there are some.
    pub(crate) fn server(&self, port: u16, fault: &str, certificate: &str) -> TestServer {
        let mut command = Command::new(python());
        command.arg(here("smtp_server.py")).arg(self.path().join("took"));
        command.arg(port.to_string()).arg(fault);
        if let Some(certificates) = &self.certificates {
            command.arg(certificates.join(format!("{certificate}.pem")));
            command.arg(certificates.join(format!("{certificate}.key")));
        }
        TestServer::start(&mut command)
    }

    fn secured(&self, port: u16, secret: &str) -> String {
        let dir = self.path().display();
        format!(
            "[courier]\nsender = \"duban@suning.example\"\n[courier.email]\nby = \"smtp\"\n\
             [courier.smtp]\nhost = \"localhost\"\nport = {port}\nsecurity = \"starttls\"\ntimeout_s = 5\n\
             ca_file = \"{dir}/ca.pem\"\nuser = \"duban\"\nsecret_file = \"{dir}/{secret}\"\n"
        )
    }

    pub(crate) fn took(&self) -> Vec<Took> {
        took(&self.path().join("took"))
    }
}

pub(crate) fn plain(port: u16) -> String {
    format!(
        "[courier]\nsender = \"duban@suning.example\"\n[courier.email]\nby = \"smtp\"\n\
         [courier.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\ntimeout_s = 1\n"
    )
}

pub(crate) async fn say_all(world: &World) {
    for n in 0..MESSAGES {
        let to = vec![address("email", &format!("head{n}@suning.example"))];
        world.say(n as u128, to).await;
    }
}

#[actix::test]
async fn whatever_a_mail_server_does_nothing_is_lost_and_only_the_declared_comes_twice() {
    let mut table = String::from(HEAD);
    for fault in FAULTS {
        let ground = ScratchDir::new();
        let server = ground.server(0, fault, "");
        let world = World::open(ground.path()).await;
        let channels = channels(ground.path(), &plain(server.port));
        say_all(&world).await;
        world.work(&channels, Timestamp::NEVER).await;
        table += &row("aiosmtpd", fault, &world, &ground.took());
        channels.close().await;
    }
    table += &away("away-an-hour").await;
    for certificate in ["other-name", "stranger"] {
        table += &distrusted(certificate).await;
    }
    table += &wrong_secret().await;
    table += &sink::rows().await;
    assert_golden("servers.txt", &table);
}

/// Nobody listens for an hour.
async fn away(fault: &str) -> String {
    let ground = ScratchDir::new();
    let port = ground.server(0, "none", "").port;
    let world = World::open(ground.path()).await;
    let channels = channels(ground.path(), &plain(port));
    say_all(&world).await;
    world.work(&channels, NOON + Duration::from_hours(1)).await;
    assert_eq!((ground.took().len(), world.rows().len()), (0, MESSAGES));
    assert!(world.rows().iter().all(|(_, row)| row.attempts == 0), "nobody was asked");
    let _server = ground.server(port, "none", "");
    world.work(&channels, Timestamp::NEVER).await;
    row("aiosmtpd", fault, &world, &ground.took())
}

/// A certificate that proves nothing, for a while.
async fn distrusted(certificate: &str) -> String {
    let ground = ScratchDir::with_certificates();
    let server = ground.server(0, "none", certificate);
    let (world, port) = (World::open(ground.path()).await, server.port);
    let channels = channels(ground.path(), &ground.secured(port, "secret"));
    say_all(&world).await;
    world.work(&channels, NOON + Duration::from_mins(10)).await;
    assert_eq!((ground.took().len(), world.rows().len()), (0, MESSAGES), "{certificate}");
    drop(server);
    let _server = ground.server(port, "none", "right");
    world.work(&channels, Timestamp::NEVER).await;
    row("aiosmtpd", &format!("tls-{certificate}"), &world, &ground.took())
}

/// A login that is refused, until the file with the password is right.
async fn wrong_secret() -> String {
    let ground = ScratchDir::with_certificates();
    let server = ground.server(0, "none", "right");
    let world = World::open(ground.path()).await;
    fs::write(ground.path().join("wrong"), "sesame\n").unwrap();
    let wrong = channels(ground.path(), &ground.secured(server.port, "wrong"));
    say_all(&world).await;
    // This server lets whoever fails wait for some seconds: one round of it is enough.
    world.work(&wrong, NOON + Duration::from_secs(10)).await;
    assert_eq!((ground.took().len(), world.dead().len()), (0, 0), "no fault of the messages");
    let right = channels(ground.path(), &ground.secured(server.port, "secret"));
    world.work(&right, Timestamp::NEVER).await;
    row("aiosmtpd", "login-refused", &world, &ground.took())
}

#[actix::test]
async fn dead_letters_are_tried_again_when_a_person_says_so_and_then_arrive() {
    let ground = ScratchDir::new();
    let server = ground.server(0, "5xx", "");
    let world = World::open(ground.path()).await;
    // Each call is a process of its own as far as what was refused is remembered.
    let channels = || channels(ground.path(), &plain(server.port));
    say_all(&world).await;
    world.work(&channels(), Timestamp::NEVER).await;
    assert_eq!((world.dead().len(), ground.took().len()), (MESSAGES, 0));
    assert_eq!(revival::revive_all(&world.node).await.unwrap(), MESSAGES);
    assert_eq!(world.dead().len(), 0);
    world.work(&channels(), Timestamp::NEVER).await;
    assert_eq!((world.rows().len(), ground.took().len()), (0, MESSAGES));
    let id = world.events().into_keys().next().unwrap();
    assert_eq!(revival::revive(&world.node, id).await.unwrap(), Revival::NotDead);
}

#[actix::test]
async fn a_mailbox_that_is_refused_is_a_dead_letter_with_the_servers_words_and_keeps_no_other() {
    let ground = ScratchDir::new();
    let server = ground.server(0, "4xx", "");
    let world = World::open(ground.path()).await;
    let channels = channels(ground.path(), &plain(server.port));
    let to = ["head@suning.example", "nobody@suning.example", "second@suning.example"];
    world.say(0, to.map(|to| address("email", to)).to_vec()).await;
    world.work(&channels, Timestamp::NEVER).await;
    let mut reached: Vec<String> = ground.took().into_iter().map(|letter| letter.to).collect();
    reached.sort();
    assert_eq!(reached, ["head@suning.example", "second@suning.example"]);
    let dead = world.dead();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].0, [address("email", "nobody@suning.example")]);
    assert!(dead[0].1.contains("5.1.1 no such mailbox"), "{}", dead[0].1);
}
