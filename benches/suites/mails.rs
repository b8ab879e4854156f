//! How many mails a second reach a mail server on this machine? At least 300, aim 1,000.
//!
//! 10,000 messages to as many people are decided by entities under the shipped rules and stand in the outbox; then the
//! office of couriers claims each, puts it into words, hands it over and records the outcome, each durable. The server
//! is Postfix's `smtp-sink`, which keeps nothing. Rival in the same run: lettre alone, giving one of the same letters
//! to the same server as often, over as many connections.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use duban::config;
use duban::courier::channels::Channels;
use duban::courier::email::{Sender, parse};
use duban::courier::render::{Claimed, render};
use duban::delivery::deliverer::Deliverer;
use duban::registry;
use duban_actors::bundle::{self, Bundle, Line};
use duban_actors::role::Role;
use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs, number, per_second};
use duban_benches::machine::{Watch, processor_seconds};
use duban_benches::node::{ShiftedClock, drive, in_system};
use duban_benches::scratch::Scratch;
use duban_benches::table::{Row, thousands};
use duban_benches::workload::{morning, rules};
use duban_runtime::clock::Clock as _;
use duban_runtime::entity::{Asked, EntityId};
use duban_runtime::journal::{self, Journal};
use duban_runtime::node::{Ask, Node, Options, Ticking};
use duban_runtime::outbox::{Address, MessageId};
use lettre::address::Envelope;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use tokio::task::JoinSet;

use crate::Question;

pub(crate) const QUESTION: Question = Question { name: "mails", runs: 3, ask, rows };

/// How often it is looked whether the outbox is empty.
const LOOK: Duration = Duration::from_millis(10);
/// Who signs.
const SENDER: &str = "duban@suning.example";
/// What each letter tells of.
const ABOUT: &str = "【一级督办】肃城管〔2026〕000001 果皮箱,东大街 12 号";

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(run(arguments.clone()))
}

async fn run(arguments: Arguments) -> anyhow::Result<Figures> {
    let mails = arguments.number("mails", 10_000)?;
    let connections = arguments.number("connections", 16)?;
    let scratch = Scratch::under(&arguments.dir())?;
    let rules = registry::in_force(rules()?);
    let registry = registry::registry(&rules);
    let options = journal::Options::at(scratch.path());
    let journal = Journal::open(options, registry.clone(), &|_| {})?;
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let layout = Options { ticking: Ticking::ByHand, ..Options::default() };
    let node = Node::start(layout, registry, journal.clone(), Arc::clone(&clock) as _).await?;
    let node = Rc::new(node);
    let at = clock.now();
    drive(&node, 64, mails, move |i| Ok(line(i, at))).await?;
    clock.show(at + bundle::GATHERED_FOR + Duration::from_secs(1));
    node.fire_due().await;
    node.durable().await;
    let node = Arc::new(Rc::try_unwrap(node).ok().context("nobody else has the node")?);

    let sink = Sink::start(&arguments.dir())?;
    let channels = channels(sink.port, connections)?;
    let (watch, processor) = (Watch::default(), processor_seconds());
    let office = Deliverer::open(Arc::clone(&node), Arc::clone(&rules), Arc::new(channels));
    while !is_empty(&journal)? {
        tokio::time::sleep(LOOK).await;
    }
    let took = watch.elapsed();
    let processor = processor_seconds() - processor;
    office.close().await;
    let taken = sink.end()?;
    ensure!(taken == mails, "{taken} of {mails} mails came");
    if let Some(node) = Arc::into_inner(node) {
        node.stop().await;
    }
    journal.close()?;

    let letter = letter(&rules)?;
    let rival = rival(&letter, (mails, connections), &arguments.dir()).await?;
    Ok(Figures::default()
        .with("per_second", per_second(mails, took))
        .with("processor_us_each", processor * 1e6 / number(mails))
        .with("letter_bytes", number(u64::try_from(letter.len())?))
        .with("rival_per_second", per_second(mails, rival)))
}

/// The line that makes the bundle of the `i`-th person send a message.
fn line(i: u64, at: duban_runtime::clock::Timestamp) -> Ask {
    let to = person(i);
    let message =
        MessageId { entity: EntityId { kind: 1, key: "c".into() }, sequence: i, index: 0 };
    let asked = Asked::of(Bundle::line_id(&message, &to), ("office", Role::Entity.as_str()), at);
    let key = Bundle::of(&to).key;
    let (message, line) = (message.to_string().into(), Line::new(at, ABOUT));
    Ask::of::<Bundle>(key, bundle::Command::Add { message, line, to, settled: Vec::new() }, asked)
}

fn person(i: u64) -> Address {
    let address = format!("head{i}@suning.example").into();
    Address { channel: "email".into(), name: "许示例".into(), address, role: "unit-head".into() }
}

