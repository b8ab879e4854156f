//! Disputes: the first unit that got a case says that it is not its own, and duty chief or head finds whose it is
//! (责任认定, article 19).
//!
//! The applicant holds the case until something is found. Its clock stands still meanwhile, and an urgent case's runs on
//! (article 20). A dispute without reason wins no time: what it took is charged back, up to the instant at which the
//! finding was due; what lies behind that was the centre's delay and is credited. A dispute that is given up, by asking or
//! by feeding back, counts as one without reason.

use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt};
use duban_rules::book::stages::Urgency;
use duban_rules::deadline::due;

use super::closing::again_at_the_unit;
use super::handling::by_holder;
use super::{applying, calling, corrupt, helping, meeting, orders, out_of_order, returning};
use crate::case::application::Before;
use crate::case::assignment::Assignment;
use crate::case::clock::{Span, Taken};
use crate::case::command::{Determination, Ground};
use crate::case::disputes::{Binding, Committee, Determined, Dispute};
use crate::case::event::{ByCommittee, DeterminedEvent, DisputeOutcome, Disputed, StepDecided};
use crate::case::returns::Lane;
use crate::case::{Command, Event, Filing, Holder, Phase, Refusal, State};
use crate::context::Context;
use crate::refusal::reason;

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    match (state, command) {
        (State::Filed(filing, Phase::Held(held, Holder::Unit { .. })), Command::Dispute { .. })
            if !filing.is_adopted() =>
        {
            Ok(vec![dispute(filing, held, command, asked, cx)?])
        }
        (
            State::Filed(_, Phase::Held(held, Holder::Collector { .. } | Holder::DutyChief { .. })),
            Command::Dispute { .. },
        ) => {
            by_holder(held, asked)?;
            Err(Refusal::AfterFeedback)
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Disputed { since, dispute })),
            Command::Determine { finding, reason },
        ) => {
            if let Some(meeting) = dispute.committee.meeting() {
                return Err(Refusal::BeforeCommittee { meeting: meeting.clone() });
            }
            let found = Found { finding, reason, committee: None };
            determine((filing, held), (*since, dispute), found, asked, cx)
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Disputed { since, dispute })),
            Command::TakeBack { reason: why },
        ) => {
            by_holder(held, asked)?;
            Ok(vec![taken_back((filing, held), (*since, dispute), asked.at, reason(why)?, cx)])
        }

        // Whoever has the case, its unit waits for no answer.
        (State::Filed(_, Phase::Held(held, _)), Command::TakeBack { .. }) => {
            by_holder(held, asked)?;
            Err(Refusal::NothingApplied)
        }

        _ => Err(out_of_order(state)),
    }
}

fn dispute(
    filing: &Filing,
    held: &Assignment,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    let Command::Dispute { ground, reason: why, proposes, form } = command else {
        return Err(Refusal::NotTheFirstReceiver);
    };
    let at = asked.at;
    by_holder(held, asked)?;
    may_dispute(filing, held, *ground, asked)?;
    applying::keeps_it(held)?;
    if let Some(unit) = proposes.as_ref().filter(|unit| cx.rules.units.get(unit).is_none()) {
        return Err(Refusal::UnknownUnit { unit: unit.clone() });
    }
    if proposes.as_ref() == Some(&held.unit) {
        return Err(Refusal::AlreadyWithUnit { unit: held.unit.clone() });
    }
    let form_due = returning::form_due(filing, (*ground, form.as_ref()), at, cx)?;
    Ok(Event::Disputed(Box::new(Disputed {
        at,
        ground: *ground,
        reason: reason(why)?,
        proposes: proposes.clone(),
        form: form.clone(),
        form_due,
        clock: filing.clock(&cx.rules.stages.dispute, at, cx),
    })))
}

