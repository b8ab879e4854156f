//! The HTTP server: JSON for programs under `/api/v1`, pages for people, and what a watcher asks.
//!
//! One file per resource. Nothing is decided here: a request becomes a command with its asker, its id and its instant,
//! and the entity's answer becomes a status.

mod abreast;
pub mod api;
mod as_of;
mod cluster;
mod head;
mod health;
mod metrics;
pub mod problem;
pub mod rate_limit;
pub mod seats;
mod shutdown;
mod turned_away;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpServer, web};
use anyhow::{Context, Result};
use duban_base::telemetry::trace;
use duban_runtime::loops::{Kept, Loop};
use futures_util::future::LocalBoxFuture;

use crate::serving;
use duban_server::server::Server;

use api::{Keys, Room};
use metrics::Counted;
use rate_limit::RateLimit;
use shutdown::Trigger;
use turned_away::TurnedAway;

/// How long a client may take to send a request's head.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Connections that one worker holds at most.
const CONNECTIONS_MAX: usize = 4_096;
/// Seconds that requests under way are given when the server stops.
const STOP_PATIENCE_S: u64 = 10;

/// Dead when the server's own signs of life stay away so long.
const LOOP: Loop = Loop { name: "doors", silent_max: Duration::from_mins(1) };

/// The HTTP server at work.
pub struct WebServer {
    server: Kept,
    closer: Trigger,
    address: SocketAddr,
    beside: Beside,
}

/// Routes that are served beside the API: put into each application of the server.
pub type Routes = Arc<dyn Fn(&mut web::ServiceConfig) + Send + Sync>;

/// What is served beside the API: its routes, and how whoever works for it is closed.
pub struct Beside {
    /// Its routes, which answer whatever nothing else does.
    pub routes: Routes,
    /// Closes those who work for it, before the server stops.
    pub close: Box<dyn FnOnce() -> LocalBoxFuture<'static, ()>>,
}

/// Opens what is served beside the API.
pub type OpenBeside = fn(&Arc<Server>) -> Result<Beside>;

impl WebServer {
    /// Opens the HTTP server of `server`, and what is served beside the API; runs on the caller's actix system, answers on
    /// threads of its own.
    ///
    /// # Errors
    /// When the address is none, or somebody else listens there.
    pub fn open(server: &Arc<Server>, beside: OpenBeside) -> Result<WebServer> {
        let listen = server.config.http_listen.clone();
        let workers = usize::try_from(server.config.http_workers).unwrap_or(1);
        let beside = beside(server)?;
        let pages = Arc::clone(&beside.routes);
        let shared = web::Data::from(Arc::clone(server));
        let rate_limit = web::Data::new(RateLimit::of(server.config.http_per_minute));
        let (closer, shutdown) = shutdown::pair();
        let (shutdown, room) = (web::Data::new(shutdown), web::Data::new(Room::default()));
        let (keys, turned_away) =
            (web::Data::new(Keys::default()), web::Data::new(TurnedAway::default()));
        // Each time anew: a server that ends takes its application with it.
        let open = move |listen: &str| {
            let (shared, rate_limit, pages) =
                (shared.clone(), rate_limit.clone(), Arc::clone(&pages));
            let (shutdown, room) = (shutdown.clone(), room.clone());
            let (keys, turned_away) = (keys.clone(), turned_away.clone());
            let app = move || {
                let app = App::new().app_data(shared.clone()).app_data(rate_limit.clone());
                let app = app.app_data(shutdown.clone()).app_data(room.clone());
                let app = app.app_data(keys.clone()).app_data(turned_away.clone());
                app.configure(routes).configure(|app| pages(app)).wrap(from_fn(outermost))
            };
            let server = HttpServer::new(app)
                .workers(workers)
                .client_request_timeout(HEAD_PATIENCE)
                .keep_alive(KEEP_ALIVE)
                .max_connections(CONNECTIONS_MAX)
                .shutdown_timeout(STOP_PATIENCE_S)
                .disable_signals()
                .bind(listen)?;
            Ok::<_, io::Error>((server.addrs(), server.run()))
        };
        let opened = open(&listen);
        let opened =
            opened.with_context(|| format!("无法在 {listen} 监听;用 --listen 换一个地址或端口"))?;
        let (addresses, first) = opened;
        let address = addresses.first().copied().context("没有监听的地址")?;
        let again = move || open(&address.to_string()).map(|(_, server)| server);
        let kept = serving::keep(server, LOOP, first, again);
        Ok(WebServer { server: kept, closer, address, beside })
    }

    pub fn address(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Takes no further requests; those under way are answered.
    pub async fn close(self) {
        // Whoever watches it would be waited for otherwise.
        (self.beside.close)().await;
        self.closer.close();
        self.server.close().await;
    }
}

/// What is around every request, so that whatever refuses it is counted, too. All in one, as each layer costs a request a
/// future of its own.
async fn outermost(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let method = request.method().clone();
    let counted = Counted::begin(&request);
    let as_of = request.app_data::<web::Data<Server>>().and_then(|server| server.as_of());
    let is_head = head::as_get(&mut request);
    abreast::before(&request).await;
    let (answered, gave) = trace::within(next.call(request)).await;
    let mut answered = answered
        .map(|answer| if is_head { head::unsent(answer) } else { answer.map_into_boxed_body() });
    if let Ok(answer) = &mut answered {
        turned_away::say(&method, answer);
        if let Some(at) = as_of {
            as_of::say(at, answer);
        }
    }
    if let Some(counted) = counted {
        counted.end(&method, &answered, gave);
    }
    answered
}

/// Every route of the API, what a watcher asks, and what nodes ask each other.
fn routes(app: &mut web::ServiceConfig) {
    app.configure(health::routes).configure(metrics::routes).configure(api::routes);
    app.configure(cluster::routes);
}
