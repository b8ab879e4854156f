//! Deferring: from the county leader's consent until the case goes on (缓办, article 27).
//!
//! The centre's head is for it first; then the county leader consents in person, or the head enters the signed consent.
//! The case goes on with what was left of its limit, or with one that is stated; a unit that has done the work earlier
//! than was thought feeds back, and the case goes on with that.

use chrono::NaiveDate;
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt};
use duban_rules::vocabulary::{LimitUnit, Recipient, TimeLimit};

use super::{corrupt, orders, out_of_order, recalculation};
use crate::case::application::{Before, Pending, Wish};
use crate::case::assignment::Assignment;
use crate::case::clock::{Span, Taken};
use crate::case::command::{Resumption, Ruling, Signed};
use crate::case::deferral::{self, DEFERRALS_MAX, Deferral};
use crate::case::event::{ConsentWanted, DeferredEvent, ResumedEvent, StepDecided};
use crate::case::recalculation::going_on;
use crate::case::{Command, Event, Filing, Holder, Phase, Refusal, State};
use crate::context::Context;
use crate::refusal::reason;
use crate::role::{Role, role_of};

/// A case is deferred to a day that lies ahead, and not far, and not for ever.
pub(super) fn fits(
    filing: &Filing,
    review_on: NaiveDate,
    at: Timestamp,
    cx: &Context,
) -> Result<(), Refusal> {
    if filing.deferrals >= DEFERRALS_MAX {
        return Err(Refusal::DeferredTooOften { most: DEFERRALS_MAX });
    }
    let latest = deferral::latest(at, cx);
    if !is_ahead(review_on, at, cx) || review_on > latest {
        return Err(Refusal::ReviewDate { latest });
    }
    Ok(())
}

fn is_ahead(review_on: NaiveDate, at: Timestamp, cx: &Context) -> bool {
    cx.rules.calendar.local(at.into()).date() < review_on
}

/// The centre's head is for it: now the county leader is asked.
pub(super) fn want_consent(
    filing: &Filing,
    (pending, review_on): (&Pending, NaiveDate),
    reason: String,
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    if role_of(asked) != Some(Role::CentreHead) {
        return Err(Refusal::OnlyTheHead);
    }
    if filing.asked_return(pending.no).is_some_and(|asked| asked.form.is_lacking()) {
        return Err(Refusal::FormMissing);
    }
    let at = asked.at;
    let clock = filing.clock(&cx.rules.stages.consent, at, cx);
    Ok(Event::ConsentWanted(Box::new(ConsentWanted { at, reason, review_on, clock })))
}

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    match (state, command) {
        (
            State::Filed(_, Phase::Held(held, Holder::Unit { .. })),
            Command::Consent { ruling, reason: why, signed },
        ) => {
            let pending = held.application.pending();
            let pending = pending.filter(|pending| pending.before == Before::CountyLeader);
            let pending = pending.ok_or(Refusal::NoConsentWanted)?;
            Ok(vec![consent(pending, (*ruling, why), signed.as_ref(), asked, cx)?])
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Deferred { since, .. })),
            Command::Resume { how, reason: why },
        ) => {
            let limit = stated(filing, *how)?;
            let event = resumed((filing, held), *since, (limit, reason(why)?), asked.at, cx);
            Ok(vec![event])
        }

        _ => Err(out_of_order(state)),
    }
}

/// The leader's word: in person, or signed by one whom the rules know.
fn consent(
    pending: &Pending,
    (ruling, why): (Ruling, &str),
    signed: Option<&Signed>,
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    let Wish::Deferral(review_on) = pending.wish else { return Err(Refusal::NoConsentWanted) };
    let at = asked.at;
    let day = |at: Timestamp| cx.rules.calendar.local(at.into()).date();
    let (leader, signed_on, scan) = if role_of(asked) == Some(Role::CountyLeader) {
        let name = asked.name.as_ref().unwrap_or(&asked.by);
        (name.clone(), day(at), signed.map(|signed| signed.scan.clone()))
    } else {
        let signed = signed.ok_or(Refusal::ConsentUnsigned)?;
        let leader = signed.leader.trim();
        let officials = cx.rules.officials.contacts(Recipient::CountyLeader);
        if !officials.iter().any(|official| official.name == leader) {
            return Err(Refusal::NotTheCountyLeader);
        }
        if signed.on < day(pending.since) || signed.on > day(at) {
            return Err(Refusal::ConsentDate { from: day(pending.since) });
        }
        (leader.into(), signed.on, Some(signed.scan.clone()))
    };
    match ruling {
        Ruling::Refuse => {
            let (reason, wish) = (reason(why)?, pending.wish);
            Ok(Event::ApplicationRefused { at, reason, wish, leader: Some(leader) })
        }
        Ruling::Grant if !is_ahead(review_on, at, cx) => {
            Err(Refusal::ReviewDate { latest: deferral::latest(pending.since, cx) })
        }
        Ruling::Grant => Ok(Event::Deferred(Box::new(DeferredEvent {
            at,
            reason: why.to_owned(),
            leader,
            signed_on,
            scan,
            asked: pending.since,
            review_on,
            review: deferral::review(review_on, at, cx),
        }))),
    }
}

