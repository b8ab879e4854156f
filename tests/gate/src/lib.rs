//! Child processes that leave nobody behind, and what is told past the test harness: for the gate and for the tests.

pub mod family;
pub mod redis_server;
pub mod report;
