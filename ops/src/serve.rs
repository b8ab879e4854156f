//! The server, wired from top to bottom: store, node, couriers, entry points; and taken apart in the opposite order.
//!
//! ```text
//! open the store ─► node (timers fire) ─► office (messages leave) ─► watcher, auditor ─► control socket, HTTP ─► ready
//! SIGTERM ─► node takes nothing new ─► HTTP, control answer what they have ─► office records what is under way
//!         ─► node durable ─► journal closed ─► exit 0
//! ```
//! A second SIGTERM, or thirty seconds, end the process at once (`last_resort`).

mod archive;
mod canaries;
mod last_resort;
mod photos;
mod signals;
mod systemd;

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use duban_actors::role::Role;
use duban_rules::Severity;
use duban_runtime::clock::{Clock, SystemClock};
use duban_runtime::node::{ClusterMember, Node, Options};

use duban_access::access::operators;
use duban_api::control::{self, CarryOut};
use duban_api::http::WebServer;
use duban_base::asking::{Asker, ON_THE_MACHINE};
use duban_base::cluster::{self, Entry};
use duban_base::config::Config;
use duban_base::store::{self, Store};
use duban_base::telemetry::trace;
use duban_messages::courier::channels::Channels;
use duban_messages::courier::outcome::chain;
use duban_messages::delivery::deliverer::Deliverer;
use duban_server::check;
use duban_server::copies;
use duban_server::reload::{self, days, record, rounds};
use duban_server::server::{Server, left_alone};
use duban_watch::alarm::watcher;
use duban_watch::auditor;
use duban_web::pages;

use last_resort::Stage;
use signals::{Signal, Signals};

/// How the server says a line to whoever started it.
pub type Say<'a> = &'a mut dyn FnMut(String) -> Result<()>;

/// Runs the server by the system's clock until it is told to stop; commands of the control socket are carried out by
/// `carry_out`.
///
/// # Errors
/// In words: what keeps it from starting, or from stopping in good order.
pub fn serve(config: &Config, carry_out: CarryOut, say: Say<'_>) -> Result<()> {
    serve_by(config, Arc::new(SystemClock::start()), carry_out, say)
}

/// The same by another clock. No setting and no option leads here: only a program that links this crate can say what
/// time it is, as tests do that let a week pass in minutes.
pub fn serve_by(
    config: &Config,
    clock: Arc<dyn Clock>,
    carry_out: CarryOut,
    say: Say<'_>,
) -> Result<()> {
    duban_base::tls::ready();
    sound(config)?;
    trace::start(&config.trace_endpoint)?;
    let entry = config.cluster.node().map(|node| cluster::entry(config, node)).transpose()?;
    let (store, member) = match entry {
        None => (store::open_at(config, clock.now())?, None),
        Some(entry) => {
            cluster::before_start(&entry, clock.now())?;
            let Entry { joining, member, who } = entry;
            (store::open_node(config, &joining, who)?, Some(member))
        }
    };
    let ran = actix::System::new().block_on(run(config, (store, member, clock), carry_out, say));
    trace::flush();
    ran
}

/// Refuses settings that no server works with, all of them at once; what is only at risk is logged.
fn sound(config: &Config) -> Result<()> {
    let found = check::settings(config);
    for finding in found.iter().filter(|finding| finding.severity != Severity::Error) {
        let [message, _] = &finding.message;
        tracing::warn!(field = finding.field, "{message}");
    }
    check::refusal(&found).map_or(Ok(()), |refusal| Err(anyhow!(refusal)))
}

