//! States: where a case can stand (the state table of article 12).

use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

use super::assignment::Assignment;
use super::clock::StageClock;
use super::{Closed, Declined, Filing, Intake, Pending, Report, SiteTask, Verifying};

/// Where a case stands (the state table of article 12).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Life {
    /// Nobody has reported anything.
    Unreported,
    /// Registered; the desk decides whether to file it (待立案, article 14).
    Registered(Box<Intake>),
    /// A collector looks whether it is so (核实中, article 14); the desk's clock stands still.
    Validating(Box<Intake>, Box<SiteTask>),
    /// Not filed (不予立案); the end.
    Declined(Box<Declined>),
    /// Filed; the dispatcher chooses a unit (待派遣, article 15).
    AwaitingDispatch(Box<Filing>, Box<StageClock>),
    /// With a unit that has not signed for it (待签收, article 16).
    Dispatched(Box<Filing>, Box<Assignment>, Box<StageClock>),
    /// The unit is at it (处置中, article 16).
    Handling(Box<Filing>, Box<Assignment>),
    /// The unit asks to give it back (退单审核); its clock stands still.
    Returning(Box<Filing>, Box<Assignment>, Box<Pending>),
    /// The unit has fed back; a collector looks whether it is so (核查中, article 17); the unit's clock stands still.
    Verifying(Box<Filing>, Box<Assignment>, Box<Verifying>),
    /// Verified; the duty chief compares and closes (待结案, article 18); the unit's clock stands still.
    AwaitingClosing(Box<Filing>, Box<Assignment>, Box<Pending>),
    /// Closed (结案); the end.
    Closed(Box<Closed>),
}

impl Life {
    /// Where it stands, as lists, tables and people name it.
    pub fn name(&self) -> &'static str {
        match self {
            Life::Unreported => "unreported",
            Life::Registered(..) => "registered",
            Life::Validating(..) => "validating",
            Life::Declined(..) => "declined",
            Life::AwaitingDispatch(..) => "awaiting-dispatch",
            Life::Dispatched(..) => "dispatched",
            Life::Handling(..) => "handling",
            Life::Returning(..) => "returning",
            Life::Verifying(..) => "verifying",
            Life::AwaitingClosing(..) => "awaiting-closing",
            Life::Closed(..) => "closed",
        }
    }

    /// The filing, once there is one.
    pub fn filing(&self) -> Option<&Filing> {
        match self {
            Life::Unreported | Life::Registered(..) | Life::Validating(..) | Life::Declined(..) => {
                None
            }
            Life::AwaitingDispatch(filing, _)
            | Life::Dispatched(filing, ..)
            | Life::Handling(filing, _)
            | Life::Returning(filing, ..)
            | Life::Verifying(filing, ..)
            | Life::AwaitingClosing(filing, ..) => Some(filing),
            Life::Closed(closed) => Some(&closed.filing),
        }
    }

    /// The report, once there is one.
    pub fn report(&self) -> Option<&Report> {
        if let Life::Registered(intake) | Life::Validating(intake, _) = self {
            return Some(&intake.report);
        }
        if let Life::Declined(declined) = self {
            return Some(&declined.report);
        }
        self.filing().map(|filing| &filing.report)
    }

    /// The assignment of the unit that holds, or last held, the case.
    pub fn assignment(&self) -> Option<&Assignment> {
        match self {
            Life::Unreported
            | Life::Registered(..)
            | Life::Validating(..)
            | Life::Declined(..)
            | Life::AwaitingDispatch(..) => None,
            Life::Dispatched(_, assignment, _)
            | Life::Handling(_, assignment)
            | Life::Returning(_, assignment, _)
            | Life::Verifying(_, assignment, _)
            | Life::AwaitingClosing(_, assignment, _) => Some(assignment),
            Life::Closed(closed) => Some(&closed.assignment),
        }
    }

    /// The unit that holds it.
    pub fn unit(&self) -> Option<&UnitId> {
        self.assignment().map(|assignment| &assignment.unit)
    }

    /// The task on site, while there is one.
    pub fn task(&self) -> Option<&SiteTask> {
        if let Life::Validating(_, task) = self {
            return Some(task);
        }
        if let Life::Verifying(_, _, verifying) = self {
            return Some(&verifying.task);
        }
        None
    }

    /// The filing, to be changed.
    pub(super) fn filing_mut(&mut self) -> Option<&mut Filing> {
        match self {
            Life::Unreported | Life::Registered(..) | Life::Validating(..) | Life::Declined(..) => {
                None
            }
            Life::AwaitingDispatch(filing, _)
            | Life::Dispatched(filing, ..)
            | Life::Handling(filing, _)
            | Life::Returning(filing, ..)
            | Life::Verifying(filing, ..)
            | Life::AwaitingClosing(filing, ..) => Some(filing),
            Life::Closed(closed) => Some(&mut closed.filing),
        }
    }

    /// The report, to be changed.
    pub(super) fn report_mut(&mut self) -> Option<&mut Report> {
        match self {
            Life::Registered(intake) | Life::Validating(intake, _) => Some(&mut intake.report),
            Life::Declined(declined) => Some(&mut declined.report),
            Life::Unreported
            | Life::AwaitingDispatch(..)
            | Life::Dispatched(..)
            | Life::Handling(..)
            | Life::Returning(..)
            | Life::Verifying(..)
            | Life::AwaitingClosing(..)
            | Life::Closed(_) => self.filing_mut().map(|filing| &mut filing.report),
        }
    }
}
