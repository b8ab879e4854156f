//! Returns: a unit asks to give a case back, the desk says what it thinks, and whoever decides decides; a dispatcher
//! recalls a slip of their own (退单, 撤回派遣; articles 15, 19 and 26).
//!
//! A case goes back soon after it was received, later by the duty chief's leave: the chief enters it for the unit. The
//! window is computed when it opens and carried in the event, so that other rules do not move it.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt};
use duban_rules::book::stages::{FormRule, Urgency, Window};
use duban_rules::deadline::due;

use super::closing::again_at_the_unit;
use super::handling::by_holder;
use super::{applying, corrupt, orders, out_of_order};
use crate::case::assignment::Assignment;
use crate::case::clock::Taken;
use crate::case::command::{Decision, Determination, Ground};
use crate::case::disputes::Binding;
use crate::case::event::StepDecided;
use crate::case::returns::{AskedReturn, Form, Lane};
use crate::case::{Command, Event, Filing, Holder, Phase, Refusal, State};
use crate::context::Context;
use crate::refusal::reason;
use crate::role::{Role, is_asker, role_of, unit_of};

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let at = asked.at;
    Ok(vec![match (state, command) {
        (
            State::Filed(filing, Phase::Held(held, Holder::Unit { .. })),
            Command::Return { reason: why, ground, form },
        ) if !filing.is_adopted() => {
            give_back((filing, held), (why, *ground, form.as_ref()), asked, cx)?
        }
        (State::Filed(filing, _), Command::AddForm { form }) => {
            let own = |one: &&AskedReturn| {
                one.form.is_lacking() && unit_of(asked) == Some(one.unit.as_str())
            };
            let asked = filing.returns.iter().rfind(own).ok_or(Refusal::NoFormAwaited)?;
            Event::FormAdded { at, no: asked.no, form: form.clone() }
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Unit { receipt: Some(_) })),
            Command::Recall { reason: why },
        ) if !filing.is_adopted() => {
            if !is_asker(&held.by, asked) {
                return Err(Refusal::NotYourDispatch);
            }
            if !filing.disputes.is_empty() {
                return Err(Refusal::Bound);
            }
            let (limit, calendar) = (cx.rules.stages.returns.recall, &cx.rules.calendar);
            let until: Timestamp = due(limit, held.dispatched.into(), calendar, &[]).into();
            if at > until {
                return Err(Refusal::TooLateToRecall { until });
            }
            let (unit, reason) = (held.unit.clone(), reason(why)?);
            let clock = filing.clock(&cx.rules.stages.dispatch, at, cx);
            Event::Recalled { at, unit, reason, clock }
        }
        (
            State::Filed(_, Phase::Held(_, Holder::Reviewer { opinion, .. })),
            Command::GiveOpinion { opinion: now, reason: why },
        ) => {
            if opinion.is_some() {
                return Err(Refusal::OpinionGiven);
            }
            Event::OpinionGiven { at, opinion: *now, reason: reason(why)?, lane: Lane::Return }
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Reviewer { since, opinion, .. })),
            Command::DecideReturn { decision, reason: why },
        ) => {
            if opinion.is_none() && wants_opinion(filing) {
                return Err(Refusal::OpinionMissing);
            }
            let reason = reason(why)?;
            match decision {
                Decision::Accept => {
                    let clock = filing.clock(&cx.rules.stages.dispatch, at, cx);
                    Event::ReturnAccepted { at, reason, clock }
                }
                Decision::Refuse => {
                    let pause = filing.stopped_by_return(*since, at);
                    let calendar = &cx.rules.calendar;
                    let resumed = held.resumed(filing.limit, &filing.ladder, pause, calendar);
                    Event::ReturnRefused { at, reason, resumed }
                }
            }
        }

        _ => return Err(out_of_order(state)),
    }])
}

/// The unit asks to give it back: soon after its receipt, once on each ground, with the form where that is there.
fn give_back(
    (filing, held): (&Filing, &Assignment),
    (why, ground, form): (&str, Ground, Option<&CompactString>),
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    let at = asked.at;
    by_holder(held, asked)?;
    if filing.is_bound() {
        return Err(Refusal::Bound);
    }
    applying::keeps_it(held)?;
    // A finding that was made without the unit is answered for longer than a dispatch.
    let until = held.return_until.map(|until| filing.answer_until().unwrap_or(until).max(until));
    if let Some(until) = late(until, asked) {
        return Err(Refusal::TooLateToReturn { until });
    }
    let said = |before: &AskedReturn| {
        let of_this = (before.lane, before.ground) == (Lane::Return, Some(ground));
        of_this && before.unit == held.unit
    };
    if filing.returns.iter().any(said) {
        return Err(Refusal::ReturnedOnThisGround);
    }
    let form_due = form_due(filing, (ground, form), at, cx)?;
    let (reason, ground, form) = (reason(why)?, Some(ground), form.cloned());
    let clock = filing.clock(&cx.rules.stages.return_review, at, cx);
    Ok(Event::ReturnAsked { at, reason, ground, form, form_due, clock })
}

/// Until when a case that is received at `at`, or whose receipt is due then, may be given back and disputed (article 19).
pub(super) fn windows(
    filing: &Filing,
    at: Timestamp,
    cx: &Context,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let stages = &cx.rules.stages;
    let until = |window: Window| {
        let within = window.of(filing.urgency());
        filing.limit.map(|_| due(within, at.into(), &cx.rules.calendar, &[]).into())
    };
    (until(stages.returns.window), until(stages.disputes.window))
}

/// Until when the unit might have asked, if it is too late; never where the duty chief enters it and so gives leave.
pub(super) fn late(until: Option<Timestamp>, asked: &Asked) -> Option<Timestamp> {
    until.filter(|until| asked.at > *until && role_of(asked) != Some(Role::DutyChief))
}

