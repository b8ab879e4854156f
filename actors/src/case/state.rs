//! States: where a case can stand (the state table of article 12).

use duban_core::clock::Timestamp;
use duban_rules::book::stages::Urgency;
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::application::Pending;
use super::assignment::Assignment;
use super::calls::ToCall;
use super::deferral::Deferral;
use super::disputes::Dispute;
use super::holder::{Holder, Phase, StandsStill};
use super::{Closed, Declined, Filing, Intake, Report, SiteTask, Withdrawn};

/// Where a case stands (the state table of article 12).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum State {
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
    /// Withdrawn, because it is not as reported (撤案, article 21); the end. It counts for nobody.
    Withdrawn(Box<Withdrawn>),
}

impl State {
    /// A case of this filing that `holder` has in hand.
    pub(super) fn held_by(
        filing: Box<Filing>,
        assignment: Box<Assignment>,
        holder: Holder,
    ) -> State {
        State::Filed(filing, Phase::Held(assignment, holder))
    }

    /// Where it stands, as lists, tables and people name it.
    pub fn name(&self) -> &'static str {
        match self {
            State::Filed(_, phase) => phase.name(),
            State::Unreported
            | State::Registered(..)
            | State::Validating(..)
            | State::Declined(..)
            | State::Closed(..)
            | State::Withdrawn(..) => self.into(),
        }
    }

    /// The filing, once there is one.
    pub fn filing(&self) -> Option<&Filing> {
        match self {
            State::Unreported
            | State::Registered(..)
            | State::Validating(..)
            | State::Declined(..) => None,
            State::Filed(filing, _) => Some(filing),
            State::Closed(closed) => Some(&closed.filing),
            State::Withdrawn(withdrawn) => Some(&withdrawn.filing),
        }
    }

    /// The filing, to be changed.
    pub(super) fn filing_mut(&mut self) -> Option<&mut Filing> {
        match self {
            State::Unreported
            | State::Registered(..)
            | State::Validating(..)
            | State::Declined(..) => None,
            State::Filed(filing, _) => Some(filing),
            State::Closed(closed) => Some(&mut closed.filing),
            State::Withdrawn(withdrawn) => Some(&mut withdrawn.filing),
        }
    }

    /// By which of a stage's limits it goes: as it was called when it was registered, and then as it was filed.
    pub(super) fn urgency(&self) -> Option<Urgency> {
        match self {
            State::Registered(intake) | State::Validating(intake, _) => Some(intake.urgency),
            State::Unreported
            | State::Declined(_)
            | State::Filed(..)
            | State::Closed(_)
            | State::Withdrawn(_) => self.filing().map(Filing::urgency),
        }
    }

    /// The report, once there is one.
    pub fn report(&self) -> Option<&Report> {
        match self {
            State::Unreported => None,
            State::Registered(intake) | State::Validating(intake, _) => Some(&intake.report),
            State::Declined(declined) => Some(&declined.report),
            State::Filed(filing, _) => Some(&filing.report),
            State::Closed(closed) => Some(&closed.filing.report),
            State::Withdrawn(withdrawn) => Some(&withdrawn.filing.report),
        }
    }

    /// The report, to be changed.
    pub(super) fn report_mut(&mut self) -> Option<&mut Report> {
        match self {
            State::Unreported => None,
            State::Registered(intake) | State::Validating(intake, _) => Some(&mut intake.report),
            State::Declined(declined) => Some(&mut declined.report),
            State::Filed(filing, _) => Some(&mut filing.report),
            State::Closed(closed) => Some(&mut closed.filing.report),
            State::Withdrawn(withdrawn) => Some(&mut withdrawn.filing.report),
        }
    }

    /// What a dispatched case that is not closed is held by: its filing, its assignment, its holder.
    pub fn held(&self) -> Option<(&Filing, &Assignment, &Holder)> {
        match self {
            State::Filed(filing, Phase::Held(assignment, holder)) => {
                Some((filing, assignment, holder))
            }
            State::Unreported
            | State::Registered(..)
            | State::Validating(..)
            | State::Declined(..)
            | State::Filed(_, Phase::AwaitingDispatch(_))
            | State::Closed(_)
            | State::Withdrawn(_) => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn held_mut(&mut self) -> Option<(&mut Filing, &mut Assignment, &mut Holder)> {
        match self {
            State::Filed(filing, Phase::Held(assignment, holder)) => {
                Some((filing, assignment, holder))
            }
            State::Unreported
            | State::Registered(..)
            | State::Validating(..)
            | State::Declined(..)
            | State::Filed(_, Phase::AwaitingDispatch(_))
            | State::Closed(_)
            | State::Withdrawn(_) => None,
        }
    }

    /// The assignment of the unit that holds, or last held, the case.
    pub fn assignment(&self) -> Option<&Assignment> {
        match self {
            State::Unreported
            | State::Registered(..)
            | State::Validating(..)
            | State::Declined(..)
            | State::Filed(_, Phase::AwaitingDispatch(_))
            | State::Withdrawn(_) => None,
            State::Filed(_, Phase::Held(assignment, _)) => Some(assignment),
            State::Closed(closed) => Some(&closed.assignment),
        }
    }

    /// The unit that holds it.
    pub fn unit(&self) -> Option<&UnitId> {
        self.assignment().map(|assignment| &assignment.unit)
    }

    /// Since when, and why, the clock of the unit stands still; none while it runs, and where no unit has one.
    pub fn stands_still(&self) -> Option<StandsStill> {
        self.held().and_then(|(filing, _, holder)| holder.stands_still(filing.urgency()))
    }

    /// The dispute under way, and since when (article 19).
    pub fn dispute(&self) -> Option<(Timestamp, &Dispute)> {
        let (_, _, Holder::Disputed { since, dispute }) = self.held()? else { return None };
        Some((*since, dispute))
    }

    /// The call by which a unit on the telephone is to hear of it, while nobody has answered (article 7).
    pub fn call(&self) -> Option<&ToCall> {
        self.filing()?.call.as_deref()
    }

    /// What the unit has applied for and waits for (articles 21 and 27).
    pub fn pending(&self) -> Option<&Pending> {
        self.held()?.1.application.pending()
    }

    /// The same, to be changed.
    pub(super) fn pending_mut(&mut self) -> Option<&mut Pending> {
        self.held_mut()?.1.application.pending_mut()
    }

    /// The deferral under way; none where the case does not wait (article 27).
    pub fn deferral(&self) -> Option<(Timestamp, &Deferral)> {
        let (_, _, Holder::Deferred { since, deferral }) = self.held()? else { return None };
        Some((*since, deferral))
    }

    /// The task of whoever is sent to look whether it is so after all, while there is one.
    pub(super) fn recheck(&self) -> Option<&SiteTask> {
        self.pending()?.task()
    }

    /// The task on site, while there is one: of the stage at which it stands, or of an application.
    pub fn task(&self) -> Option<&SiteTask> {
        match self {
            State::Validating(_, task) => Some(task),
            State::Filed(_, Phase::Held(held, holder)) => match holder {
                Holder::Collector { task, .. } => Some(task),
                Holder::Unit { .. }
                | Holder::Reviewer { .. }
                | Holder::Disputed { .. }
                | Holder::Deferred { .. }
                | Holder::DutyChief { .. } => held.application.pending()?.task(),
            },
            State::Unreported
            | State::Registered(..)
            | State::Declined(..)
            | State::Filed(_, Phase::AwaitingDispatch(_))
            | State::Closed(_)
            | State::Withdrawn(_) => None,
        }
    }
}
