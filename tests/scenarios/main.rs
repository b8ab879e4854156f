//! Scenarios: one case, over what happened to it; modules are named after the ordinance.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of a test binary are not `in tests` for clippy"
)]

mod adoption;
mod archive;
mod attachments;
mod briefs;
mod broken;
mod browsers;
mod bundles;
mod canary;
mod case;
mod closing;
mod collectors;
mod committee;
mod deferral;
mod departures;
mod dispatch;
mod disputes;
mod editions;
mod erasure;
mod escalation;
mod eve;
mod explained;
mod extension;
mod facts;
mod filing;
mod gone;
mod handling;
mod leaves;
mod lists;
mod meetings;
mod mismatch;
mod mornings;
mod notices;
mod numbers;
mod offers;
mod operators;
mod persons;
mod provisional;
mod quota;
mod recalculation;
mod returns;
mod shifts;
mod shipped;
mod special_meetings;
mod stages;
mod stored;
mod supervision;
mod tells;
mod tokens;
mod unit_grid;
mod units;
mod verification;
mod views;
mod waiting;
mod world;