fn channels(port: u16, connections: u64) -> anyhow::Result<Channels> {
    let toml = format!(
        "[courier]\nsender = \"{SENDER}\"\n[courier.email]\nby = \"smtp\"\n[courier.smtp]\n\
         host = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\ntogether = {connections}\n"
    );
    let reading = config::parse("duban.toml", toml.as_bytes());
    ensure!(reading.problems.is_empty(), "{}", reading.render(duban_rules::Lang::En));
    let zone = chrono::FixedOffset::east_opt(8 * 3600).context("the county's zone")?;
    Ok(Channels::open(&reading.config, zone)?)
}

fn is_empty(journal: &Journal) -> anyhow::Result<bool> {
    Ok(journal.outbox_of_all(None).next().transpose()?.is_none())
}

/// One of the letters.
fn letter(rules: &registry::Rules) -> anyhow::Result<Vec<u8>> {
    let id = MessageId { entity: Bundle::of(&person(0)), sequence: 2, index: 0 };
    let addresses = [person(0)];
    let data = serde_json::json!({
        "recipient": "许示例", "count": 1, "more": 0, "lines": [{ "at": "06-10 09:00", "about": ABOUT }],
    });
    let data = data.to_string();
    let (template, at) = (bundle::FOLDED, morning());
    let claimed = Claimed { template, data: &data, addresses: &addresses, at };
    let rendered = render(&rules.current().0.rules.notices, &id, &claimed)?;
    Ok(Sender::new(SENDER)?.letter(&rendered, &person(0))?)
}

/// lettre alone: each connection gives its share of the letters, one after the other.
async fn rival(
    letter: &[u8],
    (mails, connections): (u64, u64),
    dir: &Path,
) -> anyhow::Result<Duration> {
    let sink = Sink::start(dir)?;
    let hello = ClientId::Domain("suning.example".to_owned());
    let mut senders = JoinSet::new();
    let watch = Watch::default();
    for connection in 0..connections {
        let (letter, hello, port) = (letter.to_vec(), hello.clone(), sink.port);
        senders.spawn_local(async move {
            let server = ("127.0.0.1", port);
            let patience = Some(Duration::from_secs(30));
            let connecting =
                AsyncSmtpConnection::connect_tokio1(server, patience, &hello, None, None);
            let mut server = connecting.await?;
            for i in (connection..mails).step_by(usize::try_from(connections).unwrap_or(1)) {
                let to = parse(&person(i).address)?;
                let envelope = Envelope::new(Some(parse(SENDER)?), vec![to])?;
                server.send(&envelope, &letter).await?;
            }
            server.quit().await?;
            anyhow::Ok(())
        });
    }
    while let Some(ended) = senders.join_next().await {
        ended??;
    }
    let took = watch.elapsed();
    let taken = sink.end()?;
    ensure!(taken == mails, "{taken} of {mails} mails of the rival came");
    Ok(took)
}

/// Postfix's server for tests.
struct Sink {
    child: Child,
    port: u16,
    says: PathBuf,
}

impl Sink {
    /// Starts it on a port that was free a moment ago; it cannot choose one itself.
    fn start(dir: &Path) -> anyhow::Result<Sink> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut command = Command::new("smtp-sink");
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin"));
        if Command::new("id").arg("-u").output()?.stdout == b"0\n" {
            command.args(["-u", "nobody"]);
        }
        command.args(["-c", &format!("127.0.0.1:{port}"), "1024"]);
        // It says something at every letter: nobody has to listen for it to go on.
        let says = dir.join(format!("sink-{port}"));
        command.stdout(File::create(&says)?);
        let child = command.spawn().context("start smtp-sink (Debian package postfix)")?;
        let sink = Sink { child, port, says };
        let watch = Watch::default();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            ensure!(watch.elapsed() < Duration::from_secs(10), "smtp-sink does not listen");
            std::thread::yield_now();
        }
        Ok(sink)
    }

    /// Ends it; how many mails it took, as it says itself.
    fn end(mut self) -> anyhow::Result<u64> {
        self.child.kill()?;
        self.child.wait()?;
        let said = fs::read_to_string(&self.says)?;
        fs::remove_file(&self.says)?;
        let last = said.rsplit("mesg=").next().unwrap_or_default();
        let digits: String = last.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().with_context(|| format!("smtp-sink said `{last}` last"))
    }
}

fn rows(runs: &Runs) -> Vec<Row> {
    let (least, most) = runs.range("per_second");
    vec![Row {
        question: "10,000 mails to a local server, from the outbox to the outcome",
        at_least: "300/s",
        aim: "1,000/s",
        measured: format!(
            "{}/s ({} – {}); {:.0} µs of processor each",
            thousands(runs.median("per_second")),
            thousands(least),
            thousands(most),
            runs.median("processor_us_each"),
        ),
        beside: format!(
            "lettre alone, the same letter ({:.0} bytes) over as many connections: {}/s",
            runs.median("letter_bytes"),
            thousands(runs.median("rival_per_second")),
        ),
    }]
}
