//! Instants of events: when what an event says happened.

use duban_core::clock::Timestamp;

use super::Event;

impl Event {
    /// When it happened; none of what moves nothing of the case itself.
    pub fn at(&self) -> Option<Timestamp> {
        Some(match self {
            Event::Registered(registered) => registered.at,
            Event::ValidationOrdered(task) => task.at,
            Event::Validated(validated) => validated.at,
            Event::Filed(filed) => filed.at,
            Event::CallWanted(wanted) => wanted.at,
            Event::Called(called) => called.at,
            Event::Dispatched(dispatched) => dispatched.at,
            Event::FeedbackGiven(given) => given.task.at,
            Event::Verified(verified) => verified.at,
            Event::Disputed(disputed) => disputed.at,
            Event::SiteMeetingCalled(called) => called.at,
            Event::SiteMeetingHeld(held) => held.at,
            Event::Determined(determined) => determined.at,
            Event::Referred(referred) => referred.at,
            Event::HelpAsked(asked) => asked.at,
            Event::HelpGiven(given) => given.at,
            Event::Applied(applied) => applied.at,
            Event::QuotaReserved(answered) | Event::QuotaRefused(answered) => answered.at,
            Event::Extended(extended) => extended.at,
            Event::ConsentWanted(wanted) => wanted.at,
            Event::Deferred(deferred) => deferred.at,
            Event::Resumed(resumed) => resumed.at,
            Event::Withdrawn(withdrawn) => withdrawn.at,
            Event::OrderIssued(issued) => issued.at,
            Event::StepDecided(step) => step.at,
            Event::Recalculated(anew) => anew.at,
            Event::Closed(closed) => closed.at,
            Event::Adopted(adopted) => adopted.opened,
            Event::Concluded { finish, .. } => *finish,
            Event::Declined { at, .. }
            | Event::Received { at, .. }
            | Event::Arrived { at, .. }
            | Event::Started { at }
            | Event::Reworked { at, .. }
            | Event::ReturnAsked { at, .. }
            | Event::FormAdded { at, .. }
            | Event::Attached { at, .. }
            | Event::OpinionGiven { at, .. }
            | Event::Recalled { at, .. }
            | Event::ReturnAccepted { at, .. }
            | Event::ReturnRefused { at, .. }
            | Event::TakenBack { at, .. }
            | Event::CommitteeSpared { at, .. }
            | Event::CommitteeCalledOff { at, .. }
            | Event::CommitteeLate { at, .. }
            | Event::HelpWaived { at, .. }
            | Event::ApplicationRefused { at, .. }
            | Event::OrderRaised { at, .. }
            | Event::OrderReplied { at, .. }
            | Event::ReporterErased { at, .. } => *at,
            Event::Numbered { .. } | Event::TaskReassigned { .. } | Event::GivenBackLate { .. } => {
                return None;
            }
        })
    }
}
