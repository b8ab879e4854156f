//! The threads that read from the store on behalf of actors: an arbiter never waits for a disk.
//!
//! Few of them, for the life of a node: whatever a thread allocates stays in its own corner of the heap, so many short
//! lived ones would leave a million entities scattered over holes. What waits for them is bounded by who asks: a
//! partition reads each of its windows once at a time, and an entity itself.

use tokio::runtime::{Builder, Handle, Runtime};

use crate::journal::Failure;

/// Threads at most.
const READERS: usize = 4;

/// The pool; it ends with its owner.
pub(crate) struct Readers {
    runtime: Option<Runtime>,
    handle: Handle,
}

impl Readers {
    /// Starts a pool; its threads start with the first reads.
    pub(crate) fn start() -> Result<Readers, Failure> {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.max_blocking_threads(READERS).thread_name("duban-reader").build();
        let runtime = runtime.map_err(|error| Failure::io("start", "readers", error))?;
        let handle = runtime.handle().clone();
        Ok(Readers { runtime: Some(runtime), handle })
    }

    /// Where reads are handed in.
    pub(crate) fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

impl Drop for Readers {
    /// Without waiting: whoever still wanted an answer is gone.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
