//! Whether duban works: health checks and alarms, the auditor, the daily canary, metrics.

pub mod alarm;
pub mod auditor;
pub mod canary;
pub mod metrics;
pub mod share;
