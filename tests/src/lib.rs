//! Scenarios read as sentences of the ordinance: given what happened, when somebody asks, then this follows.
//!
//! [`case_path`] walks a case along its main path to wherever a scenario begins. Time is the scenario's own. [`laws`] hold for
//! every entity, [`golden`] what a test finds to its table, [`samples`] what is written down to every form ever shipped.
//! [`before`], [`child`], [`scratch_dir`] and [`people`] are for tests with real processes, as is the package of the gate.

pub mod before;
pub mod case_path;
pub mod child;
pub mod golden;
pub mod laws;
pub mod people;
pub mod samples;
pub mod scratch_dir;

use std::time::Duration;

use duban_actors::case::{Command, Event, Refusal, State};
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity};

use case_path::{CasePath, Who, somebody};
use laws::kind;

/// A scenario begins: this happened.
pub fn given(path: CasePath) -> Scenario {
    Scenario { path }
}

/// A case with a history.
#[must_use]
#[derive(Debug)]
pub struct Scenario {
    path: CasePath,
}

#[must_use]
#[derive(Debug)]
pub struct Outcome {
    before: CasePath,
    after: Result<CasePath, Refusal>,
}

impl Scenario {
    /// Somebody asks something at an instant, under the usual name of that role.
    pub fn when(self, at: Timestamp, role: Role, command: Command) -> Outcome {
        self.when_by(at, &somebody(role), &command)
    }

    /// The same by somebody in particular.
    pub fn when_by(self, at: Timestamp, who: &Who, command: &Command) -> Outcome {
        let path = CasePath { at, ..self.path.clone() };
        Outcome { after: path.asks(Duration::ZERO, who, command), before: self.path }
    }

    /// The soonest timer fires at its due instant.
    pub fn when_due(self) -> Outcome {
        let after = self.path.clone().fires(Duration::ZERO);
        Outcome { before: self.path, after: Ok(after) }
    }

    /// The soonest timer fires late.
    pub fn when_late(self, late: Duration) -> Outcome {
        let after = self.path.clone().fires(late);
        Outcome { before: self.path, after: Ok(after) }
    }
}

impl Outcome {
    /// Exactly these events.
    #[track_caller]
    pub fn then(self, events: impl IntoIterator<Item = Event>) {
        let expected: Vec<Event> = events.into_iter().collect();
        assert_eq!(self.events(), expected);
    }

    /// Events of these kinds, in this order, and the case stands there.
    #[track_caller]
    pub fn then_stands(self, kinds: &[&str], stands: &str) -> CasePath {
        let events = self.events();
        let found: Vec<String> = events.iter().map(kind).collect();
        assert_eq!(found, kinds, "{events:#?}");
        match self.after {
            Ok(path) => {
                assert_eq!(path.case.state.name(), stands);
                path
            }
            Err(refusal) => unreachable!("{refusal:?}"),
        }
    }

    /// Refused, for this reason.
    #[track_caller]
    pub fn then_refused(self, refusal: Refusal) {
        assert_eq!(self.after.map(|path| path.case), Err(refusal));
    }

    /// The templates of the notices that go out, and the case with them.
    #[track_caller]
    pub fn then_sends(self, templates: &[&str]) -> CasePath {
        let events = self.events();
        match self.after {
            Ok(path) => {
                let effects = events.iter().flat_map(|e| path.case.effects(e, case_path::town()));
                let sent: Vec<String> = effects.filter_map(|effect| template(&effect)).collect();
                assert_eq!(sent, templates);
                path
            }
            Err(refusal) => unreachable!("{refusal:?}"),
        }
    }

    #[track_caller]
    fn events(&self) -> Vec<Event> {
        match &self.after {
            Ok(path) => path.events.iter().skip(self.before.events.len()).cloned().collect(),
            Err(refusal) => unreachable!("refused: {refusal:?}"),
        }
    }
}

/// The template of a notice; none for a tell.
pub fn template(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Send(message) => Some(message.template.to_string()),
        Effect::Tell(_) => None,
    }
}

/// The due instant of the unit's handling.
pub fn due(path: &CasePath) -> Option<Timestamp> {
    path.case.state.assignment().and_then(|assignment| assignment.due)
}

/// The names of the timers a case wants, in order.
pub fn timers(path: &CasePath) -> Vec<String> {
    let mut names: Vec<String> = path.case.timers().0.iter().map(|t| t.name.to_string()).collect();
    names.sort();
    names
}

/// In time or not, of a closed case.
pub fn timeliness(path: &CasePath) -> Option<duban_actors::case::Timeliness> {
    if let State::Closed(closed) = &path.case.state { Some(closed.timeliness) } else { None }
}
