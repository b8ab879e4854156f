//! States: where a case can stand (the state table of article 12).

use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::assignment::Assignment;
use super::holder::{Holder, Phase, StandsStill};
use super::{Closed, Declined, Filing, Intake, Report, SiteTask};

/// Where a case stands (the state table of article 12).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Life {
    /// Nobody has reported anything.
    Unreported,
    /// Registered; the desk decides whether to file it (待立案, article 14).
    Registered(Box<Intake>),
    /// A collector looks whether it is so (核实中, article 14); the desk's clock stands still.
    Validating(Box<Intake>, Box<SiteTask>),
    /// Not filed (不予立案); the end.
    Declined(Box<Declined>),
    /// Filed; the phase says who has it in hand (articles 15–18).
    Filed(Box<Filing>, Phase),
    /// Closed (结案); the end.
    Closed(Box<Closed>),
}

impl Life {
    /// A case of this filing that `holder` has in hand.
    pub(super) fn held_by(
        filing: Box<Filing>,
        assignment: Box<Assignment>,
        holder: Holder,
    ) -> Life {
        Life::Filed(filing, Phase::Held(assignment, holder))
    }

    /// Where it stands, as lists, tables and people name it.
    pub fn name(&self) -> &'static str {
        match self {
            Life::Filed(_, phase) => phase.name(),
            Life::Unreported
            | Life::Registered(..)
            | Life::Validating(..)
            | Life::Declined(..)
            | Life::Closed(..) => self.into(),
        }
    }

    /// The filing, once there is one.
    pub fn filing(&self) -> Option<&Filing> {
        match self {
            Life::Unreported | Life::Registered(..) | Life::Validating(..) | Life::Declined(..) => {
                None
            }
            Life::Filed(filing, _) => Some(filing),
            Life::Closed(closed) => Some(&closed.filing),
        }
    }

    /// The filing, to be changed.
    pub(super) fn filing_mut(&mut self) -> Option<&mut Filing> {
        match self {
            Life::Unreported | Life::Registered(..) | Life::Validating(..) | Life::Declined(..) => {
                None
            }
            Life::Filed(filing, _) => Some(filing),
            Life::Closed(closed) => Some(&mut closed.filing),
        }
    }

    /// The report, once there is one.
    pub fn report(&self) -> Option<&Report> {
        match self {
            Life::Unreported => None,
            Life::Registered(intake) | Life::Validating(intake, _) => Some(&intake.report),
            Life::Declined(declined) => Some(&declined.report),
            Life::Filed(filing, _) => Some(&filing.report),
            Life::Closed(closed) => Some(&closed.filing.report),
        }
    }

    /// The report, to be changed.
    pub(super) fn report_mut(&mut self) -> Option<&mut Report> {
        match self {
            Life::Unreported => None,
            Life::Registered(intake) | Life::Validating(intake, _) => Some(&mut intake.report),
            Life::Declined(declined) => Some(&mut declined.report),
            Life::Filed(filing, _) => Some(&mut filing.report),
            Life::Closed(closed) => Some(&mut closed.filing.report),
        }
    }

    /// What a dispatched case that is not closed is held by: its filing, its assignment, its holder.
    pub fn held(&self) -> Option<(&Filing, &Assignment, &Holder)> {
        match self {
            Life::Filed(filing, Phase::Held(assignment, holder)) => {
                Some((filing, assignment, holder))
            }
            Life::Unreported
            | Life::Registered(..)
            | Life::Validating(..)
            | Life::Declined(..)
            | Life::Filed(_, Phase::AwaitingDispatch(_))
            | Life::Closed(_) => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn held_mut(&mut self) -> Option<(&mut Filing, &mut Assignment, &mut Holder)> {
        match self {
            Life::Filed(filing, Phase::Held(assignment, holder)) => {
                Some((filing, assignment, holder))
            }
            Life::Unreported
            | Life::Registered(..)
            | Life::Validating(..)
            | Life::Declined(..)
            | Life::Filed(_, Phase::AwaitingDispatch(_))
            | Life::Closed(_) => None,
        }
    }

    /// The assignment of the unit that holds, or last held, the case.
    pub fn assignment(&self) -> Option<&Assignment> {
        match self {
            Life::Unreported
            | Life::Registered(..)
            | Life::Validating(..)
            | Life::Declined(..)
            | Life::Filed(_, Phase::AwaitingDispatch(_)) => None,
            Life::Filed(_, Phase::Held(assignment, _)) => Some(assignment),
            Life::Closed(closed) => Some(&closed.assignment),
        }
    }

    /// The unit that holds it.
    pub fn unit(&self) -> Option<&UnitId> {
        self.assignment().map(|assignment| &assignment.unit)
    }

    /// Since when, and why, the clock of the unit stands still; none while it runs, and where no unit has one.
    pub fn stands_still(&self) -> Option<StandsStill> {
        self.held().and_then(|(_, _, holder)| holder.stands_still())
    }

    /// The task on site, while there is one.
    pub fn task(&self) -> Option<&SiteTask> {
        match self {
            Life::Validating(_, task) => Some(task),
            Life::Filed(_, Phase::Held(_, holder)) => match holder {
                Holder::Collector { task, .. } => Some(task),
                Holder::Unit { .. } | Holder::Reviewer { .. } | Holder::DutyChief { .. } => None,
            },
            Life::Unreported
            | Life::Registered(..)
            | Life::Declined(..)
            | Life::Filed(_, Phase::AwaitingDispatch(_))
            | Life::Closed(_) => None,
        }
    }
}
