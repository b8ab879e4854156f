//! What was served over HTTP: requests by route and status, and how long they took.
//!
//! A route is counted by its pattern (`/api/v1/cases/{id}`), never by what was asked for, so that nobody who tries
//! addresses fills the memory.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// How long requests take, in classes, in seconds.
const CLASSES_S: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// Methods that are counted by name; all others together.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/// What no route answers.
const NO_ROUTE: &str = "none";

/// Counted as they go.
#[derive(Clone, Debug)]
pub struct Served {
    requests: Family<Request, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

impl Default for Served {
    fn default() -> Served {
        Served {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(CLASSES_S)),
        }
    }
}

impl Served {
    /// A request of this method to the route of this pattern was answered with `status` after `took`.
    pub fn count(&self, (method, pattern): (&str, Option<&str>), status: u16, took: Duration) {
        let known = METHODS.into_iter().find(|known| *known == method);
        let route = pattern.unwrap_or(NO_ROUTE).to_owned();
        self.durations.get_or_create(&Route { route: route.clone() }).observe(took.as_secs_f64());
        let request = Request { method: known.unwrap_or("other"), route, status };
        self.requests.get_or_create(&request).inc();
    }

    /// Shows both families.
    pub fn register(&self, registry: &mut Registry) {
        let (requests, durations) = (self.requests.clone(), self.durations.clone());
        registry.register(
            "http_requests",
            "Requests answered by method, route and status",
            requests,
        );
        registry.register_with_unit(
            "http_request_duration",
            "How long it took to answer a request, by route",
            Unit::Seconds,
            durations,
        );
    }
}
