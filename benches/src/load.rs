//! Many connections at once, on a thread of their own: as fast as they are answered, or at a pace.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use crate::client::Connection;
use crate::latency::Latencies;
use crate::machine::Watch;

/// A request by its number.
pub type Asking = Arc<dyn Fn(u64) -> anyhow::Result<Vec<u8>> + Send + Sync>;

/// Runs `work` on a thread of its own, so that clients and the system that started them do not wait for one another.
pub async fn apart<T, F>(work: impl FnOnce() -> F + Send + 'static) -> anyhow::Result<T>
where
    T: Send + 'static,
    F: Future<Output = anyhow::Result<T>>,
{
    let (done, ended) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let result = runtime.context("a runtime").and_then(|runtime| runtime.block_on(work()));
        // Whoever waited may have given up.
        drop(done.send(result));
    });
    ended.await.context("the clients ended badly")?
}

/// `n` requests over as many connections as `connections`, each with one under way.
///
/// # Errors
/// The first answer that is none of 2xx; one that finds no room is asked again.
pub async fn drive(
    address: SocketAddr,
    connections: usize,
    n: u64,
    ask: Asking,
) -> anyhow::Result<()> {
    let next = Arc::new(AtomicU64::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..connections {
        let (next, ask) = (Arc::clone(&next), Arc::clone(&ask));
        clients.spawn(async move {
            let mut connection = Connection::open(address).await?;
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                if i >= n {
                    return anyhow::Ok(());
                }
                taken(&mut connection, &ask(i)?).await?;
            }
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended??;
    }
    Ok(())
}

/// Requests as they come due, each counted from the instant it was to set out.
pub async fn offered(
    address: SocketAddr,
    connections: usize,
    (watch, due): (Arc<Watch>, UnboundedReceiver<(u64, Duration)>),
    ask: Asking,
) -> anyhow::Result<Latencies> {
    let (due, latencies) = (Arc::new(Mutex::new(due)), Arc::new(Mutex::new(Latencies::default())));
    let mut clients = JoinSet::new();
    for _ in 0..connections {
        let (due, latencies) = (Arc::clone(&due), Arc::clone(&latencies));
        let (watch, ask) = (Arc::clone(&watch), Arc::clone(&ask));
        clients.spawn(async move {
            let mut connection = Connection::open(address).await?;
            loop {
                let next = due.lock().await.recv().await;
                let Some((i, intended)) = next else { return anyhow::Ok(()) };
                taken(&mut connection, &ask(i)?).await?;
                latencies.lock().await.add(watch.elapsed().saturating_sub(intended));
            }
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended??;
    }
    let latencies = latencies.lock().await.clone();
    Ok(latencies)
}

async fn taken(connection: &mut Connection, request: &[u8]) -> anyhow::Result<()> {
    loop {
        let answer = connection.ask(request).await?;
        if (200..300).contains(&answer.status) {
            return Ok(());
        }
        let body = String::from_utf8_lossy(answer.body).into_owned();
        ensure!(answer.status == 429, "{}: {body}", answer.status);
        tokio::task::yield_now().await;
    }
}
