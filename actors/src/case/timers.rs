//! Timers of a case: the steps ahead on every clock that runs (articles 13–18 and 3).
//!
//! Who holds the case decides whose clock runs: while the unit's stands still ([`Holder::stands_still`]), its steps are no
//! timers. A case that is closed or withdrawn wants none.

use compact_str::CompactString;
use duban_core::entity::{Timer, Timers};

use super::clock::{Ahead, ClockName, StageClock};
use super::disputes::{Committee, Dispute};
use super::{Case, Holder, Phase, State};

/// Every timer wanted in this state.
pub fn timers(case: &Case) -> Timers {
    let mut timers = Vec::new();
    each(&case.state, |ahead| {
        timers.push(Timer { name: ahead.timer(), due: ahead.due, reason: reason(ahead.clock) });
    });
    Timers(timers)
}

/// Visits every step ahead on a clock that runs.
pub(crate) fn each<'a>(state: &'a State, mut visit: impl FnMut(Ahead<'a>)) {
    if let Some((clock, revision, running)) = stage(state) {
        let assignment = state.assignment().map_or(0, |assignment| assignment.no);
        running.ahead(clock, assignment, revision).for_each(&mut visit);
    }
    if let State::Filed(filing, _) = state {
        filing.returns.iter().filter_map(super::returns::AskedReturn::ahead).for_each(&mut visit);
        filing.disputes.iter().filter_map(super::disputes::Determined::ahead).for_each(&mut visit);
        filing.help.iter().flat_map(super::help::Help::ahead).for_each(&mut visit);
    }
    if let State::Filed(filing, Phase::AwaitingDispatch(_)) = state {
        let next = filing.assignments.saturating_add(1);
        filing.call.iter().flat_map(|call| call.ahead(next)).for_each(&mut visit);
    }
    let Some((filing, assignment, holder)) = state.held() else { return };
    if holder.stands_still(filing.urgency()).is_none() {
        assignment.ahead(&filing.ladder).for_each(&mut visit);
    }
    if let Some(pending) = assignment.application.pending() {
        pending.ahead(assignment.no).for_each(&mut visit);
    }
    filing.orders.iter().flat_map(super::supervision::Order::ahead).for_each(visit);
}

/// The clock of the stage at which the case stands, and its revision.
pub(crate) fn stage(state: &State) -> Option<(ClockName, u16, &StageClock)> {
    match state {
        State::Registered(intake) => Some((ClockName::Intake, 0, &intake.clock)),
        State::Validating(_, task) => Some((ClockName::Validation, task.no, &task.clock)),
        State::Filed(filing, Phase::AwaitingDispatch(clock)) => {
            Some((ClockName::Dispatch, filing.assignments, clock))
        }
        State::Filed(_, Phase::Held(assignment, holder)) => match holder {
            Holder::Unit { receipt } => {
                receipt.as_deref().map(|clock| (ClockName::Receipt, 0, clock))
            }
            Holder::Reviewer { clock, .. } => {
                Some((ClockName::ReturnReview, stood(assignment), clock))
            }
            Holder::Disputed { dispute, .. } => {
                Some((ClockName::Dispute, set(dispute) + stood(assignment), &dispute.clock))
            }
            Holder::Deferred { deferral, .. } => {
                Some((ClockName::Deferral, deferral.no, &deferral.review))
            }
            Holder::Collector { task, .. } => Some((ClockName::Verification, task.no, &task.clock)),
            Holder::DutyChief { closing, .. } => {
                Some((ClockName::Closing, stood(assignment), &closing.clock))
            }
        },
        State::Unreported | State::Declined(_) | State::Withdrawn(_) | State::Closed(_) => None,
    }
}

/// The same, to take a decided step out of.
pub(crate) fn stage_mut(state: &mut State) -> Option<&mut StageClock> {
    match state {
        State::Registered(intake) => Some(&mut intake.clock),
        State::Validating(_, task) => Some(&mut task.clock),
        State::Filed(_, Phase::AwaitingDispatch(clock)) => Some(clock),
        State::Filed(_, Phase::Held(_, holder)) => match holder {
            Holder::Unit { receipt } => receipt.as_deref_mut(),
            Holder::Reviewer { clock, .. } => Some(clock),
            Holder::DutyChief { closing, .. } => Some(&mut closing.clock),
            Holder::Disputed { dispute, .. } => Some(&mut dispute.clock),
            Holder::Deferred { deferral, .. } => Some(&mut deferral.review),
            Holder::Collector { task, .. } => Some(&mut task.clock),
        },
        State::Unreported | State::Declined(_) | State::Withdrawn(_) | State::Closed(_) => None,
    }
}

/// How often the unit's clock stood still before: what tells one review from the next.
fn stood(assignment: &super::assignment::Assignment) -> u16 {
    u16::try_from(assignment.pauses.len()).map_or(SET_ANEW - 1, |n| n.min(SET_ANEW - 1))
}

/// What is added for the clock of a dispute that was set anew, because its meeting was called off: its steps are others.
const SET_ANEW: u16 = 10_000;

fn set(dispute: &Dispute) -> u16 {
    match dispute.committee {
        Committee::NotAsked | Committee::Asked { .. } => 0,
        Committee::CalledOff => SET_ANEW,
    }
}

/// Whether a record names the clock of this revision: earlier ones named that which was set anew like the one before.
pub(crate) fn is_of(recorded: u16, revision: u16) -> bool {
    recorded == revision || recorded.checked_add(SET_ANEW) == Some(revision)
}

fn reason(clock: ClockName) -> CompactString {
    CompactString::const_new(match clock {
        ClockName::Intake => "立案时限(第十四条)",
        ClockName::Validation => "核实时限(第十四条)",
        ClockName::Dispatch => "派遣时限(第十五条)",
        ClockName::Receipt => "签收时限(第十六条)",
        ClockName::Handling => "处置时限(第十六条)",
        ClockName::ReturnReview => "退单审核时限(第十五条)",
        ClockName::Verification => "核查时限(第十七条)",
        ClockName::Closing => "结案时限(第十八条)",
        ClockName::Reply => "督办单答复时限(第三条)",
        ClockName::Dispute => "责任认定时限(第十九条)",
        ClockName::Form => "签章单补交时限(第二十一条)",
        ClockName::Binding => "责任认定生效(第十九条)",
        ClockName::Application => "申请审核时限(第二十七条)",
        ClockName::Help => "协办时限(第十九条)",
        ClockName::Call => "电话派遣时限(第七条)",
        ClockName::Recheck => "复核时限(第二十一条)",
        ClockName::Consent => "缓办签批时限(第二十七条)",
        ClockName::Deferral => "缓办复核(第二十七条)",
    })
}
