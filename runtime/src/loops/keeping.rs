//! The keeper of one loop on a runtime: begins it, begins it anew when it falls, and tells it to stop.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::{oneshot, watch};

use super::caught::caught;
use super::{Loop, Loops, Seat};
use crate::supervision::{OnEnd, Verdict};

/// Whether a loop goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Going {
    On,
    Stop,
}

/// What a loop tells its keeper, and is told by it.
#[derive(Clone, Debug)]
pub struct Life {
    seat: Arc<Seat>,
    going: watch::Receiver<Going>,
}

impl Life {
    /// A sign of life.
    pub fn beat(&self) {
        self.seat.beat();
    }

    /// A sign of life before a wait for something that need not come.
    pub fn rest(&self) {
        self.seat.rest();
    }

    /// Whether it was told to stop.
    pub fn is_over(&self) -> bool {
        // Nobody can tell it any more, and nobody waits for it.
        *self.going.borrow() == Going::Stop || self.going.has_changed().is_err()
    }

    /// Waits until it is told to stop. Dropping the wait loses nothing.
    pub async fn over(&mut self) {
        // An error: whoever keeps it has gone.
        drop(self.going.wait_for(|going| *going == Going::Stop).await);
    }
}

/// A loop at work; dropped, it stops by itself.
#[derive(Debug)]
pub struct Kept {
    name: &'static str,
    going: watch::Sender<Going>,
    ended: oneshot::Receiver<()>,
}

impl Kept {
    /// Tells it to stop and waits until it has.
    pub async fn close(self) {
        self.going.send_replace(Going::Stop);
        if self.ended.await.is_err() {
            tracing::error!(name = self.name, "a loop was gone before it was told to stop");
        }
    }
}

/// Who keeps the loops of a process, and ends it.
#[derive(Clone)]
pub struct Keeper {
    loops: Arc<Loops>,
    on_end: OnEnd,
}

impl Keeper {
    /// Keeps loops in this register; `on_end` is told why the process must end, and ends it.
    pub fn new(loops: Arc<Loops>, on_end: OnEnd) -> Keeper {
        Keeper { loops, on_end }
    }

    /// The register.
    pub fn loops(&self) -> &Arc<Loops> {
        &self.loops
    }

    /// Keeps a loop: `make` begins it, as often as it falls. The future is the loop, for whoever spawns it. One that falls
    /// too often stays down, and dead, if the process does not end.
    pub fn keep<F, L>(
        &self,
        which: Loop,
        mut make: F,
    ) -> (Kept, impl Future<Output = ()> + use<F, L>)
    where
        F: FnMut(Life) -> L,
        L: Future<Output = ()>,
    {
        let (seat, on_end) = (self.loops.enter(which), Arc::clone(&self.on_end));
        let (tell, going) = watch::channel(Going::On);
        let (end, ended) = oneshot::channel();
        let kept = Kept { name: which.name, going: tell, ended };
        let kept_alive = async move {
            let mut life = Life { seat: Arc::clone(&seat), going };
            loop {
                seat.begins(which.silent_max);
                let ran = caught(async { make(life.clone()).await }).await;
                let why = match ran {
                    Ok(()) if life.is_over() => break,
                    Ok(()) => "it ended by itself".to_owned(),
                    Err(panic) => panic,
                };
                match seat.fell(&why) {
                    _ if life.is_over() => break,
                    Verdict::Restart(pause) => {
                        tokio::select! {
                            () = tokio::time::sleep(pause) => {}
                            () = life.over() => break,
                        }
                    }
                    Verdict::SetAside | Verdict::EndProcess => {
                        seat.ended();
                        on_end(&seat.too_often(&why));
                        life.over().await;
                        break;
                    }
                }
            }
            // What it holds is let go of before anybody hears that it has ended.
            drop(make);
            seat.left();
            if end.send(()).is_err() {
                tracing::debug!(name = which.name, "nobody waits for the loop");
            }
        };
        (kept, kept_alive)
    }
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Keeper").field(&self.loops).finish()
    }
}
