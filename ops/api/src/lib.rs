//! What can be asked of duban: one list, over HTTP, by forms of pages and as verbs of the command line, and the servers
//! that take it.
//!
//! ```text
//! operations (one list) ─┬─► http: routes, the API's document, answers
//!                        ├─► forms: what somebody may ask now, filled in on pages
//!                        └─► verbs: what is typed, here or through the control socket
//! ```

pub mod control;
pub mod forms;
pub mod http;
pub mod operations;
pub mod serving;
pub mod verbs;
