//! SMS over HTTP: aiohttp, with every fault that a gateway has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use duban::courier::channels::Channels;
use duban_runtime::clock::Timestamp;
use duban_tests::golden::assert_golden;

use crate::foreign_servers::{TestServer, here, python, run};
use crate::table::{HEAD, MESSAGES, row};
use crate::world::{NOON, World, address, channels, took};

/// Faults that meet each telephone once.
const FAULTS: [&str; 14] = [
    "none",
    "400",
    "422",
    "429",
    "500",
    "503",
    "302",
    "code-later",
    "code-never",
    "drop-before-taking",
    "take-then-drop",
    "take-then-silent",
    "take-then-html",
    "take-then-endless",
];

/// A gateway with its files.
struct ScratchDir {
    dir: tempfile::TempDir,
    form: &'static str,
    certificate: Option<&'static str>,
}

impl ScratchDir {
    fn new(form: &'static str) -> ScratchDir {
        let ground = ScratchDir { dir: tempfile::tempdir().unwrap(), form, certificate: None };
        fs::write(ground.path().join("secret"), "open sesame\n").unwrap();
        ground
    }

    fn with_certificates() -> ScratchDir {
        let ground = ScratchDir::new("json");
        run(Command::new(python()).arg(here("certificates.py")).arg(ground.path()));
        ground
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn took(&self) -> PathBuf {
        self.path().join("took")
    }

    fn server(&self, port: u16, fault: &str) -> TestServer {
        let mut command = Command::new(python());
        command.arg(here("sms_gateway.py")).arg(self.took());
        command.args([&port.to_string(), fault, self.form]);
        if let Some(name) = self.certificate {
            command.arg(self.path().join(format!("{name}.pem")));
            command.arg(self.path().join(format!("{name}.key")));
        }
        TestServer::start(&mut command)
    }

    fn channels(&self, port: u16, secret: &str) -> Channels {
        let dir = self.path().display();
        let (server, ca) = match self.certificate {
            Some(_) => {
                (format!("https://localhost:{port}"), format!("ca_file = \"{dir}/ca.pem\"\n"))
            }
            None => (format!("http://127.0.0.1:{port}"), String::new()),
        };
        let toml = format!(
            "[courier.sms]\nby = \"http\"\n[courier.gateway]\nurl = \"{server}/send\"\n\
             content = \"{}\"\nsender = \"12319\"\nauth = \"bearer\"\nsecret_file = \"{dir}/{secret}\"\n\
             code_pointer = \"/result/code\"\ncodes_refused = \"12\"\ntimeout_s = 1\n{ca}",
            self.form
        );
        channels(self.path(), &toml)
    }

    async fn world(&self) -> World {
        let world = World::open(self.path()).await;
        for n in 0..MESSAGES {
            world.say(n as u128, vec![address("sms", &format!("1390000002{n}"))]).await;
        }
        world
    }
}

#[actix::test]
async fn whatever_an_sms_gateway_does_nothing_is_lost_and_only_the_declared_comes_twice() {
    let mut table = String::from(HEAD);
    for (fault, form) in FAULTS.into_iter().zip(["form", "json"].into_iter().cycle()) {
        let ground = ScratchDir::new(form);
        let server = ground.server(0, fault);
        let world = ground.world().await;
        let channels = ground.channels(server.port, "secret");
        world.work(&channels, Timestamp::NEVER).await;
        let numbers = (0..MESSAGES).map(|n| format!("1390000002{n}"));
        for hidden in numbers.chain(["open sesame".to_owned()]) {
            let kept = world.kept_words();
            assert!(!kept.iter().any(|said| said.contains(&hidden)), "{fault}: {kept:?}");
        }
        table += &row("aiohttp", fault, &world, &took(&ground.took()));
        channels.close().await;
    }
    table += &away().await;
    for certificate in ["other-name", "stranger"] {
        table += &distrusted(certificate).await;
    }
    table += &wrong_secret().await;
    assert_golden("servers-gateway.txt", &table);
}

/// Nobody listens for an hour.
async fn away() -> String {
    let ground = ScratchDir::new("form");
    let port = ground.server(0, "none").port;
    let (world, channels) = (ground.world().await, ground.channels(port, "secret"));
    world.work(&channels, NOON + Duration::from_hours(1)).await;
    assert_eq!(world.rows().len(), MESSAGES);
    assert!(world.rows().iter().all(|(_, row)| row.attempts == 0), "nobody was asked");
    let _server = ground.server(port, "none");
    world.work(&channels, Timestamp::NEVER).await;
    row("aiohttp", "away-an-hour", &world, &took(&ground.took()))
}

/// A certificate that proves nothing, for a while.
async fn distrusted(certificate: &'static str) -> String {
    let ground = ScratchDir { certificate: Some(certificate), ..ScratchDir::with_certificates() };
    let server = ground.server(0, "none");
    let (world, channels) = (ground.world().await, ground.channels(server.port, "secret"));
    world.work(&channels, NOON + Duration::from_mins(10)).await;
    assert_eq!((took(&ground.took()).len(), world.rows().len()), (0, MESSAGES), "{certificate}");
    let port = server.port;
    drop(server);
    let ground = ScratchDir { certificate: Some("right"), ..ground };
    let _server = ground.server(port, "none");
    world.work(&channels, Timestamp::NEVER).await;
    row("aiohttp", &format!("tls-{certificate}"), &world, &took(&ground.took()))
}

/// A secret that is refused, until the file is right.
async fn wrong_secret() -> String {
    let ground = ScratchDir::new("json");
    let server = ground.server(0, "none");
    let world = ground.world().await;
    fs::write(ground.path().join("wrong"), "sesame\n").unwrap();
    world.work(&ground.channels(server.port, "wrong"), NOON + Duration::from_mins(10)).await;
    assert_eq!((world.rows().len(), world.dead().len()), (MESSAGES, 0), "no fault of the messages");
    world.work(&ground.channels(server.port, "secret"), Timestamp::NEVER).await;
    row("aiohttp", "login-refused", &world, &took(&ground.took()))
}