/// The limit that a case is to have from now on: more than nothing, and counted as its own is, by day and by night or in
/// working time.
fn stated(filing: &Filing, how: Resumption) -> Result<Option<TimeLimit>, Refusal> {
    let Resumption::Limit(limit) = how else { return Ok(None) };
    let own = filing.limit.is_some_and(|own| own.is_urgent() == limit.is_urgent());
    if limit.thousandths() <= 0 || !own || limit.unit() == LimitUnit::DeskHour {
        return Err(Refusal::LimitUnfit { limit });
    }
    Ok(Some(limit))
}

fn resumed(
    (filing, held): (&Filing, &Assignment),
    since: Timestamp,
    (limit, reason): (Option<TimeLimit>, String),
    at: Timestamp,
    cx: &Context,
) -> Event {
    let pause = Span { from: since, until: at };
    let goes_on = held.clone().going_on(pause, limit);
    let moved = going_on((filing, &goes_on), at, cx);
    Event::Resumed(Box::new(ResumedEvent { at, reason, pause, limit, moved }))
}

/// How a deferred case goes on whose unit feeds back.
pub(super) fn by_feedback(state: &State, at: Timestamp, cx: &Context) -> Option<Event> {
    let State::Filed(filing, Phase::Held(held, Holder::Deferred { since, .. })) = state else {
        return None;
    };
    Some(resumed((filing, held), *since, (None, String::new()), at, cx))
}

pub(super) fn evolve(mut state: State, event: &Event) -> Result<State, Corrupt> {
    if let Event::ConsentWanted(wanted) = event {
        let pending = state.pending_mut();
        return match pending.filter(|pending| pending.before == Before::Centre) {
            Some(pending) => {
                (pending.before, pending.clock) = (Before::CountyLeader, wanted.clock.clone());
                Ok(state)
            }
            None => Err(corrupt(&state, event)),
        };
    }
    match (state, event) {
        (
            State::Filed(mut filing, Phase::Held(mut held, Holder::Unit { .. })),
            Event::Deferred(deferred),
        ) if held.application.pending().is_some() => {
            let since = deferred.at;
            let application = std::mem::take(&mut held.application);
            let no = application.pending().map_or(0, |pending| pending.no);
            orders::settled(&mut filing, since);
            filing.deferrals = filing.deferrals.saturating_add(1);
            let (leader, review) = (deferred.leader.clone(), deferred.review.clone());
            let deferral = Box::new(Deferral { no, leader, review });
            Ok(State::held_by(filing, held, Holder::Deferred { since, deferral }))
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Deferred { .. })),
            Event::Resumed(resumed),
        ) => {
            let held = Box::new(held.going_on(resumed.pause, resumed.limit));
            let state = State::held_by(filing, held, Holder::Unit { receipt: None });
            match &resumed.moved {
                Some(moved) => recalculation::moved(state, moved, resumed.at, event),
                None => Ok(state),
            }
        }

        (state, event) => Err(corrupt(&state, event)),
    }
}

/// Takes a decided step off the clock of the review.
pub(super) fn take(state: &mut State, step: &StepDecided) -> Taken {
    match state.held_mut() {
        Some((_, _, Holder::Deferred { deferral, .. })) if deferral.no == step.revision => {
            deferral.take(&step.step, (step.due, step.at))
        }
        Some(_) | None => Taken::No,
    }
}
