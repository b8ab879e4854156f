//! The house at work: what every door of a running server shares.
//!
//! One process holds a store, so whatever is asked of it (over HTTP, on the control socket, by a page) is asked here.

use std::sync::Arc;

use duban_runtime::clock::Timestamp;
use duban_runtime::node::Node;

use crate::config::Config;
use crate::courier::exchange::Exchange;
use crate::doors::guard::Guard;
use crate::store::{Store, Tenure};
use crate::wiring::Rules;

/// What a running server consists of.
pub struct House {
    /// How it was configured.
    pub config: Config,
    /// Its entities, timers and journal.
    pub node: Arc<Node>,
    /// The rules in force.
    pub rules: Rules,
    /// Who lets people in.
    pub guard: Guard,
    /// The ways out, for letters and SMS.
    pub exchange: Arc<Exchange>,
}

impl House {
    /// The store as a command looks into it; closing it leaves the house's own open.
    pub fn store(&self) -> Store {
        Store {
            journal: self.node.journal().clone(),
            registry: Arc::clone(self.node.registry()),
            rules: Arc::clone(&self.rules),
            tenure: Tenure::Shared,
        }
    }

    /// The instant by the house's clock, which a demo's is not the wall's.
    pub fn now(&self) -> Timestamp {
        self.node.clock().now()
    }
}
