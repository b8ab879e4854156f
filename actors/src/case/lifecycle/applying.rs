//! Applications: a unit asks for more time or says that it is not so, the desk says what it thinks, and chief or head
//! decides (延期, 案情不符, 缓办; articles 21 and 27).
//!
//! The case stays with whoever has it and every clock runs on. What is granted works back to the asking: the due instant
//! is the one that limit and extensions give together, and what was said by the old one is taken back as far as the new
//! one is not reached. So it may be decided after the due instant, and after the feedback. The unit's quota of the month
//! gives each application a place, or none; then the centre's head alone grants it. Desk and chief are asked for a decision
//! once there is a place.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt};
use duban_rules::book::stages::Urgency;
use duban_rules::vocabulary::{Recipient, TimeLimit, UnitId};

use super::handling::by_holder;
use super::{corrupt, deferring, mismatch, orders, out_of_order, recalculation, returning};
use crate::case::application::{Application, Before, Begun, Pending, Recheck, Reservation, Wish};
use crate::case::assignment::Assignment;
use crate::case::clock::Taken;
use crate::case::command::Ruling;
use crate::case::event::{Answered, Applied, Charge, DisputeOutcome, Extended, StepDecided};
use crate::case::recalculation::{Moved, extended};
use crate::case::returns::{Form, Lane};
use crate::case::{Command, Event, Filing, Holder, Phase, Refusal, State};
use crate::context::Context;
use crate::refusal::reason;
use crate::role::{Role, role_of};
use crate::tells::QuotaAnswer;

/// Whether it is the application that a word is about which disputes and returns know too.
pub(super) fn is_meant(state: &State, command: &Command) -> bool {
    let Some((_, held, holder)) = state.held() else { return false };
    if held.application.pending().is_none() {
        return false;
    }
    if let Command::GiveOpinion { .. } = command {
        !matches!(holder, Holder::Reviewer { opinion: None, .. })
    } else {
        !matches!(holder, Holder::Disputed { .. })
    }
}

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    if let Some(answered) = answered(state, command, asked)? {
        return Ok(vec![answered]);
    }
    let Some((filing, held, holder)) = state.held().filter(|(filing, ..)| !filing.is_adopted())
    else {
        return Err(out_of_order(state));
    };
    let at = asked.at;
    Ok(vec![match (holder, command) {
        (Holder::Unit { .. }, Command::Apply { wish, .. }) => {
            let applied = apply((filing, held), command, asked, cx)?;
            if *wish == Wish::Mismatch {
                return Ok(vec![applied, mismatch::look_again(filing, asked, cx)]);
            }
            applied
        }
        (_, Command::GiveValidation { .. }) => mismatch::looked(state, command, asked, cx)?,
        (Holder::Collector { .. } | Holder::DutyChief { .. }, Command::Apply { .. }) => {
            by_holder(held, asked)?;
            return Err(Refusal::AfterFeedback);
        }
        (_, Command::GiveOpinion { opinion, reason: why }) => {
            let pending = pending(held)?;
            if pending.opinion.is_some() {
                return Err(Refusal::OpinionGiven);
            }
            if pending.quota == Reservation::Asked {
                return Err(Refusal::QuotaUnanswered);
            }
            let (opinion, reason) = (*opinion, reason(why)?);
            Event::OpinionGiven { at, opinion, reason, lane: Lane::Application }
        }
        (_, Command::DecideApplication { ruling: Ruling::Grant, reason: why })
            if held.application.over_quota().is_some() =>
        {
            beyond(state, reason(why)?, asked, cx)?
        }
        (_, Command::DecideApplication { ruling, reason: why }) => {
            let pending = pending(held)?;
            if pending.wants_opinion(filing.urgency()) {
                return Err(Refusal::OpinionMissing);
            }
            if pending.before == Before::CountyLeader {
                return Err(Refusal::ConsentAwaited);
            }
            mismatch::was_looked_at(pending)?;
            let reason = reason(why)?;
            match ruling {
                Ruling::Grant if pending.quota == Reservation::Asked => {
                    return Err(Refusal::QuotaUnanswered);
                }
                Ruling::Grant => match pending.wish {
                    Wish::Extension(by) => grant(state, (by, Charge::Within), reason, asked, cx)?,
                    Wish::Deferral(day) => {
                        deferring::want_consent(filing, (pending, day), reason, asked, cx)?
                    }
                    Wish::Mismatch => mismatch::withdraw(state, pending, reason, asked)?,
                },
                Ruling::Refuse => {
                    Event::ApplicationRefused { at, reason, wish: pending.wish, leader: None }
                }
            }
        }
        (_, Command::TakeBack { reason: why }) => {
            by_holder(held, asked)?;
            taken_back(pending(held)?, at, reason(why)?)
        }

        _ => return Err(out_of_order(state)),
    }])
}

