//! The journal: the ledger first, the key-value store behind it.

pub mod blob;
pub mod disk;
pub mod failure;
pub mod frame;
pub mod ledger;
