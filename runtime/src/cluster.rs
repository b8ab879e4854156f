//! A cluster: several nodes that keep one log of frames and decide each partition in one place at a time.
//!
//! ```text
//! committer ─► log (one order, in Redis) ─► mirror of every node ─► ledger ─► memtable ─► store
//!              leases, nodes ◄─ look every two seconds ─► which partitions a node decides
//! ```
//! Redis orders frames, keeps them safe until every node has them, and says who owns what. Each node appends the log to
//! a ledger of its own, so that its directory is a whole journal, and reads there.

pub mod fence;
pub mod log;
#[cfg(any(test, feature = "simulator"))]
pub mod model;
pub mod placement;
pub mod post;
pub mod redis;
pub mod tenancy;
pub mod trimming;
