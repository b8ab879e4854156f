//! A town with open doors: whoever wants to look, or to take part, comes in while it lives.

use std::sync::Arc;

use anyhow::Result;
use duban_runtime::node::Node;

use crate::config::Config;
use crate::control::{self, Control};
use crate::courier::exchange::Exchange;
use crate::house::House;
use crate::http::Doors;
use crate::seals::Seals;
use crate::wiring::Rules;

/// A town that can be visited: its pages and API, and the commands typed for its store.
pub(super) struct Visited {
    doors: Doors,
    control: Control,
}

impl Visited {
    pub(super) fn open(config: &Config, node: &Arc<Node>, rules: &Rules) -> Result<Visited> {
        let zone = rules.current().0.rules.calendar.offset();
        let exchange = Arc::new(Exchange::open(config, zone)?);
        let (config, node, rules) = (config.clone(), Arc::clone(node), Arc::clone(rules));
        let seals = Seals::of(&config.store_dir);
        let house = Arc::new(House { config, node, rules, exchange, seals });
        Ok(Visited { doors: Doors::open(&house)?, control: control::open(&house)? })
    }

    /// Where the pages are.
    pub(super) fn address(&self) -> String {
        self.doors.address()
    }

    pub(super) async fn close(self) {
        self.doors.close().await;
        self.control.close().await;
    }
}
