//! Offline node for one command: the store is opened, the command is asked, and the store is closed again.
//!
//! For commands that change something. Where a server works on the store, its node is asked; where none does, time
//! stands still meanwhile: what is due fires when the server starts, and not because somebody looked after an account.

use std::pin::{Pin, pin};
use std::sync::Arc;

use actix::{System, SystemRunner};
use anyhow::{Context as _, Result};
use duban_runtime::clock::SystemClock;
use duban_runtime::node::{Node, Options, Ticking};
use tokio::runtime::Handle;

use crate::server::Server;
use duban_base::config::Config;
use duban_base::registry::Rules;
use duban_base::store::{self, Store};

/// Where an errand is run: a store by its configuration, and the server that works on it.
#[derive(Clone)]
pub struct Site {
    pub config: Config,
    /// The running server; none where nobody works on the store.
    pub server: Option<Arc<Server>>,
}

/// What is done when there is no store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It is refused: looking at a directory does not make a store of it.
    Refuse,
    /// A new one is made, unless something of an earlier one is there.
    Create,
}

/// Runs `errand` over the running server's node, or over one of the store that is meant. What it asked is durable
/// when this returns. Blocks: not for a thread that others wait on.
///
/// # Errors
/// In words: the store cannot be opened, or the errand's own.
pub fn with_node<T>(
    site: &Site,
    absent: Absent,
    errand: impl AsyncFnOnce(&Node, &Rules) -> Result<T>,
) -> Result<T> {
    let open = |config: &Config| match absent {
        Absent::Refuse => store::open(config),
        Absent::Create => store::open_or_make(config),
    };
    with_store(site, open, errand)
}

/// The same over a store that is opened by `open`.
///
/// # Errors
/// Those of `open` and of the errand.
pub fn with_store<T>(
    site: &Site,
    open: impl FnOnce(&Config) -> Result<Store>,
    errand: impl AsyncFnOnce(&Node, &Rules) -> Result<T>,
) -> Result<T> {
    if let Some(server) = &site.server {
        let system = Handle::current();
        return finished(errand(&server.node, &server.rules), |errand| system.block_on(errand));
    }
    let offline = Offline::start(&site.config, open(&site.config)?)?;
    let Offline { system, node, rules } = &offline;
    let done = finished(errand(node, rules), |errand| system.block_on(errand));
    offline.stop()?;
    done
}

/// What `errand` comes to. Who waits for it is compiled once, whatever the errand: each would bring a runtime of its own.
fn finished<T>(
    errand: impl Future<Output = Result<T>>,
    wait: impl FnOnce(Pin<&mut dyn Future<Output = ()>>),
) -> Result<T> {
    let mut done = None;
    wait(pin!(async { done = Some(errand.await) }));
    done.context("the errand came to no end")?
}

/// A node of a store that nobody else works on.
struct Offline {
    system: SystemRunner,
    node: Node,
    rules: Rules,
}

impl Offline {
    fn start(config: &Config, store: Store) -> Result<Offline> {
        let Store { journal, registry, rules, .. } = store;
        let resident_max = usize::try_from(config.node_resident_max).unwrap_or(usize::MAX);
        let layout = Options { arbiters: 0, resident_max, ticking: Ticking::ByHand };
        let (system, clock) = (System::new(), Arc::new(SystemClock::start()));
        let node = system.block_on(Node::start(layout, registry, journal, clock))?;
        Ok(Offline { system, node, rules })
    }

    /// Stops it, once what was asked is durable.
    fn stop(self) -> Result<()> {
        let Offline { system, node, .. } = self;
        system.block_on(async move {
            node.durable().await;
            let journal = node.journal().clone();
            node.stop().await;
            journal.close()
        })?;
        Ok(())
    }
}
