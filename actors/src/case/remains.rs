//! Remains: what stays at hand of a case that was closed a month ago, its facts; the ledger has the rest. One that was
//! disputed stays whole.

use std::time::Duration;

use duban_core::clock::Timestamp;
use duban_core::entity::{Corrupt, EntityId};
use duban_core::record::Stored;
use serde::{Deserialize, Serialize};

use super::{Case, Fact, State};

/// How long a closed case stays at hand as a whole.
pub const AT_HAND: Duration = Duration::from_hours(30 * 24);

/// What remains of a case. Stores keep it where the ledger's older segments are gone: another form is another variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Remains {
    Facts(Box<[Fact]>),
}

/// What remains of `case` by `now`; none while it is open, for a month more, and of one that was
/// disputed.
pub(super) fn of(case: &Case, now: Timestamp) -> Option<Vec<u8>> {
    let State::Closed(closed) = &case.state else { return None };
    // A precedent is looked at for years, many at a time, while somebody waits for whom to dispatch to; what was found of
    // disputes is reported by the year (article 19).
    if now.since(closed.at) < AT_HAND || !closed.filing.disputes.is_empty() {
        return None;
    }
    postcard::to_stdvec(&Remains::Facts(closed.filing.facts.clone())).ok()
}

/// The facts of a case, as the store keeps it: whole, or what remains. None of one without a unit.
///
/// # Errors
/// [`Corrupt`] on bytes that are neither.
pub fn facts(id: &EntityId, kept: &Stored) -> Result<Box<[Fact]>, Corrupt> {
    if kept.is_put_away() {
        let Remains::Facts(facts) = postcard::from_bytes(&kept.state)
            .map_err(|error| Corrupt(format!("what remains of {id}: {error}")))?;
        return Ok(facts);
    }
    let case: Case = kept.state.decode(id)?;
    Ok(case.state.filing().map(|filing| filing.facts.clone()).unwrap_or_default())
}
