//! Applications (申请, articles 21 and 27): what a unit asks for beside its work, signed by its head, one at a time.
//!
//! An application stands beside whoever has the case in hand: no clock stops for it, or asking would be a way to win
//! time. It belongs to the assignment and ends with it.

use duban_core::clock::Timestamp;
use duban_rules::vocabulary::TimeLimit;
use serde::{Deserialize, Serialize};

use super::clock::{Ahead, ClockName, StageClock};
use super::command::Opinion;

/// What a unit applies for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// More time (延期, article 27), in the unit of the case's limit.
    Extension(TimeLimit),
}

/// What a unit has applied for and not been told of yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Application {
    #[default]
    None,
    /// It waits for its decision.
    Pending(Box<Pending>),
}

/// An application that waits for its decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Among what the units asked of the case with a form, counted from 1.
    pub no: u16,
    /// When it was asked: what is granted works back to here.
    pub since: Timestamp,
    pub wish: Wish,
    /// The clock of the decision.
    pub clock: StageClock,
    /// What the dispatch desk thinks of it, once it has said so.
    pub opinion: Option<Opinion>,
}

impl Application {
    /// The one that waits for its decision.
    pub fn pending(&self) -> Option<&Pending> {
        match self {
            Application::None => None,
            Application::Pending(pending) => Some(pending),
        }
    }

    /// The same, to be changed.
    pub(super) fn pending_mut(&mut self) -> Option<&mut Pending> {
        match self {
            Application::None => None,
            Application::Pending(pending) => Some(pending),
        }
    }
}

impl Pending {
    /// The steps ahead on the clock of its decision.
    pub(super) fn ahead(&self, assignment: u16) -> impl Iterator<Item = Ahead<'_>> {
        let step = move |code, due| {
            let (clock, revision) = (ClockName::Application, self.no);
            Ahead { clock, assignment, revision, code, due }
        };
        self.clock.steps.iter().map(move |ahead| step(&ahead.code, ahead.due))
    }
}