/// Until when a form may follow that is not there: with urgent cases and outside office hours, when nobody is there to
/// sign it. A slip of the dispatcher's needs none.
pub(super) fn form_due(
    filing: &Filing,
    (ground, form): (Ground, Option<&CompactString>),
    at: Timestamp,
    cx: &Context,
) -> Result<Option<Timestamp>, Refusal> {
    if ground == Ground::Slip { Ok(None) } else { form_follows(filing, form, at, cx) }
}

/// The same of what is no slip.
pub(super) fn form_follows(
    filing: &Filing,
    form: Option<&CompactString>,
    at: Timestamp,
    cx: &Context,
) -> Result<Option<Timestamp>, Refusal> {
    if form.is_some() {
        return Ok(None);
    }
    let calendar = &cx.rules.calendar;
    if filing.urgency() == Urgency::Urgent || !calendar.is_open(at.into()) {
        return Ok(Some(calendar.noon_of_next_working_day(at.into()).into()));
    }
    match cx.rules.stages.returns.form {
        FormRule::Required => Err(Refusal::FormMissing),
        FormRule::Asked => Ok(None),
    }
}

/// Whether the desk has its say first: not where it confirms a slip of its own, nor where nobody waits (article 20).
fn wants_opinion(filing: &Filing) -> bool {
    let ground = filing.returns.last().and_then(|asked| asked.ground);
    filing.urgency() == Urgency::Ordinary && ground.is_some_and(|ground| ground != Ground::Slip)
}

pub(super) fn evolve(state: State, event: &Event) -> Result<State, Corrupt> {
    match (state, event) {
        (
            State::Filed(mut filing, Phase::Held(held, Holder::Unit { receipt })),
            Event::ReturnAsked { at, ground, form, form_due, clock, .. },
        ) => {
            let held = held.read_by_asking(receipt, &filing.ladder, *at);
            let form = form_of(*ground, form.as_ref(), *form_due);
            filing.asked_back(&held, Lane::Return, *ground, form);
            filing.bind(|binding| matches!(binding, Binding::At(_)), &Binding::Answered);
            let (since, clock) = (*at, Box::new(clock.clone()));
            let reviewer = Holder::Reviewer { since, clock, opinion: None };
            Ok(State::held_by(filing, held, reviewer))
        }
        (State::Filed(mut filing, phase), Event::FormAdded { no, form, .. }) => {
            let asked = filing.asked_return_mut(*no);
            match asked {
                Some(asked) => {
                    asked.form = Form::Given(form.clone());
                    Ok(State::Filed(filing, phase))
                }
                None => Err(corrupt(&State::Filed(filing, phase), event)),
            }
        }
        (
            State::Filed(mut filing, Phase::Held(_, Holder::Unit { receipt: Some(_) })),
            Event::Recalled { at, clock, .. },
        ) => {
            orders::settled(&mut filing, *at);
            Ok(State::Filed(filing, Phase::AwaitingDispatch(Box::new(clock.clone()))))
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Reviewer { since, clock, .. })),
            &Event::OpinionGiven { opinion, .. },
        ) => {
            let reviewer = Holder::Reviewer { since, clock, opinion: Some(opinion) };
            Ok(State::held_by(filing, held, reviewer))
        }
        (
            State::Filed(mut filing, Phase::Held(held, Holder::Reviewer { since, .. })),
            Event::ReturnAccepted { at, clock, .. },
        ) => {
            orders::settled(&mut filing, *at);
            filing.given_back(*held, since);
            Ok(State::Filed(filing, Phase::AwaitingDispatch(Box::new(clock.clone()))))
        }
        (
            State::Filed(mut filing, Phase::Held(held, Holder::Reviewer { .. })),
            Event::ReturnRefused { resumed, .. },
        ) => {
            filing.bind(|binding| *binding == Binding::Answered, &Binding::Bound);
            again_at_the_unit(filing, *held, resumed, event)
        }

        (state, event) => Err(corrupt(&state, event)),
    }
}

/// Where the form of a request stands.
pub(super) fn form_of(
    ground: Option<Ground>,
    form: Option<&CompactString>,
    due: Option<Timestamp>,
) -> Form {
    match (ground, form, due) {
        (None | Some(Ground::Slip), None, None) => Form::NotNeeded,
        (_, form, due) => Form::wanted(form, due),
    }
}

/// Whether what a unit asked came to nothing by `event`: then nobody waits for its form any more.
pub(super) fn came_to_nothing(event: &Event) -> Option<Lane> {
    if let Event::ReturnRefused { .. } = event {
        Some(Lane::Return)
    } else if let Event::ApplicationRefused { .. } | Event::TakenBack { outcome: None, .. } = event
    {
        Some(Lane::Application)
    } else if let Event::TakenBack { outcome: Some(_), .. } = event {
        Some(Lane::Dispute)
    } else if let Event::Determined(found) = event {
        (found.finding == Determination::Stays).then_some(Lane::Dispute)
    } else {
        None
    }
}

/// Takes in that a form which might follow did not.
pub(super) fn take(state: &mut State, step: &StepDecided) -> Taken {
    let asked = state.filing_mut().and_then(|filing| filing.asked_return_mut(step.revision));
    match asked {
        Some(asked) if asked.ahead().is_some_and(|ahead| ahead.due == step.due) => {
            asked.form = Form::Missing;
            Taken::Yes
        }
        // Releases before waited for the form of what had come to nothing, too.
        Some(AskedReturn { form: Form::NotNeeded, .. }) => Taken::Yes,
        Some(_) | None => Taken::No,
    }
}