/// The first receiver alone, before it has fed back, in time or by the duty chief's leave, once on each ground, and not
/// once something was found.
fn may_dispute(
    filing: &Filing,
    held: &Assignment,
    ground: Ground,
    asked: &Asked,
) -> Result<(), Refusal> {
    if ground == Ground::Slip {
        return Err(Refusal::SlipIsReturned);
    }
    if filing.disputes.iter().any(|before| before.unit == held.unit && before.ground == ground) {
        return Err(Refusal::GroundDetermined);
    }
    if filing.is_bound() {
        return Err(Refusal::Bound);
    }
    if !(filing.returned.is_empty() && filing.disputes.is_empty()) {
        return Err(Refusal::NotTheFirstReceiver);
    }
    if filing.reworks > 0 {
        return Err(Refusal::AfterFeedback);
    }
    match returning::late(held.dispute_until, asked) {
        Some(until) => Err(Refusal::TooLateToDispute { until }),
        None => Ok(()),
    }
}

/// What is found, and by whom beside whoever enters it.
pub(super) struct Found<'a> {
    pub(super) finding: &'a Determination,
    pub(super) reason: &'a str,
    pub(super) committee: Option<ByCommittee>,
}

pub(super) fn determine(
    (filing, held): (&Filing, &Assignment),
    (since, dispute): (Timestamp, &Dispute),
    Found { finding, reason: why, committee }: Found<'_>,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let (at, reason) = (asked.at, reason(why)?);
    let (mut follows, mut binds_at) = (None, None);
    let (holder, helpers) = (&held.unit, finding.helpers());
    // What the committee decides stands, as it was when it met.
    if committee.is_none() {
        helping::fit(finding, cx)?;
    }
    let outcome = match (finding, finding.moves_from(holder)) {
        (_, Some(unit)) if unit == holder => {
            return Err(Refusal::AlreadyWithUnit { unit: unit.clone() });
        }
        (_, Some(unit)) => {
            let binding = cx.rules.stages.disputes.binding;
            let answered_by = || due(binding, at.into(), &cx.rules.calendar, &[]).into();
            // The committee has heard whom it would; its decision binds at once.
            binds_at = (committee.is_none() && dispute.was_unheard(unit)).then(answered_by);
            let dispatched = calling::choose(filing, (unit, None, Some(&reason)), asked, cx);
            // The desk sees to a unit that cannot be dispatched to when the committee has decided.
            follows = match committee {
                None => Some(dispatched?),
                Some(_) => dispatched.ok(),
            };
            DisputeOutcome::Leaves { clock: filing.clock(&cx.rules.stages.dispatch, at, cx) }
        }
        (Determination::Stays, None) => {
            unfounded((filing, held), (since, dispute.found_by), at, cx)
        }
        // There was reason to ask where others are to help.
        (_, None) => {
            let credited = Span { from: since, until: at };
            goes_on((filing, held), Span { from: at, until: at }, credited, cx)
        }
    };
    let help = helping::ask(filing, (helpers, why), asked, cx);
    let (finding, by) = (finding.clone(), asked.by.clone());
    let meeting_off = meeting::off((since, dispute), at);
    let found =
        DeterminedEvent { at, finding, reason, by, binds_at, committee, meeting_off, outcome };
    Ok([Event::Determined(Box::new(found))].into_iter().chain(follows).chain(help).collect())
}

/// How the applicant goes on whose dispute had no reason: it wins no time, and loses none by the centre's delay.
fn unfounded(
    of: (&Filing, &Assignment),
    (since, finding_due): (Timestamp, Timestamp),
    at: Timestamp,
    cx: &Context,
) -> DisputeOutcome {
    let from = finding_due.max(since).min(at);
    goes_on(of, Span { from: since, until: from }, Span { from, until: at }, cx)
}

