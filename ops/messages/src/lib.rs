//! Messages on their way out: what they say, how they are delivered, and the couriers that hand them over.
//!
//! ```text
//! outbox ─► delivery ─► words of the rules, of a brief ─► courier ─► mail server, SMS centre, gateway, folder
//! ```
//! Neither HTTP nor a running server is known here.

pub mod brief;
pub mod courier;
pub mod delivery;
