//! Scenarios read as sentences of the ordinance: [`given`] what happened, when somebody asks, then this follows.
//!
//! [`case_path`] walks a case along its main path to wherever a scenario begins. Time is the scenario's own. [`laws`] hold for
//! every entity, [`golden`] what a test finds to its table, [`samples`] what is written down to every form ever shipped.
//! [`before`], [`child`], [`scratch_dir`] and [`people`] are for tests with real processes, as is the package of the gate;
//! [`machine`], [`carrying`] and [`round_robin`] for those with several machines.

pub mod before;
pub mod carrying;
pub mod case_path;
pub mod child;
pub mod given;
pub mod golden;
pub mod laws;
pub mod machine;
pub mod people;
pub mod round_robin;
pub mod samples;
pub mod scratch_dir;

use duban_actors::case::{Case, State, Timeliness};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity};

/// The template of a notice; none for a tell.
pub fn template(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Send(message) => Some(message.template.to_string()),
        Effect::Tell(_) => None,
    }
}

/// The due instant of the unit's handling.
pub fn due(case: &Case) -> Option<Timestamp> {
    case.state.assignment().and_then(|assignment| assignment.due)
}

/// The names of the timers a case wants, in order.
pub fn timers(case: &Case) -> Vec<String> {
    let mut names: Vec<String> = case.timers().0.iter().map(|t| t.name.to_string()).collect();
    names.sort();
    names
}

/// In time or not, of a closed case.
pub fn timeliness(case: &Case) -> Option<Timeliness> {
    if let State::Closed(closed) = &case.state { Some(closed.timeliness) } else { None }
}
