//! The deliverer: takes messages to the servers of every channel, all the time, on an arbiter of its own.
//!
//! ```text
//! lease a page ─► claim ─► words ─► fold what is too much ─► every address to its channel, side by side ─► outcome
//!       ▲                                                                                                    │
//!       └────────────────────── up to so many at a time; a slow channel keeps up no other ◄──────────────────┘
//! ```
//! Whatever was handed over and not recorded when the process dies is handed over again, with the same id: the one
//! window in which a message may come twice. Stopping in good order waits for what is under way.

mod attempt;
mod fold;

use std::sync::Arc;
use std::time::Duration;

use actix::Arbiter;
use duban_runtime::loops::{Kept, Life, Loop};
use duban_runtime::node::Node;
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::courier::channel::WAITING_MAX;
use crate::courier::channels::Channels;
use duban_base::registry::Rules;

use attempt::Attempt;

/// Messages under way at a time: room for every channel's [`WAITING_MAX`].
const UNDER_WAY_MAX: usize = 2 * WAITING_MAX;
/// Messages leased at a time.
const PAGE: usize = 256;
/// How long the outbox is left alone when nothing was due.
const PAUSE: Duration = Duration::from_millis(200);

/// So many that end within a [`PAUSE`] are fast.
const FAST_AT: usize = 32;

/// Dead when it looks at nothing for so long: messages under way do not keep it from looking.
pub const OFFICE: Loop = Loop { name: "office", silent_max: Duration::from_mins(2) };

/// The office at work.
#[derive(Debug)]
pub struct Deliverer {
    arbiter: Arbiter,
    working: Kept,
}

impl Deliverer {
    /// Opens the office over `node`, on an arbiter of its own.
    pub fn open(node: Arc<Node>, rules: Rules, channels: Arc<Channels>) -> Deliverer {
        let arbiter = Arbiter::new();
        let (keeper, shared) = (node.keeper(), Arc::new((node, rules, channels)));
        let (kept, working) = keeper.keep(OFFICE, move |life| {
            let shared = Arc::clone(&shared);
            async move {
                let (node, rules, channels) = &*shared;
                work(&Attempt::new(node, rules, channels), life).await;
                channels.close().await;
            }
        });
        if !arbiter.spawn(working) {
            tracing::error!("the arbiter of the couriers did not start");
        }
        Deliverer { arbiter, working: kept }
    }

    /// Ends the work in good order: nothing new is taken, what is under way is recorded.
    pub async fn close(self) {
        let Deliverer { arbiter, working } = self;
        working.close().await;
        arbiter.stop();
        if arbiter.join().is_err() {
            tracing::error!("the couriers' arbiter ended in a panic");
        }
    }
}

/// Hands over what is due until nothing is; for a store that nobody else works on.
pub async fn clear(node: &Node, rules: &Rules, channels: &Channels) {
    let attempt = Attempt::new(node, rules, channels);
    let mut under_way = FuturesUnordered::new();
    loop {
        let leased = attempt.page(UNDER_WAY_MAX.saturating_sub(under_way.len()).min(PAGE)).await;
        under_way.extend(leased.into_iter().map(|leased| attempt.send(leased)));
        if under_way.next().await.is_none() {
            return;
        }
    }
}

async fn work(attempt: &Attempt<'_>, mut life: Life) {
    let mut under_way = FuturesUnordered::new();
    let mut pace = Pace::Fast;
    while !life.is_over() {
        life.beat();
        let room = room(under_way.len(), pace);
        let leased = if room > 0 { attempt.page(room).await } else { Vec::new() };
        let taken = leased.len();
        under_way.extend(leased.into_iter().map(|leased| attempt.send(leased)));
        let pause = tokio::time::sleep(if taken > 0 { Duration::ZERO } else { PAUSE });
        let full = room == 0;
        // A look without a pause tells nothing of a server's pace.
        pace = if taken > 0 { Pace::Fast } else { Pace::Slow };
        let mut ended = 0_usize;
        // Everything under way moves on until it is time to look at the outbox again.
        tokio::pin!(pause);
        loop {
            tokio::select! {
                Some(()) = under_way.next() => {
                    ended += 1;
                    if ended >= FAST_AT {
                        pace = Pace::Fast;
                    }
                    if full && under_way.len() <= WAITING_MAX - PAGE {
                        break;
                    }
                }
                () = &mut pause => break,
                () = life.over() => break,
            }
        }
    }
    while let Some(()) = under_way.next().await {}
}

/// How messages come to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// [`FAST_AT`] did within a [`PAUSE`], or nobody has waited for them yet.
    Fast,
    /// Fewer did.
    Slow,
}

/// How many more are leased when so many are under way.
///
/// One channel's fill is enough as long as it ends fast: more would only be put off. When it does not, some channel's
/// server is slow, and the room above is for the others.
fn room(under_way: usize, pace: Pace) -> usize {
    let most = match pace {
        Pace::Fast => WAITING_MAX,
        Pace::Slow => UNDER_WAY_MAX,
    };
    most.saturating_sub(under_way).min(PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_channels_fill_is_enough_while_it_ends_fast_and_a_slow_one_leaves_room_for_the_others() {
        let table = [
            (0, Pace::Fast, PAGE),
            (0, Pace::Slow, PAGE),
            (WAITING_MAX - 1, Pace::Fast, 1),
            (WAITING_MAX, Pace::Fast, 0),
            (WAITING_MAX, Pace::Slow, PAGE),
            (UNDER_WAY_MAX, Pace::Slow, 0),
            (UNDER_WAY_MAX, Pace::Fast, 0),
        ];
        for (under_way, pace, expected) in table {
            assert_eq!(room(under_way, pace), expected, "{under_way} under way, {pace:?}");
        }
    }
}
