//! Work set aside: what may wait for the disk, done on threads that may wait and never on one that answers.
//!
//! ```text
//! pages, API ─────────► Server::read ───┐
//! operations ─────────► Backend::read ─┼─► done ─► the pool of the thread that asks: so many at a time, the rest in turn
//! login ──────────────► read ──────────┤
//! what is written ─────────────────────┤
//! briefs ───────────────► in_turn ──────┤
//! long errands ───────► at_length ─────┘
//! ```
//! A thread that answers has many to answer: while it waits on the journal, the store or the disk, all of them wait.
//! So none of them has a journal at hand, but is handed one for as long as it reads.

use std::any::Any;

use duban_runtime::journal::Journal;
use duban_runtime::node::Node;
use tokio::runtime::Handle;
use tokio::sync::{AcquireError, Semaphore};
use tokio::task::{JoinError, spawn_blocking};

use crate::registry::Rules;
use crate::store::{Store, Tenure};

/// Errands under way at a time; one more waits its turn, so that readings always find a thread.
const ERRANDS_MAX: usize = 4;

static ERRANDS: Semaphore = Semaphore::const_new(ERRANDS_MAX);

/// It came to nothing: it fell, or the server ends. Whether it was done is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what was set aside came to nothing")]
pub struct Undone;

impl From<JoinError> for Undone {
    fn from(_: JoinError) -> Undone {
        Undone
    }
}

impl From<AcquireError> for Undone {
    fn from(_: AcquireError) -> Undone {
        Undone
    }
}

/// What `work` comes to. It is done to its end, even if nobody waits for it any more.
pub async fn done<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Undone> {
    let done = done_by_the_pool(Box::new(|| Box::new(work()))).await?;
    done.downcast().map(|done| *done).map_err(|_| Undone)
}

type Anything = Box<dyn Any + Send>;

/// Compiled once, whatever the work and what it comes to; a kind of task for each would bring a piece of the pool with it.
async fn done_by_the_pool(work: Box<dyn FnOnce() -> Anything + Send>) -> Result<Anything, Undone> {
    Ok(spawn_blocking(work).await?)
}

/// The same of work of which only so many are done at a time: the others wait for their `turns`.
pub async fn in_turn<T: Send + 'static>(
    turns: &'static Semaphore,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Undone> {
    let turn = turns.acquire().await?;
    let run = move || {
        let done = work();
        drop(turn);
        done
    };
    done(run).await
}

/// What an errand comes to that reads for long and asks in between, as whatever it calls reads where it is called. It
/// goes on to its end, even if nobody waits for it any more.
pub async fn at_length<T: Send + 'static>(
    errand: impl AsyncFnOnce() -> T + Send + 'static,
) -> Result<T, Undone> {
    in_turn(&ERRANDS, || Handle::current().block_on(errand())).await
}

/// What `look` finds in the journal of `node`.
pub async fn read<T, E>(
    node: &Node,
    look: impl FnOnce(&Journal) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Undone> + Send + 'static,
{
    let journal = node.journal().clone();
    done(move || look(&journal)).await?
}

/// What `look` finds in the store of `node`, under the rules in force.
pub async fn read_by<T, E>(
    (node, rules): (&Node, &Rules),
    look: impl FnOnce(&Store) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Undone> + Send + 'static,
{
    let store = store(node, rules);
    done(move || look(&store)).await?
}

/// The store that `node` works on; closing it leaves the node's own open.
pub fn store(node: &Node, rules: &Rules) -> Store {
    let (journal, registry) = (node.journal().clone(), node.registry().clone());
    Store { journal, registry, rules: rules.clone(), tenure: Tenure::Shared }
}
