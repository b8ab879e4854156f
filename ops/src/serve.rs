//! The server, wired from top to bottom: store, node, couriers, doors; and taken apart in the opposite order.
//!
//! ```text
//! open the store ─► node (timers fire) ─► office (messages leave) ─► control socket, HTTP ─► ready
//! SIGTERM ─► HTTP and control take nothing new ─► office records what is under way ─► node durable ─► journal closed
//! ```

mod signals;

use std::sync::Arc;

use anyhow::{Context, Result};
use duban_runtime::clock::SystemClock;
use duban_runtime::node::{Node, Options};

use crate::config::Config;
use crate::control;
use crate::courier::exchange::Exchange;
use crate::delivery::office::Office;
use crate::doors::guard::Guard;
use crate::house::House;
use crate::http::Doors;
use crate::store::{self, Store};

use signals::{Signal, Signals};

/// How the server says a line to whoever started it.
pub type Say<'a> = &'a mut dyn FnMut(String) -> Result<()>;

/// Runs the server until it is told to stop.
///
/// # Errors
/// In words: what keeps it from starting, or from stopping in good order.
pub fn serve(config: &Config, say: Say<'_>) -> Result<()> {
    crate::tls::ready();
    let store = store::open(config)?;
    actix::System::new().block_on(run(config, store, say))
}

async fn run(config: &Config, store: Store, say: Say<'_>) -> Result<()> {
    // Before anything is begun: a signal that comes meanwhile is heeded as soon as it can be.
    let mut signals = Signals::listen().context("无法接收停止信号")?;
    let house = open(config, store).await?;
    let office = Office::open(
        Arc::clone(&house.node),
        Arc::clone(&house.rules),
        Arc::clone(&house.exchange),
    );
    let control = control::open(&house)?;
    let doors = Doors::open(&house)?;
    say(format!("duban 已就绪:{}", doors.address()))?;
    loop {
        match signals.next().await {
            Signal::Stop => break,
            Signal::Reload => tracing::warn!("rules are read again by `duban rules apply`"),
        }
    }
    say("正在停止……".to_owned())?;
    doors.close().await;
    control.close().await;
    office.close().await;
    close(house).await
}

/// The house over an open store.
async fn open(config: &Config, store: Store) -> Result<Arc<House>> {
    let rules = Arc::clone(&store.rules);
    let zone = rules.current().0.rules.calendar.offset();
    let exchange = Exchange::open(config, zone).context("无法准备邮件和短信")?;
    let options = Options {
        arbiters: usize::try_from(config.node_arbiters).unwrap_or(1),
        resident_max: usize::try_from(config.node_resident_max).unwrap_or(usize::MAX),
        ..Options::default()
    };
    let clock = Arc::new(SystemClock::start());
    let Store { journal, registry, .. } = store;
    let node = Node::start(options, registry, journal, clock).await;
    let node = Arc::new(node.map_err(|failure| store::in_words(failure, &config.store_dir))?);
    let guard = Guard::before(Arc::clone(&node)).context("无法取得随机数")?;
    let (config, exchange) = (config.clone(), Arc::new(exchange));
    Ok(Arc::new(House { config, node, rules, guard, exchange }))
}

/// Stops the node and closes the journal; nobody else holds the house any more.
async fn close(house: Arc<House>) -> Result<()> {
    let dir = house.config.store_dir.clone();
    let journal = house.node.journal().clone();
    let house = Arc::into_inner(house).context("有未完成的请求,未能有序停止")?;
    // The guard holds the node, too.
    let House { node, guard, .. } = house;
    drop(guard);
    let node = Arc::into_inner(node).context("有未完成的任务,未能有序停止")?;
    node.stop().await;
    journal.close().map_err(|failure| store::in_words(failure, &dir))
}
