//! The way from a partition to another: what its neighbours know of it, and all they know.
//!
//! Every partition lives in this process, so a way leads into a mailbox. One that leads to another process would be made
//! here, beside [`Route::here`]: whoever sends has to reckon with a word that is lost anyhow, and finds it in the journal
//! again.

use actix::Addr;
use actix::dev::SendError;

use super::message::{Missed, TellFrom};
use super::partition::PartitionActor;
use crate::record::SentTell;

/// The way to a partition.
#[derive(Clone, Debug)]
pub(crate) struct Route(Addr<PartitionActor>);

/// Why something did not set out.
#[derive(Debug)]
pub(super) enum Blocked<T> {
    /// The other end has no room at the moment: here it is again.
    Full(T),
    /// Nobody is there.
    Gone,
}

impl Route {
    /// To a partition in this process.
    pub(crate) fn here(address: Addr<PartitionActor>) -> Route {
        Route(address)
    }

    /// Sends a tell of partition `from` off.
    ///
    /// # Errors
    /// [`Blocked`]; the tell is not under way.
    pub(super) fn tell(&self, from: u8, tell: SentTell) -> Result<(), Blocked<SentTell>> {
        self.0.try_send(TellFrom(from, tell)).map_err(|error| match error {
            SendError::Full(TellFrom(_, tell)) => Blocked::Full(tell),
            SendError::Closed(_) => Blocked::Gone,
        })
    }

    /// Tells from partition `from` may have been lost on their way: the other end looks into the journal.
    ///
    /// # Errors
    /// [`Blocked`]; it has not heard of it.
    pub(super) fn missed(&self, from: u8) -> Result<(), Blocked<()>> {
        self.0.try_send(Missed(from)).map_err(|error| match error {
            SendError::Full(_) => Blocked::Full(()),
            SendError::Closed(_) => Blocked::Gone,
        })
    }
}
