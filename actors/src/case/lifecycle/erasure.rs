//! Erasure of a reporter's data (article 13): wherever the case stands, and once.
//!
//! The case only says that it is so, who asked and why, and forgets what was sealed; the key of it is destroyed by the
//! door that was told, as it had been cut by one.

use duban_core::entity::{Asked, Corrupt};

use super::{corrupt, out_of_order};
use crate::case::{Event, Refusal, Reporter, State};
use crate::refusal::reason;

pub(super) fn decide(state: &State, why: &str, asked: &Asked) -> Result<Vec<Event>, Refusal> {
    let report = state.report().ok_or_else(|| out_of_order(state))?;
    if !report.reporter.as_deref().is_some_and(has_said) {
        return Err(Refusal::NoReporter);
    }
    Ok(vec![Event::ReporterErased { at: asked.at, reason: reason(why)? }])
}

pub(super) fn evolve(mut state: State, event: &Event) -> Result<State, Corrupt> {
    match state.report_mut() {
        Some(report) => {
            report.reporter = Some(Box::new(Reporter::erased()));
            Ok(state)
        }
        None => Err(corrupt(&state, event)),
    }
}

/// Whether there is anything to erase.
fn has_said(reporter: &Reporter) -> bool {
    let said = [&reporter.name, &reporter.phone].iter().any(|text| !text.is_empty());
    said && !reporter.is_erased()
}