/// Whether it stands still: an urgent case's clock ran on, so that there is nothing to charge or to credit.
fn goes_on(
    (filing, held): (&Filing, &Assignment),
    charged: Span,
    credited: Span,
    cx: &Context,
) -> DisputeOutcome {
    let (charged, credited) = match filing.urgency() {
        Urgency::Ordinary => (charged, credited),
        Urgency::Urgent => {
            let none = Span { from: credited.until, until: credited.until };
            (none, none)
        }
    };
    let calendar = &cx.rules.calendar;
    DisputeOutcome::GoesOn {
        charged_back: Some(charged).filter(|span| span.from < span.until),
        resumed: held.resumed(filing.limit, &filing.ladder, credited, calendar),
    }
}

/// What a unit gives up that feeds back while its dispute is open: whoever does the work has stopped asking whose it is.
pub(super) fn given_up(state: &State, at: Timestamp, cx: &Context) -> Option<Event> {
    let State::Filed(filing, Phase::Held(held, Holder::Disputed { since, dispute })) = state else {
        return None;
    };
    Some(taken_back((filing, held), (*since, dispute), at, String::new(), cx))
}

fn taken_back(
    stretch: (&Filing, &Assignment),
    (since, dispute): (Timestamp, &Dispute),
    at: Timestamp,
    reason: String,
    cx: &Context,
) -> Event {
    let outcome = Some(unfounded(stretch, (since, dispute.found_by), at, cx));
    let meeting_off = meeting::off((since, dispute), at);
    let before = Before::Centre;
    Event::TakenBack { at, reason, outcome, meeting_off, wish: None, carrier: None, before }
}

pub(super) fn evolve(state: State, event: &Event) -> Result<State, Corrupt> {
    match (state, event) {
        (
            State::Filed(mut filing, Phase::Held(held, Holder::Unit { receipt })),
            Event::Disputed(asked),
        ) => {
            let held = held.read_by_asking(receipt, &filing.ladder, asked.at);
            let form = returning::form_of(Some(asked.ground), asked.form.as_ref(), asked.form_due);
            filing.asked_back(&held, Lane::Dispute, Some(asked.ground), form);
            let dispute = Dispute {
                clock: asked.clock.clone(),
                ground: asked.ground,
                proposes: asked.proposes.clone(),
                meeting: None,
                found_by: asked.clock.due,
                committee: Committee::NotAsked,
            };
            let disputed = Holder::Disputed { since: asked.at, dispute: Box::new(dispute) };
            Ok(State::held_by(filing, held, disputed))
        }
        (
            State::Filed(mut filing, Phase::Held(held, Holder::Disputed { since, dispute })),
            Event::Determined(found),
        ) => {
            filing.determined(Determined {
                assignment: held.no,
                unit: held.unit.clone(),
                ground: dispute.ground,
                finding: found.finding.clone(),
                by: found.by.clone(),
                asked: since,
                at: found.at,
                binding: Binding::of(found.binds_at),
            });
            ended((filing, held), &found.outcome, found.at, event)
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Disputed { .. })),
            Event::TakenBack { at, outcome: Some(outcome), .. },
        ) => ended((filing, held), outcome, *at, event),

        (state, event) => Err(corrupt(&state, event)),
    }
}

fn ended(
    (mut filing, mut held): (Box<Filing>, Box<Assignment>),
    outcome: &DisputeOutcome,
    at: Timestamp,
    event: &Event,
) -> Result<State, Corrupt> {
    match outcome {
        DisputeOutcome::GoesOn { charged_back, resumed } => {
            if let Some(span) = charged_back {
                held.charge_back(*span);
            }
            again_at_the_unit(filing, *held, resumed, event)
        }
        DisputeOutcome::Leaves { clock } => {
            orders::settled(&mut filing, at);
            Ok(State::Filed(filing, Phase::AwaitingDispatch(Box::new(clock.clone()))))
        }
    }
}

/// Takes in that a unit which stayed away has not answered in time.
pub(super) fn take(state: &mut State, step: &StepDecided) -> Taken {
    let is_now = |binding: &Binding| matches!(binding, Binding::At(ahead) if ahead.due == step.due);
    state.filing_mut().map_or(Taken::No, |filing| filing.bind(is_now, &Binding::Bound))
}
