//! Futures and calls whose panic ends them alone.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::activation::words_of;

/// What `future` gives, or the words of its panic. Whatever it shared must be of use half changed: locks here are taken
/// over from whoever fell while holding them.
pub async fn caught<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(words_of(panic))),
    })
    .await
}

/// What `call` gives, or the words of its panic; as [`caught`].
pub fn caught_at_once<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(words_of)
}
