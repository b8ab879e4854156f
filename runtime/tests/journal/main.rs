//! The journal on a real directory, with the real sled: what survives, and what every read then says.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod cut;
mod damage;
mod feed;
mod kill;
mod membership;
mod model;
mod put_away;
mod refusal;
mod restart;
mod scribe;
#[cfg(feature = "simulator")]
mod several;
mod snapshot;
mod versions;
mod witness;