async fn run(
    config: &Config,
    (store, member, clock): (Store, Option<ClusterMember>, Arc<dyn Clock>),
    carry_out: CarryOut,
    say: Say<'_>,
) -> Result<()> {
    // Before anything is begun: a signal that comes meanwhile is heeded as soon as it can be.
    let mut signals = Signals::listen().context("无法接收停止信号")?;
    systemd::status("正在启动定时器");
    let server = open(config, (store, member), clock).await?;
    let copying = copies::open(&server)?;
    record::at_start(&server).await.context("无法确定集群中生效的规则")?;
    // By the rules on record, and everybody knows when the next brief is due, before anybody decides anything.
    reload::at_start(&server, &Asker::on_the_machine()).await.context("无法确定生效的规则")?;
    if let Err(failure) = operators::begin(&server.node, &Asker::on_the_machine()).await {
        // The town is served meanwhile: until they are counted, nobody loses the role.
        tracing::warn!(failure = %chain(&failure), "those who are operators are not counted yet");
    }
    let deliverer = Deliverer::open(
        Arc::clone(&server.node),
        Arc::clone(&server.rules),
        Arc::clone(&server.channels),
    );
    let watching = [
        watcher::open(&server),
        auditor::open(&server),
        canaries::open(&server),
        rounds::open(&server),
        days::open(&server),
        photos::open(&server),
        archive::open(&server),
    ];
    let following = record::open(&server);
    let control = control::open(&server, carry_out)?;
    let web_server = WebServer::open(&server, pages::open)?;
    let watchdog = systemd::watchdog(&server);
    let at_work = format!("运行中:{}", web_server.address());
    systemd::ready(&at_work);
    say(format!("duban 已就绪:{}", web_server.address()))?;
    loop {
        match signals.next().await {
            Signal::Stop => break,
            Signal::Reload => {
                systemd::reloading();
                if let Err(error) = reload::again(&server, &hang_up()).await {
                    tracing::error!(error = format!("{error:#}"), "the rules are not read again");
                }
                systemd::ready(&at_work);
            }
        }
    }
    systemd::stopping();
    let stage = last_resort::stand_by().context("无法准备停止")?;
    say("正在停止……".to_owned())?;
    // From here on commands are told to come again later; what was accepted is durable when this returns.
    stage.waits_for("commands under way");
    server.node.drain().await;
    stage.waits_for("requests over HTTP");
    web_server.close().await;
    stage.waits_for("commands on the control socket");
    control.close().await;
    stage.waits_for("those who watch");
    for watching in watchdog.into_iter().chain(following).chain(copying).chain(watching) {
        watching.close().await;
    }
    stage.waits_for("messages under way");
    deliverer.close().await;
    close(server, &stage).await?;
    say("已停止。".to_owned())
}

/// Whoever may send the process a signal.
fn hang_up() -> Asker {
    Asker::system(&format!("{ON_THE_MACHINE}(SIGHUP)"), Role::Operator)
}

/// The server over an open store.
async fn open(
    config: &Config,
    (store, member): (Store, Option<ClusterMember>),
    clock: Arc<dyn Clock>,
) -> Result<Arc<Server>> {
    let rules = Arc::clone(&store.rules);
    let zone = rules.current().0.rules.calendar.offset();
    let channels = Channels::open(config, zone).context("无法准备邮件和短信")?;
    let options = Options {
        arbiters: usize::try_from(config.node_arbiters).unwrap_or(1),
        resident_max: usize::try_from(config.node_resident_max).unwrap_or(usize::MAX),
        ..Options::default()
    };
    let Store { journal, registry, .. } = store;
    let node = match &member {
        None => Node::start(options, registry, journal, clock).await,
        Some(member) => Node::start_in_cluster(options, registry, (journal, member), clock).await,
    };
    let node = Arc::new(node.map_err(|failure| store::in_words(failure, &config.store_dir))?);
    Server::of(config.clone(), node, rules, channels).context("无法取得随机数")
}

/// Stops the node and closes the journal; nobody else holds the server any more.
async fn close(server: Arc<Server>, stage: &Stage) -> Result<()> {
    let dir = server.config.store_dir.clone();
    let journal = server.node.journal().clone();
    let server = left_alone(server).await.context("有未完成的请求,未能有序停止")?;
    stage.waits_for("entities and timers");
    // The guard holds the node, too.
    let Server { node, guard, .. } = server;
    drop(guard);
    let node = left_alone(node).await.context("有未完成的任务,未能有序停止")?;
    node.stop().await;
    stage.waits_for("the journal");
    journal.close().map_err(|failure| store::in_words(failure, &dir))
}
