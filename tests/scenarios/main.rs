//! Scenarios: one case, over what happened to it; modules are named after the ordinance.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of a test binary are not `in tests` for clippy"
)]

mod adoption;
mod briefs;
mod closing;
mod collectors;
mod dispatch;
mod escalation;
mod filing;
mod handling;
mod lives;
mod notices;
mod numbers;
mod persons;
mod returns;
mod stages;
mod supervision;
mod verification;