/// The unit asks no more, and whoever was sent for it need not go.
fn taken_back(pending: &Pending, at: Timestamp, reason: String) -> Event {
    let carrier = pending.task().and_then(|task| task.collector.clone());
    let (wish, before) = (Some(pending.wish), pending.before);
    Event::TakenBack { at, reason, outcome: None, meeting_off: None, wish, carrier, before }
}

/// A unit that says that it is not so, or wants it to wait, has the case until that is answered: it takes it back before
/// it gives the case away. More time is another thing: that ends with the case's leaving.
pub(super) fn keeps_it(held: &Assignment) -> Result<(), Refusal> {
    match held.application.pending().map(|pending| pending.wish) {
        Some(Wish::Mismatch | Wish::Deferral(_)) => Err(Refusal::ApplicationPending),
        Some(Wish::Extension(_)) | None => Ok(()),
    }
}

fn pending(held: &Assignment) -> Result<&Pending, Refusal> {
    held.application.pending().ok_or(Refusal::NothingApplied)
}

/// The unit asks, before it has fed back, and for more time before its own is over; its head signs.
fn apply(
    (filing, held): (&Filing, &Assignment),
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    let Command::Apply { wish, reason: why, form, signer, begun } = command else {
        return Err(Refusal::NothingApplied);
    };
    let at = asked.at;
    by_holder(held, asked)?;
    if held.application.pending().is_some() {
        return Err(Refusal::ApplicationPending);
    }
    match *wish {
        Wish::Extension(by) => {
            if let Some(due) = held.due.filter(|due| at > *due) {
                return Err(Refusal::AfterDue { due });
            }
            fits(filing, held, by, cx)?;
        }
        Wish::Deferral(review_on) => deferring::fits(filing, review_on, at, cx)?,
        Wish::Mismatch => {}
    }
    let signer = signer.trim();
    if !is_head(&held.unit, signer, at, cx) {
        return Err(Refusal::NotTheHead);
    }
    let form_due = returning::form_follows(filing, form.as_ref(), at, cx)?;
    let (month, n) = counted(held, *begun, at, cx);
    Ok(Event::Applied(Box::new(Applied {
        at,
        wish: *wish,
        reason: reason(why)?,
        signer: signer.into(),
        form: form.clone(),
        form_due,
        clock: filing.clock(&cx.rules.stages.application, at, cx),
        month,
        n,
        as_of: begun.as_of,
    })))
}

/// More time in the limit's own unit, and all of it together no more than the rules allow (article 27).
fn fits(filing: &Filing, held: &Assignment, by: TimeLimit, cx: &Context) -> Result<(), Refusal> {
    let limit = filing.limit.map(|limit| held.term(limit).limit);
    let Some(limit) = limit else { return Err(Refusal::NothingApplied) };
    if by.unit() != limit.unit() {
        return Err(Refusal::OtherUnitOfTime { unit: limit.unit() });
    }
    let most = cx.rules.extensions.left(limit, held.extension);
    if by.thousandths() <= 0 || by.thousandths() > most.thousandths() {
        return Err(Refusal::ExtensionTooLong { most });
    }
    Ok(())
}

