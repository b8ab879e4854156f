//! SMS providers: a gateway over HTTP, an SMS centre over SMPP, and a folder's list where there is neither.

pub mod http;
pub mod list;
pub mod smpp;
