//! Attaching: papers and recordings are put on an open case by the centre and by the unit that has it (附件).

use duban_core::entity::{Asked, Corrupt};

use super::handling::by_holder;
use super::{corrupt, out_of_order};
use crate::case::{Command, Event, Refusal, State};
use crate::refusal::reason;
use crate::role::unit_of;

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
) -> Result<Vec<Event>, Refusal> {
    match (state, command) {
        (
            State::Registered(_) | State::Validating(..) | State::Filed(..),
            Command::Attach { file, note },
        ) => {
            if unit_of(asked).is_some() {
                by_holder(state.assignment().ok_or_else(|| out_of_order(state))?, asked)?;
            }
            let (file, note) = (file.clone(), reason(note)?);
            Ok(vec![Event::Attached { at: asked.at, file, note }])
        }
        _ => Err(out_of_order(state)),
    }
}

/// Where the case stands is as it was: its history has what was attached.
pub(super) fn evolve(state: State, event: &Event) -> Result<State, Corrupt> {
    match state {
        State::Registered(_) | State::Validating(..) | State::Filed(..) => Ok(state),
        State::Unreported | State::Declined(_) | State::Closed(_) | State::Withdrawn(_) => {
            Err(corrupt(&state, event))
        }
    }
}