/// The head of the unit (主要领导, article 21) or of the body it belongs to (article 8), or whoever stands in.
fn is_head(unit: &UnitId, name: &str, at: Timestamp, cx: &Context) -> bool {
    let units = &cx.rules.units;
    let heads = units.contacts(unit, Recipient::UnitHead);
    let is_of_the_unit = heads
        .into_iter()
        .any(|head| head.name == name || cx.roster.present(units, unit, head, at).name == name);
    let body = units.get(unit).map(|unit| unit.organisation.as_str());
    let mut bodies = units.organisations();
    is_of_the_unit || bodies.any(|one| Some(one.name.as_str()) == body && one.head.name == name)
}

fn grant(
    state: &State,
    (by, quota): (TimeLimit, Charge),
    reason: String,
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    let Some((filing, held, _)) = state.held() else { return Err(out_of_order(state)) };
    if filing.urgency() == Urgency::Urgent && role_of(asked) != Some(Role::CentreHead) {
        return Err(Refusal::OnlyTheHead);
    }
    fits(filing, held, by, cx)?;
    let extension = held.extension.map_or(Some(by), |before| before.checked_add(by));
    let extension = extension.ok_or(Refusal::NothingMoves)?;
    let moved = extended(state, extension, asked.at, cx).ok_or(Refusal::NothingMoves)?;
    let moved = told_of_orders(filing, moved);
    Ok(Event::Extended(Box::new(Extended { at: asked.at, reason, by, extension, quota, moved })))
}

/// Beyond the quota nobody grants but the centre's head (article 27).
fn beyond(state: &State, reason: String, asked: &Asked, cx: &Context) -> Result<Event, Refusal> {
    let over = state.held().and_then(|(_, held, _)| held.application.over_quota());
    let (pending, QuotaAnswer { n, allowed, used, .. }) = over.ok_or(Refusal::NothingApplied)?;
    if role_of(asked) != Some(Role::CentreHead) {
        return Err(Refusal::QuotaUsedUp { n: *n, allowed: *allowed, used: *used });
    }
    let Wish::Extension(by) = pending.wish else { return Err(Refusal::NothingApplied) };
    grant(state, (by, Charge::Beyond), reason, asked, cx)
}

/// What the unit's quota said; it stands on record even if the application was taken back meanwhile.
fn answered(state: &State, command: &Command, asked: &Asked) -> Result<Option<Event>, Refusal> {
    let event = if let Command::QuotaReserved(answer) = command {
        Event::QuotaReserved(Answered { at: asked.at, answer: answer.clone() })
    } else if let Command::QuotaUsedUp(answer) = command {
        Event::QuotaRefused(Answered { at: asked.at, answer: answer.clone() })
    } else {
        return Ok(None);
    };
    if state.filing().is_none() { Err(out_of_order(state)) } else { Ok(Some(event)) }
}

/// Takes in what the unit's quota said.
pub(super) fn quota_answered(
    mut state: State,
    answered: &Answered,
    event: &Event,
) -> Result<State, Corrupt> {
    if state.filing().is_none() {
        return Err(corrupt(&state, event));
    }
    let held = state.held_mut().map(|(_, held, _)| held);
    let is_asked = |held: &&mut Assignment| {
        let asks = |pending: &Pending| pending.quota != Reservation::NotNeeded;
        let no = answered.answer.no;
        held.application.pending().is_some_and(|pending| pending.no == no && asks(pending))
    };
    let Some(held) = held.filter(is_asked) else { return Ok(state) };
    if let Event::QuotaReserved(_) = event {
        if let Some(pending) = held.application.pending_mut() {
            pending.quota = Reservation::Reserved;
        }
    } else if let Application::Pending(pending) = std::mem::take(&mut held.application) {
        held.application = Application::OverQuota(pending, answered.answer.clone());
    }
    Ok(state)
}

