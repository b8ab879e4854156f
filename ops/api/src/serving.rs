//! Serving: a web server as a loop. One that ends though nobody said so is opened again where it was.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::dev::{self, ServerHandle};
use duban_runtime::loops::{Kept, Life, Loop};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use duban_server::server::Server;

/// How often it gives a sign of life.
const BEAT: Duration = Duration::from_secs(5);

/// A server at work on a task of its own: whoever looks after it may fall, and it goes on.
#[derive(Clone)]
struct Running {
    handle: ServerHandle,
    /// Changes, or is gone, when the server has ended.
    ended: watch::Receiver<()>,
}

impl Running {
    fn start(server: dev::Server) -> Running {
        let (handle, (end, ended)) = (server.handle(), watch::channel(()));
        actix::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "a server ended");
            }
            drop(end);
        });
        Running { handle, ended }
    }
}

/// Keeps the server `first`, which has its address already; `again` opens it there once more.
pub fn keep(
    server: &Arc<Server>,
    which: Loop,
    first: dev::Server,
    again: impl Fn() -> io::Result<dev::Server> + 'static,
) -> Kept {
    let running = Arc::new(Mutex::new(Some(Running::start(first))));
    let again = Arc::new(again);
    server.keep(which, move |_, life| {
        let (running, again) = (Arc::clone(&running), Arc::clone(&again));
        async move { serve(&running, again.as_ref(), life).await }
    })
}

async fn serve(
    running: &Mutex<Option<Running>>,
    again: &dyn Fn() -> io::Result<dev::Server>,
    mut life: Life,
) {
    let at_work = || running.lock().unwrap_or_else(PoisonError::into_inner);
    let before = at_work().take().filter(|running| running.ended.has_changed().is_ok());
    let Running { handle, mut ended } = match before.map_or_else(|| again().map(Running::start), Ok)
    {
        Ok(new) => at_work().insert(new).clone(),
        Err(error) => return tracing::error!(%error, "a server cannot be opened again"),
    };
    let mut beats = tokio::time::interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = beats.tick() => life.beat(),
            _ = ended.changed() => return,
            () = life.over() => return handle.stop(true).await,
        }
    }
}