/// The month of an instant, and how many assignments the unit began in it, with this one if it is older.
fn counted(held: &Assignment, begun: Begun, at: Timestamp, cx: &Context) -> (CompactString, u32) {
    let month = |at: Timestamp| cx.rules.calendar.local(at.into()).format("%Y-%m").to_string();
    let (asked, began) = (month(at), month(held.dispatched));
    let n = if asked == began { begun.n } else { begun.n.saturating_add(1) };
    (asked.into(), n)
}

/// An order that is settled may have risen higher than the steps did: whoever heard of its levels hears this too.
fn told_of_orders(filing: &Filing, mut moved: Moved) -> Moved {
    for order in filing.orders.iter().filter(|order| moved.orders.contains(&order.no)) {
        for role in (1..=order.level).flat_map(|level| orders::told_at(filing, level)) {
            if !moved.tell.contains(&role) {
                moved.tell.push(role);
            }
        }
    }
    moved
}

/// What is given up when the unit has the case no longer, and by whoever feeds back what is said not to be so. It stands
/// before the event that does it.
pub(super) fn given_up(state: &State, mut events: Vec<Event>, at: Timestamp) -> Vec<Event> {
    let asked = state.pending();
    let Some(asked) = asked else { return events };
    let leaves = |event: &Event| {
        if let Event::Determined(found) = event {
            matches!(found.outcome, DisputeOutcome::Leaves { .. })
        } else if let Event::FeedbackGiven(_) = event {
            // More time may still be granted to whoever has fed back.
            !matches!(asked.wish, Wish::Extension(_))
        } else {
            matches!(event, Event::ReturnAccepted { .. } | Event::Recalled { .. })
        }
    };
    if let Some(place) = events.iter().position(leaves) {
        events.insert(place, taken_back(asked, at, String::new()));
    }
    events
}

pub(super) fn evolve(mut state: State, event: &Event) -> Result<State, Corrupt> {
    if let Event::Applied(asked) = event {
        return applied(state, asked, event);
    }
    let Some((_, held, _)) = state.held_mut() else { return Err(corrupt(&state, event)) };
    if let Event::OpinionGiven { opinion, .. } = event {
        let Some(pending) = held.application.pending_mut() else {
            return Err(corrupt(&state, event));
        };
        pending.opinion = Some(*opinion);
        return Ok(state);
    }
    let before = std::mem::take(&mut held.application);
    if let Event::Extended(granted) = event
        && before != Application::None
    {
        held.extension = Some(granted.extension);
        return recalculation::moved(state, &granted.moved, granted.at, event);
    }
    let ends = matches!(event, Event::ApplicationRefused { .. } | Event::TakenBack { .. });
    if ends && before.pending().is_some() {
        return Ok(state);
    }
    Err(corrupt(&state, event))
}

fn applied(state: State, asked: &Applied, event: &Event) -> Result<State, Corrupt> {
    let State::Filed(mut filing, Phase::Held(held, Holder::Unit { receipt })) = state else {
        return Err(corrupt(&state, event));
    };
    let mut held = held.read_by_asking(receipt, &filing.ladder, asked.at);
    let form = Form::wanted(asked.form.as_ref(), asked.form_due);
    filing.asked_back(&held, Lane::Application, None, form);
    held.application = Application::Pending(Box::new(Pending {
        no: filing.returns.last().map_or(0, |asked| asked.no),
        since: asked.at,
        wish: asked.wish,
        reason: asked.reason.as_str().into(),
        clock: asked.clock.clone(),
        opinion: None,
        quota: match asked.wish {
            Wish::Extension(_) => Reservation::Asked,
            Wish::Deferral(_) | Wish::Mismatch => Reservation::NotNeeded,
        },
        before: Before::Centre,
        recheck: Recheck::NotWanted,
    }));
    Ok(State::held_by(filing, held, Holder::Unit { receipt: None }))
}

/// Takes a decided step off the clock of an application.
pub(super) fn take(state: &mut State, step: &StepDecided) -> Taken {
    match state.pending_mut().filter(|pending| pending.no == step.revision) {
        Some(pending) => pending.clock.take(&step.step, step.due),
        None => Taken::No,
    }
}
